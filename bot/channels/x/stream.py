"""X's activity stream: a fast path, beside which everything is also asked for."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal

import requests

from bot.channels.x import events
from bot.channels.x.client import XClient
from bot.channels.x.errors import XError
from bot.channels.x.events import Opened
from bot.channels.x.heard import Heard
from bot.channels.x.limits import SUBSCRIPTIONS
from bot.channels.x.people import People
from bot.channels.x.raw import items_of, text_in, within
from bot.channels.x.session import CONNECT_S
from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.log import Log

URL = "https://api.x.com/2/activity/stream"
SILENCE_S = 40.0  # X sends a sign of life every 20 seconds
_TAKEN, _NOT_TAKEN = 200, 401  # the token, says X
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 320.0


class Connection:
    """One connection to a stream, read in a thread of its own."""

    def __init__(self, session: requests.Session, token: str) -> None:
        self._session, self._token = session, token
        self._answer: requests.Response | None = None
        self._ended = False

    def read(self, take: Callable[[bytes], None], opened: Callable[[int], None]) -> int:
        """Give every line to `take` until the stream ends; return X's status.

        `opened` is told the status as soon as X answers.

        Raises:
            requests.RequestException: the connection broke.
        """
        with self._session.get(
            URL,
            headers={"Authorization": f"Bearer {self._token}"},
            stream=True,
            timeout=(CONNECT_S, SILENCE_S),
        ) as answer:
            self._answer = answer
            opened(answer.status_code)
            if answer.status_code == _TAKEN and not self._ended:
                for line in answer.iter_lines(chunk_size=1):
                    if self._ended:
                        break
                    if line:
                        take(line)
            return answer.status_code

    def end(self) -> None:
        """Let the thread come to its end."""
        self._ended = True
        connection = getattr(getattr(self._answer, "raw", None), "connection", None)
        waiting = getattr(connection, "sock", None)
        if waiting is not None:  # to close it would not wake who reads from it
            with suppress(OSError):  # X was faster
                waiting.shutdown(socket.SHUT_RDWR)


class Stream:
    """Listens to X until it is told to stop; comes back after every break."""

    def __init__(
        self,
        heard: Heard,
        client: XClient,
        people: People,
        *,
        session: requests.Session,
        token: str,
        clock: Clock,
        log: Log,
    ) -> None:
        """`token` is the app's own, which the stream wants instead of our account's."""
        self._heard, self._client, self._people = heard, client, people
        self._session, self._token = session, token
        self._clock, self._log = clock, log
        self._opened = Opened()

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until `stop` is set. Never raises for what X or the store can do."""
        wait = _FIRST_WAIT_S
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                lines = await self._once(stopped)
                wait = _FIRST_WAIT_S if lines else min(wait * 2, _LONGEST_WAIT_S)
                pause = asyncio.create_task(self._clock.sleep(wait))
                ends: set[asyncio.Task[Any]] = {pause, stopped}
                await asyncio.wait(ends, return_when="FIRST_COMPLETED")
                pause.cancel()
        finally:
            stopped.cancel()

    async def _once(self, stopped: asyncio.Task[Literal[True]]) -> int:
        """Listen to one connection until it ends; return how many lines it brought."""
        connection = Connection(self._session, self._token)
        loop, lines = asyncio.get_running_loop(), 0

        def take(line: bytes) -> None:
            nonlocal lines
            lines += 1
            loop.call_soon_threadsafe(self.take, line)

        def opened(status: int) -> None:
            loop.call_soon_threadsafe(self._opened_with, status)

        try:
            await self._subscribe()
            reading = asyncio.create_task(
                asyncio.to_thread(connection.read, take, opened)
            )
            ends: set[asyncio.Task[Any]] = {reading, stopped}
            try:
                await asyncio.wait(ends, return_when="FIRST_COMPLETED")
            finally:
                connection.end()
            self._log("x_stream_ended", status=await reading, lines=lines)
        except XError as error:
            self._log("x_stream_refused", kind=error.kind.value, status=error.status)
        except StoreUnavailable:  # nobody knows whether we may call: later we do
            self._log("x_stream_refused", kind="store_unavailable", status=None)
        except (
            requests.RequestException,
            OSError,
            ValueError,
            AttributeError,
        ) as error:
            # the last two: what urllib3 raises when a connection is closed under it
            self._log("x_stream_broke", error=type(error).__name__, lines=lines)
        return lines

    def _opened_with(self, status: int) -> None:
        """Tell those who look after the service whether X takes the app's token."""
        if status in (_TAKEN, _NOT_TAKEN):
            taken = status == _TAKEN
            self._client.ledger.heard_of_app_token("activity.stream", taken=taken)

    def take(self, line: bytes) -> None:
        """Keep what one line of the stream brings, until it is asked for."""
        event = self._opened.event(line, came_at=self._clock.now())
        if event is not None:
            self._heard.add(event)

    async def _subscribe(self) -> None:
        """Ask for the events that we want and do not get yet.

        Raises:
            XError: X does not tell, or refuses them all.
        """
        us = await self._people.us()
        body = await self._client.ask(
            SUBSCRIPTIONS,
            lambda x, signed: x.request(
                "GET", "/2/activity/subscriptions", user_auth=signed
            ),
        )
        there = {
            text_in(one, "event_type")
            for one in items_of(body.get("data"))
            if text_in(within(one, "filter"), "user_id") == us.id
        }
        for kind in events.WANTED:
            if kind not in there:
                with suppress(XError):  # an account may not have them all
                    await self._client.ask(SUBSCRIPTIONS, _wanted(kind, us.id))


def _wanted(kind: str, account: str) -> Callable[..., requests.Response]:
    wish = {"event_type": kind, "filter": {"user_id": account}}
    return lambda x, signed: x.request(
        "POST", "/2/activity/subscriptions", json=wish, user_auth=signed
    )
