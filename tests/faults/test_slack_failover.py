"""The store's book of cards went back: Slack still shows each case once, as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.clock import ManualClock, to_ms
from bot.desk.slack.client import open_client
from bot.model.case import AgentId
from bot.store import keys
from tests.builders import NOON
from tests.faults.failover import program
from tests.first_line import FirstLine
from tests.integration.slack_cards import (
    CARE,
    LEGAL,
    Cards,
    cards_in,
    lines_of,
    slack_policy,
    slack_with_cards,
    words_of,
    write,
)
from tests.slack_double import SlackDouble

ANNA = AgentId("anna")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
async def slack(clock) -> AsyncIterator[SlackDouble]:
    async with slack_with_cards(clock) as made:
        yield made


@pytest.fixture
def opened(proxy, tmp_path, clock, slack):
    """Start a program that shows cards."""

    @asynccontextmanager
    async def desk() -> AsyncIterator[tuple[FirstLine, Cards]]:
        async with (
            program(proxy, tmp_path, clock, slack_policy()) as line,
            open_client(slack.bot_token, slack.api_url) as client,
        ):
            yield line, Cards(line, line.redis, client, generation=line.generation)

    return desk


async def test_a_card_that_the_book_forgot_is_found_and_not_made_twice(
    pair, proxy, opened, slack
):
    async with opened() as (line, cards):
        case = await write(line)
        await pair.stop_copying()
        await cards.show()
        (card,) = cards_in(slack)
        made = len(slack.calls("chat.postMessage", effect=True))
        await pair.fail_over(proxy)
        await cards.work(30)
        await cards.show()
        assert cards_in(slack) == [card]
        assert len(lines_of(slack, card)) == 2
        assert len(slack.calls("chat.postMessage", effect=True)) == made
        await line.relay.claim(case, ANNA)
        await cards.show()
        assert "anna" in words_of(card)


async def test_a_program_that_starts_after_the_failover_finds_the_card_too(
    pair, proxy, opened, clock, slack
):
    async with opened() as (line, cards):
        await write(line)
        await pair.stop_copying()
        await cards.show()
    await pair.fail_over(proxy)
    clock.advance(20)
    async with opened() as (line, cards):
        await cards.work(30)
        await cards.show()
        (card,) = cards_in(slack)
        assert len(lines_of(slack, card)) == 2


async def test_a_case_that_is_opened_again_after_the_failover_has_its_card(
    pair, proxy, opened, slack
):
    async with opened() as (line, cards):
        await write(line, who="zoe")
        await cards.show()
        await pair.stop_copying()
        await write(line)
        await cards.show()
        await pair.fail_over(proxy)
        await cards.work(2)
        await line.settle()
        await cards.work(60)
        await line.settle()
        await cards.show()
        shown = sorted(
            word
            for card in cards_in(slack)
            for word in ("alice", "zoe")
            if word in words_of(card)
        )
        assert shown == ["alice", "zoe"]
        assert len(await line.cases.active()) == 2


async def test_an_act_that_was_lost_does_not_stay_on_the_card(
    pair, proxy, opened, slack
):
    async with opened() as (line, cards):
        case = await write(line)
        await cards.show()
        await pair.stop_copying()
        await line.relay.claim(case, ANNA)
        await cards.show()
        (card,) = cards_in(slack)
        assert "anna" in words_of(card)
        await pair.fail_over(proxy)
        await cards.work(30)
        await cards.show()
        assert "anna" not in words_of(card)
        assert "case_claim" in card.action_ids


async def test_a_hand_over_that_was_lost_leaves_one_card_that_counts(
    pair, proxy, opened, slack
):
    async with opened() as (line, cards):
        case = await write(line)
        await cards.show()
        await pair.stop_copying()
        other = next(team for team in line.policy.teams if team != "care")
        await line.relay.hand_over(case, ANNA, other)
        await cards.show()
        await pair.fail_over(proxy)
        await cards.work(40)
        await cards.show()
        live = [c for c in (*cards_in(slack), *cards_in(slack, LEGAL)) if c.action_ids]
        (card,) = live
        assert card.our_id == f"card:{case}:3"
        assert card.channel == slack.channel(CARE).id


async def test_a_card_of_another_customer_under_the_same_number_is_taken_away(
    pair, proxy, opened, clock, slack
):
    async with opened() as (line, cards):
        case = await write(line)
        facts = {"id": f"card:{case}:1", "of": "0badcafe", "kind": "card"}
        facts |= {"number": "1", "digest": "", "begins": "0", "told": ""}
        channel = slack.channel(CARE).id
        await cards.client.post(channel, {"text": "somebody else"}, facts=facts)
        clock.advance(1)
        shard = keys.in_shard(keys.shard_of_case(case), "generation")
        await line.redis.hset(shard, "replaced_at", to_ms(clock.now()))
        await cards.show()
        (card,) = cards_in(slack)
        assert "alice" in words_of(card)
