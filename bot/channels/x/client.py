"""One call to X after the other: paced, paid, and with every failure named."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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

T = TypeVar("T")
Call = Callable[[tweepy.Client, bool], requests.Response]


class XClient:
    """Calls X from threads of its own, since tweepy's client blocks."""

    def __init__(self, session: Session, ledger: Ledger, *, log: Log) -> None:
        self.ledger = ledger
        self._session, self._log = session, log
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="x")

    async def ask(
        self, endpoint: Endpoint, call: Call, *, again: bool = True
    ) -> Fields:
        """Call X once and return its answer.

        An access token that ran out is renewed and the call made again: X did
        nothing the first time. If not `again`, for want of time, the caller does it.

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
            response = await self._renewing(endpoint, call, again=again)
        except FAILURES as failure:
            raise await self._noted(endpoint, failure) from None
        await self.ledger.heed(endpoint, response)
        body = body_of(response)
        if body is None:
            raise XError(ErrorKind.UNKNOWN, endpoint.name, status=200, reached=True)
        await self.ledger.went_well(endpoint)
        return body

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do work that blocks in a thread of ours."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _renewing(
        self, endpoint: Endpoint, call: Call, *, again: bool
    ) -> requests.Response:
        client = await self._session.client()
        try:
            return await self._called(call, client)
        except tweepy.Unauthorized:
            if not await self._session.renew(client):
                raise
        if not again:
            raise XError(ErrorKind.TRANSIENT, endpoint.name, status=401)
        return await self._called(call, await self._session.client())

    async def _called(self, call: Call, client: tweepy.Client) -> requests.Response:
        return await self.in_thread(lambda: call(client, self._session.signs))

    async def _noted(self, endpoint: Endpoint, failure: Exception) -> XError:
        error = error_of(failure, endpoint.name)
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
