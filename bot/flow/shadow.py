"""A model reads beside the live one, on what customers write, and decides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.clock import Clock
from bot.flow.review_adding import ReviewAdding, Words
from bot.flow.review_items import burst_of
from bot.log import Log
from bot.model.event import Event, EventType
from bot.model.message import MAX_TEXT, Nature
from bot.model.policy import Policy
from bot.model.record import Record
from bot.model.review import Cause, Finding
from bot.model.shadow import Pair, ShadowRun, Tally
from bot.ports import Events, Reviews, ShadowTally, Understanding

EVENTS_AT_ONCE: Final = 20  # of each shard; bounds one step
_TRIES: Final = 3  # to add to the queue; each that fails means that words were changed


@dataclass(frozen=True, slots=True)
class _Heard:
    """A message that the live model has read, and its event."""

    event: Event
    record: Record
    words: Words

    @property
    def text(self) -> str:
        """What was read: the message with the burst before it."""
        read = (*burst_of(self.record, self.words.records), self.record)
        return "\n".join(one.text for one in read)[-MAX_TEXT:]


class ShadowReader:
    """Follows the events from its start on, and counts where two models differ.

    What is read differently goes into the review queue. Counts and place are kept in
    one step: after a kill nothing is counted twice, and nothing is left out. It is to
    run in a process of its own, so that nobody waits for it.
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
        readings = await self._understanding.read([one.text for one in heard])
        pairs = Counter[Pair]()
        for one, reading in zip(heard, readings, strict=True):
            live = one.record.reading
            if live is not None:
                pair = Pair(live.top.label, reading.top.label)
                pairs[pair] += 1
                if pair.differs:
                    await self._keep(one, pair)
        added = await self._tally.add(
            self._run, pairs, cursors=cursors, serial=known.serial
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
        if event.type is not EventType.MESSAGE_HANDLED:
            return []
        words = Words(event.customer, *await self._reviews.transcript(event.customer))
        wanted = event.facts.get("message", "")
        found = (one for one in words.records if one.id == wanted and _is_read(one))
        return [_Heard(event, record, words) for record in found]

    async def _keep(self, one: _Heard, pair: Pair) -> None:
        """Let a trainer say who is right."""
        words, record = one.words, one.record
        finding = Finding(cause=Cause.MODELS_DIFFER, at=one.event.at, label=pair.shadow)
        for _ in range(_TRIES):
            now = self._clock.now()
            if await self._adding.add(
                words, record, (finding,), policy=self._policy, now=now
            ):
                return
            again = await self._reviews.transcript(words.customer)
            words = Words(words.customer, *again)
            still = _with_id(words.records, record.id)
            if still is None:
                return
            record = still
        self._log("shadow_skipped", event=one.event.id)


def _is_read(record: Record) -> bool:
    return (
        record.reading is not None
        and record.nature is Nature.WRITTEN
        and record.amended_at is None  # what the live model read is not there any more
        and bool(record.text.strip())
    )


def _with_id(records: Sequence[Record], id_: str) -> Record | None:
    return next((one for one in records if one.id == id_ and _is_read(one)), None)
