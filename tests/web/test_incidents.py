"""A storm at the desk, as agents see it: one card, answered and resolved at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.channels.simulator import SimulatedNetwork
from bot.clock import SystemClock
from tests.builders import POLICY
from tests.web.pages import card
from tests.web.program import Program

COUNT = POLICY.incidents.cases + 6
TEXTS = (
    "@fernhollow the giant snails in your garden centre are on strike",
    "@fernhollow GIANT SNAILS in the garden centre are on strike!!!",
    "hey @fernhollow are the giant snails in your garden centre on strike?",
    "@fernhollow giant snails on strike again in the garden centre 😡",
)


@pytest.fixture
async def storm(page: Page, program: Program) -> Page:
    """Let many customers write about the same thing at once."""
    network = SimulatedNetwork(
        program.folder / "simulator.db", brand_handle="fernhollow", clock=SystemClock()
    )
    for n in range(COUNT):
        network.post(f"stormy_{n}", TEXTS[n % len(TEXTS)])
    network.close()
    return page


def incident(page: Page) -> Locator:
    return page.locator("[data-incident]")


async def screenshot(page: Page, name: str) -> None:
    """Keep a picture for people if FIRSTLINE_PICTURES says where."""
    if folder := os.environ.get("FIRSTLINE_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def test_a_storm_is_one_card_that_is_answered_and_resolved_at_once(storm):
    page = storm
    found = incident(page)
    await expect(found).to_have_count(1)
    await expect(found.locator(".incident__count")).to_have_text(str(COUNT))
    await expect(found).to_contain_text("giant snails")
    await expect(found).to_contain_text("rising")
    await expect(found.locator(".incident__examples li")).to_have_count(3)
    await expect(page.locator("[data-case]").filter(has_text="stormy")).to_have_count(0)
    await screenshot(page, "incident")

    await found.get_by_role("button", name="Show cases").click()
    beneath = found.locator(".incident__case")
    await expect(beneath).to_have_count(COUNT)
    await beneath.filter(has_text="@stormy_3").first.click()
    case = page.locator("#case")
    await case.get_by_role("button", name="Claim").click()
    await expect(card(page, "stormy_3")).to_have_count(1)
    await screenshot(page, "incident_case")
    await case.get_by_role("button", name="Release").click()
    await expect(card(page, "stormy_3")).to_have_count(0)
    await case.get_by_role("button", name="All cases").click()

    await found.get_by_role("button", name="Answer all…").click()
    await page.get_by_label("Wording 1").fill(
        "Your order FH-482913 is with the snails."
    )
    await page.get_by_role("button", name="Answer all", exact=True).click()
    await expect(page.get_by_role("dialog")).to_contain_text("an order number")
    await page.get_by_label("Wording 1").fill("The snails are back at work. Sorry!")
    await page.get_by_label("Wording 2").fill(
        "{handle} All snails are back, thank you."
    )
    await screenshot(page, "incident_answer")
    await page.get_by_role("button", name="Answer all", exact=True).click()
    await expect(found.locator(".incident__errand")).to_contain_text(
        f"{COUNT} replies written"
    )
    await screenshot(page, "incident_answered")

    await found.get_by_role("button", name="Resolve all…").click()
    await page.get_by_label("answered", exact=True).check()
    await page.get_by_role("button", name="Resolve all", exact=True).click()
    await expect(found).to_contain_text("all cases resolved")
    agents = page.locator('.post[data-by="agent"]').filter(has_text="snails are back")
    await expect(agents.first).to_be_visible()


async def test_the_incidents_card_fits_a_narrow_window(page):
    await expect(incident(page)).to_have_count(1)  # of the test before
    for width in (390, 360):
        await page.set_viewport_size({"width": width, "height": 700})
        await page.locator('[data-show="desk"]').click()
        await expect(incident(page)).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") == width
    await screenshot(page, "incident_narrow")
