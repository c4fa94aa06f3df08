"""The intents and their examples, as trainers edit them in the browser."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.async_api import Page, expect

from bot.errors import TemporaryFailure
from bot.nlu.data import load_examples
from tests.waiting import PATIENCE_S
from tests.web.program import PROJECT, Program
from tests.web.trainer.project import texts_of

NARROW = (390, 844)
STORES = "intents/faq/stores"


def lines_of(program: Program) -> dict[str, list[str]]:
    """Return the lines of every file that trainers may change."""
    files = [program.project / "domain.yml", *(program.project / "data").rglob("*.yml")]
    return {str(file): file.read_text("utf-8").splitlines() for file in files}


def changed(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[str]:
    """Return the lines that are new, and those that are gone with a minus."""
    new = [line for name in after for line in after[name] if line not in before[name]]
    gone = [line for name in before for line in before[name] if line not in after[name]]
    return [*(line.strip() for line in new), *(f"-{line.strip()}" for line in gone)]


def line(page: Page, number: int = 0):
    return page.locator(".line__text").nth(number)


async def save(page: Page, why: str) -> None:
    await page.get_by_label("Why").fill(why)
    async with page.expect_navigation():
        await page.keyboard.press("Control+Enter")


async def test_all_intents_are_listed_with_how_well_each_is_read(open_at):
    page = await open_at("intents")
    rows = page.locator("#intents tbody tr")
    labels = {e.label for e in load_examples(PROJECT / "data" / "nlu")}
    await expect(rows).to_have_count(len(labels))
    await expect(page.locator('tr[data-name="faq/stores"]')).to_contain_text(
        re.compile(r"\d\d %")
    )
    await page.get_by_label("Find an intent").fill("refund")
    await expect(rows.filter(visible=True)).to_have_count(
        sum("refund" in label for label in labels)
    )
    await page.get_by_role("button", name="Examples").click()
    counts = [
        int(text) for text in await rows.locator("td:nth-child(2)").all_inner_texts()
    ]
    assert counts == sorted(counts)


async def test_the_map_shows_every_intent_as_a_link_that_keys_reach(open_at):
    page = await open_at("intents")
    await page.get_by_role("button", name="Map").click()
    dots = page.locator(".map__dot")
    await expect(dots.first).to_be_visible()
    assert await dots.count() == await page.locator("#intents tbody tr").count()
    names = page.locator(".map__dot text:not(.map__crowded)")
    assert await names.count() > 0.8 * await dots.count()  # can be read
    dot = page.locator('.map__dot[data-label="faq/stores"]')
    await expect(dot).to_have_accessible_name(re.compile("faq/stores: [0-9]+ examples"))
    await dot.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("faq/stores")


async def test_an_example_is_written_with_what_others_and_the_model_say_to_it(
    open_at, program
):
    before = lines_of(program)
    page = await open_at(STORES)
    await line(page).fill("is the bristol showroom dog friendly")
    said = page.locator(".said").first
    await expect(said).to_contain_text("The bot reads it")
    await page.keyboard.press("Enter")
    await line(page, 1).fill("my mail is jo.smith@gmail.com, where are your shops?")
    await expect(page.locator(".said").nth(1)).to_contain_text("Not like this")
    await page.get_by_label("Why").fill("people bring their dogs")
    await page.keyboard.press("Control+Enter")
    problems = page.locator(".problems")
    await expect(problems).to_contain_text("Not saved")
    assert changed(before, lines_of(program)) == []

    await line(page, 1).fill("can one bring children to the leeds showroom")
    await save(page, "people bring their dogs")
    newest = page.locator(".example").first
    await expect(newest).to_contain_text("children to the leeds showroom")
    await expect(newest).to_contain_text("by Amira just now: people bring their dogs")
    assert changed(before, lines_of(program)) == [
        "- is the bristol showroom dog friendly",
        "- can one bring children to the leeds showroom",
    ]


async def test_an_entity_is_marked_by_selecting_it(open_at, program):
    page = await open_at(STORES)
    await line(page).fill("is the walnut sideboard at your leeds shop")
    await line(page).evaluate("field => field.setSelectionRange(7, 23)")
    await page.keyboard.press("Shift")  # as the keys that select would
    await page.get_by_role("toolbar").get_by_role("button", name="product").click()
    marked = "is the [walnut sideboard](product) at your leeds shop"
    await expect(line(page)).to_have_value(marked)
    await save(page, "furniture in the shops")
    await expect(page.locator(".example mark").first).to_contain_text(
        "walnut sideboard"
    )
    found = load_examples(program.project / "data" / "nlu")
    example = next(e for e in found if "walnut sideboard at your leeds" in e.text)
    assert example.entities == (("product", "walnut sideboard"),)


async def test_examples_are_edited_moved_and_deleted(open_at, program):
    page = await open_at(STORES)
    await line(page).fill("where abouts is the bath shop then")
    await save(page, "for a try")
    first = page.locator(".example").first
    await first.get_by_role("button", name="Edit").click()
    await first.get_by_label("The example").fill("where abouts is the york shop then")
    await first.get_by_label("Why").fill("there is none in Bath")
    async with page.expect_navigation():
        await first.get_by_role("button", name="Save").click()
    assert "where abouts is the york shop then" in texts_of(program, "faq/stores")

    await page.locator(".example").first.get_by_role("button", name="Move").click()
    await page.get_by_label("To the intent").fill("faq/contact_hours")
    await page.get_by_role("dialog").get_by_label("Why").fill("for a try")
    async with page.expect_navigation():
        await page.get_by_role("dialog").get_by_role("button", name="Move").click()
    assert "where abouts is the york shop then" in texts_of(
        program, "faq/contact_hours"
    )

    await page.goto(f"{program.url}/train/intents/faq/contact_hours?find=york+shop")
    await page.locator(".example input").check()
    await page.locator("#bulk").get_by_role("button", name="Delete…").click()
    await page.get_by_role("dialog").get_by_label("Why").fill("tried enough")
    async with page.expect_navigation():
        await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.locator("#examples")).to_contain_text("Nothing here")
    assert not [t for t in texts_of(program, "faq/contact_hours") if "york" in t]


async def test_who_comes_second_sees_what_the_first_changed_and_loses_nothing(
    open_at, program
):
    first, second = await open_at(STORES), await open_at(STORES, trainer="Ben")
    await line(second).fill("which bus goes to the bristol shop")
    await second.get_by_label("Why").fill("by bus")
    await line(first).fill("tram stop for the leeds store?")
    await save(first, "by tram")

    await second.keyboard.press("Control+Enter")
    problems = second.locator(".problems")
    await expect(problems).to_contain_text("faq/stores changed since you opened this")
    await expect(problems).to_contain_text("Amira added 1")
    await expect(problems).to_contain_text("by tram")
    await expect(line(second)).to_have_value("which bus goes to the bristol shop")
    async with second.expect_navigation():
        await second.get_by_role("button", name="Save").click()
    texts = texts_of(program, "faq/stores")
    assert "tram stop for the leeds store?" in texts
    assert "which bus goes to the bristol shop" in texts


async def test_what_was_typed_is_there_again_after_a_reload(open_at):
    page = await open_at("intents/greet")
    await line(page).fill("well hello there you lot")
    await page.get_by_label("Why").fill("for later")
    await page.reload()
    await expect(line(page)).to_have_value("well hello there you lot")
    await expect(page.get_by_label("Why")).to_have_value("for later")


async def test_a_new_standard_answer_is_made_with_its_texts(open_at, program):
    page = await open_at("intents/new")
    await page.get_by_label("Intent", exact=True).fill("faq/gift_wrapping")
    await expect(page.get_by_text("This is a new intent.")).to_be_visible()
    said = "Yes, we wrap presents: choose it at the checkout."
    await page.get_by_label("In public").fill(said)
    await page.get_by_label("In a direct message").fill(f"{said} It costs £3 a parcel.")
    await line(page).click()
    await page.evaluate(
        """() => {
      const data = new DataTransfer();
      data.setData("text", "- do you wrap presents\\n- wrapping for a gift possible?\\n\\n- gift wrap y/n");
      document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }"""
    )
    await expect(page.locator(".line__text")).to_have_count(3)
    await page.get_by_label("Why").fill("asked every Christmas")
    await page.get_by_role("button", name="Save").click()
    problems = page.locator(".problems")
    await expect(problems).to_contain_text("public")  # one public wording is too few
    assert texts_of(program, "faq/gift_wrapping") == []


async def test_the_name_is_asked_once(open_at, browser, program, errors):
    page = await open_at(STORES, trainer="")
    await page.get_by_role("button", name="Who are you?").click()
    await page.get_by_label("Your name").fill("  Zoë   Quint ")
    await page.get_by_role("button", name="That is me").click()
    await expect(page.locator("#author")).to_have_text("Zoë Quint")
    await page.reload()
    await expect(page.locator("#author")).to_contain_text("Zoë Quint")


@pytest.mark.parametrize(
    "section", ["queue", "intents", STORES, "intents/new", "answers", "models"]
)
async def test_every_section_fits_a_narrow_window(open_at, section):
    page = await open_at(section, size=NARROW)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    for width in (390, 360):
        await page.set_viewport_size({"width": width, "height": 700})
        root = "document.documentElement"
        assert await page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")


def test_only_the_page_itself_may_write(program):
    body = {"name": "Mallory"}
    foreign = {"Origin": "http://evil.example", "Idempotency-Key": "0123456789"}
    answer = httpx.post(
        f"{program.url}/api/train/author",
        json=body,
        headers=foreign,
        timeout=PATIENCE_S,
    )
    assert answer.status_code == 403
    own = {"Origin": program.url, "Idempotency-Key": "0123456789"}
    change = {"version": "x", "why": "x", "edits": [{"do": "burn"}]}
    answer = httpx.post(
        f"{program.url}/api/train/changes", json=change, headers=own, timeout=PATIENCE_S
    )
    assert answer.status_code == 422
    assert "who you are" in answer.json()["error"]


def test_a_name_is_told_by_no_other_site_and_read_by_no_script(program):
    own = {"Origin": program.url, "Idempotency-Key": "0123456789"}
    told = {"name": " Zoë \u0007 Quint " + "x" * 99}
    answer = httpx.post(
        f"{program.url}/api/train/author", json=told, headers=own, timeout=PATIENCE_S
    )
    assert answer.json() == {"name": "Zoë Quint " + "x" * 50}
    cookie = answer.headers["set-cookie"].lower()
    assert "samesite=strict" in cookie
    assert "httponly" in cookie
    answer = httpx.post(
        f"{program.url}/api/train/author",
        json={"name": " \n "},
        headers=own,
        timeout=PATIENCE_S,
    )
    assert answer.status_code == 422


def test_without_the_store_the_data_can_still_be_edited(program, monkeypatch):
    async def away(**_):
        raise TemporaryFailure("no route to the store")

    monkeypatch.setattr(program.firstline.review_queue, "page", away)
    assert (
        httpx.get(f"{program.url}/train/intents", timeout=PATIENCE_S).status_code == 200
    )
    answer = httpx.get(f"{program.url}/train/queue", timeout=PATIENCE_S)
    assert answer.status_code == 503
    assert "Nothing is lost" in answer.text


def test_a_broken_file_is_shown_with_its_place_and_mended_files_are_read_again(program):
    file = program.project / "data" / "nlu" / "small_talk.yml"
    whole = file.read_text("utf-8")
    file.write_text(whole + "\n- intent: [broken\n", "utf-8")
    try:
        answer = httpx.get(f"{program.url}/train/intents", timeout=PATIENCE_S)
        assert answer.status_code == 422
        assert "small_talk.yml" in answer.text
    finally:
        file.write_text(whole, "utf-8")
    assert (
        httpx.get(f"{program.url}/train/intents", timeout=PATIENCE_S).status_code == 200
    )


async def test_an_intent_that_does_not_exist_is_said_to_be_missing(open_at):
    page = await open_at("intents/no/such")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
