"""What it costs, on the page: nothing where nothing is charged."""

from __future__ import annotations

import json

from tests.web.pages import open_page

FIGURES = ["$1.23 of $20.00 today", "$20.50 this month"]
STOPS = ["x: the bot posts no more links today: budget_for_links is spent"]


async def answered(page, figures, warnings) -> None:
    """Let the page ask anew, and get these sentences."""
    body = json.dumps({"figures": figures, "warnings": warnings})
    await page.route("**/api/money", lambda route: route.fulfill(body=body))
    await page.reload()
    await page.wait_for_selector("#totals p")


async def test_a_network_that_charges_nothing_takes_no_place(program, browser, errors):
    page = await open_page(program, browser, errors)
    told = await page.evaluate("fetch('/api/money').then((found) => found.json())")
    assert told == {"figures": [], "warnings": []}
    assert await page.locator("#money").is_hidden()


async def test_what_was_spent_and_what_the_budget_stops_is_told(page):
    await answered(page, FIGURES, STOPS)
    money = page.locator("#money")
    await money.wait_for(state="visible")
    text = await money.inner_text()
    for sentence in (*FIGURES, *STOPS):
        assert sentence in text
