"""What every desk promises, whatever agents look at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import ManualClock
from bot.desk.web import WebDesk
from bot.model.case import CaseId, IncidentId
from bot.model.incident import Incident, summary
from bot.ports import CaseView, Desk, IncidentView, OpenCases
from bot.ports.chat import shown_by
from tests.builders import ALICE, NOON, case
from tests.contract.fake_channel import FakeChannel
from tests.first_line import FirstLine
from tests.integration.slack_cards import CARE, LEGAL, Cards, cards_of, slack_policy
from tests.slack_double import SlackDouble
from tests.waiting import PATIENCE_S

I_23 = IncidentId("I-23")
A_CASE = CaseView(case=case(), records=(), earlier_contacts=0)
AN_INCIDENT = IncidentView(
    incident=Incident(
        id=I_23,
        founder=CaseId("C-1000"),
        customer=ALICE,
        examples=(CaseId("C-1000"),),
        opened_at=NOON,
        last_at=NOON + timedelta(minutes=3),
    ),
    summary=summary([], now=NOON),
    title="website down",
    examples=("the website is down",),
    stands_for=(CaseId("C-1001"), CaseId("C-1016")),
)


class WebHarness:
    """Looks at the web desk as one open page does."""

    def __init__(self) -> None:
        self.desk: Desk = WebDesk()

    async def seen(self, showing) -> list[str]:
        """Return what a page hears of while `showing` runs."""
        async with self.desk.changes() as page:
            await showing()
            return [page.get_nowait() for _ in range(page.qsize())]


class OneCase:
    """What agents can see here: one case and one incident, as they always are."""

    async def view(self, case_id: CaseId) -> CaseView:
        if case_id == A_CASE.case.id:
            return A_CASE
        return replace(A_CASE, case=case(id=case_id, incident=I_23))

    async def incident(self, incident: IncidentId) -> IncidentView:
        return AN_INCIDENT

    async def open_cases(self) -> OpenCases:
        return OpenCases(views=(), total=0)


class SlackHarness:
    """Looks at the channels of a local Slack."""

    def __init__(self, slack: SlackDouble, cards: Cards) -> None:
        self._slack, self._cards = slack, cards
        self.desk: Desk = cards.desk

    async def seen(self, showing) -> list[str]:
        """Return for what messages are written while `showing` runs, and after it."""
        await showing()
        while await self._cards.book.dirty(limit=1):
            await self._cards.write()
            self._cards.line.clock.advance(1)
        calls = self._slack.ledger.of("chat.postMessage", effect=True)
        ids = [call.args["metadata"]["event_payload"]["id"] for call in calls]
        return [str(shown_by(id_)) for id_ in ids]


@asynccontextmanager
async def web_harness(redis, tmp_path) -> AsyncIterator[WebHarness]:
    yield WebHarness()


@asynccontextmanager
async def slack_harness(redis, tmp_path) -> AsyncIterator[SlackHarness]:
    clock, policy = ManualClock(NOON), slack_policy()
    line = FirstLine(redis, FakeChannel(clock=clock), clock, policy=policy)
    line.relay = line.incident_desk = OneCase()
    async with SlackDouble(now=lambda: clock.now().timestamp(), paced=True) as slack:
        slack.add_channel(CARE)
        slack.add_channel(LEGAL)
        async with cards_of(line, redis, slack) as cards:
            yield SlackHarness(slack, cards)
        assert slack.violations == []


@pytest.fixture(params=[web_harness, slack_harness], ids=lambda made: made.__name__)
async def harness(request, redis, tmp_path):
    async with request.param(redis, tmp_path) as made:
        yield made


async def test_a_desk_has_a_name_of_its_own(harness):
    assert harness.desk.name


async def test_a_case_is_shown(harness):
    assert await harness.seen(lambda: harness.desk.show(A_CASE)) == [A_CASE.case.id]


async def test_an_incident_is_one_card_however_many_cases_it_stands_for(harness):
    seen = await harness.seen(lambda: harness.desk.show_incident(AN_INCIDENT))
    assert seen == [I_23]


async def test_showing_the_same_again_is_harmless(harness):
    async def twice() -> None:
        await harness.desk.show(A_CASE)
        await harness.desk.show(A_CASE)
        await harness.desk.show_incident(AN_INCIDENT)
        await harness.desk.show_incident(AN_INCIDENT)

    assert set(await harness.seen(twice)) == {A_CASE.case.id, I_23}


async def test_nobody_looking_is_no_trouble(harness):
    await harness.desk.show(A_CASE)
    await harness.desk.show_incident(AN_INCIDENT)


async def test_a_page_that_sleeps_stops_nothing(harness):
    async def many() -> None:
        for _ in range(1500):
            await harness.desk.show(A_CASE)

    await asyncio.wait_for(harness.seen(many), PATIENCE_S)
