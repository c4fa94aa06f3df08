"""Examples whose customers deleted or edited the message since: taken back unasked.

What an edit left out nobody says any more. Whether it was a slip of the pen or a name
the program cannot tell, so all goes that was taken before the edit: where there is
something to learn, the message is back in the queue with its new words.

It looks from the side of the data: each folder that trainers write may hold such words,
on any machine, and may get them later from another one by Git.
"""

from __future__ import annotations

from collections.abc import Awaitable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.clock import Clock
from bot.errors import ConfigError, InputError
from bot.flow.taking_back import (
    DELETED,
    EDITED,
    NameItem,
    TakenBack,
    Until,
    items_of,
    take_back,
)
from bot.log import Log
from bot.model.event import Event, EventType
from bot.model.example import Label
from bot.model.message import CustomerId
from bot.model.review import shard_in
from bot.ports import Events
from bot.ports.corpus import Corpus

LOOK_EVERY: Final = timedelta(minutes=1)
EVENTS_AT_ONCE: Final = 1000  # of each shard
_ENDS_WORDS: Final = (
    EventType.MESSAGE_DELETED,
    EventType.MESSAGE_EDITED,
    EventType.CUSTOMER_FORGOTTEN,
)


@dataclass(frozen=True, slots=True)
class Looked:
    """How far somebody has looked: in the events, and for which review items."""

    cursors: Mapping[str, str] = field(default_factory=dict)
    items: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Gone:
    """The review items of which a customer's words are gone.

    Of those in `edited`, the words from before then; of `deleted`, all.
    """

    deleted: frozenset[str]
    edited: Until


class LookedNote(Protocol):
    """Where it is kept on this machine how far was looked; without it all is again."""

    def read(self) -> Looked: ...

    def write(self, looked: Looked) -> None: ...


class NoteCorpus(Protocol):
    """Appends an event that says how many examples of a customer's words went."""

    def __call__(
        self, customer: CustomerId, *, examples: int, left: int, now: datetime
    ) -> Awaitable[None]: ...


class DeletedWords:
    """Follows what customers delete and edit, and takes it out of the training data.

    Several processes may do so at once, and any of them again. Without examples that
    have customers' words it reads the log of changes, and no event.
    """

    def __init__(
        self,
        corpus: Corpus,
        events: Events,
        name: NameItem,
        *,
        note_corpus: NoteCorpus,
        note: LookedNote,
        clock: Clock,
        log: Log,
    ) -> None:
        """Look at nothing yet.

        Args:
            corpus: the data that trainers write on this machine.
            events: tell what was deleted or edited, and what was read with it.
            name: gives the review item of a message.
            note_corpus: writes an event of what went.
            note: how far was looked.
            clock, log: the program's.
        """
        self._corpus, self._events, self._name = corpus, events, name
        self._note_corpus, self._note = note_corpus, note
        self._clock, self._log = clock, log
        self._look_at: datetime | None = None
        self._failed = ""
        self._alone: tuple[Label, ...] = ()

    @property
    def alone(self) -> Sequence[Label]:
        """The labels in which one such example still stands, since there is no other."""
        return self._alone

    async def step(self) -> int:
        """Look once a minute; return how many examples went.

        Raises:
            TemporaryFailure: the store is away; the same is looked at again.
        """
        now = self._clock.now()
        if self._look_at is not None and now < self._look_at:
            return 0
        self._look_at = now + LOOK_EVERY
        try:
            done = await self.look()
        except (ConfigError, InputError) as error:  # people are told, and mend it
            if self._failed != str(error):
                self._log("words_not_taken_back", error=type(error).__name__)
            self._failed = str(error)
            return 0
        self._failed = ""
        return done.examples

    async def look(self) -> TakenBack:
        """Take back what was deleted or edited since somebody looked last.

        Raises:
            ConfigError: a file is missing or broken, or cannot be written.
            InputError: others write all the time.
            TemporaryFailure: the store is away.
        """
        now = self._clock.now()
        items = await self._corpus.customers_items()
        if not items:
            self._alone = ()
            return TakenBack()
        known = self._note.read()
        shards, cursors = await self._ended_in(
            known.cursors or self._events.before(now)
        )
        shards |= {shard_in(item) for item in items - known.items}
        found = [
            done
            for shard in sorted(shards & {shard_in(item) for item in items})
            for customer, gone in (await self._gone(shard, items)).items()
            for done in await self._take_back(customer, gone, now=now)
        ]
        alone = self._alone = tuple(label for done in found for label in done.alone)
        if not alone:  # else there is more to do once others are written there
            self._note.write(Looked(cursors, items))
        return TakenBack(examples=sum(done.examples for done in found), alone=alone)

    async def _take_back(
        self, customer: CustomerId, gone: Gone, *, now: datetime
    ) -> list[TakenBack]:
        """Take back what is gone, as a change for each reason."""
        done = []
        for why, items, until in (
            (DELETED, gone.deleted, {}),
            (EDITED, gone.edited, gone.edited),
        ):
            one = await take_back(self._corpus, items, now=now, why=why, until=until)
            if one.examples:
                await self._tell(customer, one, now=now)
            done.append(one)
        return done

    async def _tell(
        self, customer: CustomerId, done: TakenBack, *, now: datetime
    ) -> None:
        left = len(done.alone)
        self._log("words_taken_back", examples=done.examples, left=left)
        await self._note_corpus(customer, examples=done.examples, left=left, now=now)

    async def _ended_in(
        self, cursors: Mapping[str, str]
    ) -> tuple[set[str], Mapping[str, str]]:
        """Return the shards in which words ended, and how far the events go."""
        shards: set[str] = set()
        while True:
            events, after = await self._events.since(cursors, limit=EVENTS_AT_ONCE)
            if not events:
                return shards, cursors
            cursors = after
            ended = (event for event in events if event.type in _ENDS_WORDS)
            shards |= {event.id.partition("-")[0] for event in ended}

    async def _gone(self, shard: str, items: Set[str]) -> dict[CustomerId, Gone]:
        """Return those of `items` whose words their customers took back."""
        owners = {
            event.customer
            async for event in self._events.every(shard)
            if self._is_of(event, items)
        }
        theirs: dict[CustomerId, list[Event]] = {}
        async for event in self._events.every(shard):
            if event.customer in owners:
                theirs.setdefault(event.customer, []).append(event)
        gone = {
            customer: gone_of(events, self._name, items)
            for customer, events in theirs.items()
        }
        return {who: one for who, one in gone.items() if one.deleted or one.edited}

    def _is_of(self, event: Event, items: Collection[str]) -> bool:
        return bool(items_of([event], self._name).intersection(items))


def gone_of(events: Sequence[Event], name: NameItem, items: Set[str]) -> Gone:
    """Return of which of `items` one customer's words are gone.

    Those are the items in which a message was read that was deleted or edited since, and
    all from before the customer was forgotten. `events` are all of the customer's.
    """
    deleted: set[str] = set()
    edited: dict[str, datetime] = {}
    for at, event in enumerate(events):
        if event.type is EventType.MESSAGE_DELETED:
            deleted.update(items_of(events, name, message=event.facts["message"]))
        elif event.type is EventType.MESSAGE_EDITED:
            changed = items_of(events, name, message=event.facts["message"])
            edited.update(dict.fromkeys(changed, event.at))
        elif event.type is EventType.CUSTOMER_FORGOTTEN:
            deleted.update(items_of(events[: at + 1], name))
    return Gone(
        deleted=frozenset(deleted.intersection(items)),
        edited={it: edited[it] for it in edited.keys() & items if it not in deleted},
    )
