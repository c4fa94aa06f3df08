"""Each morning the channel is told, once, what the day before came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta, timezone

import pytest

from bot.clock import ManualClock
from bot.desk.slack.blocks import Health
from bot.desk.slack.client import open_client
from bot.desk.slack.digest import Digest
from bot.errors import TemporaryFailure
from bot.flow.duty import Duty
from bot.flow.figures import DayFiguresKeeper
from bot.model.drift import Shift
from tests.first_line import FirstLine, on_simulator
from tests.integration.slack_cards import CARE, LEGAL, slack_policy, words_of
from tests.slack_double import SlackDouble

EVENING = datetime(2026, 11, 18, 20, 0, tzinfo=timezone.utc)
MORNING = datetime(2026, 11, 19, 8, 30, tzinfo=timezone.utc)  # London, in winter


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    policy = slack_policy()
    policy = replace(policy, desk=replace(policy.desk, digest_at=time(8, 30)))
    return on_simulator(redis, tmp_path, clock=ManualClock(EVENING), policy=policy)


@pytest.fixture
async def slack(line):
    async with SlackDouble(
        now=lambda: line.clock.now().timestamp(), paced=True
    ) as made:
        made.add_channel(CARE)
        made.add_channel(LEGAL)
        yield made
        assert made.violations == []


@pytest.fixture
async def client(slack):
    async with open_client(slack.bot_token, slack.api_url) as made:
        yield made


async def nothing_moved(_now) -> list[Shift]:
    return []


async def all_well() -> list[Health]:
    return []


def a_process(line: FirstLine, client) -> Digest:
    figures = DayFiguresKeeper(line.events, line.cases, line.policy)
    duty = Duty(line.duties, "slack_digest")
    return Digest(
        client,
        figures,
        all_well,
        nothing_moved,
        duty=duty,
        policy=line.policy,
        clock=line.clock,
    )


async def write(line: FirstLine, *people: str) -> None:
    for who in people:
        line.channel.network.direct(who, "product_question 0.9 is it loud")
    await line.settle()


async def test_the_morning_tells_the_day_before_and_what_is_left(line, client, slack):
    digest = a_process(line, client)
    await write(line, "alice", "ben")
    assert await digest.step() == 0
    line.clock.set(MORNING - timedelta(minutes=1))
    await write(line, "zoe")
    assert await digest.step() == 0
    line.clock.set(MORNING)
    assert await digest.step() == 1
    (message,) = slack.messages(CARE)
    assert message.our_id == "digest:2026-11-19"
    assert "18 November" in words_of(message)
    assert "2 messages" in message.text
    assert "3" in words_of(message)  # cases that wait now
    assert slack.messages(LEGAL) == []


async def test_it_is_told_once_by_however_many_processes(line, client, slack):
    for _ in range(3):
        digest = a_process(line, client)
        line.clock.set(MORNING)
        for _ in range(5):
            await digest.step()
            line.clock.advance(60)
    assert len(slack.messages(CARE)) == 1


async def test_a_lost_answer_makes_no_second_one(line, client, slack):
    digest = a_process(line, client)
    line.clock.set(MORNING)
    slack.faults.lose_answer("chat.postMessage")
    with pytest.raises(TemporaryFailure):
        await digest.step()
    for _ in range(5):
        line.clock.advance(20)
        await digest.step()
    assert len(slack.messages(CARE)) == 1


async def test_the_next_day_has_its_own(line, client, slack):
    digest = a_process(line, client)
    for day in range(3):
        line.clock.set(MORNING + timedelta(days=day))
        await digest.step()
    assert len({m.our_id for m in slack.messages(CARE)}) == 3


async def test_who_starts_in_the_afternoon_tells_no_morning(line, client, slack):
    line.clock.set(MORNING + timedelta(hours=5))
    assert await a_process(line, client).step() == 0


async def test_off_means_off(line, client, slack):
    digest = a_process(line, client)
    desk = replace(line.policy.desk, digest_at=None)
    digest.follow(replace(line.policy, desk=desk))
    line.clock.set(MORNING)
    assert await digest.step() == 0


async def test_who_starts_at_that_time_first_lets_the_others_start(line, client, slack):
    line.clock.set(MORNING + timedelta(minutes=1))
    digest = a_process(line, client)
    assert await digest.step() == 0
    line.clock.advance(120)
    assert await digest.step() == 1
