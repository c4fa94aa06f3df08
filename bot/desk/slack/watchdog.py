"""Sees to it that we hear of everything: a socket can be open, healthy and silent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.desk.slack.catching_up import CatchingUp
from bot.desk.slack.failures import Slowed
from bot.desk.slack.socket import Socket
from bot.desk.slack.talk import Talk
from bot.errors import TemporaryFailure
from bot.log import Log

EVERY: Final = timedelta(seconds=15)
IDLE: Final = timedelta(seconds=30)  # after that we ask for a sign of life
_DEEPLY_EVERY: Final = timedelta(minutes=5)  # far back, not only the newest cards
_SHOWN_FOR: Final = timedelta(minutes=5)  # in the health of the process
_TOUCHES: Final = 2  # each makes two events; other processes may get some of them

Channels = Callable[[], Awaitable[Sequence[str]]]
Holds = Callable[[datetime], Awaitable[bool]]


class Watchdog:
    """Opens the socket, proves that it speaks, and catches up what it did not say.

    One process at a time catches up, the one for which `holds` is true; each proves
    its own socket.
    """

    def __init__(
        self,
        talk: Talk,
        socket: Socket,
        catching_up: CatchingUp,
        *,
        channels: Channels,
        holds: Holds,
        clock: Clock,
        log: Log,
    ) -> None:
        self._talk, self._socket, self._catching_up = talk, socket, catching_up
        self._channels, self._holds = channels, holds
        self._clock, self._log = clock, log
        self._next_at = self._deeply_at = clock.now()
        self._probed_at: datetime | None = None
        self._silent_at: datetime | None = None

    async def step(self) -> int:
        """Look if it is time to.

        Raises:
            TemporaryFailure: something is not as it should be, for as long as people
                ought to see that.
        """
        now = self._clock.now()
        if now >= self._next_at:
            self._next_at = now + EVERY
            try:
                await self._look(now)
            except Slowed as slowed:
                self._next_at = now + max(slowed.after, EVERY)
                raise
        if self._silent_at and now < self._silent_at + _SHOWN_FOR:
            raise TemporaryFailure(
                f"the connection to Slack was silent at {self._silent_at:%H:%M} UTC: "
                "it was renewed, and what was missed in threads was caught up. "
                "Clicks in that time have to be repeated."
            )
        return 0

    async def _look(self, now: datetime) -> None:
        was_open = self._socket.is_open
        if not was_open:
            await self._socket.open()
            self._deeply_at = now  # nobody knows what was said meanwhile
        channels = await self._channels()
        missed = await self._holds(now) and await self._missed_something(channels, now)
        if missed and was_open:
            await self._renew(now)
        await self._prove(channels, now)

    async def _missed_something(self, channels: Sequence[str], now: datetime) -> bool:
        deeply = now >= self._deeply_at
        missed = await self._catching_up.look(channels, deeply=deeply, now=now)
        if deeply:
            self._deeply_at = now + _DEEPLY_EVERY
        if missed:
            self._log("slack_missed", messages=missed)
        return missed > 0

    async def _prove(self, channels: Sequence[str], now: datetime) -> None:
        """Do something that Slack has to tell us of, if it has said nothing lately."""
        heard_at = self._socket.heard_at or now
        if self._probed_at is not None and heard_at < self._probed_at:
            await self._renew(now)
            return
        self._probed_at = None
        if now - heard_at < IDLE:
            return
        message = await self._catching_up.a_card(channels, now)
        if message is None:
            return
        self._probed_at = now
        for _ in range(_TOUCHES):
            await self._talk.touch(*message)

    async def _renew(self, now: datetime) -> None:
        self._log("slack_socket_silent", heard_at=str(self._socket.heard_at))
        self._silent_at, self._probed_at = now, None
        await self._socket.open()
        self._deeply_at = now
