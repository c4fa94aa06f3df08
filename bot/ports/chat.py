"""What a chat that agents work in needs to remember: which of our messages is where.

Everything here is ids, times and digests. Texts are in the chat and with the customers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType, Protocol

Shown = NewType("Shown", str)  # a case or an incident, by its id: C-1042, I-23
OwnId = NewType("OwnId", str)  # of a message of ours: card:C-1042:1


def card_of(shown: Shown, number: int) -> OwnId:
    """Return our id of a card; each that is rebuilt or moved has a new number."""
    kind = "incident" if shown.startswith("I-") else "card"
    return OwnId(f"{kind}:{shown}:{number}")


def shown_by(id_: OwnId) -> Shown | None:
    """Return for what a message stands; None if it is no card."""
    kind, _, rest = id_.partition(":")
    shown, _, number = rest.rpartition(":")
    return Shown(shown) if kind in ("card", "incident") and number else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message is: `ts` is the chat's own id of it within the channel."""

    workspace: str
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of ours in a card's thread, with the digest of what it says."""

    ts: str
    digest: str


@dataclass(frozen=True, slots=True)
class Posting:
    """A message that was about to be posted. Nobody knows yet whether it was."""

    id: OwnId
    channel: str
    thread: str  # "" for a card
    digest: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the book says of one case or incident.

    `number` is that of its card, or of the one that it is to have: a case that goes to
    another channel, or whose card was deleted, gets the next one. `lines` are what stands in the present card's thread;
    `pings` were said once, wherever that was. `begins`: older records are not in the
    thread. `told` is the state that the thread was told last. `left` are earlier
    cards that do not say yet that they are replaced, `earlier` all that were. `since` is when it was first shown.

    `doubt`: another server answers since about then, so that what was done shortly
    before may be in the chat and not in here; None if that was looked into.
    """

    number: int = 1
    card: Place | None = None
    digest: str = ""
    lines: Mapping[OwnId, Posted] = field(default_factory=dict)
    pings: frozenset[OwnId] = frozenset()
    begins: datetime | None = None
    since: datetime | None = None
    told: str = ""
    left: tuple[Place, ...] = ()
    earlier: tuple[Place, ...] = ()
    posting: Posting | None = None
    mark: int = 0
    doubt: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dirty:
    """Something that is not shown as it is. `mark` is told when it is shown again."""

    shown: Shown
    mark: int
    new: bool  # it has no card yet


class CardBook(Protocol):
    """Which cards there are, where, and which are not up to date.

    `holding` is the number that `Duties.hold` gave: after `fence`, whoever has a lower
    one begins nothing any more. All methods raise StoreUnavailable if the store is away.
    """

    async def mark(self, shown: Mapping[Shown, datetime]) -> None:
        """Note that these have changed. Those with the earliest moment are shown first.

        What is marked again keeps the earlier of its moments.
        """
        ...

    async def dirty(self, *, limit: int) -> list[Dirty]:
        """Return what is marked, the most pressing first."""
        ...

    async def clean(self, shown: Shown, mark: int) -> bool:
        """Say that it was shown as it was at `mark`; False if it changed meanwhile."""
        ...

    async def recheck(self, shown: Shown) -> None:
        """Forget what its card says, so that it is compared with the chat again."""
        ...

    async def blank(self, shown: Shown) -> None:
        """Forget what its card and its lines say, so that they are written anew."""
        ...

    async def page(self, shown: Shown) -> Page:
        """Return what is known; an empty page if nothing is."""
        ...

    async def at(self, place: Place) -> Shown | None:
        """Return for what a card stands or stood, by the place of the card."""
        ...

    async def fence(self, holding: int) -> None: ...

    async def begin(self, shown: Shown, posting: Posting, *, holding: int) -> bool:
        """Note what is to be posted, before it is. False if the holding is over."""
        ...

    async def give_up(self, shown: Shown, posting: Posting) -> None:
        """Say that it was surely not posted."""
        ...

    async def keep_card(
        self,
        shown: Shown,
        number: int,
        place: Place,
        digest: str,
        *,
        begins: datetime,
        now: datetime,
        told: str = "",
    ) -> bool:
        """Note where a card is, from when on its thread holds records, and the state
        that it tells. False if another place is noted for that number.
        """
        ...

    async def keep_line(
        self, shown: Shown, number: int, line: OwnId, posted: Posted
    ) -> bool:
        """Note a line of the thread of card `number`. False as in `keep_card`."""
        ...

    async def keep_ping(
        self, shown: Shown, number: int, ping: OwnId, ts: str, *, told: str = ""
    ) -> bool:
        """Note what is said once, and the state that it told. False as in `keep_card`."""
        ...

    async def redraw_card(self, shown: Shown, digest: str) -> None:
        """Note what the card says now."""
        ...

    async def replace(self, shown: Shown, number: int, *, gone: bool) -> None:
        """Begin the page of the card after `number`, with a thread of its own.

        Unless it is `gone`, the earlier card is to say that it was replaced.
        """
        ...

    async def forget_line(self, shown: Shown, line: OwnId) -> None:
        """Say that a line is not there any more."""
        ...

    async def forget_left(self, shown: Shown, place: Place) -> None:
        """Say that an earlier card tells that it was replaced."""
        ...

    async def close(self, shown: Shown, number: int, *, now: datetime) -> None:
        """Forget the lines of a case that is over; those after `now` are still shown.

        Where its card is stays known. Nothing changes while something is being posted,
        or if it has another card than `number` meanwhile.
        """
        ...

    async def looked(self, shown: Shown, doubt: datetime) -> None:
        """Say that the chat was looked into because of `doubt`."""
        ...
