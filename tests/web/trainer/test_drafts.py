"""What a trainer typed and did not save is there again, in its place and nowhere else."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.web.trainer.test_trainer_intents import line, save

UNSAVED = "This is what you wrote here last and did not save."
ANSWER = "answers/faq/stores"


async def section(page: Page, program, name: str) -> None:
    await page.goto(f"{program.url}/train/{name}")


async def test_what_was_saved_is_no_draft_any_more(open_at, program):
    page = await open_at("intents/greet")
    await line(page).fill("a very fine morning to everybody over there")
    await save(page, "as they say in the north")
    await expect(page.locator(".example").first).to_contain_text("a very fine morning")
    await section(page, program, "intents/greet")
    await expect(line(page)).to_have_value("")


async def test_each_intent_keeps_its_own_draft(open_at, program):
    page = await open_at("intents/greet")
    await line(page).fill("well hello there you lot")
    await section(page, program, "intents/thanks")
    await expect(line(page)).to_have_value("")
    await section(page, program, "intents/greet")
    await expect(line(page)).to_have_value("well hello there you lot")


async def test_of_a_new_intent_its_name_and_its_answer_are_kept_as_well(open_at):
    page = await open_at("intents/new")
    fields = {
        page.get_by_label("Intent", exact=True): "faq/carrier_bags",
        page.get_by_label("In public"): "Yes, we sell bags.",
        page.get_by_label("In a direct message"): "Yes, from £10 upwards.",
    }
    for field, text in fields.items():
        await field.fill(text)
    await page.reload()
    for field, text in fields.items():
        await expect(field).to_have_value(text)


async def test_what_is_emptied_again_is_no_draft(open_at):
    page = await open_at("intents/goodbye")
    await line(page).fill("so long then")
    await page.get_by_label("Why").fill("for later")
    await line(page).fill("")
    await page.reload()
    await expect(line(page)).to_have_value("")
    await expect(page.get_by_label("Why")).to_have_value("")


async def test_an_answer_that_is_as_saved_is_no_draft_and_another_says_that_it_is_one(
    open_at,
):
    page = await open_at(ANSWER)
    public = page.locator('[data-visibility="public"] textarea').first
    before = await public.input_value()
    await public.fill(f"{before} See you there.")
    await page.reload()
    await expect(page.get_by_text(UNSAVED)).to_be_visible()
    await expect(public).to_have_value(f"{before} See you there.")
    await public.fill(before)
    await page.reload()
    await expect(public).to_have_value(before)
    await expect(page.locator("#preview")).to_contain_text(before[:20])
    assert await page.get_by_text(UNSAVED).count() == 0  # it would go by itself later


async def test_a_saved_answer_is_no_draft_any_more(open_at, program):
    page = await open_at(ANSWER)
    public = page.locator('[data-visibility="public"] textarea').first
    said = f"{await public.input_value()} Do come in."
    await public.fill(said)
    await page.get_by_label("Why").fill("a friendlier word")
    async with page.expect_navigation(url="**/train/answers"):
        await page.keyboard.press("Control+Enter")
    await section(page, program, ANSWER)
    await expect(public).to_have_value(said)
    await expect(page.locator("#preview")).to_contain_text("Do come in.")
    assert await page.get_by_text(UNSAVED).count() == 0  # it would go by itself later
