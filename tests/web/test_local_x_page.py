"""The local X's page in a browser: an adopter rehearses as a customer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from bot.sim.x import LocalX


@pytest.fixture
async def x() -> AsyncIterator[LocalX]:
    async with LocalX("acmecare") as local:
        local.add_person("ann")
        yield local


@pytest.fixture
async def page(x: LocalX, browser: Browser, errors: list[str]) -> Page:
    page = await browser.new_page(viewport={"width": 1280, "height": 900})
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(f"{x.url}/?as=ann")
    await page.get_by_role("textbox", name="As @ann").wait_for()
    return page


async def write(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name="As @ann").fill(text)
    await page.locator("#send").click()


async def test_a_customer_posts_and_sees_the_answer(x, page):
    await write(page, "@acmecare where is my parcel?")
    thread = page.get_by_role("article")
    await expect(thread).to_contain_text("@acmecare where is my parcel?")
    [post] = x.core.world.everything()
    x.brand.post("It comes today.", reply_to=post)
    await expect(thread).to_contain_text("@ann It comes today.")


async def test_a_customer_replies_edits_and_deletes(x, page):
    x.person("bob").post("@acmecare me too")
    await page.get_by_role("button", name="Reply").click()
    await write(page, "so it is not only me")
    mine = page.locator(".post", has_text="so it is not only me")
    await expect(mine).to_contain_text("@bob @acmecare so it is")
    await mine.get_by_role("button", name="Edit").click()
    await write(page, "I am not alone")
    mine = page.locator(".post", has_text="I am not alone")
    await expect(mine).to_contain_text("edited")
    await mine.get_by_role("button", name="Delete").click()
    await expect(mine).to_have_count(0)


async def test_a_customer_writes_in_private_and_encrypted(x, page):
    await page.get_by_label("To @acmecare").fill("my number is 4711")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".bubble")).to_contain_text("my number is 4711")
    await page.get_by_label("in X Chat, encrypted").check()
    await page.get_by_label("To @acmecare").fill("nobody reads this")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_label("in X Chat, encrypted")).not_to_be_checked()
    assert [d.text for d in x.core.world.directs.values()] == ["my number is 4711"]


async def test_trouble_is_one_click_away(x, page):
    await page.get_by_text("Trouble").click()
    assert "null" not in await page.inner_text("body")
    await page.get_by_role("button", name="Next request: 503").click()
    await page.get_by_role("button", name="Double events").click()
    await expect(page.get_by_text("End all trouble (1 waiting)")).to_be_visible()
    assert x.faults.double_events
    await page.get_by_text("End all trouble").click()
    await expect(page.get_by_text("End all trouble")).to_have_count(0)
    assert not x.faults.queue


async def test_a_change_takes_the_focus_from_nobody(x, page):
    x.person("bob").post("@acmecare me too")
    await page.get_by_role("button", name="Reply").focus()
    x.person("bob").post("@acmecare and again")
    await expect(page.get_by_role("article")).to_have_count(2)
    older = page.get_by_role("article").filter(has_text="me too")
    await expect(older.get_by_role("button", name="Reply")).to_be_focused()


async def test_what_cannot_be_done_is_said_in_words(x, page):
    x.person("ann").account.suspended = True
    await write(page, "hello?")
    await expect(page.get_by_role("alert")).to_have_text("this account is suspended")


async def test_nothing_that_was_written_becomes_part_of_the_page(x, page):
    await write(page, "<img src=x onerror=alert(1)> @acmecare")
    await expect(page.get_by_role("article")).to_contain_text("<img src=x")
    assert await page.locator("img").count() == 0
