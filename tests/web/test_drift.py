"""What is read otherwise than before, on the page: a sentence that leads on."""

from __future__ import annotations

import json

from tests.web.pages import open_page

SAYS = "9.0 % of 600 messages since 17 November are read unsurely; it was 3 % before."


async def test_while_nothing_moved_nothing_is_said(program, browser, errors):
    page = await open_page(program, browser, errors)
    told = await page.evaluate("fetch('/api/drift').then((found) => found.json())")
    assert told == {"shifts": []}
    assert await page.locator("#drift").is_hidden()


async def test_a_move_is_told_and_leads_to_its_messages(page):
    shift = {"says": SAYS, "leads_to": "/train/queue?cause=unsure", "messages": ["m-7"]}
    body = json.dumps({"shifts": [shift]})
    await page.route("**/api/drift", lambda route: route.fulfill(body=body))
    await page.reload()
    drift = page.locator("#drift")
    await drift.wait_for(state="visible")
    assert SAYS in await drift.inner_text()
    assert await drift.locator("a").get_attribute("href") == "/train/queue?cause=unsure"
    assert "m-7" in await drift.locator("p").get_attribute("title")
