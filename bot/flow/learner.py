"""Fills the trainers' review queue: it follows what happened and keeps what may teach."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.errors import TemporaryFailure
from bot.flow.duty import Duty
from bot.flow.learning import answers_by_itself, lessons, may_teach
from bot.flow.review_adding import ReviewAdding, Words
from bot.flow.teaching import least_worth
from bot.log import Log
from bot.model.case import Case, CaseId
from bot.model.event import Event, EventType
from bot.model.message import ChannelName, CustomerId, MessageId
from bot.model.policy import Policy
from bot.model.record import Record
from bot.model.review import Finding
from bot.ports import (
    Answers,
    Cases,
    Channel,
    Duties,
    Events,
    Generation,
    Reviews,
)

READER: Final = "learner"  # its bookmark
DUTY: Final = "learner"
EVENTS_AT_ONCE: Final = 100  # of each shard; bounds one step
CUSTOMERS_AT_ONCE: Final = 20
FIRST_LOOK: Final = timedelta(days=7)  # how far back a first start looks
TIDY_EVERY: Final = timedelta(minutes=10)
_TRIES: Final = 5  # each one that fails means that the transcript was changed
_MOST_REMEMBERED: Final = 50_000  # customers who had an automatic answer


class Learner:
    """Follows the events and adds to the queue; one process at a time does so.

    What another left half done is done again: its events come again, and adding twice
    changes nothing. Nothing here waits on a customer's way: the worker knows nothing
    of it.
    """

    def __init__(
        self,
        *,
        events: Events,
        reviews: Reviews,
        cases: Cases,
        answers: Answers,
        channels: Mapping[ChannelName, Channel],
        duties: Duties,
        policy: Policy,
        clock: Clock,
        log: Log,
        generation: Generation | None = None,
    ) -> None:
        self._events, self._reviews, self._cases = events, reviews, cases
        self._answers = answers
        self._policy, self._clock, self._log = policy, clock, log
        self._duty, self._generation = Duty(duties, DUTY), generation
        self._remembered: tuple[int, int] | None = None  # for which all was read
        self._cursors: dict[str, str] = {}
        self._adding = ReviewAdding(reviews, cases, channels)
        self._answered: dict[CustomerId, datetime] = {}  # by the bot, lately
        self._since: datetime | None = None  # when this process began to know of it
        self._tidy_at: datetime | None = None

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        self._policy = policy

    async def step(self) -> int:
        """Look at what happened since the last step; return how many events that were.

        Raises:
            TemporaryFailure: the store is away; the same events come again.
        """
        now = self._clock.now()
        if not await self._on_duty(now):
            return 0
        events, cursors = await self._events.since(self._cursors, limit=EVENTS_AT_ONCE)
        await self._look_at_all(events, now=now)
        await self._tidy(now)
        if cursors != self._cursors:
            await self._events.keep_bookmark(READER, cursors)
            self._cursors = cursors
        return len(events)

    async def _on_duty(self, now: datetime) -> bool:
        """Hold the duty; begin from what the store knows if it is newly ours."""
        holding = await self._duty.hold(now)
        if holding is None:
            return False
        known = (holding, self._generation.number if self._generation else 0)
        if known != self._remembered:
            kept = await self._events.bookmark(READER)
            self._cursors = kept or self._events.before(now - FIRST_LOOK)
            self._adding.begin_with(await self._reviews.open())
            self._answered, self._since, self._tidy_at = {}, None, None
            self._remembered = known
        return True

    async def _look_at_all(self, events: Sequence[Event], *, now: datetime) -> None:
        """Look at several customers at once, at each one's events in their order."""
        theirs: dict[CustomerId, list[Event]] = {}
        for event in events:
            theirs.setdefault(event.customer, []).append(event)
        rows = list(theirs.values())
        for start in range(0, len(rows), CUSTOMERS_AT_ONCE):
            some = rows[start : start + CUSTOMERS_AT_ONCE]
            looks = (self._look_at_one(row, now=now) for row in some)
            for ended in await asyncio.gather(*looks, return_exceptions=True):
                if isinstance(ended, BaseException):
                    raise ended

    async def _look_at_one(self, events: Sequence[Event], *, now: datetime) -> None:
        for event in events:
            await self._carefully(event, now=now)

    async def _carefully(self, event: Event, *, now: datetime) -> None:
        """Go on after a defect: one message must not end all learning."""
        try:
            await self._look_at(event, now=now)
        except TemporaryFailure:
            raise
        except Exception as error:  # noqa: BLE001 - one message must not end it
            kind = type(error).__name__
            self._log("learning_failed", event=event.id, error=kind)

    async def _look_at(self, event: Event, *, now: datetime) -> None:
        if event.type is EventType.MESSAGE_EDITED:
            await self._renew(event, now=now)
        elif may_teach(event, answered_lately=self._answered_lately(event)):
            await self._learn(event, now=now)
        if answers_by_itself(event):
            self._answered.pop(event.customer, None)
            self._answered[event.customer] = event.at
            while len(self._answered) > _MOST_REMEMBERED:
                self._answered.pop(next(iter(self._answered)))

    def _answered_lately(self, event: Event) -> bool:
        """Tell whether the customer had an answer; also if this process may not know."""
        within = self._policy.learning.asked_again
        self._since = self._since or event.at
        at = self._answered.get(event.customer, self._since)
        return event.at - at <= within

    # -- what is added ---------------------------------------------------------------

    async def _learn(self, event: Event, *, now: datetime) -> None:
        case = await self._case_of(event)
        for _ in range(_TRIES):
            records, version = await self._reviews.transcript(event.customer)
            found = lessons(
                event,
                records,
                case=case,
                answers=self._offered(case, records),
                policy=self._policy,
            )
            added = [
                await self._adding.add(
                    Words(event.customer, records, version),
                    one.record,
                    (one.finding,),
                    policy=self._policy,
                    now=now,
                )
                for one in found
            ]
            if all(added):
                return
        self._log("learning_skipped", event=event.id)

    async def _renew(self, event: Event, *, now: datetime) -> None:
        """Read again what the author changed, if it is in the queue."""
        for _ in range(_TRIES):
            waiting = await self._reviews.edited(event.customer)
            words = Words(
                event.customer, *await self._reviews.transcript(event.customer)
            )
            added = [
                await self._read_again(words, message, findings, now=now)
                for message, findings in waiting.items()
            ]
            if all(added):
                return
        self._log("learning_skipped", event=event.id)

    async def _read_again(
        self,
        words: Words,
        message: MessageId,
        findings: tuple[Finding, ...],
        *,
        now: datetime,
    ) -> bool:
        record = next((one for one in words.records if one.id == message), None)
        if record is None or record.reading is None or not record.text.strip():
            await self._reviews.drop([self._reviews.id_of(words.customer, message)])
            return True
        return await self._adding.add(
            words, record, findings, policy=self._policy, now=now, waits=True
        )

    async def _case_of(self, event: Event) -> Case | None:
        id_ = event.facts.get("case")
        if not id_ or event.type is EventType.MESSAGE_HANDLED:
            return None
        return next(iter(await self._cases.some([CaseId(id_)])), None)

    def _offered(self, case: Case | None, records: Sequence[Record]) -> dict[str, str]:
        """Return the standard answers that a desk may have offered, with their words."""
        if case is None:
            return {}
        labels = {
            request.label
            for record in records
            if record.reading is not None
            for request in (*record.reading.requests, *record.reading.alternatives)
            if request.faq is not None
        }
        return {
            label: self._answers.text(label, case.visibility, seed=case.id)
            for label in labels
            if self._answers.has(label, case.visibility)
        }

    # -- what goes -------------------------------------------------------------------

    async def _tidy(self, now: datetime) -> None:
        """Let go what is too old, and what teaches least where there is too much."""
        rule = self._policy.learning
        spills = self._adding.spills_over(rule.queue)
        if not spills and self._tidy_at is not None and now < self._tidy_at:
            return
        self._tidy_at = now + TIDY_EVERY
        await self._reviews.drop(await self._reviews.listed(before=now - rule.keep))
        listed, items = await self._reviews.listed(), await self._reviews.open()
        surplus = least_worth(items, max(0, len(items) - rule.queue), now=now)
        waiting = {item.id for item in items}
        # Without those a message that was dealt with would come in again.
        dealt_with = [id_ for id_ in listed if id_ not in waiting]
        oldest = dealt_with[: max(0, len(dealt_with) - rule.queue)]
        gone = [*oldest, *(item.id for item in surplus)]
        if gone:
            await self._reviews.drop(gone)
            self._log("reviews_dropped", count=len(gone))
            items = await self._reviews.open()
        self._adding.begin_with(items)
