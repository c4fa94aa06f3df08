"""After people have helped, the customer is asked once how well; and what reopens."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.channels.simulator import Fault
from bot.desk.slack.blocks.figures import day_blocks
from bot.errors import InputError
from bot.flow.figures import DayFiguresKeeper
from bot.flow.outcomes import count_outcomes
from bot.model.case import AgentId, CaseStatus
from bot.model.event import EventType
from bot.model.message import MessageId, Rated
from bot.model.record import Author, Delivery
from tests.builders import ALICE, POLICY
from tests.first_line import FirstLine, on_simulator
from tests.ledger import received

ANN = AgentId("ann")
ODD = "product_question 0.9"
QUESTION = "How well did we help?"
ASKS = replace(POLICY, desk=replace(POLICY.desk, rating=QUESTION))


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    return on_simulator(redis, tmp_path, policy=ASKS)


async def write(line: FirstLine, text: str) -> None:
    line.clock.advance(60)
    line.channel.network.direct("alice", text)
    await line.settle()


async def the_case(line: FirstLine):
    case = (await line.relay.earlier_cases(ALICE))[0]
    return (await line.relay.view(case.id)).case


async def help_out(line: FirstLine, *, answer: bool = True) -> None:
    """Let an agent claim the case, answer and resolve it."""
    case = await the_case(line)
    await line.relay.claim(case.id, ANN)
    if answer:
        key = str(case.reopened)
        await line.relay.reply(case.id, ANN, "It does.", thread=case.thread, key=key)
        await line.settle()
    await line.relay.resolve(case.id, ANN, POLICY.resolutions[0])
    await line.settle()


async def rate(line: FirstLine, stars: int) -> None:
    line.clock.advance(60)
    line.channel.network.rate("alice", stars)
    await line.settle()


async def rated(line: FirstLine) -> list[str]:
    events = (await line.events.since({}))[0]
    return [e.facts["rating"] for e in events if e.type is EventType.CASE_RATED]


async def test_the_customer_is_asked_once_and_the_card_shows_the_stars(line):
    await write(line, ODD)
    await help_out(line)
    assert received(line)[-1] == QUESTION
    await rate(line, 4)
    case = await the_case(line)
    assert (case.rating, case.status) == (4, CaseStatus.RESOLVED)
    assert await rated(line) == ["4"]
    assert received(line).count(QUESTION) == 1


async def test_a_rating_is_no_message_and_reopens_nothing(line):
    await write(line, ODD)
    await help_out(line)
    seen = (await count_outcomes(line.events)).seen
    said = len(received(line))
    await rate(line, 1)
    assert (await count_outcomes(line.events)).seen == seen
    assert len(received(line)) == said
    assert (await line.relay.open_cases()).total == 0


async def test_a_rating_that_comes_twice_counts_once(line):
    await write(line, ODD)
    await help_out(line)
    line.channel.network.faults.set(Fault.DELIVER_TWICE, times=1)
    await rate(line, 5)
    assert await rated(line) == ["5"]
    with pytest.raises(InputError):
        line.channel.network.rate("alice", 1)


async def test_a_rating_that_comes_again_late_does_not_rate_what_was_done_since(line):
    await write(line, ODD)
    await help_out(line)
    tapped = Rated(
        channel=line.channel.name,
        id=MessageId("tap-1"),
        customer=ALICE,
        stars=1,
        at=line.clock.now(),
    )
    assert await line.inbox.rate([tapped], now=line.clock.now()) == 1
    await write(line, ODD)
    await help_out(line)
    assert await line.inbox.rate([tapped], now=line.clock.now()) == 0
    assert (await the_case(line)).rating is None
    assert await rated(line) == ["1"]


async def test_whoever_comes_back_is_asked_again_about_what_was_done_then(line):
    await write(line, ODD)
    await help_out(line)
    await rate(line, 2)
    await write(line, ODD)
    assert (await the_case(line)).rating is None
    await help_out(line)
    await rate(line, 5)
    assert (await the_case(line)).rating == 5
    assert await rated(line) == ["2", "5"]


async def test_a_rating_of_what_was_reopened_meanwhile_says_nothing_any_more(line):
    await write(line, ODD)
    await help_out(line)
    await write(line, ODD)
    await rate(line, 1)
    assert (await the_case(line)).rating is None
    assert await rated(line) == []


async def test_the_question_stands_in_the_transcript(line):
    await write(line, ODD)
    await help_out(line)
    asked = (await line.cases.records(ALICE))[-1]
    assert (asked.author, asked.text) == (Author.BOT, QUESTION)
    assert asked.delivery is Delivery.SENT


async def test_where_no_person_answered_nobody_asks(line):
    await write(line, ODD)
    await help_out(line, answer=False)
    assert QUESTION not in received(line)


async def test_in_public_nobody_asks(line):
    line.channel.network.post("alice", f"@{POLICY.handle} {ODD}")
    await line.settle()
    await help_out(line)
    assert QUESTION not in received(line)


async def test_whoever_wants_no_automatic_message_is_not_asked(line):
    await write(line, "stop")
    await write(line, ODD)
    await help_out(line)
    assert QUESTION not in received(line)


async def test_a_policy_without_the_question_asks_nothing(redis, tmp_path, line):
    quiet = on_simulator(redis, tmp_path)
    await write(quiet, ODD)
    await help_out(quiet)
    assert received(quiet)[-1] == "It does."


async def test_a_question_that_the_network_refuses_is_nobodys_work(line):
    await write(line, ODD)
    case = await the_case(line)
    await line.relay.claim(case.id, ANN)
    await line.relay.reply(case.id, ANN, "It does.", thread=case.thread, key="1")
    await line.settle()
    line.channel.network.faults.set(Fault.REFUSE, times=1, code="gone", permanent=True)
    await line.relay.resolve(case.id, ANN, POLICY.resolutions[0])
    await line.settle()
    assert QUESTION not in received(line)
    assert (await line.relay.open_cases()).total == 0


async def test_a_claim_stops_a_question_that_has_not_gone_out(line):
    await write(line, ODD)
    case = await the_case(line)
    await line.relay.claim(case.id, ANN)
    await line.relay.reply(case.id, ANN, "It does.", thread=case.thread, key="1")
    await line.settle()
    await line.relay.resolve(case.id, ANN, POLICY.resolutions[0])
    line.channel.network.direct("alice", ODD)
    line.clock.advance(60)
    await line.intake.step()
    line.clock.advance(10)
    await line.worker.step()
    await line.relay.claim(case.id, ANN)
    await line.settle()
    assert QUESTION not in received(line)


async def test_thanks_after_it_was_resolved_reopens_nothing_a_new_matter_does(line):
    await write(line, ODD)
    await help_out(line)
    await write(line, "thanks 0.95")
    assert (await the_case(line)).status is CaseStatus.RESOLVED
    await write(line, ODD)
    case = await the_case(line)
    assert (case.status, case.reopened) == (CaseStatus.OPEN, 1)


async def test_the_day_says_how_it_was_rated_with_the_formula(line):
    book = DayFiguresKeeper(line.events, line.cases, ASKS)
    assert (await book.today(line.clock.now())).rating is None
    for stars in (5, 2):
        await write(line, ODD)
        await help_out(line)
        await rate(line, stars)
    today = await book.today(line.clock.now())
    assert (today.ratings, today.stars, today.rating) == (2, 7, 3.5)
    told = json.dumps(list(day_blocks(today)), ensure_ascii=False)
    assert "3.5 :star: (7 stars ÷ 2 ratings)" in told
    line.clock.advance(24 * 3600)
    assert (await book.today(line.clock.now())).rating is None


async def test_a_view_tells_whether_its_customer_gets_automatic_messages(line):
    await write(line, ODD)
    case = await the_case(line)
    assert not (await line.relay.view(case.id)).opted_out
    await line.relay.block(case.id, ANN)
    assert (await line.relay.view(case.id)).opted_out
    await write(line, "start")
    assert not (await line.relay.view(case.id)).opted_out
