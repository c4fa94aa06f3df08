"""Customers, agents in Slack, and all of the desk between them, by one clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.desk.slack.client import open_client
from bot.model.policy import Policy
from tests.builders import POLICY
from tests.integration.slack_cards import Cards, cards_in, lines_of, pings_of, words_of
from tests.slack_double.person import Person
from tests.slack_double.workspace import Ephemeral, Message, View
from tests.slack_line import CHANNEL, SlackLine, slack_line

if TYPE_CHECKING:
    from pathlib import Path

    from redis.asyncio import Redis

ODD = "product_question 0.9 is the kettle loud"  # what people have to answer


class Story:
    """What customers and agents do; after each act everything is done and shown."""

    def __init__(self, desk: SlackLine, cards: Cards) -> None:
        self.desk, self.cards, self.slack = desk, cards, desk.slack
        self.network, self.clock = desk.channel.network, desk.clock
        self.anna, self.ben = desk.slack.anna, desk.slack.ben

    def follow(self, policy: Policy) -> None:
        """Let another policy count from now on, as the watch over its file does."""
        self.desk.policy = policy
        self.desk.relay.follow(policy)
        self.cards.keeper.follow(policy)

    # -- customers -------------------------------------------------------------------

    async def writes(self, text: str = ODD, *, who: str = "carol") -> str:
        said = self.network.direct(who, text)
        await self.shown()
        return said

    async def posts(self, text: str = ODD, *, who: str = "carol") -> str:
        said = self.network.post(who, f"@{POLICY.handle} {text}")
        await self.shown()
        return said

    def received(self, who: str = "carol") -> list[str]:
        """What the customer got, from the bot and from people."""
        ledger = self.desk.channel.network.ledger(who)
        return [entry.text for entry in ledger if entry.received]

    # -- agents ----------------------------------------------------------------------

    async def claims(self, who: Person | None = None) -> None:
        await (who or self.anna).click(self.card, "case_claim")
        await self.shown()

    async def types(self, text: str, *, who: Person | None = None) -> Message:
        """Write into the card's thread; what may go out then does."""
        who, card = who or self.anna, self.card
        said = await who.type(card.channel, text, thread_ts=card.ts)
        await self.sent()
        return said

    async def replies(self, text: str, *, who: Person | None = None) -> None:
        await self.types(f"reply: {text}", who=who)

    async def opens(
        self, action: str, choice: object = None, *, who: Person | None = None
    ) -> View:
        """Open a dialogue from the card."""
        who = who or self.anna
        await who.click(self.card, action, choice)
        await self.desk.done()
        return await who.view()

    async def submits(
        self, who: Person | None = None, **values: object
    ) -> dict[str, str]:
        """Send the open dialogue; return what it objects to."""
        errors = await (who or self.anna).submit(values)
        await self.shown()
        return errors

    async def chooses(
        self, choice: str, *, who: Person | None = None, **values: object
    ) -> None:
        """Choose from one of the card's menus and send the dialogue that opens."""
        await self.opens("case_more", choice, who=who)
        assert await self.submits(who, **values) == {}

    async def resolves(self, **values: object) -> None:
        await self.opens("case_resolve")
        reason = self.desk.policy.resolutions[0]
        assert await self.submits(**{"reason": reason, **values}) == {}

    async def asks(self, words: str, *, who: Person | None = None) -> str:
        """Write `/firstline …`; return what is answered, to that person alone."""
        who = who or self.anna
        before = len(self.told(who))
        await who.command("/firstline", words, channel=CHANNEL)
        await self.desk.done()
        (answer,) = self.told(who)[before:]
        return answer.says()

    def told(self, who: Person) -> list[Ephemeral]:
        """What one person alone was told."""
        return self.slack.ephemerals(who)

    # -- time ------------------------------------------------------------------------

    async def shown(self) -> None:
        """Let everything be done and shown."""
        await self.desk.done()
        await self.desk.line.settle()
        await self.cards.show()

    async def sent(self) -> None:
        """Let what agents wrote go out, when it can no longer be undone."""
        await self.desk.done()
        await self.desk.sent()
        await self.shown()

    async def passes(self, length: timedelta) -> None:
        """Let time pass, with all that is due in it."""
        line = self.desk.line
        until = self.clock.now() + length
        while (due := await line.timers.next_due()) is not None and due <= until:
            self.clock.set(due)
            await line.timekeeper.step()
            await line.settle()
        self.clock.set(until)
        await self.shown()

    # -- what stands there -----------------------------------------------------------

    @property
    def card(self) -> Message:
        (card,) = self.all_cards()
        return card

    def all_cards(self, channel: str = CHANNEL) -> list[Message]:
        return cards_in(self.slack, channel)

    @property
    def says(self) -> str:
        """The words of the one card."""
        return words_of(self.card)

    @property
    def lines(self) -> list[Message]:
        return lines_of(self.slack, self.card)

    @property
    def thread(self) -> list[str]:
        return [words_of(line) for line in self.lines]

    def line(self, part: str) -> str:
        """Return the words of the one line of the thread that holds `part`."""
        (found,) = [words for words in self.thread if part in words]
        return found

    @property
    def pings(self) -> list[str]:
        return pings_of(self.slack, self.card)


@asynccontextmanager
async def a_story(
    redis: Redis[str],
    folder: Path,
    *,
    policy: Policy = POLICY,
    channels: Sequence[str] = (CHANNEL,),
) -> AsyncIterator[Story]:
    async with slack_line(redis, folder, policy=policy, channels=channels) as desk:
        double = desk.slack
        async with open_client(double.bot_token, double.api_url) as client:
            yield Story(desk, Cards(desk.line, redis, client))
