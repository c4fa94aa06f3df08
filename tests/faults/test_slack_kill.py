"""`kill -9` of the desk's process while agents work in Slack, and its return."""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.channels.simulator import SimulatorChannel
from bot.clock import SystemClock
from bot.model.case import CaseId
from bot.model.record import Author
from bot.policy_file import load_policy
from bot.store.cards import RedisCardBook
from tests.builders import ROOT
from tests.faults.parts import Part
from tests.first_line import FirstLine
from tests.integration.slack_cards import assert_nothing_twice, cards_in, lines_of
from tests.slack_double import SlackDouble
from tests.slack_double.person import Person
from tests.slack_double.workspace import Message
from tests.waiting import until

CASES = 4


class Desk:
    """A first line in this process, whose desk is a process of its own."""

    def __init__(self, folder: Path, server, redis, slack: SlackDouble) -> None:
        text = (ROOT / "data" / "policy.yml").read_text()
        (folder / "policy.yml").write_text(re.sub(r"undo: \d+s", "undo: 1s", text))
        policy = load_policy(folder / "policy.yml")
        clock = SystemClock()
        channel = SimulatorChannel(
            folder / "simulator.db", brand_handle=policy.handle, clock=clock
        )
        self.line = FirstLine(redis, channel, clock, policy=policy)
        self.slack, self.book = slack, RedisCardBook(redis)
        self.network = channel.network
        env = {
            **os.environ,
            "FIRSTLINE_REDIS_URL": server.address,
            "FIRSTLINE_VAR": str(folder),
            "FIRSTLINE_POLICY": str(folder / "policy.yml"),
            "FIRSTLINE_SLACK_BOT_TOKEN": slack.bot_token,
            "FIRSTLINE_SLACK_APP_TOKEN": slack.app_token,
            "FIRSTLINE_SLACK_API_URL": slack.api_url,
        }
        self._log = folder / "log"
        self.part = Part("desk", env, self._log)

    async def until(self, holds: Callable[[], Awaitable[object]], what: str) -> None:
        await until(holds, told=lambda: f"{what}\n{self._log.read_text()[-3000:]}")

    async def settled(self) -> None:
        """Wait until Slack shows everything and nothing is to be sent any more."""

        async def quiet() -> bool:
            waits = await self.book.dirty(limit=1), await self.line.outbox.next_due()
            return not any(waits)

        for _ in range(3):  # what is told late makes new work
            await self.until(quiet, "there is no rest")
            await asyncio.sleep(1)


@pytest.fixture
async def desk(tmp_path, server, redis) -> AsyncIterator[Desk]:
    async with SlackDouble(ack_s=2.0, retries_s=(0.0, 1.0)) as slack:
        slack.add_channel("firstline-care")
        made = Desk(tmp_path, server, redis, slack)
        try:
            async with made.line.running():
                yield made
        finally:
            made.part.process.kill()
            made.part.process.wait()
            made.network.close()


async def claim(desk: Desk, anna: Person, card: Message) -> None:
    """Click until the card says that it is one's own: a lost click is seen there."""

    async def mine() -> bool:
        if "case_reply" in card.action_ids:
            return True
        await anna.click(card, "case_claim")
        await asyncio.sleep(0.5)
        return "case_reply" in card.action_ids

    await desk.until(mine, "nobody can claim")


async def compose(desk: Desk, anna: Person, card: Message, text: str) -> None:
    """Answer in the composer; who is not heard clicks again.

    A click that was heard late opens one more composer: nobody writes in it again.
    """

    async def opened() -> bool:
        await anna.click(card, "case_reply")
        await asyncio.sleep(0.3)
        return anna.has_view()

    async def sent() -> bool:
        composer = await anna.view()
        errors = await anna.submit({"text": text})
        assert errors == {}
        return not anna.has_view() or await anna.view() is not composer

    await desk.until(opened, "the composer does not open")
    await desk.until(sent, "the composer does not close")
    while anna.has_view():
        await anna.close()


async def work(
    desk: Desk, anna: Person, cards: list[Message], chance: random.Random, count: int
) -> tuple[list[str], list[str]]:
    """Answer and note; return what was meant for customers, and what was not."""
    replies, notes = [], []
    for number in range(count):
        card, kind = chance.choice(cards), number % 3
        if kind == 0:
            notes.append(f"Note {number}.")
            await anna.type("firstline-care", notes[-1], thread_ts=card.ts)
            continue
        replies.append(f"Answer {number}.")
        if kind == 1:
            said = f"reply: {replies[-1]}"
            await anna.type("firstline-care", said, thread_ts=card.ts)
        else:
            await compose(desk, anna, card, replies[-1])
        await asyncio.sleep(chance.uniform(0, 0.5))
    return replies, notes


async def kill(desk: Desk, chance: random.Random, times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(chance.uniform(1, 6))
        await asyncio.to_thread(desk.part.kill_and_start)


async def test_no_word_is_lost_or_doubled_by_kills_of_the_desk(
    desk, proof, findings, request
):
    seed = request.config.getoption("--seed") or 5
    findings.tell(f"Slack: the kills' seed is {seed}; it reruns with --seed {seed}")
    kills, words = (25, 120) if proof else (3, 18)
    anna = desk.slack.add_user("anna")
    for number in range(CASES):
        desk.network.direct(f"carol{number}", "product_question 0.9")

    async def shown() -> bool:
        return len(cards_in(desk.slack)) == CASES

    await desk.until(shown, "there are no cards")
    cards = cards_in(desk.slack)
    for card in cards:
        await claim(desk, anna, card)
    chance = random.Random(seed)
    killing = asyncio.create_task(kill(desk, random.Random(seed + 1), kills))
    replies, notes = await work(desk, anna, cards, chance, words)
    await killing

    async def arrived() -> bool:
        return got_by_customers(desk).keys() >= set(replies)

    await desk.until(arrived, "not all has arrived")
    await desk.until(lambda: noted(desk, cards, notes), "not all is noted")
    await desk.settled()
    await judge(desk, cards, replies, notes)
    await asyncio.to_thread(desk.part.stop)
    findings.tell(
        f"Slack: {kills} kill -9 of the desk among {len(replies)} replies and "
        f"{len(notes)} notes: nothing lost, nothing twice"
    )


def got_by_customers(desk: Desk) -> Counter[str]:
    return Counter(entry.text for entry in desk.network.ledger() if entry.received)


async def noted(desk: Desk, cards: list[Message], notes: list[str]) -> bool:
    return sorted(await notes_of(desk, cards)) == sorted(notes)


async def notes_of(desk: Desk, cards: list[Message]) -> list[str]:
    views = [await desk.line.relay.view(case_of(card)) for card in cards]
    records = [record for view in views for record in view.records]
    return [record.text for record in records if record.author is Author.NOTE]


async def judge(
    desk: Desk, cards: list[Message], replies: list[str], notes: list[str]
) -> None:
    got = got_by_customers(desk)
    assert {text: got[text] for text in replies} == dict.fromkeys(replies, 1)
    assert not set(notes) & got.keys()
    assert cards_in(desk.slack) == cards
    assert_nothing_twice(desk.slack)
    assert desk.slack.violations == []
    for card in cards:
        view = await desk.line.relay.view(case_of(card))
        wanted = [r for r in view.records if r.author is not Author.NOTE]
        assert len(lines_of(desk.slack, card)) == len(wanted)


def case_of(card: Message) -> CaseId:
    return CaseId(str(card.our_id).split(":")[1])
