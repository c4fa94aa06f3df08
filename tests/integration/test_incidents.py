"""A storm becomes one incident."""

from __future__ import annotations

import pytest

from bot.model.case import AgentId, Priority
from bot.model.event import EventType
from tests.builders import POLICY, message
from tests.first_line import FirstLine, on_fake
from tests.integration.incident_storms import (
    NO_TIME,
    assert_whole,
    cases_of,
    counted,
    keep,
    storm,
    the_incident,
)

ANN = AgentId("ann")
RULE = POLICY.incidents
OTHERS = (
    "my parcel number {n} went to the neighbours",
    "do your hedgehogs hibernate in compost bins",
    "who designed the blue kettle with the lid",
)


@pytest.fixture
def line(redis) -> FirstLine:
    return on_fake(redis)


async def test_cases_that_are_alike_become_one_incident(line):
    await storm(line, RULE.cases)
    await keep(line)
    await assert_whole(line, RULE.cases)


async def test_one_case_fewer_is_no_incident(line):
    await storm(line, RULE.cases - 1)
    await keep(line)
    assert await line.incidents.all() == []
    assert all(case.incident is None for case in await line.cases.active())


async def test_other_matters_stay_what_they_are(line):
    await storm(line, RULE.cases)
    await storm(line, 12, OTHERS, name="other")
    await keep(line)
    await assert_whole(line, RULE.cases)
    cases = await cases_of(line)
    assert all(cases[f"other{n}"].incident is None for n in range(12))


async def test_two_storms_at_once_are_two_incidents(line):
    await storm(line, RULE.cases)
    login = ("I can't log in to my account", "@fernhollow cant log into my account!!")
    await storm(line, RULE.cases, login, name="login")
    await keep(line)
    incidents = await line.incidents.all()
    sizes = [len(await line.incidents.members(one.id)) for one in incidents]
    assert sizes == [RULE.cases, RULE.cases]


async def test_public_and_private_cases_belong_to_the_same_incident(line):
    await storm(line, RULE.cases // 2)
    await storm(line, RULE.cases // 2, name="private", private=True)
    await keep(line)
    members = await line.incidents.members((await the_incident(line)).id)
    assert {member.visibility.value for member in members} == {"public", "private"}


async def test_later_cases_join_when_they_appear(line):
    await storm(line, RULE.cases)
    await keep(line)
    line.clock.advance(3600)
    await storm(line, 5, name="later")
    await keep(line)
    await assert_whole(line, RULE.cases + 5)


async def test_cases_that_are_too_far_apart_in_time_are_no_incident(line):
    await storm(line, RULE.cases - 1)
    await keep(line)
    line.clock.advance(RULE.within.total_seconds() + 1)
    await storm(line, RULE.cases - 1, name="later")
    await keep(line)
    assert await line.incidents.all() == []


async def test_an_incident_ends_and_the_next_storm_is_a_new_one(line):
    await storm(line, RULE.cases)
    await keep(line)
    first = await the_incident(line)
    line.clock.advance(RULE.ends_after.total_seconds())
    await keep(line)
    assert (await the_incident(line)).ended_at == line.clock.now()
    await storm(line, RULE.cases, name="again")
    await keep(line)
    ids = [incident.id for incident in await line.incidents.all()]
    assert ids[0] == first.id
    assert len(set(ids)) == 2
    cases = await cases_of(line)
    assert {cases[f"again{n}"].incident for n in range(RULE.cases)} == {ids[1]}
    assert (await counted(line))[EventType.INCIDENT_ENDED] == 1


async def test_an_ended_incident_stays_listed_until_its_cases_are_resolved(line):
    await storm(line, RULE.cases)
    await keep(line)
    line.clock.advance(RULE.ends_after.total_seconds())
    await keep(line)
    for case in await line.cases.active():
        await line.relay.claim(case.id, ANN)
        await line.relay.resolve(case.id, ANN, "answered")
    await keep(line)
    assert await line.incidents.all() == []


async def test_what_agents_do_shows_in_the_list_of_cases(line):
    await storm(line, RULE.cases)
    await keep(line)
    case = (await cases_of(line))["c3"]
    await line.relay.claim(case.id, ANN)
    await keep(line)
    members = await line.incidents.members((await the_incident(line)).id)
    assert [m.case for m in members if m.assignee == ANN] == [case.id]


async def write_again(line, name: str, text: str) -> None:
    """Let a customer write once more where they wrote before."""
    now = line.clock.now()
    more = message(
        text,
        id=f"{name}-{now.timestamp()}",
        customer=f"simulator:{name}",
        thread=f"{name}:{name}",
        at=now,
    )
    await line.inbox.accept([more], now=now, quiet=NO_TIME, at_most=NO_TIME)
    while await line.worker.step():
        pass


async def test_an_agents_act_does_not_take_a_case_out_of_its_incident(line):
    await storm(line, RULE.cases)
    await keep(line)
    case = (await cases_of(line))["c3"]
    await line.relay.claim(case.id, ANN)
    await write_again(line, "c3", "also my voucher code is refused")
    await keep(line)
    assert (await cases_of(line))["c3"].incident == (await the_incident(line)).id


@pytest.mark.parametrize("text", ["the website is still down!!!", "hello??", "😡"])
async def test_whoever_writes_the_same_again_stays_one_of_many(line, text):
    await storm(line, RULE.cases)
    await keep(line)
    await write_again(line, "c3", text)
    await keep(line)
    assert (await cases_of(line))["c3"].folded


async def test_whoever_writes_about_something_else_as_well_has_a_card_again(line):
    await storm(line, RULE.cases)
    await keep(line)
    await write_again(line, "c3", "also my voucher code is refused at the till")
    await keep(line)
    case = (await cases_of(line))["c3"]
    assert case.incident is None
    members = await line.incidents.members((await the_incident(line)).id)
    assert case.id not in {member.case for member in members}
    assert len(members) == RULE.cases - 1
    assert (await counted(line))[EventType.INCIDENT_LEFT] == 1


async def test_whoever_comes_back_does_not_come_back_as_one_of_many(line):
    await storm(line, RULE.cases)
    await keep(line)
    case = (await cases_of(line))["c3"]
    await line.relay.claim(case.id, ANN)
    await line.relay.resolve(case.id, ANN, "answered")
    line.clock.advance(60)
    await write_again(line, "c3", "now my voucher is refused as well")
    await keep(line)
    reopened = (await cases_of(line))["c3"]
    assert (reopened.id, reopened.reopened, reopened.incident) == (case.id, 1, None)


async def test_an_urgent_case_joins_and_keeps_its_own_card(line):
    await storm(line, RULE.cases)
    await storm(line, 1, ("website is down, bleeding",), name="urgent")
    await keep(line)
    members = await line.incidents.members((await the_incident(line)).id)
    assert Priority.URGENT in {member.priority for member in members}
    urgent = (await cases_of(line))["urgent0"]
    assert urgent.incident is not None
    assert not urgent.folded


async def test_nobody_is_told_that_a_case_beneath_an_incidents_card_is_unclaimed(line):
    await storm(line, RULE.cases)
    await storm(line, 1, ("website is down, bleeding",), name="urgent")
    await keep(line)
    line.clock.advance(POLICY.service.unclaimed.total_seconds() + 1)
    while await line.timekeeper.step():
        pass
    noted = [handle for handle, c in (await cases_of(line)).items() if c.unclaimed_at]
    assert noted == ["urgent0"]
    assert (await counted(line))[EventType.CASE_UNCLAIMED] == 1


async def test_a_case_that_leaves_its_incident_is_to_be_claimed_from_then_on(line):
    await storm(line, RULE.cases)
    await keep(line)
    unclaimed_s = POLICY.service.unclaimed.total_seconds()
    line.clock.advance(unclaimed_s + 1)
    await line.timekeeper.step()
    await write_again(line, "c3", "also my voucher code is refused at the till")
    await keep(line)
    line.clock.advance(unclaimed_s - 1)
    await line.timekeeper.step()
    assert (await cases_of(line))["c3"].unclaimed_at is None
    line.clock.advance(1)
    await line.timekeeper.step()
    assert (await cases_of(line))["c3"].unclaimed_at is not None
