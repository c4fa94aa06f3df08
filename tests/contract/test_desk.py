"""What every desk promises, whatever agents look at."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.desk.web import WebDesk
from bot.model.case import CaseId, IncidentId
from bot.model.incident import Incident, summary
from bot.ports import CaseView, Desk, IncidentView
from tests.builders import ALICE, NOON, case

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
    stands_for=(CaseId("C-1000"), CaseId("C-1016")),
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


@pytest.fixture(params=[WebHarness], ids=lambda harness: harness.__name__)
def harness(request) -> WebHarness:
    return request.param()


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
        for _ in range(5000):
            await harness.desk.show(A_CASE)

    await asyncio.wait_for(harness.seen(many), 10)
