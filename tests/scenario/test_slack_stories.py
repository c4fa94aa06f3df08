"""What agents tell of a case in Slack, from the customer's words to the last click."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.channels.simulator import Fault
from bot.desk.slack.client import open_client
from bot.model.timer import first_answer_due
from tests.builders import POLICY
from tests.integration.slack_cards import Cards, cards_in, lines_of, pings_of, words_of
from tests.slack_double.workspace import Message
from tests.slack_line import CHANNEL, SlackLine, slack_line

ODD = "product_question 0.9 is the kettle loud"


class Story:
    """Customers, agents in Slack, and all of the desk between them, by one clock."""

    def __init__(self, desk: SlackLine, cards: Cards) -> None:
        self.desk, self.cards, self.slack = desk, cards, desk.slack
        self.network, self.clock = desk.channel.network, desk.clock

    async def writes(self, text: str = ODD) -> str:
        said = self.network.direct("carol", text)
        await self.shown()
        return said

    async def shown(self) -> None:
        """Let everything be done and shown."""
        await self.desk.done()
        await self.desk.line.settle()
        await self.cards.show()

    async def claims(self) -> None:
        await self.slack.anna.click(self.card, "case_claim")
        await self.shown()

    async def replies(self, text: str) -> None:
        await self.slack.anna.type(CHANNEL, f"reply: {text}", thread_ts=self.card.ts)
        await self.desk.done()
        await self.desk.sent()
        await self.shown()

    async def resolves(self) -> None:
        await self.slack.anna.click(self.card, "case_resolve")
        await self.slack.anna.view()
        await self.slack.anna.submit({"reason": POLICY.resolutions[0]})
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

    @property
    def card(self) -> Message:
        (card,) = cards_in(self.slack)
        return card

    @property
    def thread(self) -> list[str]:
        return [words_of(line) for line in lines_of(self.slack, self.card)]


@pytest.fixture
async def story(redis, tmp_path) -> AsyncIterator[Story]:
    async with slack_line(redis, tmp_path) as desk:
        double = desk.slack
        async with open_client(double.bot_token, double.api_url) as client:
            yield Story(desk, Cards(desk.line, redis, client))


async def test_the_network_refused_my_reply_and_i_sent_it_again(story):
    await story.writes()
    await story.claims()
    story.network.faults.set(Fault.REFUSE)
    await story.replies("It is quiet.")
    assert story.desk.ledger().count("It is quiet.") == 0
    (refused,) = [
        line
        for line in lines_of(story.slack, story.card)
        if "reply_retry" in line.action_ids
    ]
    assert "refused" in words_of(refused)
    await story.slack.anna.click(refused, "reply_retry")
    await story.desk.done()
    await story.desk.sent()
    await story.shown()
    assert story.desk.ledger().count("It is quiet.") == 1
    assert "delivered" in next(t for t in reversed(story.thread) if "quiet" in t)


async def test_what_the_customer_edits_and_deletes_is_marked_where_it_stood(story):
    await story.writes()
    edited = await story.writes("product_question 0.9 does it whistle")
    gone = await story.writes("product_question 0.9 here is my secret")
    before = len(story.thread)
    story.network.edit(edited, "product_question 0.9 does it sing")
    story.network.delete(gone)
    await story.shown()
    assert len(story.thread) == before
    assert sum("edited" in t and "does it sing" in t for t in story.thread) == 1
    assert sum("deleted" in t for t in story.thread) == 1
    seen = " ".join([*story.thread, words_of(story.card)])
    assert "secret" not in seen
    assert "whistle" not in seen


async def test_thanks_leaves_my_resolved_card_alone_and_a_real_message_calls_me(story):
    await story.writes()
    await story.claims()
    await story.replies("It is quiet.")
    await story.resolves()
    assert "resolved" in words_of(story.card)
    await story.writes("thanks 0.95")
    assert "resolved" in words_of(story.card)
    assert pings_of(story.slack, story.card) == []
    await story.passes(timedelta(minutes=1))
    await story.writes("product_question 0.9 it is loud after all")
    assert "resolved" not in words_of(story.card)
    assert "loud after all" in words_of(story.card)
    assert pings_of(story.slack, story.card) == ["reopened"]


async def test_i_am_called_before_my_answer_is_late_and_only_i(story):
    await story.writes()
    case = (await story.desk.relay.open_cases()).views[0].case
    await story.claims()
    due = first_answer_due(case, POLICY.service)
    warned = due - story.clock.now() - timedelta(minutes=9)
    while warned > timedelta():
        step = min(warned, timedelta(minutes=20))
        note = "still at it"  # a sign of life: the case stays with its assignee
        await story.slack.anna.type(CHANNEL, note, thread_ts=story.card.ts)
        await story.shown()
        await story.passes(step)
        warned -= step
    near = [
        line
        for line in story.slack.thread(CHANNEL, story.card.ts)
        if ":sla_near:" in (line.our_id or "")
    ]
    assert len(near) == 1
    assert f"<@{story.slack.anna.id}>" in near[0].text
    assert not near[0].broadcast


async def test_the_card_says_that_a_public_case_went_on_in_private(story):
    story.network.post("carol", f"@{POLICY.handle} {ODD}")
    await story.shown()
    assert "In public on Simulator" in words_of(story.card)
    assert "began" not in words_of(story.card)
    await story.writes("product_question 0.9 it is the red one")
    says = words_of(story.card)
    assert "In a direct message on Simulator" in says
    assert "began in public" in says
