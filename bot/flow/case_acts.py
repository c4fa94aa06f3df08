"""What agents do to cases without a word to the customer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import CaseConflict, InputError
from bot.flow.case_changes import acted_case
from bot.flow.case_lookup import CaseLookup
from bot.flow.drafts import refuse_old_draft
from bot.flow.notes import act_on, changed_note, note_of
from bot.model.case import Act, AgentId, Case, CaseId
from bot.model.message import Visibility
from bot.model.outgoing import Outgoing
from bot.model.policy import Policy
from bot.model.record import Author, Hiding, Record
from bot.model.timer import timers_of
from bot.model.work import CaseChange
from bot.ports import Answers, Cases

LONGEST_SNOOZE = timedelta(days=30)
_TRIES = 20  # each one that fails means that somebody else's change went through


class CaseActs(CaseLookup):
    """Changes cases, and adds to them what stays at the desk."""

    def __init__(
        self, cases: Cases, policy: Policy, *, answers: Answers, clock: Clock
    ) -> None:
        super().__init__(cases, policy, answers=answers)
        self._clock = clock

    async def note(self, case: CaseId, agent: AgentId, text: str, *, key: str) -> Case:
        """Add an internal note. It never leaves the desk."""
        if not text.strip():
            raise InputError("The note is empty.")
        found = await self._cases.get(case)
        now = self._clock.now()
        record = note_record(found, agent, text, key=key, now=now)
        return await self._change(
            found, Act.NOTE, agent, now=now, key=record.id, record=record
        )

    async def change_note(
        self,
        case: CaseId,
        agent: AgentId,
        note: str,
        text: str | None,
        *,
        at: datetime,
    ) -> Case:
        """Let the note with the key `note` say `text` since `at`, or nothing at all.

        A note that is not there comes late: it is added as it is now.
        """
        found = await self._cases.get(case)
        records = await self._cases.records(found.customer)
        old = note_of(records, f"{case}:{note}")
        if old is None:
            return await self.note(case, agent, text, key=note) if text else found
        new = changed_note(old, text, at=at)
        if new is None:
            return found
        now, key = self._clock.now(), f"{old.id}:{at.isoformat()}"
        return await self._change(
            found, act_on(new), agent, now=now, key=key, amended=new
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
        amended: Record | None = None,
        hiding: Hiding | None = None,
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
                    amended=amended,
                    hiding=hiding,
                )
            except CaseConflict as conflict:
                if conflict.code != "changed":
                    raise
            case = await self._cases.get(case.id)
        raise CaseConflict(case.id, code="changed")


def note_record(
    case: Case, agent: AgentId, text: str, *, key: str, now: datetime
) -> Record:
    return Record(
        id=f"{case.id}:{key}",
        at=now,
        author=Author.NOTE,
        agent=agent,
        thread=case.thread,
        visibility=Visibility.PRIVATE,
        text=text,
    )
