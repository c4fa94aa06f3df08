"""What the feed of a desk shows: each change once, storms as one card, by one process."""

from __future__ import annotations

import pytest

from bot.errors import TemporaryFailure
from bot.flow.desk_feed import DeskFeed
from bot.flow.duty import LENGTH, Duty
from bot.model.case import AgentId, CaseId, IncidentId
from bot.model.errand import ErrandResult
from bot.ports import CaseView, IncidentView
from tests.builders import POLICY, message
from tests.first_line import FirstLine, on_fake
from tests.integration.incident_storms import (
    NO_TIME,
    assert_whole,
    cases_of,
    keep,
    storm,
    the_incident,
)
from tests.ledger import send_all

ANN, BEN = AgentId("ann"), AgentId("ben")
COUNT = POLICY.incidents.cases + 4


@pytest.fixture
def line(redis) -> FirstLine:
    return on_fake(redis)


@pytest.fixture
async def incident(line) -> IncidentId:
    await storm(line, COUNT)
    await keep(line)
    return (await the_incident(line)).id


class FakeDesk:
    """Keeps what it was shown."""

    name = "fake"

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.incidents: list[IncidentView] = []
        self.away = False

    async def show(self, view: CaseView) -> None:
        self.shown.append(view.case.handle)

    async def show_incident(self, view: IncidentView) -> None:
        if self.away:
            raise TemporaryFailure("away")
        self.incidents.append(view)


def feed_of(line: FirstLine, desk: FakeDesk) -> DeskFeed:
    return DeskFeed(
        desk, line.events, line.relay, log=line.log, incidents=line.incident_desk
    )


async def test_a_storm_is_one_card_updated_once_a_step(line):
    desk = FakeDesk()
    feed = feed_of(line, desk)
    await storm(line, 200)
    await keep(line)
    await feed.step()
    assert desk.shown == []
    (view,) = desk.incidents
    assert view.summary.cases == 200
    assert len(view.stands_for) == 200


async def test_cases_shown_before_it_was_recognised_are_folded(line):
    desk = FakeDesk()
    feed = feed_of(line, desk)
    await storm(line, 5)
    await keep(line)
    await feed.step()
    assert len(desk.shown) == 5
    await storm(line, COUNT, name="later")
    await keep(line)
    await feed.step()
    assert len(desk.shown) == 5
    (view,) = desk.incidents
    early = {case.id for name, case in (await cases_of(line)).items() if name[0] == "c"}
    assert early <= set(view.stands_for)


async def test_a_desk_never_overtakes_the_search_for_incidents(line):
    desk = FakeDesk()
    feed = feed_of(line, desk)
    await line.keeper.step()  # somebody is at it, and slow
    await storm(line, COUNT)
    assert await feed.step() == 0
    assert desk.shown == []
    await keep(line)
    await feed.step()
    assert desk.shown == []
    assert len(desk.incidents) == 1


async def test_without_anybody_who_looks_for_incidents_every_case_has_its_card(line):
    desk = FakeDesk()
    await line.keeper.step()
    line.clock.advance(LENGTH.total_seconds() + 1)  # and died
    await storm(line, COUNT)
    await feed_of(line, desk).step()
    assert len(desk.shown) == COUNT


async def test_a_card_follows_an_errand_to_its_end_though_no_case_changes(
    line, incident
):
    """What others hold is left to them: nothing is told of these cases."""
    desk, wants = FakeDesk(), "resolve-all"
    feed = feed_of(line, desk)
    for case in await line.cases.active():
        await line.relay.claim(case.id, ANN)
    await keep(line)
    await feed.step()
    await line.incident_desk.resolve_all(incident, BEN, "answered", key=wants)
    await keep(line)
    await feed.step()
    assert [one.left for one in desk.incidents[-1].errands] == [COUNT]
    line.clock.advance(1)
    while await line.runner.step():
        pass
    await keep(line)
    await feed.step()
    (shown,) = desk.incidents[-1].errands
    assert (shown.results, shown.left) == ({ErrandResult.HELD: COUNT}, 0)
    assert shown.errand.ended


async def test_a_result_of_an_errand_that_is_over_changes_nothing(line, incident):
    """Its runner hung, and the incident was forgotten meanwhile."""
    await line.incident_desk.resolve_all(incident, ANN, "answered", key="resolve-all")
    (errand,) = await line.errands.of(incident)
    await line.incidents.forget(incident)
    for _ in range(2):
        now = line.clock.now()
        await line.errands.note(errand, {CaseId("C-1"): ErrandResult.DONE}, now=now)
        await line.errands.finish(errand, now=now)
    assert await line.errands.of(incident) == []
    assert await line.errands.results(errand) == {}


async def test_a_desk_that_was_away_is_shown_the_incident_again(line):
    desk = FakeDesk()
    desk.away = True
    feed = feed_of(line, desk)
    await storm(line, COUNT)
    await keep(line)
    with pytest.raises(TemporaryFailure):
        await feed.step()
    desk.away = False
    await feed.step()
    assert [view.summary.cases for view in desk.incidents] == [COUNT]


async def test_one_process_at_a_time_feeds_a_desk_and_another_takes_over(line):
    desk, other = FakeDesk(), FakeDesk()
    feeds = [
        DeskFeed(
            one,
            line.events,
            line.relay,
            log=line.log,
            incidents=line.incident_desk,
            duty=Duty(line.duties, "desk:fake"),
            clock=line.clock,
        )
        for one in (desk, other)
    ]
    await storm(line, 3)
    assert [await feed.step() for feed in feeds] == [3, 0]
    line.clock.advance(LENGTH.total_seconds() + 1)  # the first one hangs
    await storm(line, 2, name="later")
    assert [await feed.step() for feed in reversed(feeds)] == [2, 0]
    assert sorted(other.shown) == ["later0", "later1"]
    line.clock.advance(LENGTH.total_seconds() + 1)
    assert await feeds[0].step() == 0  # what the other showed is not shown again


class SlowDesk(FakeDesk):
    """Takes its time for each card."""

    def __init__(self, clock, seconds: float) -> None:
        super().__init__()
        self._clock, self._seconds = clock, seconds

    async def show(self, view: CaseView) -> None:
        self._clock.advance(self._seconds)
        await super().show(view)


def shared_feed(line: FirstLine, desk: FakeDesk) -> DeskFeed:
    return DeskFeed(
        desk,
        line.events,
        line.relay,
        log=line.log,
        duty=Duty(line.duties, "desk:fake"),
        clock=line.clock,
    )


async def test_a_desk_that_takes_long_stays_one_processs_duty(line):
    slow, other = SlowDesk(line.clock, 1.5), FakeDesk()
    await storm(line, 12)
    assert await shared_feed(line, slow).step() == 12
    assert await shared_feed(line, other).step() == 0
    assert (len(slow.shown), other.shown) == (12, [])


async def test_a_feed_that_hung_shows_nothing_over_what_another_has_shown(line):
    other = FakeDesk()
    taker = shared_feed(line, other)

    class HungDesk(FakeDesk):
        async def show(self, view: CaseView) -> None:
            await super().show(view)
            line.clock.advance(LENGTH.total_seconds() + 1)
            await taker.step()

    hung = HungDesk()
    await storm(line, 3)
    feed = shared_feed(line, hung)
    await feed.step()
    assert (len(hung.shown), len(other.shown)) == (1, 3)
    assert await feed.step() == 0


async def test_what_the_bot_says_beside_an_open_case_shows_on_its_card(line):
    desk = FakeDesk()
    feed = feed_of(line, desk)
    for text in ("damaged_item 0.9", "faq/delivery_cost 0.97"):
        one = message(text, id=text[:3], customer="simulator:c", private=True)
        line.channel.receive(one)
        now = line.clock.now()
        await line.inbox.accept([one], now=now, quiet=NO_TIME, at_most=NO_TIME)
        await line.worker.step()
        await feed.step()
    assert desk.shown == ["c", "c"]
    await send_all(line)
    await feed.step()
    assert desk.shown == ["c", "c", "c"]


async def test_a_claim_out_of_it_shows_a_card_and_what_is_urgent_has_one(line):
    desk = FakeDesk()
    feed = feed_of(line, desk)
    await storm(line, COUNT)
    await storm(line, 1, ("website is down, bleeding",), name="urgent")
    await keep(line)
    await feed.step()
    assert desk.shown == ["urgent0"]
    await line.relay.claim((await cases_of(line))["c3"].id, ANN)
    await keep(line)
    await feed.step()
    assert desk.shown == ["urgent0", "c3"]


async def test_three_thousand_customers_make_one_incident_through_deaths(line):
    count, desk = 3000, FakeDesk()
    for start in range(0, count, 500):
        await storm(line, 500, name=f"w{start}x")
        await line.keeper.step()
        await feed_of(line, desk).step()
        line.clock.advance(LENGTH.total_seconds() + 1)  # the keeper dies
        line.keeper = line.new_keeper()
    await keep(line)
    while await feed_of(line, desk).step():
        pass
    await assert_whole(line, count)
    assert len(desk.shown) <= POLICY.incidents.cases
    assert len(desk.incidents) <= 40
    assert desk.incidents[-1].summary.cases == count
    assert (await line.relay.open_cases()).total == 0
