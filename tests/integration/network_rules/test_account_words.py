"""Words that the account has said already, to others or to the same customer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.model.conditions import Conditions
from bot.model.customer import same_words
from bot.model.message import Visibility
from bot.store.wordings import RedisWordings
from tests.builders import POLICY, shipped_answers
from tests.first_line import FirstLine
from tests.integration.network_rules.told import (
    ANN,
    STANDARD,
    follow,
    the_case,
)
from tests.ledger import post, received


def with_said(line: FirstLine, *texts: str) -> None:
    said = frozenset(map(same_words, texts))
    holds = {line.channel.name: Conditions(said=said)}
    follow(line, replace(POLICY, conditions=holds))


async def test_what_the_account_has_just_posted_comes_in_other_words_to_another(line):
    post(line, STANDARD, account="alice")
    await line.settle()
    (first,) = received(line, "alice")
    post(line, STANDARD, account="bob")
    with_said(line, first)
    await line.settle()
    (second,) = received(line, "bob")
    assert same_words(second) != same_words(first)
    post(line, STANDARD, account="carl")
    with_said(line, first, second, *every_wording(line))
    await line.settle()
    assert len(received(line, "carl")) == 1  # better than nothing: it goes out later


def every_wording(line: FirstLine) -> set[str]:
    answers = shipped_answers()
    return {
        answers.text("faq/delivery_cost", Visibility.PUBLIC, seed=str(n), wait="")
        for n in range(200)
    }


async def test_an_agents_same_words_to_many_go_out_some_seconds_apart(line, redis):
    for number in range(3):
        post(line, "product_question 0.9", account=f"c{number}")
    await line.settle()
    second = line.new_sender(wordings=RedisWordings(redis))
    for case in await line.cases.active():
        (record, *_) = await line.cases.records(case.customer)
        await line.relay.claim(case.id, ANN)
        await line.relay.reply(
            case.id, ANN, "We look into it.", thread=record.thread, key="1"
        )
    line.clock.advance(60)
    began = line.clock.now()
    while due := await line.outbox.next_due():
        line.clock.set(due)
        await asyncio.gather(line.sender.step(), second.step())
    sent = [
        entry.at - began
        for n in range(3)
        for entry in line.channel.network.ledger(f"c{n}")
        if entry.text == "We look into it."
    ]
    apart = POLICY.x.same_words_after
    assert sorted(sent) == [timedelta(0), apart, 2 * apart]


async def test_an_agent_is_told_that_the_account_has_just_posted_the_same(line):
    post(line, "product_question 0.9")
    await line.settle()
    case, (record, *_) = await the_case(line)
    for text, told in (("We look into it.", True), ("We are on it.", False)):
        with_said(line, "we look  into it.")
        preview = await line.relay.preview(case.id, ANN, text, thread=record.thread)
        assert ("just posted the same words" in preview.wait) is told
