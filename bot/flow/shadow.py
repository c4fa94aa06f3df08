"""A model reads beside the live one, on what customers write, and decides nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.flow.loop import Step
from bot.flow.promotion import Promotion
from bot.flow.review_adding import ReviewAdding, Words
from bot.flow.review_items import burst_of
from bot.flow.threads import text_of
from bot.flow.weight import weighed
from bot.log import Log
from bot.model.event import Event, EventType
from bot.model.message import Nature
from bot.model.policy import Policy
from bot.model.reading import Reading
from bot.model.record import Record
from bot.model.review import Cause, Finding
from bot.model.shadow import Pair, ShadowRun, Tally
from bot.model.trained import ModelName
from bot.ports import Events, Reviews, ShadowTally, Understanding

EVENTS_AT_ONCE: Final = 20  # of each shard; bounds one step
LOOK_EVERY: Final = timedelta(minutes=1)  # whether a full queue has room again
RENEW_EVERY: Final = timedelta(seconds=2)
_TRIES: Final = 3  # to add to the queue; each that fails means that words were changed


@dataclass(frozen=True, slots=True)
class _Heard:
    """A message that the live model has read, and its event."""

    event: Event
    record: Record
    live: Reading
    words: Words

    @property
    def text(self) -> str:
        """What was read: the message with the burst before it."""
        return text_of(self._together)

    @property
    def is_comparable(self) -> bool:
        """Whether a person wrote it, and all that the live model read stands as it was."""
        return (
            self.record.nature is Nature.WRITTEN
            and bool(self.record.text.strip())
            and all(one.amended_at is None for one in self._together)
        )

    @property
    def _together(self) -> tuple[Record, ...]:
        return (*burst_of(self.record, self.words.records), self.record)


class ShadowReader:
    """Follows the events from its start on, and counts where two models differ.

    What is read differently goes into the review queue, as far as that has room.
    Counts and place are kept in one step: after a kill nothing is counted twice, and
    nothing is left out. It is to run in a process of its own, so that nobody waits for
    it.
    """

    def __init__(
        self,
        run: ShadowRun,
        understanding: Understanding,
        *,
        events: Events,
        tally: ShadowTally,
        reviews: Reviews,
        adding: ReviewAdding,
        policy: Policy,
        clock: Clock,
        log: Log,
    ) -> None:
        self._run, self._understanding = run, understanding
        self._events, self._tally = events, tally
        self._reviews, self._adding = reviews, adding
        self._policy, self._clock, self._log = policy, clock, log
        self._known: Tally | None = None
        self._look_at: datetime | None = None  # when the queue was found full: again

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        self._policy = policy

    async def step(self) -> int:
        """Read what the live model has read since; return how many events that were.

        Raises:
            TemporaryFailure: the store is away; the same events come again.
        """
        if self._known is None:
            self._known = await self._begin()
        known = self._known
        events, cursors = await self._events.since(known.cursors, limit=EVENTS_AT_ONCE)
        if not events:
            return 0
        heard = [one for event in events for one in await self._heard(event)]
        pairs = await self._compared(heard)
        for one, pair in zip(heard, pairs, strict=True):
            if pair.differs and await self._has_room():
                await self._keep(one, pair)
        added = await self._tally.add(
            self._run, Counter(pairs), cursors=cursors, serial=known.serial
        )
        # Somebody else reads for the same shadow: what they added counts.
        self._known = await self._tally.tally(self._run) if added else None
        return len(events)

    async def _begin(self) -> Tally:
        """Go on where the run is; a new one begins with what comes from now on."""
        self._adding.begin_with(await self._reviews.open())
        known = await self._tally.tally(self._run)
        if known.cursors:
            return known
        return Tally(cursors=self._events.before(self._clock.now()))

    async def _heard(self, event: Event) -> list[_Heard]:
        """Return the message that the live model has read with this event, if it did."""
        if event.type is not EventType.MESSAGE_HANDLED or "label" not in event.facts:
            return []  # nothing was read; what was read earlier may have a new outcome
        words = Words(event.customer, *await self._reviews.transcript(event.customer))
        found = (
            _Heard(event, record, record.reading, words)
            for record in words.records
            if record.id == event.facts.get("message") and record.reading is not None
        )
        return [one for one in found if one.is_comparable]

    async def _compared(self, heard: Sequence[_Heard]) -> list[Pair]:
        """Return what both models make of each; of several requests, the weightiest."""
        readings = await self._understanding.read([one.text for one in heard])
        weightiest = (weighed(reading, self._policy).top for reading in readings)
        return [
            Pair(one.live.top.label, top.label)
            for one, top in zip(heard, weightiest, strict=True)
        ]

    async def _has_room(self) -> bool:
        """Tell whether the queue takes more; whoever keeps it short looks now and then."""
        limit, now = self._policy.learning.queue, self._clock.now()
        if not self._adding.spills_over(limit):
            return True
        if self._look_at is None or now >= self._look_at:
            self._look_at = now + LOOK_EVERY
            self._adding.begin_with(await self._reviews.open())
        return not self._adding.spills_over(limit)

    async def _keep(self, one: _Heard, pair: Pair) -> None:
        """Let a trainer say who is right."""
        finding = Finding(cause=Cause.MODELS_DIFFER, at=one.event.at, label=pair.shadow)
        for _ in range(_TRIES):
            now = self._clock.now()
            if await self._adding.add(
                one.words, one.record, (finding,), policy=self._policy, now=now
            ):
                return
            again = await self._heard(one.event)
            if not again:
                return
            one = again[0]
        self._log("shadow_skipped", event=one.event.id)


class ShadowLease:
    """Says, again and again, that the process lives in which the shadow reads.

    Who is killed says nothing any more, and whoever looks sees that nothing reads.
    """

    def __init__(self, model: ModelName, promotion: Promotion, clock: Clock) -> None:
        self._model, self._promotion, self._clock = model, promotion, clock
        self._renew_at: datetime | None = None

    async def step(self) -> int:
        """Renew the lease where it is time; return 1 if it was."""
        now = self._clock.now()
        if self._renew_at is not None and now < self._renew_at:
            return 0
        self._renew_at = now + RENEW_EVERY
        await self._promotion.renew_shadow(self._model)
        return 1


class ShadowWatch:
    """Lets a model read beside whichever one is live, for as long as it is the shadow."""

    def __init__(
        self,
        model: ModelName,
        promotion: Promotion,
        begin: Callable[[ShadowRun], Step],
        *,
        over: asyncio.Event,
    ) -> None:
        """Prepare it.

        Args:
            model: what is to be the shadow.
            promotion: tells which models are what, and who reads with the live one.
            begin: puts together what reads in a run.
            over: is set when another model is the shadow, or none.
        """
        self._model, self._promotion = model, promotion
        self._begin, self._over = begin, over
        self._epoch: int | None = None
        self._read: Step | None = None

    async def step(self) -> int:
        """Read on, beside a new live model in a run of its own; see ShadowReader.

        What comes until every worker reads with the new one belongs to neither run.
        """
        standing = await self._promotion.standing()
        if standing.asked_to_shadow != self._model:  # after a standstill it goes on
            self._over.set()
            return 0
        if self._read is None or standing.epoch != self._epoch:
            if not (await self._promotion.uptake()).is_settled:
                return 0
            self._epoch = standing.epoch
            self._read = self._begin(ShadowRun(self._model, standing.epoch))
        return await self._read()
