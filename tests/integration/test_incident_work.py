"""Agents deal with an incident as a whole; desks show it as one card."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from bot.errors import InputError, StoreUnavailable, UnsafeText
from bot.flow.audit import audit
from bot.flow.duty import LENGTH
from bot.model.case import Act, AgentId, CaseStatus, IncidentId
from bot.model.errand import ErrandResult
from bot.model.event import EventType
from bot.model.outgoing import Purpose
from tests.builders import POLICY, message
from tests.first_line import FirstLine, on_fake
from tests.integration.incident_storms import (
    NO_TIME,
    all_events,
    cases_of,
    keep,
    storm,
    the_incident,
)
from tests.ledger import send_all

ANN, BEN = AgentId("ann"), AgentId("ben")
COUNT = POLICY.incidents.cases + 4
WORDINGS = ("It works again, thank you.", "{handle} we are back. Sorry!", "Fixed now.")


@pytest.fixture
def line(redis) -> FirstLine:
    return on_fake(redis)


@pytest.fixture
async def incident(line) -> IncidentId:
    return await an_incident(line)


async def an_incident(line: FirstLine) -> IncidentId:
    await storm(line, COUNT)
    await keep(line)
    return (await the_incident(line)).id


async def run_errands(line: FirstLine, runner=None) -> None:
    runner = runner or line.runner
    line.clock.advance(1)
    while await runner.step():
        pass
    await runner.step()


def received(line: FirstLine) -> Counter[str]:
    """Return how many of the agent's texts each customer got."""
    return Counter(
        outgoing.handle
        for outgoing, _ in line.channel.sent
        if outgoing.purpose is Purpose.PERSON
    )


async def results(line: FirstLine, incident: IncidentId) -> dict[ErrandResult, int]:
    (errand,) = (await line.incident_desk.incident(incident)).errands
    assert errand.left == 0
    return dict(errand.results)


# -- the card -------------------------------------------------------------------------


async def test_the_view_says_what_it_is_about_and_how_many(line, incident):
    view = await line.incident_desk.incident(incident)
    assert view.title == "website down"
    assert (view.summary.cases, view.summary.open) == (COUNT, COUNT)
    assert view.summary.by_visibility == {"public": COUNT}
    assert len(set(view.examples)) == 3
    assert view.summary.per_minute > 0
    assert [v.incident.id for v in await line.incident_desk.incidents()] == [incident]


async def test_its_cases_are_not_in_the_list_of_cases_but_beneath_it(line, incident):
    await storm(line, 2, ("do your hedgehogs hibernate in compost bins",), name="odd")
    await keep(line)
    found = await line.relay.open_cases()
    assert sorted(view.case.handle for view in found.views) == ["odd0", "odd1"]
    assert found.total == 2
    beneath = await line.incident_desk.cases(incident, offset=0, limit=10)
    more = await line.incident_desk.cases(incident, offset=10, limit=100)
    assert len({case.id for case in [*beneath, *more]}) == COUNT


async def test_a_single_case_is_claimed_out_of_it_and_goes_back(line, incident):
    case = (await cases_of(line))["c3"]
    await line.relay.claim(case.id, ANN)
    assert [v.case.id for v in (await line.relay.open_cases()).views] == [case.id]
    await line.relay.release(case.id, ANN)
    assert (await line.relay.open_cases()).total == 0


async def test_only_the_most_pressing_cases_are_read(line):
    await storm(line, 12, ("parcel {n} went to the wrong neighbours",), name="p")
    found = await line.relay.open_cases(limit=5)
    assert (len(found.views), found.total) == (5, 12)
    assert found.views == (await line.relay.open_cases()).views[:5]


# -- acts on all ----------------------------------------------------------------------


async def test_one_answer_reaches_every_customer_once_in_their_thread(line, incident):
    await line.incident_desk.answer_all(incident, ANN, WORDINGS, key="key-1")
    await run_errands(line)
    await send_all(line)
    assert received(line) == Counter({f"c{n}": 1 for n in range(COUNT)})
    theirs = [o for o, _ in line.channel.sent if o.purpose is Purpose.PERSON]
    assert all(o.thread == f"{o.handle}:{o.handle}" for o in theirs)
    assert len({o.text.replace(f"@{o.handle}", "") for o in theirs}) == len(WORDINGS)
    assert await results(line, incident) == {ErrandResult.DONE: COUNT}
    cases = await line.cases.active()
    assert {(case.status, case.assignee) for case in cases} == {
        (CaseStatus.WAITING, ANN)
    }


async def test_desks_hear_once_what_became_of_its_cases(line, incident):
    await line.incident_desk.answer_all(incident, ANN, WORDINGS, key="key-1")
    await run_errands(line)
    told = await _went_on(line)
    assert sum(int(event.facts["cases"]) for event in told) == COUNT
    (errand,) = await line.errands.of(incident)
    known = await line.errands.results(errand)
    await line.errands.note(errand, known, now=line.clock.now())
    assert await _went_on(line) == told


async def _went_on(line: FirstLine):
    events = await all_events(line)
    return [event for event in events if event.type is EventType.ERRAND_WENT_ON]


async def test_the_same_key_answers_once_and_another_one_again(line, incident):
    for key in ("key-1", "key-1", "key-2"):
        await line.incident_desk.answer_all(incident, ANN, WORDINGS, key=key)
        await run_errands(line)
    await send_all(line)
    assert set(received(line).values()) == {2}


async def test_what_others_hold_is_left_to_them_and_counted(line, incident):
    cases = await cases_of(line)
    for name in ("c1", "c2"):
        await line.relay.claim(cases[name].id, BEN)
    await line.relay.claim(cases["c3"].id, ANN)
    await keep(line)
    await line.incident_desk.answer_all(incident, ANN, WORDINGS, key="key-1")
    await run_errands(line)
    await send_all(line)
    assert "c1" not in received(line)
    assert received(line)["c3"] == 1
    counts = {ErrandResult.DONE: COUNT - 2, ErrandResult.HELD: 2}
    assert await results(line, incident) == counts
    assert (await line.cases.get(cases["c1"].id)).assignee == BEN


async def test_an_urgent_case_is_never_answered_with_the_others(line, incident):
    await storm(line, 1, ("website is down, bleeding",), name="urgent")
    await keep(line)
    await line.incident_desk.answer_all(incident, ANN, WORDINGS, key="key-1")
    await line.incident_desk.resolve_all(incident, ANN, "answered", key="key-2")
    await run_errands(line)
    await send_all(line)
    assert "urgent0" not in received(line)
    (urgent,) = await line.cases.active()
    assert (urgent.handle, urgent.status) == ("urgent0", CaseStatus.OPEN)


async def test_a_text_that_must_not_be_public_goes_to_nobody(line, incident):
    unsafe = "We found your account: call +44 20 7946 0958"
    with pytest.raises(UnsafeText):
        await line.incident_desk.answer_all(
            incident, ANN, [*WORDINGS, unsafe], key="key-1"
        )
    with pytest.raises(InputError):
        await line.incident_desk.answer_all(incident, ANN, [" "], key="key-1")
    assert (await line.incident_desk.incident(incident)).errands == ()


async def test_all_are_resolved_with_a_reason(line, incident):
    with pytest.raises(InputError):
        await line.incident_desk.resolve_all(incident, ANN, "because", key="key-1")
    await line.incident_desk.resolve_all(incident, ANN, "answered", key="key-1")
    await run_errands(line)
    await keep(line)
    assert await line.cases.active() == []
    view = await line.incident_desk.incident(incident)
    assert (view.summary.cases, view.summary.active) == (COUNT, 0)


async def test_whose_customer_came_back_is_not_resolved_again(line, incident):
    await line.incident_desk.resolve_all(incident, ANN, "answered", key="key-1")
    line.clock.advance(1)
    case = (await cases_of(line))["c3"]
    (errand,) = await line.errands.of(incident)
    await line.runner._result(errand, case.id)  # and dies, before it notes the result
    assert (await line.cases.get(case.id)).status is CaseStatus.RESOLVED
    line.clock.advance(30)
    more = message("the voucher code fails too", id="again", customer="simulator:c3")
    now = line.clock.now()
    await line.inbox.accept([more], now=now, quiet=NO_TIME, at_most=NO_TIME)
    while await line.worker.step():
        pass
    assert (await line.cases.get(case.id)).reopened == 1
    assert await line.runner._result(errand, case.id) is ErrandResult.DONE
    assert (await line.cases.get(case.id)).status is CaseStatus.OPEN


async def test_a_later_case_is_not_answered_unasked(line, incident):
    await line.incident_desk.answer_all(incident, ANN, WORDINGS, key="key-1")
    line.clock.advance(5)
    await storm(line, 3, name="later")
    await keep(line)
    await run_errands(line)
    await send_all(line)
    assert not any(handle.startswith("later") for handle in received(line))


@pytest.mark.parametrize("calls", range(0, 60, 7))
async def test_a_runner_may_die_anywhere_and_nobody_gets_two_answers(
    line, incident, calls
):
    await line.incident_desk.answer_all(incident, ANN, WORDINGS, key="key-1")
    dying, left = line.new_runner(), [calls]
    act = line.cases.act

    async def mortal(*args, **kwargs):
        if left[0] == 0:
            raise StoreUnavailable("killed")
        left[0] -= 1
        return await act(*args, **kwargs)

    line.cases.act = mortal
    line.clock.advance(1)
    try:
        while await dying.step():
            pass
    except StoreUnavailable:
        await asyncio.sleep(0.05)  # what was on its way with the others ends
    line.cases.act = act
    line.clock.advance(LENGTH.total_seconds() + 1)
    await run_errands(line, line.new_runner())
    await send_all(line)
    assert received(line) == Counter({f"c{n}": 1 for n in range(COUNT)})
    assert await results(line, incident) == {ErrandResult.DONE: COUNT}


async def test_an_ended_errand_keeps_no_text(line, incident, redis):
    await line.incident_desk.answer_all(incident, ANN, WORDINGS, key="key-1")
    await run_errands(line)
    (errand,) = await line.errands.of(incident)
    assert errand.ended
    assert errand.wordings == ()


async def test_the_history_of_every_case_is_legal(line, incident):
    await line.incident_desk.answer_all(incident, ANN, WORDINGS, key="key-1")
    await run_errands(line)
    await line.incident_desk.resolve_all(incident, ANN, "answered", key="key-2")
    await run_errands(line)
    acts: dict[str, list[str]] = {}
    for event in await all_events(line):
        if event.type is EventType.CASE_CHANGED:
            acts.setdefault(event.facts["case"], []).append(event.facts["act"])
    expected = [Act.CLAIM.value, Act.REPLY.value, Act.RESOLVE.value]
    assert list(acts.values()) == [expected] * COUNT


async def test_a_storm_that_was_answered_and_resolved_audits_clean(line, incident):
    await send_all(line)
    await line.incident_desk.answer_all(incident, ANN, WORDINGS, key="key-1")
    await run_errands(line)
    await send_all(line)
    await line.incident_desk.resolve_all(incident, ANN, "answered", key="key-2")
    await run_errands(line)
    await keep(line)
    found = await audit(line.events, now=line.clock.now())
    assert found.findings == []
    assert found.counts["cases"] == COUNT


# -- in full size ---------------------------------------------------------------------


async def test_a_storm_is_acknowledged_in_varied_words(line):
    count = 1000
    await storm(line, count)
    await send_all(line)
    line.clock.advance(timedelta(hours=1).total_seconds())
    texts = Counter(outgoing.text for outgoing, _ in line.channel.sent)
    assert sum(texts.values()) == count
    assert len(texts) >= 8
    fair = count / len(texts)
    assert max(texts.values()) <= 1.5 * fair
