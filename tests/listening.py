"""What listens to Slack, put together with the local double, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.desk.slack.envelopes import envelope_of
from bot.desk.slack.inbox import Inbox
from bot.desk.slack.socket import Socket
from bot.store.deliveries import RedisDeliveries

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from tests.slack_double.double import SlackDouble

TEAM = "T0DOUBLE"


class Notebook:
    """A listener that writes down what it is to deal with, and can be told to fail."""

    def __init__(self) -> None:
        self.dealt: list[str] = []
        self.given_up: list[str] = []
        self.late: list[object] = []
        self.bodies: list[object] = []
        self.before: Callable[[], Awaitable[None]] | None = None
        self.answer: dict[str, object] | None = None

    async def deal(self, delivery):
        if self.before is not None:
            await self.before()
        self.dealt.append(delivery.key)
        self.bodies.append(delivery.body)
        return self.answer

    async def answer_late(self, delivery, answer) -> None:
        self.late.append(answer)

    async def give_up(self, delivery) -> None:
        self.given_up.append(delivery.key)


def make_inbox(redis: Redis[str], deal, *, clock: Clock, log) -> Inbox:
    """Return an inbox on the store, whose deliveries `deal` gets."""
    return Inbox(RedisDeliveries(redis), deal, clock=clock, log=log)


@asynccontextmanager
async def web_client(double: SlackDouble) -> AsyncIterator[AsyncWebClient]:
    """A client of the double, as the program makes it."""
    timeout = aiohttp.ClientTimeout(total=8)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield AsyncWebClient(
            token=double.bot_token,
            base_url=double.api_url,
            session=session,
            retry_handlers=[],
        )


@asynccontextmanager
async def socket_to(
    double: SlackDouble, inbox: Inbox, *, clock: Clock, log
) -> AsyncIterator[Socket]:
    """An open connection that feeds `inbox`."""

    async def receive(payload):
        envelope = envelope_of(payload)
        return await inbox.receive(envelope) if envelope else None

    async with web_client(double) as web:
        socket = Socket(web, double.app_token, receive, clock=clock, log=log)
        await socket.open()
        await double.connected()
        try:
            yield socket
        finally:
            await inbox.settle()
            await socket.close()
            await asyncio.sleep(0)
