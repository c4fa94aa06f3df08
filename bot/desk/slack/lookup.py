"""Looks in Slack for what we may have posted: after a lost answer, a crash, a failover.

Every message of ours carries our own id, and in its facts what the book says of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.slack.client import Found, SlackClient
from bot.desk.slack.facts import keep
from bot.desk.slack.failures import ChannelClosed, MessageGone
from bot.desk.slack.plan import Kind
from bot.desk.slack.writing import Subject
from bot.ports.chat import CardBook, Page, Place, Posting, Shown, shown_by

SETTLED = timedelta(seconds=10)  # after that no request is on its way any more
LOST = timedelta(hours=1)  # of the book's past, which a failover may have taken away
_UNKNOWN = "channel_not_found"
_CLOCKS = timedelta(minutes=2)  # by which Slack's clock may differ from ours


@dataclass(frozen=True, slots=True)
class _Scan:
    made_at: datetime
    since: datetime
    found: Sequence[Found]


class Lookup:
    """Finds our messages. What one look at a channel showed serves many cases."""

    def __init__(self, client: SlackClient, book: CardBook, workspace: str) -> None:
        self._client, self._book, self._workspace = client, book, workspace
        self._scans: dict[str, _Scan] = {}

    async def settle(self, subject: Subject, posting: Posting, now: datetime) -> None:
        """Find out whether a message was posted, and let the book say so."""
        shown = subject.shown
        try:
            there = await self._all_there(posting)
        except ChannelClosed as closed:
            if posting.channel == subject.channel or closed.code != _UNKNOWN:
                raise
            there = []  # it was in another workspace, or nobody sees it any more
        copies = [one for one in there if one.id == posting.id]
        if not copies:
            await self._book.give_up(shown, posting)
        await self._adopt(shown, posting.channel, copies, now)

    async def reconcile(self, subject: Subject, doubt: datetime, now: datetime) -> None:
        """Let the book know what it forgot of a case when another server took over."""
        shown, card = subject.shown, subject.page.card
        known = card if card and self._is_here(card) else None
        since = doubt - LOST if known else min(subject.opened_at, doubt - LOST)
        for channel in {subject.channel, known.channel if known else subject.channel}:
            await self._scanned(channel, since - _CLOCKS, doubt, now)
            await self.adopt_card(subject, channel, now)
        await self._adopt_thread((await self._book.page(shown)).card, shown, now)
        await self._book.looked(shown, doubt)

    async def adopt_card(self, subject: Subject, channel: str, now: datetime) -> None:
        """Let the book know a newer card of a case than its own, if one was seen."""
        shown, found = subject.shown, self._scans[channel].found
        for card in _newest(found, shown, subject.page):
            if card.facts.get("of") != subject.whose:
                await self._client.delete(channel, card.ts)  # another's number
                continue
            await self._adopt(shown, channel, [card], now)
            place = Place(self._workspace, channel, card.ts)
            await self._adopt_thread(place, shown, now)

    async def recent_cards(
        self, channel: str, doubt: datetime, now: datetime
    ) -> set[Shown]:
        """Return what has a card in a channel that the book may have forgotten."""
        scan = await self._scanned(channel, doubt - LOST - _CLOCKS, doubt, now)
        return {shown for shown in map(_card, scan) if shown is not None}

    async def clear(self, shown: Shown, channel: str) -> None:
        """Take the cards of a case away that there is not any more."""
        for one in self._scans[channel].found:
            if _card(one) == shown:
                await self._client.delete(channel, one.ts)

    async def _adopt_thread(
        self, card: Place | None, shown: Shown, now: datetime
    ) -> None:
        if card is not None and self._is_here(card):
            there = await self._replies(card.channel, card.ts)
            lines = [one for one in there if one.ts != card.ts]
            await self._adopt(shown, card.channel, lines, now)

    def _is_here(self, place: Place) -> bool:
        return place.workspace == self._workspace

    async def _all_there(self, posting: Posting) -> Sequence[Found]:
        if posting.thread:
            there = await self._replies(posting.channel, posting.thread)
            if there:
                return there  # the card at least
        since = posting.since - _CLOCKS
        found = await self._client.history(posting.channel, since=since)
        for stray in (one for one in found if posting.thread and one.id == posting.id):
            await self._client.delete(posting.channel, stray.ts)  # its thread is gone
        return [] if posting.thread else found

    async def _scanned(
        self, channel: str, since: datetime, doubt: datetime, now: datetime
    ) -> Sequence[Found]:
        scan = self._scans.get(channel)
        if scan is None or scan.since > since or scan.made_at < doubt + SETTLED:
            found = await self._client.history(channel, since=since)
            scan = self._scans[channel] = _Scan(now, since, found)
        return scan.found

    async def _replies(self, channel: str, thread: str) -> list[Found]:
        try:
            return await self._client.replies(channel, thread)
        except MessageGone:
            return []

    async def _adopt(
        self, shown: Shown, channel: str, found: Iterable[Found], now: datetime
    ) -> None:
        """Keep each message; one of which the book knows another copy is taken away."""
        for one in found:
            place = Place(self._workspace, channel, one.ts)
            if not await keep(self._book, shown, one.facts, place, now=now):
                await self._client.delete(channel, one.ts)


def _newest(found: Sequence[Found], shown: Shown, page: Page) -> list[Found]:
    """Return its newest card, if the book may not know it, with copies of that."""
    lowest = page.number + 1 if page.card else page.number
    cards = [one for one in found if _card(one) == shown and _number(one) >= lowest]
    newest = max(map(_number, cards), default=0)
    return [one for one in cards if _number(one) == newest]


def _card(found: Found) -> Shown | None:
    """Return for what a message stands, if it is a card."""
    return shown_by(found.id) if found.facts.get("kind") == Kind.CARD.value else None


def _number(card: Found) -> int:
    return int(card.facts.get("number", "0"))
