"""A page that stays open while the program goes away and comes back."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.ports import free_port
from tests.web.pages import become, card, open_page, posts_by, timeline
from tests.web.program import Program


async def test_an_open_page_survives_a_restart_with_its_draft(
    tmp_path, browser: Browser, errors: list[str]
):
    program = Program(tmp_path, free_port())
    program.start()
    page = await open_page(program, browser, errors)
    await become(page, "patient_pat")
    await page.get_by_role("button", name="Something odd").click()
    await page.keyboard.press("Control+Enter")
    await card(page, "patient_pat").click()
    await page.get_by_role("button", name="Claim").click()
    await page.locator("#desk-text").fill("Half a")
    program.stop()
    await expect(page.locator("#connection")).to_contain_text("does not answer")
    await page.locator("#desk-text").press_sequentially(" sentence is kept.")
    await page.get_by_role("button", name="Reply in public").click()
    problems = page.locator("#desk-text-problems")
    await expect(problems).to_contain_text("Your text is kept; please try again.")

    again = Program(tmp_path, program.port)
    again.start()
    try:
        await expect(page.locator("#connection")).to_have_text("Live")
        await page.get_by_role("button", name="Reply in public").click()
        agents = posts_by(timeline(page, "patient_pat"), "agent")
        await expect(agents).to_contain_text("Half a sentence is kept.")
        await expect(agents).to_have_count(1)
    finally:
        again.stop()
