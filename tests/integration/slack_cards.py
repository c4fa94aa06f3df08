"""A first line whose cases are shown in the local Slack, stepped by the test."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.desk.slack.client import SlackClient, open_client
from bot.desk.slack.desk import SlackDesk
from bot.desk.slack.keeper import CardKeeper
from bot.errors import TemporaryFailure
from bot.flow.desk_feed import DeskFeed
from bot.flow.duty import Duty
from bot.model.case import CaseId
from bot.model.policy import Policy
from bot.ports import Generation
from bot.store.cards import RedisCardBook
from tests.builders import POLICY
from tests.first_line import FirstLine
from tests.slack_double import SlackDouble
from tests.slack_double.workspace import Message

if TYPE_CHECKING:
    from redis.asyncio import Redis

CARE, LEGAL = "firstline-care", "legal"
POST, UPDATE = "chat.postMessage", "chat.update"
ODD = "product_question 0.9 is the kettle loud"
MOST_STEPS = 4000  # a second each: who needs more hangs


def slack_policy(**changes: object) -> Policy:
    """Return the policy with a channel for care and one for all else."""
    teams = {team: f"#{LEGAL}" for team in POLICY.teams if team != "care"}
    channels = {"care": f"#{CARE}", **teams}
    desk = replace(POLICY.desk, channels=channels, intents={}, undo=timedelta())
    return replace(POLICY, desk=desk, **changes)


class Cards:
    """One process with the role `desk`; several of them can stand side by side."""

    def __init__(
        self,
        line: FirstLine,
        redis: Redis[str],
        client: SlackClient,
        *,
        generation: Generation | None = None,
    ) -> None:
        self.line, self.client = line, client
        self.book = RedisCardBook(redis)
        self.desk = SlackDesk(self.book, clock=line.clock)
        self.feed = DeskFeed(
            self.desk,
            line.events,
            line.relay,
            log=line.log,
            incidents=line.incident_desk,
            duty=Duty(line.duties, "slack_feed"),
            clock=line.clock,
            generation=generation,
        )
        self.keeper = CardKeeper(
            client=client,
            book=self.book,
            work=line.relay,
            incidents=line.incident_desk,
            duty=Duty(line.duties, "slack_cards"),
            policy=line.policy,
            clock=line.clock,
            log=line.log,
            generation=generation,
        )
        self.told: list[str] = []  # what the health page would have said

    async def step(self) -> None:
        """Do what is due now; what is wrong is only told."""
        while await self.feed.step():
            pass
        await self.write()

    async def write(self) -> None:
        """Write what is marked already."""
        try:
            await self.keeper.step()
        except TemporaryFailure as failure:
            self.told.append(str(failure))

    async def show(self) -> None:
        """Let time pass until Slack shows everything as it is."""
        for _ in range(MOST_STEPS):
            await self.step()
            if not await self.book.dirty(limit=1):
                return
            self.line.clock.advance(1)
        raise AssertionError(f"still not shown: {await self.book.dirty(limit=5)}")

    async def work(self, seconds: int) -> None:
        """Let so much time pass."""
        for _ in range(seconds):
            await self.step()
            self.line.clock.advance(1)


@asynccontextmanager
async def cards_of(
    line: FirstLine, redis: Redis[str], slack: SlackDouble
) -> AsyncIterator[Cards]:
    async with open_client(slack.bot_token, slack.api_url) as client:
        yield Cards(line, redis, client)


@asynccontextmanager
async def slack_with_cards(clock: Clock) -> AsyncIterator[SlackDouble]:
    """A workspace with two channels, in which nothing of ours is ever there twice."""
    async with SlackDouble(now=lambda: clock.now().timestamp(), paced=True) as slack:
        slack.add_channel(CARE)
        slack.add_channel(LEGAL)
        yield slack
        assert_nothing_twice(slack)
        assert slack.violations == []


def cards_in(slack: SlackDouble, channel: str = CARE) -> list[Message]:
    """Return the cards that stand in a channel."""
    return [m for m in slack.messages(channel) if kind_of(m) in ("card", "incident")]


def lines_of(slack: SlackDouble, card: Message) -> list[Message]:
    """Return the transcript's lines in the thread of a card."""
    return [m for m in slack.thread(card.channel, card.ts) if kind_of(m) == "line"]


def pings_of(slack: SlackDouble, card: Message) -> list[str]:
    """Return why people were called to a card."""
    replies = slack.thread(card.channel, card.ts)
    return [str(m.our_id).split(":")[2] for m in replies if kind_of(m) == "ping"]


async def write(line: FirstLine, text: str = ODD, *, who: str = "alice") -> CaseId:
    """Let a customer write what people have to answer; return their case."""
    line.channel.network.direct(who, text)
    await line.settle()
    found = {case.handle: case.id for case in await line.cases.active()}
    return found[who]


def posts(slack: SlackDouble) -> int:
    """Return how many messages were posted, whether or not we heard of it."""
    return len(slack.calls(POST, effect=True))


def kind_of(message: Message) -> str:
    return (message.our_id or "").partition(":")[0]


def assert_nothing_twice(slack: SlackDouble) -> None:
    """No message of ours is there twice, in whichever channel or thread."""
    there = [
        message.our_id
        for channel in slack.space.channels.values()
        for message in channel.messages.values()
        if message.our_id and not message.deleted
    ]
    assert len(there) == len(set(there)), sorted(
        one for one in there if there.count(one) > 1
    )


def words_of(message: Message) -> str:
    """Return what one reads on a message, without Slack's markup for times."""
    return re.sub(r"<!date\^[^>]*>", "", message.says())
