"""Timers of cases on a real server: each has one effect, whoever tries and dies."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from bot.errors import CaseConflict
from bot.flow.case_changes import rung_case
from bot.flow.timekeeper import BATCH, Timekeeper
from bot.model.case import AgentId, CaseStatus, Priority
from bot.model.event import EventType
from bot.model.message import DIRECT
from bot.model.timer import EVENTS, timers_of
from bot.model.work import CaseChange
from bot.store import keys
from bot.store.server import connect
from bot.store.timers import RedisTimers
from tests.builders import ALICE, POLICY
from tests.first_line import FirstLine
from tests.ledger import pass_time, received

ANN, BEN = AgentId("ann"), AgentId("ben")
SERVICE = POLICY.service
STANDARD = "faq/delivery_cost 0.9"
ODD = "product_question 0.9"
TIMED = set(EVENTS.values())


async def opened(line: FirstLine, text: str = ODD):
    line.channel.network.direct("alice", text)
    await line.settle()
    (case,) = await line.cases.active()
    return case


async def timed_events(line: FirstLine) -> Counter[EventType]:
    events = (await line.events.since({}))[0]
    return Counter(event.type for event in events if event.type in TIMED)


async def stored_timers(line: FirstLine, redis) -> set[tuple[str, int]]:
    rows = [
        await redis.zrange(keys.in_shard(shard, "timers"), 0, -1, withscores=True)
        for shard in keys.SHARDS
    ]
    return {(member, int(score)) for row in rows for member, score in row}


async def agree(line: FirstLine, redis) -> None:
    """Check that the timers in the store are those that the case's state asks for."""
    (case_key,) = await redis.keys("*}case:*")
    case = await line.cases.get(case_key.rpartition(":")[2])
    expected = {
        (f"{timer.kind.value}|{case.id}", round(timer.due.timestamp() * 1000))
        for timer in timers_of(case, POLICY)
    }
    assert await stored_timers(line, redis) == expected


async def test_a_case_that_nobody_takes_is_noted_once(line):
    case = await opened(line)
    await pass_time(line, SERVICE.unclaimed * 3)
    assert (await timed_events(line))[EventType.CASE_UNCLAIMED] == 1
    assert (await line.cases.get(case.id)).unclaimed_at is not None


async def test_a_claim_in_time_keeps_the_case_from_being_shown_to_more_people(line):
    case = await opened(line)
    await line.relay.claim(case.id, ANN)
    await pass_time(line, SERVICE.unclaimed * 2)
    assert (await timed_events(line))[EventType.CASE_UNCLAIMED] == 0


async def test_a_case_whose_assignee_is_silent_goes_back_to_everybody(line):
    case = await opened(line)
    await line.relay.claim(case.id, ANN)
    await line.relay.note(case.id, ANN, "let me look", key="n1")
    await pass_time(line, SERVICE.claim_silence + timedelta(minutes=1))
    case = await line.cases.get(case.id)
    assert (case.status, case.assignee) == (CaseStatus.OPEN, None)
    assert case.lapsed_from == ANN
    events = (await line.events.since({}))[0]
    (lapsed,) = [e for e in events if e.type is EventType.CASE_LAPSED]
    assert (lapsed.facts["case"], lapsed.facts["agent"]) == (case.id, "ann")
    notes = [r.text for r in await line.cases.records(ALICE)]
    assert "let me look" in notes
    with pytest.raises(CaseConflict) as conflict:
        await line.relay.reply(case.id, ANN, "sorry", thread=DIRECT, key="r1")
    assert conflict.value.code == "not_claimed"
    await line.relay.claim(case.id, BEN)


async def test_after_a_lapse_the_bot_may_speak_as_after_a_release(line):
    case = await opened(line)
    await line.relay.claim(case.id, ANN)
    before = received(line)
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    assert received(line) == before
    await pass_time(line, SERVICE.claim_silence + timedelta(minutes=1))
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    assert len(received(line)) == len(before) + 1


async def test_a_reply_in_time_keeps_the_case_and_meets_the_promise(line):
    case = await opened(line)
    await line.relay.claim(case.id, ANN)
    await line.relay.reply(case.id, ANN, "We looked: yes.", thread=DIRECT, key="r1")
    await line.settle()
    await pass_time(line, timedelta(days=1))
    assert await timed_events(line) == {}
    case = await line.cases.get(case.id)
    assert (case.status, case.assignee) == (CaseStatus.WAITING, ANN)


async def test_a_first_answer_that_is_late_is_told_before_and_after(line):
    case = await opened(line)
    due = SERVICE.first_answer[case.priority]
    await pass_time(line, due - SERVICE.remind_before / 2)
    assert (await timed_events(line))[EventType.CASE_SLA_NEAR] == 1
    assert (await timed_events(line))[EventType.CASE_SLA_MISSED] == 0
    await pass_time(line, SERVICE.remind_before)
    assert (await timed_events(line))[EventType.CASE_SLA_MISSED] == 1
    await pass_time(line, timedelta(days=2))
    assert (await timed_events(line))[EventType.CASE_SLA_MISSED] == 1


async def test_a_graver_message_makes_the_first_answer_due_earlier(line, redis):
    case = await opened(line)
    assert case.priority is Priority.NORMAL
    await pass_time(line, timedelta(minutes=5))
    line.channel.network.direct("alice", "legal_threat 0.9")
    await line.settle()
    await agree(line, redis)
    await pass_time(line, SERVICE.first_answer[Priority.URGENT])
    assert (await timed_events(line))[EventType.CASE_SLA_MISSED] == 1


async def test_a_customer_who_stays_silent_after_our_answer_is_looked_at_again(line):
    case = await opened(line)
    await line.relay.claim(case.id, ANN)
    await line.relay.reply(case.id, ANN, "Which one is it?", thread=DIRECT, key="r1")
    await line.settle()
    await pass_time(line, SERVICE.follow_up * 2)
    assert (await timed_events(line)) == {EventType.CASE_FOLLOW_UP: 1}
    line.channel.network.direct("alice", ODD)
    await line.settle()
    case = await line.cases.get(case.id)
    assert (case.status, case.followed_up_at) == (CaseStatus.CLAIMED, None)


async def test_after_it_is_closed_a_message_makes_a_new_case(line):
    case = await opened(line)
    await line.relay.claim(case.id, ANN)
    await line.relay.resolve(case.id, ANN, "answered")
    await pass_time(line, POLICY.reopen_within + timedelta(minutes=1))
    assert (await timed_events(line))[EventType.CASE_CLOSED] == 1
    assert await line.timers.next_due() is None
    assert (await opened(line)).id != case.id


async def test_whatever_happens_to_a_case_it_has_the_timers_of_its_state(line, redis):
    case = await opened(line)
    await agree(line, redis)
    steps = [
        lambda: line.relay.claim(case.id, ANN),
        lambda: line.relay.tag(case.id, BEN, ["vip"]),
        lambda: line.relay.note(case.id, ANN, "hm", key="n"),
        lambda: line.relay.reply(case.id, ANN, "Which?", thread=DIRECT, key="r"),
        lambda: line.relay.release(case.id, ANN),
        lambda: line.relay.hand_over(case.id, ANN, "press"),
        lambda: line.relay.claim(case.id, BEN),
        lambda: line.relay.resolve(case.id, BEN, "answered"),
        lambda: opened(line, "legal_threat 0.9"),
    ]
    for step in steps:
        line.clock.advance(61)
        await step()
        await line.settle()
        await agree(line, redis)


async def test_timers_of_a_newer_version_hold_up_none_of_ours(line, redis):
    """One went back to this version: whoever goes forward again finds them there."""
    line.channel.network.direct("alice", ODD)
    await line.settle()
    (case,) = await line.cases.active()
    await line.relay.claim(case.id, ANN)
    name = keys.in_shard(keys.shard_of_case(case.id), "timers")
    newer = {f"newer|C-{number}": 1 for number in range(3 * BATCH)}
    await redis.zadd(name, newer)
    line.clock.advance(SERVICE.first_answer[Priority.NORMAL].total_seconds() + 1)
    for _ in range(4):
        await line.timekeeper.step()
    assert await timed_events(line) == {
        EventType.CASE_LAPSED: 1,
        EventType.CASE_SLA_NEAR: 1,
        EventType.CASE_SLA_MISSED: 1,
    }
    assert await redis.zrem(name, *newer) == len(newer)


async def test_five_timekeepers_ring_each_timer_once_though_one_is_killed(line, server):
    for name in ("alice", "bob", "cleo", "dan"):
        line.channel.network.direct(name, ODD)
    await line.settle()
    for case in await line.cases.active():
        await line.relay.claim(case.id, ANN)
    line.clock.advance(SERVICE.first_answer[Priority.NORMAL].total_seconds() + 1)
    clients = [connect(server.address) for _ in range(5)]
    keepers = [
        Timekeeper(RedisTimers(client), POLICY, clock=line.clock, log=line.log)
        for client in clients
    ]
    dead = asyncio.create_task(keepers[0].step())
    await asyncio.sleep(0.002)
    dead.cancel()
    for _ in range(4):
        await asyncio.gather(*(keeper.step() for keeper in keepers[1:]))
    assert await timed_events(line) == {
        EventType.CASE_LAPSED: 4,
        EventType.CASE_SLA_NEAR: 4,
        EventType.CASE_SLA_MISSED: 4,
    }
    for client in clients:
        await client.close()


async def test_an_effect_derived_from_an_older_case_is_not_carried_out(line):
    """The assignee acts between the reading of a due timer and its effect."""
    case = await opened(line)
    await line.relay.claim(case.id, ANN)
    line.clock.advance(SERVICE.claim_silence.total_seconds() + 1)
    now = line.clock.now()
    (due,) = await line.timers.due(now=now, limit=5)
    await line.relay.note(case.id, ANN, "still on it", key="n1")
    after = rung_case(due.case, due.kind, now=now)
    late = CaseChange(before=due.case, after=after, timers=timers_of(after, POLICY))
    assert await line.timers.ring([(due, late)], now=now) == [False]
    assert (await line.cases.get(case.id)).assignee == ANN


async def test_a_turn_that_was_decided_before_a_lapse_is_decided_again(line):
    case = await opened(line)
    await line.relay.claim(case.id, ANN)
    line.channel.network.direct("alice", STANDARD)
    await line.intake.step()
    line.clock.advance(SERVICE.claim_silence.total_seconds() + 1)
    (lease,) = await line.turns.lease(
        now=line.clock.now(), length=timedelta(seconds=30), limit=1
    )
    (work,) = await line.turns.load([lease])
    await line.timekeeper.step()
    commit = await line.worker._decide(
        work, [(await line.readings.read([STANDARD]))[0]]
    )
    assert await line.turns.commit([commit], again_at=line.clock.now()) == [False]


async def test_a_timer_of_a_case_that_cannot_be_read_goes_and_is_logged(line, redis):
    case = await opened(line)
    await redis.hset(keys.of_case(case.id), "status", "odd")
    line.clock.advance(SERVICE.unclaimed.total_seconds() + 1)
    await line.timekeeper.step()
    assert ("timer_dropped", {"kind": "unclaimed", "case": case.id}) in line.logged
    assert await line.timekeeper.step() == 0
