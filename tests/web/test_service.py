"""What time does to cases, as agents see it: marks, and what is put aside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Page, Route, expect

from bot.channels.simulator import Fault, SimulatedNetwork
from bot.clock import SystemClock
from tests.web.pages import become, card
from tests.web.program import Program


async def write_something_odd(page: Page, handle: str) -> None:
    await become(page, handle)
    await page.get_by_role("button", name="Something odd").click()
    await page.keyboard.press("Control+Enter")
    await card(page, handle).click()


@pytest.fixture
def busy(program: Program):
    """Let the network take nothing for now, until the test is over."""
    network = SimulatedNetwork(
        program.folder / "simulator.db", brand_handle="fernhollow", clock=SystemClock()
    )
    network.faults.set(Fault.RATE_LIMITED, times=None)
    yield network
    network.faults.clear()
    network.close()


async def test_what_is_put_aside_leaves_the_list_until_the_customer_writes(page):
    await write_something_odd(page, "patient_pia")
    await page.get_by_role("button", name="Put the case aside for a while").click()
    await page.get_by_label("in three hours").check()
    await page.get_by_role("button", name="Put aside", exact=True).last.click()
    await expect(card(page, "patient_pia")).to_have_count(0)

    await page.get_by_role("button", name="Put aside", exact=True).click()
    await expect(card(page, "patient_pia")).to_contain_text("put aside until")
    await page.get_by_role("button", name="All", exact=True).click()
    await page.locator("#customer-text").fill("@fernhollow they brought friends now!")
    await page.keyboard.press("Control+Enter")
    await expect(card(page, "patient_pia")).to_have_count(1)
    await expect(card(page, "patient_pia")).not_to_contain_text("put aside")


async def test_a_text_that_waits_is_not_said_to_be_on_its_way(page, busy):
    await write_something_odd(page, "waiting_walt")
    case = page.locator("#case")
    await expect(case.locator('[data-author="bot"]')).to_contain_text(
        "waiting to be sent (rate limited)"
    )


async def test_a_claim_that_stops_the_acknowledgement_is_told_until_somebody_answers(
    page, busy
):
    await write_something_odd(page, "untold_una")
    case, says = page.locator("#case"), "nobody has told the customer"
    await expect(case).to_contain_text("waiting to be sent")
    await expect(case).not_to_contain_text(says)
    await case.get_by_role("button", name="Claim").click()
    await expect(case).to_contain_text("yours")
    busy.faults.clear()
    await expect(case).to_contain_text("stopped before it was sent")
    await expect(case).to_contain_text(says)

    await page.locator("#desk-text").fill("We are on our way.")
    await case.get_by_role("button", name="Reply in public").click()
    await expect(case.locator('[data-author="agent"]')).to_contain_text("delivered")
    await expect(case).not_to_contain_text(says)


async def test_a_list_that_was_cut_is_read_as_a_whole_when_one_case_changes(page):
    await write_something_odd(page, "beyond_bea")

    async def cut(route: Route) -> None:
        there = await route.fetch()
        body = await there.json()
        body["cases"] = [c for c in body["cases"] if c["handle"] != "beyond_bea"]
        await route.fulfill(response=there, json=body)

    await page.route("**/api/cases", cut)
    await page.reload()
    await expect(page.get_by_text("1 case more, less pressing.")).to_be_visible()
    async with page.expect_response("**/api/cases"):
        await page.locator("#customer-text").fill("@fernhollow now there are more!")
        await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("1 case more, less pressing.")).to_be_visible()
    await expect(card(page, "beyond_bea")).to_have_count(0)


@pytest.mark.parametrize(
    ("answer", "ahead", "says"),
    [
        ("due", timedelta(hours=2), "first answer due in 1 h 59 min"),
        ("near", timedelta(minutes=5), "first answer due in 4 min"),
        ("late", -timedelta(minutes=5), "first answer late by 5 min"),
        # managers gave themselves more time meanwhile
        ("late", timedelta(minutes=5), "first answer due in 4 min"),
    ],
)
async def test_the_card_says_when_a_first_answer_is_due(page, answer, ahead, says):
    due = SystemClock().now() + ahead

    async def told(route: Route) -> None:
        there = await route.fetch()
        body = await there.json()
        for one in body["cases"]:
            one["service"] |= {"answer_due_at": due.isoformat(), "answer": answer}
        await route.fulfill(response=there, json=body)

    handle = f"due_{answer}_{ahead.seconds}"
    await write_something_odd(page, handle)
    await page.route("**/api/cases", told)
    await page.reload()
    await expect(card(page, handle)).to_contain_text(says)
