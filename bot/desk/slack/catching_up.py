"""Finds in Slack's history what nobody told us, and takes it in like anything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Final

from bot.desk.slack.envelopes import message_envelope
from bot.desk.slack.failures import ChannelClosed
from bot.desk.slack.inbox import Inbox
from bot.desk.slack.reading import Json, part, text
from bot.desk.slack.talk import Talk
from bot.desk.slack.whereabouts import Whereabouts

# What is younger may still be on its way to us.
ON_ITS_WAY: Final = timedelta(seconds=10)
# Copies of what is older would not be known as such for long enough.
_HORIZON: Final = timedelta(hours=24)
_FAR: Final = timedelta(days=14)  # older cards are not looked at
_PAGES: Final = 20
_THREADS_AT_ONCE: Final = 20  # of a channel in one look; others come next


@dataclass(slots=True)
class _Thread:
    """How far a thread was read, and what the socket told us of it since."""

    count: int = 0
    latest: str = ""
    heard: set[str] = field(default_factory=set)

    def is_whole(self, parent: Json) -> bool:
        """Tell whether everything that Slack counts was told or read."""
        return int(parent.get("reply_count", 0)) == self.count + len(self.heard)


class CatchingUp:
    """Compares what Slack has with what we were told.

    A thread is read only if Slack counts more in it than we know of.
    """

    def __init__(self, talk: Talk, inbox: Inbox, where: Whereabouts) -> None:
        self._talk, self._inbox, self._where = talk, inbox, where
        self._threads: dict[tuple[str, str], _Thread] = {}
        self._card: tuple[str, str] | None = None  # channel and ts

    def heard(self, payload: Json) -> None:
        """Note what the socket told us, our own messages too."""
        event = part(payload, "event")
        where = (text(event, "channel"), text(event, "thread_ts"))
        if text(event, "type") != "message" or not all(where):
            return
        if text(event, "subtype") not in ("message_changed", "message_deleted"):
            thread = self._threads.setdefault(where, _Thread())
            if text(event, "ts") > thread.latest:
                thread.heard.add(text(event, "ts"))

    async def a_card(
        self, channels: Sequence[str], now: datetime
    ) -> tuple[str, str] | None:
        """Return channel and ts of a message of ours, an old one; None without any."""
        for channel in channels:
            if self._card is None or self._card[0] not in channels:
                self._card = None
                await self._parents(channel, deeply=False, now=now)
        return self._card

    async def look(
        self, channels: Sequence[str], *, deeply: bool, now: datetime
    ) -> int:
        """Take in what was missed; return how much of it nobody else had told us.

        Raises:
            ChannelClosed: a channel cannot be read; all others were.
        """
        missed, closed = 0, None
        for channel in channels:
            try:
                missed += await self._look_in(channel, deeply=deeply, now=now)
            except ChannelClosed as error:  # noqa: PERF203 - the others count, too
                closed = error
        if closed is not None and not missed:
            raise closed
        return missed

    async def _look_in(self, channel: str, *, deeply: bool, now: datetime) -> int:
        since = _ts(now - _HORIZON)
        parents = await self._parents(channel, deeply=deeply, now=now)
        behind = [
            parent
            for parent in parents
            if text(parent, "latest_reply") > since
            and not self._thread(channel, parent).is_whole(parent)
        ]
        behind.sort(key=lambda parent: text(parent, "latest_reply"), reverse=True)
        found = [
            await self._read(channel, parent, now)
            for parent in behind[:_THREADS_AT_ONCE]
        ]
        return sum(found)

    async def _parents(
        self, channel: str, *, deeply: bool, now: datetime
    ) -> list[Json]:
        found, cursor = await self._talk.cards(channel)
        pages = 1
        while deeply and cursor and pages < _PAGES and _is_near(found, now):
            more, cursor = await self._talk.cards(channel, cursor=cursor)
            found, pages = found + more, pages + 1
        ours = [text(one, "ts") for one in found if text(one, "bot_id")]
        if ours:
            self._card = (channel, min(ours))
        return found

    def _thread(self, channel: str, parent: Json) -> _Thread:
        return self._threads.setdefault((channel, text(parent, "ts")), _Thread())

    async def _read(self, channel: str, parent: Json, now: datetime) -> int:
        thread = self._thread(channel, parent)
        since = max(_moment(thread.latest), now - _HORIZON)
        replies = await self._talk.thread_since(channel, text(parent, "ts"), since)
        missed = 0
        for reply in replies:
            if await self._take(channel, reply) and _is_old(reply, now):
                missed += 1
        latest = max((text(reply, "ts") for reply in replies), default=thread.latest)
        thread.latest, thread.count = latest, int(parent.get("reply_count", 0))
        thread.heard = {ts for ts in thread.heard if ts > latest}
        return missed

    async def _take(self, channel: str, reply: Json) -> bool:
        team = (await self._where.workspace()).id
        envelope = message_envelope({**reply, "channel": channel}, team=team)
        return envelope is not None and await self._inbox.take(envelope)


def _is_old(reply: Json, now: datetime) -> bool:
    return now - _moment(text(reply, "ts")) > ON_ITS_WAY


def _is_near(found: Sequence[Json], now: datetime) -> bool:
    return bool(found) and _moment(text(found[-1], "ts")) > now - _FAR


def _moment(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts or 0), tz=timezone.utc)


def _ts(moment: datetime) -> str:
    return f"{moment.timestamp():.6f}"
