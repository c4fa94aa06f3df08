"""The keeper of incidents dies, is replaced or held up: nothing is lost or done twice."""

from __future__ import annotations

import pytest

from bot.clock import to_ms
from bot.errors import StoreUnavailable
from bot.flow.duty import LENGTH as DUTY_LENGTH
from bot.model.case import AgentId, CaseId
from bot.model.event import EventType
from bot.store import keys
from tests.builders import POLICY
from tests.first_line import FirstLine, on_fake
from tests.integration.incident_storms import (
    all_events,
    assert_whole,
    cases_of,
    keep,
    storm,
    the_incident,
)

ANN = AgentId("ann")
RULE = POLICY.incidents


@pytest.fixture
def line(redis) -> FirstLine:
    return on_fake(redis)


class DyingStore:
    """A store that is gone after some more calls; what it did before counts."""

    def __init__(self, store, *, calls: int) -> None:
        self._store, self._left = store, calls

    def __getattr__(self, name):
        method = getattr(self._store, name)

        async def call(*args, **kwargs):
            if self._left == 0:
                raise StoreUnavailable("killed")
            self._left -= 1
            return await method(*args, **kwargs)

        return call


@pytest.mark.parametrize("calls", range(9))
async def test_a_keeper_may_die_after_any_of_its_calls(line, calls):
    await storm(line, RULE.cases + 5)
    dying = line.new_keeper()
    dying._incidents = DyingStore(line.incidents, calls=calls)
    with pytest.raises(StoreUnavailable):
        for _ in range(5):
            await dying.step()
    line.clock.advance(DUTY_LENGTH.total_seconds() + 1)
    await storm(line, 5, name="later")
    await keep(line, line.new_keeper())
    await assert_whole(line, RULE.cases + 10)


async def test_an_incident_that_was_only_begun_gets_its_cases_after_a_restart(line):
    await storm(line, RULE.cases)
    dying = line.new_keeper()

    async def never(*_args, **_kwargs):
        raise StoreUnavailable("killed")

    class Half(DyingStore):
        join = staticmethod(never)

    dying._incidents = Half(line.incidents, calls=100)
    with pytest.raises(StoreUnavailable):
        await dying.step()
    assert sum(c.incident is not None for c in await line.cases.active()) == 1
    _, ends = await line.events.since({})
    await line.events.keep_bookmark("incidents", ends)  # as if all had been read
    line.clock.advance(DUTY_LENGTH.total_seconds() + 1)
    await keep(line, line.new_keeper())
    await assert_whole(line, RULE.cases)


async def test_events_that_come_twice_change_nothing(line, redis):
    await storm(line, RULE.cases + 3)
    await keep(line)
    await redis.delete(keys.bookmark("incidents"))
    line.clock.advance(DUTY_LENGTH.total_seconds() + 1)
    await keep(line, line.new_keeper())
    await assert_whole(line, RULE.cases + 3)


async def test_only_one_of_two_processes_keeps_incidents(line):
    other = line.new_keeper()
    await storm(line, RULE.cases)
    assert await line.keeper.step() > 0
    assert await other.step() == 0
    line.clock.advance(DUTY_LENGTH.total_seconds() + 1)
    await storm(line, 4, name="later")
    await keep(line, other)
    await assert_whole(line, RULE.cases + 4)


async def test_a_keeper_that_was_replaced_changes_nothing_any_more(line):
    old = line.new_keeper()
    await old.step()  # and then it hangs
    line.clock.advance(DUTY_LENGTH.total_seconds() + 1)
    await line.keeper.step()
    await storm(line, RULE.cases)
    events, _ = await line.events.since({})
    await old._gather(events, now=line.clock.now())
    assert await line.incidents.all() == []
    await keep(line)
    await assert_whole(line, RULE.cases)


async def test_a_defect_holds_up_no_desk(line):
    await storm(line, RULE.cases)

    async def broken(_cases):
        raise ZeroDivisionError("her words")

    line.keeper._incidents.openings = broken
    assert await line.keeper.step() > 0
    assert await line.keeper.step() == 0  # the bookmark has moved
    assert ("incidents_failed", {"error": "ZeroDivisionError"}) in line.logged
    assert "her words" not in str(line.logged)


async def test_each_case_of_a_storm_is_read_once(line, redis):
    count = 400
    await line.keeper.step()
    await storm(line, count)
    before = await calls(redis)
    await keep(line)
    after = await calls(redis)
    read = after["lrange"] - before["lrange"]
    assert count <= read <= count + RULE.cases
    await keep(line)
    assert (await calls(redis))["lrange"] == after["lrange"]


async def calls(redis) -> dict[str, int]:
    """Return how often the server got each command."""
    found = await redis.info("commandstats")
    return {name.removeprefix("cmdstat_"): one["calls"] for name, one in found.items()}


async def test_a_forgotten_customer_is_compared_with_nothing(line, redis):
    await storm(line, RULE.cases)
    await redis.delete(keys.of_customer("simulator:c1", "history"))
    await keep(line)
    assert await line.incidents.all() == []
    (opening,) = await line.incidents.openings([(await cases_of(line))["c1"].id])
    assert opening.text == ""
    assert await line.incidents.openings([CaseId("C-99999")]) == []


async def test_no_event_of_an_incident_holds_content(line):
    await storm(line, RULE.cases)
    await keep(line)
    line.clock.advance(RULE.ends_after.total_seconds())
    await keep(line)
    kinds = {
        EventType.INCIDENT_OPENED: {"incident"},
        EventType.INCIDENT_JOINED: {"incident", "case"},
        EventType.INCIDENT_ENDED: {"incident"},
    }
    seen = set()
    for event in await all_events(line):
        if event.type in kinds:
            seen.add(event.type)
            assert set(event.facts) == kinds[event.type]
    assert seen == set(kinds)


async def test_a_keeper_who_was_held_up_sets_no_clock_back(line, redis):
    """Agents see a case that left; how long they have for it is known already."""
    await storm(line, RULE.cases)
    await keep(line)
    incident = (await the_incident(line)).id
    (opening,) = await line.incidents.openings([(await cases_of(line))["c1"].id])
    timers = keys.in_shard(keys.shard_of_case(opening.case), "timers")
    bell, later = f"unclaimed|{opening.case}", line.clock.now() + 2 * DUTY_LENGTH
    await redis.zadd(timers, {bell: to_ms(later)})
    left = await line.incidents.leave(
        incident,
        opening,
        unclaimed=DUTY_LENGTH,
        now=line.clock.now(),
        holding=10**6,
    )
    assert left
    assert await redis.zscore(timers, bell) == to_ms(later)


async def test_the_clock_of_who_was_held_up_does_not_count(line, redis):
    """The case changed after they looked at the time: its agents have all they should."""
    await storm(line, RULE.cases)
    await keep(line)
    incident = (await the_incident(line)).id
    case = (await cases_of(line))["c1"].id
    (opening,) = await line.incidents.openings([case])
    looked = line.clock.now()
    line.clock.advance(60)
    await line.relay.claim(case, ANN)
    await line.relay.release(case, ANN)
    changed = line.clock.now()
    timers = keys.in_shard(keys.shard_of_case(case), "timers")
    await redis.zrem(timers, f"unclaimed|{case}")
    assert await line.incidents.leave(
        incident, opening, unclaimed=DUTY_LENGTH, now=looked, holding=10**6
    )
    due = await redis.zscore(timers, f"unclaimed|{case}")
    assert due == to_ms(changed + DUTY_LENGTH)
