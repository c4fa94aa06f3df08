"""A replica takes over with the last moments missing: each reply arrives once."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from bot.clock import ManualClock, SystemClock
from bot.errors import StoreUnavailable
from bot.flow.desk_feed import DeskFeed
from bot.flow.outcomes import count_outcomes
from bot.model.case import AgentId
from bot.model.event import EventType
from bot.model.message import DIRECT
from bot.store.events import RedisEvents
from bot.store.generation import Generation
from bot.store.server import connect
from tests.builders import NOON, POLICY
from tests.faults.failover import program
from tests.first_line import FirstLine
from tests.integration.incident_storms import keep
from tests.ledger import times_received
from tests.waiting import until

ANN = AgentId("ann")
STANDARD = "faq/delivery_cost 0.9"
ODD = "product_question 0.9"
QUICK = replace(
    POLICY, burst=timedelta(milliseconds=20), burst_at_most=timedelta(seconds=1)
)


async def replaced(line: FirstLine) -> int:
    events, _ = await line.events.since({}, limit=100_000)
    return sum(event.type is EventType.STORE_REPLACED for event in events)


async def looked_back(line: FirstLine) -> int:
    events, _ = await line.events.since({}, limit=100_000)
    return sum(event.facts.get("reason") == "store_replaced" for event in events)


def mention(line: FirstLine, account: str, text: str = STANDARD) -> None:
    line.channel.network.post(account, f"@{POLICY.handle} {text}")


async def test_after_a_failover_nobody_gets_a_reply_twice_and_nobody_none(
    pair, proxy, tmp_path
):
    clock = ManualClock(NOON)
    async with program(proxy, tmp_path, clock) as line:
        for number in range(5):
            mention(line, f"before{number}")
            line.channel.network.direct(f"before{number}", "greet 0.9")
        await line.settle()
        await pair.stop_copying()
        for number in range(20):
            text = STANDARD if number % 2 else ODD
            mention(line, f"lost{number}", text)
            line.channel.network.direct(f"lost{number}", text)
        await line.settle()
        for number in range(5):
            mention(line, f"read{number}")  # and nothing is said to them yet
        await line.intake.step()
        before = times_received(line)
        await pair.fail_over(proxy)
        for number in range(5):
            mention(line, f"after{number}")
        line.clock.advance(5)
        await line.settle()
        outcomes = await count_outcomes(line.events)
        assert (outcomes.seen, outcomes.adds_up) == (60, True)
        assert await replaced(line) == 1
        assert await looked_back(line) >= 40  # all that was lost, and perhaps more
    new = times_received(line) - before
    assert new == Counter([f"{n}{i}" for n in ("read", "after") for i in range(5)])


async def test_wording_that_changed_with_the_new_decision_does_not_speak_again(
    pair, proxy, tmp_path
):
    clock = ManualClock(NOON)
    async with program(proxy, tmp_path, clock) as line:
        await line.intake.step()
        await pair.stop_copying()
        mention(line, "alice")
        await line.settle()
        await pair.fail_over(proxy)
    quiet = replace(POLICY, brand="Another")
    async with program(proxy, tmp_path, clock, quiet) as line:
        line.clock.advance(3)
        await line.settle()
        (said,) = [
            r
            for r in await line.cases.records("simulator:alice")
            if r.delivery is not None
        ]
    assert (said.delivery.value, said.problem) == ("sent", "said_before")
    assert times_received(line) == Counter({"alice": 1})


async def test_an_agents_words_that_arrived_are_not_sent_again(pair, proxy, tmp_path):
    """The reply was queued before the copy ended, and sent after it."""
    clock = ManualClock(NOON)
    async with program(proxy, tmp_path, clock) as line:
        line.channel.network.direct("alice", ODD)
        await line.settle()
        (case,) = await line.cases.active()
        await line.relay.claim(case.id, ANN)
        for key in ("1", "2"):
            await line.relay.reply(case.id, ANN, "ok", thread=DIRECT, key=key)
        await pair.stop_copying()
        before = times_received(line)
        await line.sender.step()  # the first "ok" goes out, and is forgotten
        await pair.fail_over(proxy)
        line.clock.advance(3)
        await line.settle()
    assert times_received(line) - before == Counter({"alice": 2})


async def test_one_change_is_one_event_however_many_programs_notice_it(
    pair, proxy, tmp_path
):
    clock = ManualClock(NOON)
    async with (
        program(proxy, tmp_path, clock) as one,
        program(proxy, tmp_path, clock) as two,
    ):
        lines = (one, two)
        for line in lines:
            await line.intake.step()
        assert [await replaced(one), one.generation.number] == [0, 0]
        await pair.stop_copying()
        await pair.fail_over(proxy)
        for line in lines:
            await line.intake.step()
        assert await replaced(one) == 1
        assert [line.generation.number for line in lines] == [1, 1]


async def test_a_store_that_comes_back_empty_is_no_new_one_to_who_knew_it(
    pair, proxy, tmp_path
):
    clock = ManualClock(NOON)
    async with program(proxy, tmp_path, clock) as line:
        mention(line, "alice")
        await line.settle()
        await pair.replica.promote()
        async with connect(pair.replica.address) as other:
            await other.flushall()
        proxy.lead_to(pair.replica.address)
        line.clock.advance(3)
        with suppress(StoreUnavailable):
            await line.intake.step()  # it may be told only now that the old one is gone
        await line.settle()
        assert await replaced(line) == 1
    assert times_received(line) == Counter({"alice": 1})


async def test_a_replica_that_is_not_promoted_yet_is_waited_for(pair, proxy, tmp_path):
    async with (
        program(proxy, tmp_path, SystemClock(), QUICK) as line,
        line.running(),
    ):
        mention(line, "alice")
        await until(lambda: times_received(line)["alice"] == 1)
        await pair.stop_copying()
        proxy.lead_to(pair.replica.address)
        await until(lambda: outages(line, "outage_began") >= 3)
        mention(line, "bob")
        await pair.replica.promote()
        await until(lambda: times_received(line)["bob"] == 1)
        await until(lambda: outages(line, "outage_ended") >= 3)
    assert times_received(line) == Counter({"alice": 1, "bob": 1})
    assert "read-only" in str(line.logged)


async def test_a_server_that_drops_data_when_it_is_full_is_not_used(
    pair, proxy, tmp_path
):
    """Such as a cache: messages would be lost without a word."""
    async with connect(pair.primary.address) as direct:
        await direct.config_set("maxmemory", "1gb")
        await direct.config_set("maxmemory-policy", "allkeys-lru")
        async with (
            program(proxy, tmp_path, SystemClock(), QUICK) as line,
            line.running(),
        ):
            mention(line, "alice")
            await until(lambda: outages(line, "outage_began") >= 3)
            assert "noeviction" in str(line.logged)
            assert not times_received(line)
            await direct.config_set("maxmemory-policy", "noeviction")
            await until(lambda: times_received(line)["alice"])
            await until(lambda: outages(line, "outage_ended") >= 3)


async def test_a_server_that_was_demoted_is_left_though_its_connections_live(
    pair, proxy, tmp_path
):
    """As behind a name, which leads to the new primary while old connections stay."""
    async with program(proxy, tmp_path, SystemClock(), QUICK) as line, line.running():
        mention(line, "before")
        await until(lambda: times_received(line)["before"])
        await pair.stop_copying()
        await pair.replica.promote()
        proxy.lead_new_to(pair.replica.address)
        await pair.primary.follow(pair.replica.address)
        mention(line, "after")
        await until(lambda: times_received(line)["after"])
        began = outages(line, "outage_began")
        await until(lambda: outages(line, "outage_ended") == began)
    assert times_received(line) == Counter(["before", "after"])


async def test_no_connection_to_a_server_is_used_after_another_one_was_met(pair, proxy):
    """The old one may live and take writes for a while: they would be lost."""
    generation = Generation(clock=ManualClock(NOON), log=lambda _, **__: None)
    async with connect(proxy.address, generation) as client:
        await asyncio.gather(*(client.ping() for _ in range(4)))
        await pair.stop_copying()
        await pair.replica.promote()
        proxy.lead_new_to(pair.replica.address)
        await asyncio.gather(*(client.ping() for _ in range(8)))  # some are new
        servers = await asyncio.gather(*(client.info("server") for _ in range(8)))
        async with connect(pair.replica.address) as direct:
            promoted = (await direct.info("server"))["run_id"]
    assert {server["run_id"] for server in servers} == {promoted}


async def test_a_desk_feed_goes_back_to_its_bookmark(pair, proxy, tmp_path):
    clock, shown = ManualClock(NOON), []

    class Desk:
        name = "test"

        async def show(self, view) -> None:
            shown.append(view.case.id)

    async with program(proxy, tmp_path, clock) as line:
        feed = DeskFeed(
            Desk(),
            RedisEvents(line.redis),
            line.relay,
            log=line.log,
            generation=line.generation,
        )
        await feed.step()
        await pair.stop_copying()
        mention(line, "alice", ODD)
        await line.settle()
        await feed.step()
        await pair.fail_over(proxy)
        await feed.step()  # it notices
        line.clock.advance(3)
        await line.settle()
        await feed.step()
    assert len(shown) == 2


def outages(line: FirstLine, name: str) -> int:
    return sum(event == name for event, _ in line.logged)


async def test_who_keeps_incidents_forgets_what_the_store_lost(pair, proxy, tmp_path):
    """Else cases would join an incident that has no card, and be shown by nobody."""
    clock = ManualClock(NOON)
    async with program(proxy, tmp_path, clock) as line:
        line.keeper = line.new_keeper(line.generation)
        await keep(line)
        await pair.stop_copying()
        for number in range(2 * POLICY.incidents.cases):
            mention(line, f"lost{number}", "the website is down")
        await line.settle()
        await keep(line)
        assert len(await line.incidents.all()) == 1
        await pair.fail_over(proxy)
        mention(line, "later", "the website is down")
        with suppress(StoreUnavailable):
            await line.intake.step()  # the connection is the old server's
        await line.settle()
        await keep(line)
        cases = await line.cases.active()
        there = {incident.id for incident in await line.incidents.all()}
        assert cases
        assert {case.incident for case in cases} <= there | {None}
