"""What agents do to cases: the one implementation of the CaseWork port."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import CaseConflict, InputError
from bot.flow.case_changes import acted_case
from bot.flow.case_lookup import CaseLookup
from bot.flow.drafts import refuse_old_draft
from bot.flow.ratings import Ratings
from bot.flow.replies import Replies
from bot.flow.transcript import text_record
from bot.model.attachment import Attachment, AttachmentKind
from bot.model.case import Act, AgentId, Case, CaseId
from bot.model.message import ChannelName, ThreadId, Visibility
from bot.model.outgoing import Outgoing
from bot.model.policy import Policy
from bot.model.record import Author, Record
from bot.model.timer import timers_of
from bot.model.work import CaseChange
from bot.ports import Answers, Cases, Channel, Preview

LONGEST_SNOOZE = timedelta(days=30)
_TRIES = 20  # each one that fails means that somebody else's change went through


class Relay(CaseLookup):
    """Carries agents' acts to cases, and their words to customers."""

    def __init__(
        self,
        cases: Cases,
        channels: Mapping[ChannelName, Channel],
        policy: Policy,
        *,
        answers: Answers,
        clock: Clock,
    ) -> None:
        super().__init__(cases, policy, answers=answers)
        self._ratings = Ratings(cases, channels)
        self._replies = Replies(cases, channels, policy, clock=clock)
        self._clock = clock

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        super().follow(policy)
        self._replies.follow(policy)

    async def claim(self, case: CaseId, agent: AgentId, *, key: str = "") -> Case:
        """Take the case. Idempotent for its holder; the bot falls silent."""
        return await self._act(case, Act.CLAIM, agent, key=key)

    async def assign(
        self, case: CaseId, agent: AgentId, to: AgentId, *, key: str = ""
    ) -> Case:
        """Claim the case for `to`, whoever holds it. With `to` oneself: take it over."""
        found, now = await self._cases.get(case), self._clock.now()
        return await self._change(found, Act.ASSIGN, agent, now=now, key=key, to=to)

    async def release(self, case: CaseId, agent: AgentId) -> Case:
        """Give it back to the queue."""
        return await self._act(case, Act.RELEASE, agent)

    async def check(
        self, case: Case, agent: AgentId, text: str, *, thread: ThreadId
    ) -> None:
        """Check a reply as `reply` would, without sending it.

        Raises:
            UnsafeText: it would be stopped.
            InputError: the customer has no such thread.
        """
        written = self._replies.write(case, agent, text, thread=thread, key="check")
        await self._replies.check(await written)

    async def preview(
        self,
        case: CaseId,
        agent: AgentId,
        text: str,
        *,
        thread: ThreadId,
        seen: str | None = None,
    ) -> Preview:
        """Return what `reply` would send. Nothing changes."""
        found = await self._cases.get(case)
        return await self._replies.preview(found, agent, text, thread=thread, seen=seen)

    async def reply(
        self,
        case: CaseId,
        agent: AgentId,
        text: str,
        *,
        thread: ThreadId,
        key: str,
        seen: str | None = None,
        files: Sequence[Attachment] = (),
    ) -> Case:
        """Send `text` to the customer in one of their threads, once for each `key`.

        Raises:
            UnsafeText: the check found something; nothing was sent.
            InputError: the customer has no such thread.
            CaseConflict: as the port says.
        """
        found = await self._cases.get(case)
        written = await self._replies.write(
            found, agent, text, thread=thread, key=f"{case}:{key}", files=files
        )
        return await self._send(found, agent, written, seen=seen)

    def takes_files(self, case: Case, thread: ThreadId) -> Set[AttachmentKind]:
        """Return which kinds of files a reply in that thread may have."""
        return self._replies.takes_files(case, thread)

    async def retry(self, case: CaseId, agent: AgentId, reply: str) -> Case:
        """Send a reply that did not arrive again, as a new text; once for each reply."""
        found = await self._cases.get(case)
        written = await self._replies.write_again(found, reply)
        return await self._send(found, agent, written)

    async def _send(
        self, case: Case, agent: AgentId, written: Outgoing, *, seen: str | None = None
    ) -> Case:
        await self._replies.check(written)
        return await self._change(
            case,
            Act.REPLY,
            agent,
            now=written.queued_at,
            key=written.key,
            record=text_record(written, agent=agent),
            text=written,
            seen=seen,
        )

    async def undo(self, case: CaseId, agent: AgentId, reply: str) -> Case:
        """Take a reply back that has not begun to be sent; anybody may, once."""
        found, now = await self._cases.get(case), self._clock.now()
        record = await self._replies.of(found, reply)
        return await self._change(
            found,
            Act.UNDO,
            agent,
            now=now,
            key=f"undo:{reply}",
            undone=record.at,
            withdraws=reply,
        )

    async def note(self, case: CaseId, agent: AgentId, text: str, *, key: str) -> Case:
        """Add an internal note. It never leaves the desk."""
        if not text.strip():
            raise InputError("The note is empty.")
        found = await self._cases.get(case)
        now = self._clock.now()
        record = _note(found, agent, text, key=key, now=now)
        return await self._change(
            found, Act.NOTE, agent, now=now, key=record.id, record=record
        )

    async def tag(self, case: CaseId, agent: AgentId, tags: Sequence[str]) -> Case:
        """Replace the tags of the case."""
        chosen = list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
        changes = {"tags": json.dumps(chosen, ensure_ascii=False)}
        return await self._act(case, Act.TAG, agent, changes)

    async def correct(self, case: CaseId, agent: AgentId, label: str) -> Case:
        """Say which intent it was; the trainers will see it."""
        intent, slash, _ = label.partition("/")
        known = not slash or self._answers.has(label, Visibility.PUBLIC)
        if intent not in self._policy.intents or not known:
            raise InputError(f"There is no intent “{label}”.")
        return await self._act(case, Act.CORRECT, agent, {"corrected_label": label})

    async def hand_over(self, case: CaseId, agent: AgentId, team: str) -> Case:
        """Give the case to another team's queue."""
        if team not in self._policy.teams:
            teams = ", ".join(self._policy.teams)
            raise InputError(f"There is no team “{team}”: choose one of {teams}.")
        return await self._act(case, Act.HAND_OVER, agent, {"team": team})

    async def snooze(self, case: CaseId, agent: AgentId, until: datetime) -> Case:
        """Put the case aside until then, or until the customer writes."""
        now = self._clock.now()
        if not now < until <= now + LONGEST_SNOOZE:
            days = LONGEST_SNOOZE.days
            raise InputError(f"A case can be put aside for up to {days} days.")
        found = await self._cases.get(case)
        return await self._change(found, Act.SNOOZE, agent, now=now, until=until)

    async def resolve(
        self,
        case: CaseId,
        agent: AgentId,
        resolution: str,
        *,
        note: str = "",
        key: str = "",
    ) -> Case:
        """End the case; the conversation goes back to the bot."""
        if resolution not in self._policy.resolutions:
            reasons = ", ".join(self._policy.resolutions)
            raise InputError(f"“{resolution}” is no reason: choose one of {reasons}.")
        found = await self._cases.get(case)
        now = self._clock.now()
        noted = f"resolve:{now.isoformat()}"
        question = await self._ratings.question(found, self._policy, now=now)
        return await self._change(
            found,
            Act.RESOLVE,
            agent,
            now=now,
            key=key,
            fields={"resolution": resolution},
            record=_note(found, agent, note, key=noted, now=now)
            if note.strip()
            else None,
            text=question,
            asked=text_record(question) if question else None,
        )

    async def give_back(self, case: CaseId, agent: AgentId, *, key: str = "") -> Case:
        """End the case and let the bot speak again; nothing reopens it."""
        return await self._act(case, Act.GIVE_BACK, agent, key=key)

    async def block(self, case: CaseId, agent: AgentId, *, key: str = "") -> Case:
        """Let the customer have no automatic message any more; the case stays."""
        return await self._act(case, Act.BLOCK, agent, key=key)

    async def _act(
        self,
        case: CaseId,
        act: Act,
        agent: AgentId,
        fields: Mapping[str, str] | None = None,
        *,
        key: str = "",
    ) -> Case:
        found, now = await self._cases.get(case), self._clock.now()
        return await self._change(found, act, agent, now=now, key=key, fields=fields)

    async def _change(
        self,
        case: Case,
        act: Act,
        agent: AgentId,
        *,
        now: datetime,
        until: datetime | None = None,
        to: AgentId | None = None,
        undone: datetime | None = None,
        key: str = "",
        fields: Mapping[str, str] | None = None,
        record: Record | None = None,
        text: Outgoing | None = None,
        asked: Record | None = None,
        withdraws: str = "",
        seen: str | None = None,
    ) -> Case:
        """Carry out the act on the case as it is, however fast others change it.

        A message that joins the case changes it too: none slips in unseen.
        """
        for _ in range(_TRIES):
            await refuse_old_draft(self._cases, case, seen, key=key)
            after = acted_case(
                case, act, agent, now=now, until=until, to=to, undone=undone
            )
            timers = timers_of(after, self._policy)
            change = CaseChange(before=case, after=after, timers=timers)
            try:
                return await self._cases.act(
                    change,
                    act,
                    agent,
                    now=now,
                    key=key,
                    fields=fields,
                    record=record,
                    text=text,
                    asked=asked,
                    withdraws=withdraws,
                )
            except CaseConflict as conflict:
                if conflict.code != "changed":
                    raise
            case = await self._cases.get(case.id)
        raise CaseConflict(case.id, code="changed")


def _note(case: Case, agent: AgentId, text: str, *, key: str, now: datetime) -> Record:
    return Record(
        id=f"{case.id}:{key}",
        at=now,
        author=Author.NOTE,
        agent=agent,
        thread=case.thread,
        visibility=Visibility.PRIVATE,
        text=text,
    )
