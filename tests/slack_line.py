"""A first line with agents in a local Slack, listened to by the real parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.channels.simulator import SimulatorChannel
from bot.clock import ManualClock
from bot.desk.slack.acts import ActListener
from bot.desk.slack.blocks import render_card
from bot.desk.slack.envelopes import envelope_of
from bot.desk.slack.heard import Click, Said, heard_of
from bot.desk.slack.ids import card_id
from bot.desk.slack.inbox import Inbox
from bot.desk.slack.people import People
from bot.desk.slack.socket import Socket
from bot.desk.slack.talk import Talk
from bot.desk.slack.thread import ThreadListener
from bot.model.case import Case
from bot.ports.chat import Place, Shown
from bot.store.cards import RedisCardBook
from bot.store.deliveries import RedisDeliveries
from tests.builders import NOON, POLICY
from tests.first_line import FirstLine
from tests.listening import web_client
from tests.slack_double.double import SlackDouble

if TYPE_CHECKING:
    from pathlib import Path

    from redis.asyncio import Redis

    from tests.slack_double.workspace import Message


class SlackLine:
    """Customers on the simulator, agents in a local Slack, and what is between them."""

    def __init__(self, redis: Redis[str], folder: Path, slack: SlackDouble, web, clock):
        self.slack, self.clock = slack, clock
        self.channel = SimulatorChannel(
            folder / "net.db", brand_handle=POLICY.handle, clock=clock
        )
        self.line = FirstLine(redis, self.channel, clock)
        self.log = self.line.log
        self.book, self.talk = RedisCardBook(redis), Talk(web)
        self.people = People(self.talk, lambda: POLICY, clock=clock)
        relay = self.line.relay
        self.thread = ThreadListener(
            relay, self.book, self.talk, self.people, clock=clock
        )
        self.acts = ActListener(relay, self.talk, self.people, self.thread)
        self.deliveries = RedisDeliveries(redis)
        self.inbox = Inbox(self.deliveries, self, clock=clock, log=self.log)
        self.socket = Socket(
            web, slack.app_token, self.receive, clock=clock, log=self.log
        )

    async def receive(self, payload):
        envelope = envelope_of(payload)
        return await self.inbox.receive(envelope) if envelope else None

    async def deal(self, delivery):
        heard = heard_of(delivery)
        if isinstance(heard, Said):
            await self.thread.hear(heard)
        elif isinstance(heard, Click):
            await self.acts.hear(heard)

    async def give_up(self, delivery):
        raise AssertionError(delivery.key)

    async def case(self, customer: str = "carol") -> tuple[Case, Message]:
        """Let somebody write what people have to answer; return its case and card."""
        self.channel.network.direct(customer, "product_question 0.9")
        await self.line.settle()
        view = next(
            view
            for view in (await self.line.relay.open_cases()).views
            if view.case.handle == customer
        )
        return view.case, await self.show(view)

    async def show(self, view) -> Message:
        """Post the case's card, as the keeper of the cards does."""
        case, channel = view.case, self.slack.channel("care")
        drawn = render_card(view, self.people.scene())
        posted = await self.talk.post(
            channel.id, drawn.payload, facts={"id": card_id(case.id, 1)}
        )
        place = Place(self.slack.space.TEAM, channel.id, posted)
        await self.book.keep_card(Shown(case.id), 1, place, "", begins=NOON, now=NOON)
        return channel.messages[posted]

    async def done(self) -> None:
        """Wait until everything that Slack tells was dealt with."""
        await self.slack.settle()
        await self.inbox.settle()

    async def sent(self) -> None:
        """Let what agents wrote go out."""
        self.clock.advance(POLICY.desk.undo.total_seconds() + 1)
        await self.line.settle()

    def ledger(self, customer: str = "carol") -> list[str]:
        """What the customer got."""
        return [entry.text for entry in self.channel.network.ledger(customer)]


@asynccontextmanager
async def slack_line(redis: Redis[str], folder: Path) -> AsyncIterator[SlackLine]:
    """Everything, connected."""
    clock = ManualClock(NOON)
    async with (
        SlackDouble(now=lambda: clock.now().timestamp(), retries_s=(0.0, 0.2)) as slack,
        web_client(slack) as web,
    ):
        slack.add_channel("#care")
        slack.anna, slack.ben = slack.add_user("anna"), slack.add_user("ben")
        made = SlackLine(redis, folder, slack, web, clock)
        await made.socket.open()
        await slack.connected()
        try:
            yield made
        finally:
            await made.inbox.settle()
            await made.socket.close()
            await asyncio.sleep(0)
        assert slack.violations == []
