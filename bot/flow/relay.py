"""What agents do to cases: the one implementation of the CaseWork port."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import CaseConflict, InputError, UnsafeText
from bot.flow.case_changes import acted_case
from bot.flow.public_check import problems_of_outgoing
from bot.flow.transcript import text_record
from bot.model.case import Act, AgentId, Case, CaseId
from bot.model.event import Outcome
from bot.model.message import DIRECT, ChannelName, MessageId, ThreadId, Visibility
from bot.model.outgoing import Outgoing, Purpose, Speaker
from bot.model.policy import Policy
from bot.model.record import Author, Record
from bot.model.timer import timers_of
from bot.model.work import CaseChange
from bot.ports import Answers, Cases, CaseView, Channel, OpenCases
from bot.ports.desk import MOST_SHOWN

LONGEST_SNOOZE = timedelta(days=30)
_TRIES = 20  # each one that fails means that somebody else's change went through


class Relay:
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
        self._cases, self._channels, self._answers = cases, channels, answers
        self._policy, self._clock = policy, clock

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        self._policy = policy

    async def open_cases(self, *, limit: int = MOST_SHOWN) -> OpenCases:
        """Return the most pressing cases that are not resolved.

        Those for which the card of their incident stands are not among them.
        """
        cases, total = await self._cases.most_pressing(limit=limit)
        views = await asyncio.gather(*(self._view_of(case) for case in cases))
        return OpenCases(views=tuple(views), total=total)

    async def cases(self, cases: Sequence[CaseId]) -> list[Case]:
        """Return these cases without their transcripts; those gone are left out."""
        return await self._cases.some(cases)

    async def view(self, case: CaseId) -> CaseView:
        """Return one case with its transcript."""
        return await self._view_of(await self._cases.get(case))

    async def _view_of(self, case: Case) -> CaseView:
        records = await self._cases.records(case.customer)
        read = [record.reading for record in records if record.reading is not None]
        return CaseView(
            case=case,
            records=tuple(records),
            earlier_contacts=_earlier(records, case),
            alternatives=read[-1].alternatives if read else (),
        )

    async def claim(self, case: CaseId, agent: AgentId, *, key: str = "") -> Case:
        """Take the case. Idempotent for its holder; the bot falls silent."""
        return await self._act(case, Act.CLAIM, agent, key=key)

    async def release(self, case: CaseId, agent: AgentId) -> Case:
        """Give it back to the queue."""
        return await self._act(case, Act.RELEASE, agent)

    async def check(self, case: Case, text: str, *, thread: ThreadId) -> None:
        """Check a reply as `reply` would, without sending it.

        Raises:
            UnsafeText: it would be stopped.
            InputError: the customer has no such thread.
        """
        await self._check(await self._outgoing(case, text, thread, key="check"))

    async def reply(
        self, case: CaseId, agent: AgentId, text: str, *, thread: ThreadId, key: str
    ) -> Case:
        """Send `text` to the customer in one of their threads, once for each `key`.

        Raises:
            UnsafeText: the check found something; nothing was sent.
            InputError: the customer has no such thread.
            CaseConflict: the agent does not hold the case.
        """
        found = await self._cases.get(case)
        outgoing = await self._outgoing(found, text, thread, key=f"{case}:{key}")
        await self._check(outgoing)
        record = text_record(outgoing, agent=agent)
        return await self._change(
            found,
            Act.REPLY,
            agent,
            now=outgoing.queued_at,
            key=outgoing.key,
            record=record,
            text=outgoing,
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
        )

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
        key: str = "",
        fields: Mapping[str, str] | None = None,
        record: Record | None = None,
        text: Outgoing | None = None,
    ) -> Case:
        """Carry out the act on the case as it is, however fast others change it."""
        for _ in range(_TRIES):
            after = acted_case(case, act, agent, now=now, until=until)
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
                )
            except CaseConflict as conflict:
                if conflict.code != "changed":
                    raise
            case = await self._cases.get(case.id)
        raise CaseConflict(case.id, code="changed")

    async def _outgoing(
        self, case: Case, text: str, thread: ThreadId, *, key: str
    ) -> Outgoing:
        private = thread == DIRECT
        return Outgoing(
            key=key,
            channel=case.channel,
            customer=case.customer,
            handle=case.handle,
            thread=thread,
            visibility=Visibility.PRIVATE if private else Visibility.PUBLIC,
            text=text,
            speaker=Speaker.AGENT,
            queued_at=self._clock.now(),
            reply_to=await self._last_message(case, thread),
            case=case.id,
            purpose=Purpose.PERSON,
        )

    async def _last_message(self, case: Case, thread: ThreadId) -> MessageId:
        for record in reversed(await self._cases.records(case.customer)):
            if record.author is Author.CUSTOMER and record.thread == thread:
                return MessageId(record.id)
        raise InputError("The customer has not written there, so we cannot reply.")

    async def _check(self, outgoing: Outgoing) -> None:
        channel = self._channels[outgoing.channel]
        facts = await self._cases.private_facts(outgoing.customer)
        problems = problems_of_outgoing(outgoing, facts, channel, self._policy.public)
        if problems:
            raise UnsafeText(tuple(problem.says for problem in problems))


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


def _earlier(records: Sequence[Record], case: Case) -> int:
    """Return how many turns the customer had before the one that opened the case."""
    turns = [
        record
        for record in records
        if record.author is Author.CUSTOMER
        and record.outcome is not Outcome.COALESCED
        and record.at <= case.opened_at
    ]
    return max(0, len(turns) - 1)
