"""People tell the bot to be silent while it runs, on a real server."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from bot.model.case import AgentId
from bot.model.event import EventType
from bot.model.reason import Reason
from bot.policy_watch import PolicyWatch
from tests.builders import POLICY, ROOT
from tests.first_line import FirstLine
from tests.ledger import received

ANN, BEN = AgentId("ann"), AgentId("ben")
STANDARD, ODD = "faq/delivery_cost 0.97", "product_question 0.9"
SCOPES = ["everything", "simulator", "faq", "faq/delivery_cost"]


async def decide(line: FirstLine, text: str = STANDARD) -> None:
    """Let the bot decide about a direct message, and send nothing yet."""
    line.channel.network.direct("alice", text)
    await line.intake.step()
    line.clock.set(await line.turns.next_due())
    await line.worker.step()


async def reasons(line: FirstLine) -> list[str]:
    return [view.case.reason for view in (await line.relay.open_cases()).views]


@pytest.mark.parametrize("scope", SCOPES)
async def test_what_the_bot_has_not_sent_stays_unsaid_and_goes_to_people(line, scope):
    await decide(line)
    await line.quiet.pause(scope, ANN, now=line.clock.now())
    await line.settle()
    assert received(line) == []
    assert await reasons(line) == ["quiet_mode"]


@pytest.mark.parametrize("scope", ["another_channel", "order_status", "faq/stores"])
async def test_what_is_not_paused_goes_on(line, scope):
    await line.quiet.pause(scope, ANN, now=line.clock.now())
    await decide(line)
    await line.settle()
    assert len(received(line)) == 1


@pytest.mark.parametrize("scope", SCOPES)
async def test_what_is_decided_later_is_silent_from_the_start(line, scope):
    line.worker.follow(replace(POLICY, paused=frozenset({scope})))
    await decide(line)
    (view,) = (await line.relay.open_cases()).views
    assert [record.withheld for record in view.records] == [Reason.QUIET_MODE]
    events = (await line.events.since({}))[0]
    assert EventType.REPLY_QUEUED not in [event.type for event in events]


async def test_agents_words_always_go(line):
    await line.quiet.pause("everything", ANN, now=line.clock.now())
    await decide(line, ODD)
    await line.settle()
    (view,) = (await line.relay.open_cases()).views
    await line.relay.claim(view.case.id, ANN)
    await line.relay.reply(
        view.case.id, ANN, "A person.", thread=view.case.thread, key="1"
    )
    await line.settle()
    assert received(line) == ["A person."]


async def test_after_the_pause_the_bot_speaks_again(line):
    now = line.clock.now()
    await line.quiet.pause("everything", ANN, now=now)
    await line.quiet.resume("everything", BEN, now=now)
    await decide(line)
    await line.settle()
    assert len(received(line)) == 1


async def test_a_pause_is_told_once_with_who_and_when(line):
    now = line.clock.now()
    assert await line.quiet.pause("faq", ANN, now=now)
    assert not await line.quiet.pause("faq", BEN, now=now)
    (quiet,) = await line.quiet.quiet()
    assert (quiet.scope, quiet.by, quiet.since) == ("faq", ANN, now)
    assert await line.quiet.resume("faq", BEN, now=now)
    assert not await line.quiet.resume("faq", BEN, now=now)
    events = (await line.events.since({}))[0]
    told = [(e.type, e.facts["scope"], e.facts["by"]) for e in events]
    assert told == [
        (EventType.QUIET_BEGAN, "faq", ANN),
        (EventType.QUIET_ENDED, "faq", BEN),
    ]


async def test_every_process_hears_of_a_pause_as_of_a_changed_policy(line, tmp_path):
    path = tmp_path / "policy.yml"
    shutil.copy(ROOT / "data/policy.yml", path)
    watch = PolicyWatch(path, clock=line.clock, log=line.log)
    watch.heed(line.quiet)
    assert await watch.step() == 0
    await line.quiet.pause("faq", ANN, now=line.clock.now())
    line.clock.advance(1)
    assert await watch.step() == 1
    assert watch.current.paused == {"faq"}
    path.write_text(path.read_text().replace("burst: 2s", "burst: 3s"))
    for _ in range(3):
        line.clock.advance(1)
        await watch.step()
    assert (watch.current.burst.total_seconds(), watch.current.paused) == (3, {"faq"})
    await line.quiet.resume("faq", ANN, now=line.clock.now())
    line.clock.advance(1)
    assert await watch.step() == 1
    assert watch.current.paused == frozenset()
