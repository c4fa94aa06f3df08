"""One call to X after the other: paced, paid, and with every failure named."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

import requests
import tweepy

from bot.channels.x.errors import (
    FAILURES,
    ErrorKind,
    XError,
    body_of,
    error_of,
)
from bot.channels.x.ledger import Ledger
from bot.channels.x.limits import Endpoint
from bot.channels.x.raw import Fields
from bot.channels.x.session import CONNECTIONS, Session
from bot.log import Log

# From a call to the end of its answer, which may come a little at a time for ever. More
# than CONNECT_S and READ_S together, and less than a sender's lease leaves.
WHOLE_S = 14.0
T = TypeVar("T")
Call = Callable[[tweepy.Client, bool], requests.Response]


class TooLateError(Exception):
    """A call was not begun, since its time is over."""


class XClient:
    """Calls X from threads of its own, since tweepy's client blocks."""

    def __init__(self, session: Session, ledger: Ledger, *, log: Log) -> None:
        self.ledger = ledger
        self._session, self._log = session, log
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="x")

    async def ask(
        self, endpoint: Endpoint, call: Call, *, by: datetime | None = None
    ) -> Fields:
        """Call X once and return its answer.

        An access token that ran out is renewed and the call made again: X did
        nothing the first time. After `by` no call is begun, however long the token
        or a thread to call from was waited for; the caller does it another time.

        Raises:
            XError: the limit is used up, or X refuses, or gives no answer that can be
                read; whether the call may have had its effect says `reached`.
            StoreUnavailable: nobody knows what is left of the limit.
        """
        wait = await self.ledger.wait(endpoint)
        if wait is not None:
            until = self.ledger.clock.now() + wait
            raise XError(ErrorKind.RATE, endpoint.name, resets_at=until)
        try:
            response = await self._renewing(call, by=by)
        except FAILURES as failure:
            raise await self._noted(endpoint, failure) from None
        except TooLateError:
            raise XError(ErrorKind.TRANSIENT, endpoint.name) from None
        except XError as error:  # there is no token
            await self.ledger.failed(
                XError(error.kind, endpoint.name, status=error.status)
            )
            raise
        await self.ledger.heed(endpoint, response)
        body = body_of(response)
        if body is None:
            raise XError(ErrorKind.UNKNOWN, endpoint.name, status=200, reached=True)
        await self.ledger.went_well(endpoint, as_app=self._session.is_of_app)
        return body

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do work that blocks in a thread of ours."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _renewing(self, call: Call, *, by: datetime | None) -> requests.Response:
        client = await self._session.client()
        try:
            return await self._called(call, client, by=by)
        except tweepy.Unauthorized:
            if not await self._session.renew(client):
                raise
        if by is not None:
            raise TooLateError  # the first call and the renewal took their time
        return await self._called(call, await self._session.client(), by=None)

    async def _called(
        self, call: Call, client: tweepy.Client, *, by: datetime | None
    ) -> requests.Response:
        def work() -> requests.Response:
            if by is not None and self.ledger.clock.now() > by:
                raise TooLateError
            return call(client, self._session.signs)

        try:
            return await asyncio.wait_for(self.in_thread(work), WHOLE_S)
        except asyncio.TimeoutError:  # the thread is left to itself
            raise requests.ReadTimeout from None

    async def _noted(self, endpoint: Endpoint, failure: Exception) -> XError:
        error = error_of(failure, endpoint.name, as_app=self._session.is_of_app)
        self._log(
            "x_call_failed",
            endpoint=endpoint.name,
            kind=error.kind.value,
            status=error.status,
        )
        await self.ledger.failed(error)
        if error.kind is ErrorKind.RATE:
            await self.ledger.exhausted(endpoint, error.resets_at)
        return error

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._session.close()
