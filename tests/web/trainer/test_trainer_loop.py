"""From a misread message to a better model, and back: a trainer's whole way."""

from __future__ import annotations

import time

from playwright.async_api import Page, expect

from bot.nlu.data import load_examples
from bot.nlu.training import model_path
from tests.waiting import until
from tests.web.pages import become, card, open_page, posts_by, timeline
from tests.web.trainer.project import open_section

TRAINED_MS = 900_000  # on a machine that does much else; on a quiet one a minute
ASKED = "@fernhollow which bus gets me to your place in leeds, is it number 4"
TAUGHT = (
    "which bus goes to your leeds place",
    "what bus number do i take to your shop in leeds",
    "bus to the bristol store? which number",
    "can i get to your showroom by bus or is it car only",
)


async def ask_as(page: Page, handle: str) -> None:
    await become(page, handle)
    await page.locator("#customer-text").fill(ASKED)
    await page.keyboard.press("Control+Enter")


async def test_a_trainer_mends_what_was_misread_and_takes_it_back(
    program, browser, errors, model, findings
):
    desk = await open_page(program, browser, errors)
    await ask_as(desk, "bella")
    await expect(card(desk, "bella")).to_have_count(1)  # nobody answered her

    began = time.monotonic()
    page = await open_section(program, browser, errors, "queue")
    item = page.locator(".item").filter(has_text="which bus gets me")
    await reloaded_until(page, item)
    await expect(item).to_contain_text("The bot read")
    await item.get_by_role("link", name="Mend…").click()
    await page.get_by_role("button", name="faq/stores", exact=True).click()
    for number, text in enumerate(TAUGHT):
        await page.locator(".line__text").nth(number).fill(text)
        await page.keyboard.press("Enter")
    async with page.expect_navigation(url="**/train/queue"):
        await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("Nothing to look at")).to_be_visible()
    examples = load_examples(program.project / "data" / "nlu")
    assert {e.text for e in examples if e.label == "faq/stores"} >= set(TAUGHT)

    await page.get_by_role("link", name="Models").click()
    await page.get_by_role("button", name="Train and compare").click()
    await expect(page.locator("#training")).to_contain_text("Training for")
    report = page.get_by_role("link", name="Read the report")
    await expect(report).to_be_visible(timeout=TRAINED_MS)
    await report.click()
    inside = page.frame_locator("iframe").get_by_role("heading", level=1)
    await expect(inside).to_contain_text("It may go live")
    await page.get_by_role("button", name="Promote").click()
    await page.get_by_role("dialog").get_by_role("button", name="Promote").click()
    done = page.get_by_role("dialog").last
    await expect(done).to_contain_text("1 of 1 workers read with it now")
    took_s = time.monotonic() - began
    findings.tell(f"Trainer: from the first click to live it took {took_s:.0f} s")
    new = model_path(program.project, program.folder / "models").name.split(".")[0]
    await expect(done).to_contain_text(f"{new} is live")

    await ask_as(desk, "ben")
    answer = posts_by(timeline(desk, "ben"), "bot").first
    await expect(answer).to_contain_text("Leeds")
    await expect(card(desk, "ben")).to_have_count(0)

    async with page.expect_navigation():
        await done.get_by_role("button", name="Close").click()
    await page.get_by_role("button", name="Roll back…").click()
    await page.get_by_role("dialog").get_by_label("Why").fill("to see that one can")
    await page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    before = model.name.split(".")[0]
    await expect(page.get_by_role("dialog").last).to_contain_text(f"{before} is live")
    await ask_as(desk, "bertha")
    await expect(card(desk, "bertha")).to_have_count(1)


async def reloaded_until(page: Page, wanted) -> None:
    """Wait for what the learner has to find first."""

    async def came() -> bool:
        await page.reload()
        await page.wait_for_timeout(500)
        return bool(await wanted.count())

    await until(came)
