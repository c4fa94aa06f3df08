"""Today's figures, told by what happened on a real store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.flow.figures import DayFiguresKeeper
from bot.flow.outcomes import count_outcomes
from bot.model.case import AgentId
from bot.model.event import Outcome
from bot.model.figures import DayFigures
from tests.builders import NOON, POLICY
from tests.first_line import FirstLine

ANN = AgentId("ann")
STANDARD = "faq/delivery_cost 0.9"
ODD = "product_question 0.9"
DAY = timedelta(days=1)


@pytest.fixture
def keeper(line) -> DayFiguresKeeper:
    return DayFiguresKeeper(line.events, line.cases, POLICY)


async def today(line, keeper) -> DayFigures:
    return await keeper.today(line.clock.now())


async def write(line: FirstLine, text: str, account: str = "alice") -> None:
    line.channel.network.direct(account, text)
    await line.settle()


async def the_case(line: FirstLine):
    (view,) = (await line.relay.open_cases()).views
    return view.case


async def answer(line: FirstLine, text: str = "It does.") -> None:
    """Let an agent claim the one case and answer it."""
    case = await the_case(line)
    await line.relay.claim(case.id, ANN)
    await line.relay.reply(case.id, ANN, text, thread=case.thread, key=text)
    await line.settle()


def seconds(span: timedelta | None) -> float:
    assert span is not None
    return span.total_seconds()


async def test_a_day_without_events_is_empty(line, keeper):
    found = await today(line, keeper)
    assert found == DayFigures(day=NOON.date())
    assert (await keeper.queue()).unclaimed == 0


async def test_the_outcomes_add_up_to_the_days_messages(line, keeper):
    for number, text in enumerate([STANDARD, ODD, "chatter 0.9", "what?", "spam 0.9"]):
        await write(line, text, f"c{number}")
    line.channel.network.direct("late", STANDARD)
    await line.intake.step()
    found = await today(line, keeper)
    assert sum(found.outcomes.values()) == 6
    assert found.outcomes[Outcome.PENDING] == 1
    whole = (await count_outcomes(line.events)).totals
    assert {k: n for k, n in whole.items() if n} == dict(found.outcomes)


async def test_an_automatic_answer_is_the_first_useful_one(line, keeper):
    await write(line, STANDARD)
    found = await today(line, keeper)
    assert found.automatic_answer == found.first_useful_answer
    assert 0 < seconds(found.automatic_answer) < 60
    assert (found.acknowledgement, found.first_human_answer) == (None, None)


async def test_an_acknowledgement_is_no_answer(line, keeper):
    await write(line, ODD)
    acknowledged = await today(line, keeper)
    assert 0 < seconds(acknowledged.acknowledgement) < 60
    assert acknowledged.first_useful_answer is None
    line.clock.advance(600)
    await answer(line)
    found = await today(line, keeper)
    assert 600 < seconds(found.first_human_answer) < 700
    assert found.first_useful_answer == found.first_human_answer
    assert found.acknowledgement == acknowledged.acknowledgement
    assert (found.first_answers, found.late) == (1, 0)


async def test_the_second_answer_of_an_agent_is_not_a_first_one(line, keeper):
    await write(line, ODD)
    await answer(line)
    case = await line.relay.view((await the_case(line)).id)
    await line.relay.reply(
        case.case.id, ANN, "And more.", thread=case.case.thread, key="2"
    )
    await line.settle()
    assert (await today(line, keeper)).first_answers == 1


async def test_a_first_answer_after_its_service_level_is_late(line, keeper):
    await write(line, ODD)
    while (await the_case(line)).sla_missed_at is None:
        line.clock.advance(1800)
        await line.timekeeper.step()
    await answer(line)
    found = await today(line, keeper)
    assert (found.first_answers, found.late) == (1, 1)


async def test_cases_are_counted_as_they_open_end_and_come_back(line, keeper):
    await write(line, ODD)
    assert (await keeper.queue()).unclaimed == 1
    await answer(line)
    assert (await keeper.queue()).waiting == 1
    case = await the_case(line)
    await line.relay.resolve(case.id, ANN, POLICY.resolutions[0])
    line.clock.advance(60)
    await write(line, ODD)
    found = await today(line, keeper)
    assert (found.opened, found.resolved, found.reopened) == (1, 1, 1)
    queue = await keeper.queue()
    assert (queue.unclaimed, queue.claimed, queue.waiting) == (1, 0, 0)
    assert queue.oldest_unclaimed is not None


async def test_what_waited_over_midnight_counts_on_the_day_of_its_answer(line, keeper):
    await write(line, ODD)
    assert (await today(line, keeper)).opened == 1
    line.clock.set(NOON + DAY)
    fresh = await today(line, keeper)
    assert (fresh.opened, dict(fresh.outcomes)) == (0, {})
    await answer(line)
    found = await today(line, keeper)
    assert abs(seconds(found.first_human_answer) - DAY.total_seconds()) < 60
    assert (found.first_answers, dict(found.outcomes)) == (1, {})


async def test_who_asks_later_finds_the_same_as_who_asked_all_the_time(line, keeper):
    for number in range(12):
        await write(line, [STANDARD, ODD, "chatter 0.9"][number % 3], f"c{number % 5}")
        line.clock.advance(300)
        await today(line, keeper)
    fresh = DayFiguresKeeper(line.events, line.cases, POLICY)
    assert await today(line, fresh) == await today(line, keeper)


async def test_asking_again_reads_only_what_is_new(line, keeper, monkeypatch):
    await write(line, STANDARD)
    await today(line, keeper)
    asked, since = [], line.events.since

    async def counted(cursors, *, limit):
        found = await since(cursors, limit=limit)
        asked.append(len(found[0]))
        return found

    monkeypatch.setattr(line.events, "since", counted)
    await today(line, keeper)
    assert asked == [0]
    await write(line, "chatter 0.9")
    await today(line, keeper)
    assert asked == [0, 2, 0]


async def test_whoever_is_answered_is_remembered_no_longer(line, keeper):
    for number in range(20):
        await write(line, STANDARD, f"c{number}")
    await today(line, keeper)
    assert keeper._book._waiting == {}
    assert keeper._book._texts == {}
