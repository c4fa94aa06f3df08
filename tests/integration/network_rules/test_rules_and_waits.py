"""Rules that bind people too, and how long a text waits its turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import UnsafeText
from bot.model.conditions import Conditions
from bot.model.message import DIRECT, CustomerId, Visibility
from bot.model.outgoing import Purpose
from bot.model.reason import Reason
from bot.model.record import Record
from bot.store import keys
from bot.store.codec import dump_record
from tests.builders import POLICY
from tests.first_line import FirstLine
from tests.integration.network_rules.told import (
    ANN,
    STANDARD,
    STRICT,
    follow,
    the_case,
)
from tests.ledger import post, received

# rules


async def test_an_agent_is_told_before_that_the_network_takes_no_reply(line):
    post(line, "product_question 0.9")
    await line.settle()
    case, (record, *_) = await the_case(line)
    unsummoned = replace(record, summoned=False, link="https://x.com/alice/status/1")
    await _rewrite(line, case.customer, unsummoned)
    await line.relay.claim(case.id, ANN)
    with pytest.raises(UnsafeText) as refused:
        await line.relay.reply(case.id, ANN, "Hello!", thread=record.thread, key="1")
    (says,) = refused.value.problems
    assert "Answer by hand in the app of X: https://x.com/alice/status/1" in says
    preview = await line.relay.preview(case.id, ANN, "Hello!", thread=record.thread)
    assert preview.problems == (says,)


async def test_an_agent_says_the_same_words_in_public_only_once(line):
    post(line, "product_question 0.9")
    await line.settle()
    case, (record, *_) = await the_case(line)
    await line.relay.claim(case.id, ANN)
    say = {"thread": record.thread}
    await line.relay.reply(case.id, ANN, "We look into it.", key="1", **say)
    line.clock.advance(60)
    await line.settle()
    with pytest.raises(UnsafeText, match="say it differently"):
        await line.relay.reply(case.id, ANN, "We look into it.", key="2", **say)
    await line.relay.reply(case.id, ANN, "We still look into it.", key="3", **say)
    line.clock.advance(60)
    await line.settle()
    assert received(line)[-2:] == ["We look into it.", "We still look into it."]


# the pace


async def test_the_wait_grows_with_what_goes_first_and_people_go_first(line):
    for number in range(6):
        line.channel.network.direct(f"c{number}", STANDARD)
    await line.intake.step()
    line.clock.advance(POLICY.burst.total_seconds() + 1)
    await line.worker.step()
    now, name = line.clock.now(), line.channel.name
    minute = timedelta(minutes=1)  # between two of fifteen in a quarter of an hour
    waits = {
        purpose: await line.outbox.wait(name, Visibility.PRIVATE, purpose, now=now)
        for purpose in Purpose
    }
    assert waits[Purpose.PERSON] == timedelta(0)
    assert waits[Purpose.ANSWER] == waits[Purpose.ACKNOWLEDGEMENT] == 6 * minute
    assert await line.outbox.wait(
        name, Visibility.PUBLIC, Purpose.ACKNOWLEDGEMENT, now=now
    ) == timedelta(0)
    await line.sender.step()
    assert (
        await line.outbox.wait(name, Visibility.PRIVATE, Purpose.PERSON, now=now)
        == minute
    )


async def test_what_would_wait_too_long_is_left_to_people_at_once(line):
    waits = {Visibility.PRIVATE: POLICY.acknowledge_within + timedelta(minutes=1)}
    holds = {line.channel.name: Conditions(waits=waits)}
    follow(line, replace(POLICY, conditions=holds))
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    _, (record, *_) = await the_case(line)
    assert record.withheld is Reason.PACE


async def test_an_agent_reads_how_long_their_direct_message_will_wait(line):
    for number in range(13):
        line.channel.network.direct(f"c{number}", "product_question 0.9")
    await line.intake.step()
    line.clock.advance(POLICY.burst.total_seconds() + 1)
    await line.worker.step()
    cases = await line.cases.active()
    for case in cases[:12]:
        await line.relay.claim(case.id, ANN)
        await line.relay.reply(case.id, ANN, "We look.", thread=DIRECT, key="1")
    last = await line.relay.preview(cases[12].id, ANN, "We look.", thread=DIRECT)
    assert last.wait == (
        "It goes out in about 12 min: X lets us send 15 direct messages in 15 minutes."
    )


# words that nobody wrote


async def test_generated_words_are_not_said_where_they_need_approval(line):
    line.channel._rules = replace(STRICT, generated_needs_approval=True)
    dialogue = line.worker._dialogue

    class Generating:
        async def turn(self, *args, **kwargs):
            return replace(await dialogue.turn(*args, **kwargs), generated=True)

    line.worker._dialogue = Generating()
    line.channel.network.direct("alice", "order_status 0.9")
    await line.settle()
    case, (record, *_) = await the_case(line)
    assert received(line) == []
    assert record.withheld is Reason.UNAPPROVED_TEXT
    assert case.reason == Reason.UNAPPROVED_TEXT


async def _rewrite(line: FirstLine, who: CustomerId, record: Record) -> None:
    """Let the transcript begin with this line."""
    first = keys.of_customer(who, "history")
    await line.cases._redis.lset(first, 0, dump_record(record))
