"""A first line with agents in a local Slack, listened to by the real parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.channels.simulator import SimulatorChannel
from bot.clock import ManualClock
from bot.desk.slack.blocks import Health, render_card
from bot.desk.slack.files import SlackFiles, open_files
from bot.desk.slack.ids import card_id
from bot.desk.slack.inward import Inward
from bot.desk.slack.people import People
from bot.desk.slack.talk import Talk
from bot.flow.figures import DayFiguresKeeper
from bot.model.case import Case
from bot.model.policy import Policy
from bot.model.record import Author
from bot.ports.chat import Place, Shown
from bot.store.cards import RedisCardBook
from bot.store.deliveries import RedisDeliveries
from bot.store.quiet import RedisQuietMode
from tests.builders import NOON, POLICY
from tests.first_line import FirstLine
from tests.listening import web_client
from tests.slack_double.double import SlackDouble

if TYPE_CHECKING:
    from pathlib import Path

    from redis.asyncio import Redis

    from tests.slack_double.workspace import Message


CHANNEL = "firstline-care"


class SlackLine:
    """Customers on the simulator, agents in a local Slack, and what is between them."""

    def __init__(
        self,
        redis: Redis[str],
        folder: Path,
        slack: SlackDouble,
        web,
        clock: ManualClock,
        files: SlackFiles,
        policy: Policy,
    ) -> None:
        self.slack, self.clock, self.policy = slack, clock, policy
        self.channel = SimulatorChannel(
            folder / "net.db", brand_handle=policy.handle, clock=clock, files=files
        )
        self.files = files
        self.line = FirstLine(redis, self.channel, clock, policy=policy)
        self.relay, self.log = self.line.relay, self.line.log
        self.book, self.talk = RedisCardBook(redis), Talk(web)
        self.people = People(self.talk, lambda: self.policy, clock=clock)
        self.quiet = RedisQuietMode(redis)
        self.healthy = [Health(True, "nobody has the role worker")]
        self.watches, self.spent = True, None
        self.inward = self.listening(redis, web)
        self.inbox, self.socket = self.inward.inbox, self.inward.socket

    def listening(self, redis: Redis[str], web) -> Inward:
        """Return the parts of one more process that listens."""
        return Inward(
            web,
            self.slack.app_token,
            deliveries=RedisDeliveries(redis),
            book=self.book,
            work=self.relay,
            incidents=self.line.incident_desk,
            quiet=self.quiet,
            figures=DayFiguresKeeper(self.line.events, self.line.cases, self.policy),
            money=self._money,
            health=self._health,
            holds=self._holds,
            policy=lambda: self.policy,
            labels=lambda: ["refund_request", "faq/stores"],
            channels=["simulator"],
            clock=self.clock,
            log=self.log,
        )

    async def _money(self, _now):
        return self.spent

    async def _health(self):
        return self.healthy

    async def _holds(self, _now) -> bool:
        return self.watches

    async def case(self, customer: str = "carol") -> tuple[Case, Message]:
        """Let somebody write what people have to answer; return its case and card."""
        self.channel.network.direct(customer, "product_question 0.9")
        await self.line.settle()
        view = next(
            view
            for view in (await self.relay.open_cases()).views
            if view.case.handle == customer
        )
        return view.case, await self.show(view)

    async def show(self, view) -> Message:
        """Post the case's card, as the keeper of the cards does."""
        case, channel = view.case, self.slack.channel(CHANNEL)
        drawn = render_card(view, self.people.scene())
        posted = await self.talk.post(
            channel.id, drawn.payload, facts={"id": card_id(case.id, 1)}
        )
        place = Place(self.slack.space.TEAM, channel.id, posted)
        await self.book.keep_card(Shown(case.id), 1, place, "", begins=NOON, now=NOON)
        return channel.messages[posted]

    async def done(self) -> None:
        """Wait until everything that Slack tells was dealt with.

        What was put off, or left in the middle, is taken again when it is due, as the
        program's loop does: all that waits behind it would wait for ever.
        """
        await self.slack.settle()
        await self.inbox.settle()
        while await self.inbox.step():
            await self.inbox.settle()

    async def hear_late(self, card: Message, words: str) -> None:
        """Let Anna write in a card's thread, and hear of it after half an hour."""
        await self.socket.close()
        written = await self.slack.anna.type(CHANNEL, words, thread_ts=card.ts)
        self.clock.advance(31 * 60)
        await self.socket.open()
        event = {
            "type": "message",
            "channel": written.channel,
            "ts": written.ts,
            "thread_ts": card.ts,
            "user": self.slack.anna.id,
            "text": written.text,
        }
        team = self.slack.space.TEAM
        payload = {"type": "event_callback", "team_id": team, "event": event}
        await self.inward._receive(payload)
        await self.done()

    async def sent(self) -> None:
        """Let what agents wrote go out."""
        self.clock.advance(self.policy.desk.undo.total_seconds() + 1)
        await self.line.settle()

    def ledger(self, customer: str = "carol") -> list[str]:
        """What the customer got."""
        return [entry.text for entry in self.channel.network.ledger(customer)]

    async def notes(self, case: Case) -> list[str]:
        """What agents noted on a case, for agents only."""
        view = await self.relay.view(case.id)
        return [r.text for r in view.records if r.author is Author.NOTE]


@asynccontextmanager
async def slack_line(
    redis: Redis[str],
    folder: Path,
    *,
    policy: Policy = POLICY,
    channels: Sequence[str] = (CHANNEL,),
) -> AsyncIterator[SlackLine]:
    """Everything, connected."""
    clock = ManualClock(NOON)
    async with (
        SlackDouble(now=lambda: clock.now().timestamp(), retries_s=(0.0, 0.2)) as slack,
        web_client(slack) as web,
        open_files(slack.bot_token, slack.api_url) as files,
    ):
        for name in channels:
            slack.add_channel(name)
        slack.anna, slack.ben = slack.add_user("anna"), slack.add_user("ben")
        made = SlackLine(redis, folder, slack, web, clock, files, policy)
        await made.socket.open()
        await slack.connected()
        try:
            yield made
        finally:
            await made.inward.close()
            await asyncio.sleep(0)
        assert slack.violations == []
