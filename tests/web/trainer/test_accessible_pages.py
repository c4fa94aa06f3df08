"""Everybody can read every page, in light and in dark, and work on it without a mouse."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from bot.model.network_rules import ExampleUse
from bot.model.review import Cause
from bot.model.shadow import Pair, ShadowRun
from tests.web.accessible import unreached, violations
from tests.web.pages import become, card, open_page
from tests.web.trainer.project import SAVING_MS

SCREENS = {"light": (1280, 900), "dark": (400, 900)}
SECTIONS = (
    "queue",
    "intents",
    "intents/faq/stores",
    "intents/new",
    "intents#map",
    "answers",
    "answers/faq/stores",
    "models",
    "intents/no/such",
)
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
ANGRY = "@fernhollow third time i ask, my sofa came broken, you lot are useless"


@pytest.fixture
def shown(open_at, program, browser, errors, add, candidate):
    """Opens the pages one after another, each with something on it."""
    first = add(1, "do you wrap presents? write to <email>", Cause.CORRECTED)
    use = ExampleUse.WITH_CONSENT
    add(2, "and is the river walk open", Cause.UNSURE, examples=use)
    firstline = program.firstline
    program.run_inside(firstline.promotion.shadow(candidate, by="Ben"))
    epoch = program.run_inside(firstline.promotion.standing()).epoch
    pairs = {Pair("greet", "greet"): 6, Pair("order_status", "delivery_late"): 2}
    run = ShadowRun(candidate, epoch)
    program.run_inside(firstline.store.shadow.add(run, pairs, cursors={}, serial=0))

    async def shown(scheme: str) -> AsyncIterator[tuple[str, Page]]:
        page = await open_at("queue", size=SCREENS[scheme])
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for section in (*SECTIONS, f"queue/{first.id}", f"models/{candidate}"):
            await page.goto(f"{program.url}/train/{section}")
            if "models" in section:
                await expect(page.locator("#beside table")).to_be_visible()
            if section.endswith("#map"):
                drawn = page.locator("svg.map")
                await expect(drawn).to_be_visible(timeout=SAVING_MS)
            yield section, page
        await page.goto(f"{program.url}/train/models/{candidate}")
        await page.get_by_role("button", name="Promote").click()
        yield "a question", page
        desk = await open_page(program, browser, errors, size=SCREENS[scheme])
        await desk.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        yield "the desk", desk
        await become(desk, f"angry_{scheme}")
        await desk.locator("#customer-text").fill(ANGRY)
        await desk.keyboard.press("Control+Enter")
        if scheme == "dark":  # one column at a time
            await desk.locator("[data-show=desk]").click()
        await card(desk, f"angry_{scheme}").click()
        label = desk.locator("label[for='desk-text']")
        await expect(label).not_to_be_empty()  # the case is there
        yield "a case", desk
        if scheme == "dark":
            await desk.get_by_role("button", name="Bot", exact=True).click()
            yield "the dashboard", desk

    return shown


@pytest.mark.parametrize("scheme", list(SCREENS))
async def test_every_page_fits_and_has_contrast_and_names_for_its_controls(
    shown, scheme
):
    async for name, page in shown(scheme):
        assert (name, await violations(page)) == (name, [])
        assert (name, await page.evaluate(TOO_WIDE)) == (name, False)


async def test_the_tab_key_reaches_every_control(shown):
    async for name, page in shown("light"):
        assert (name, await unreached(page)) == (name, [])
