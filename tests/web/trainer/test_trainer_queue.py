"""The review queue and the bot's answers, as trainers work on them in the browser."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest
from playwright.async_api import expect

from bot.model.message import (
    Visibility,
)
from bot.model.network_rules import ExampleUse
from bot.model.review import Cause, Finding, ReviewItem, ReviewState
from tests.web.pages import PATIENCE_MS
from tests.web.program import Program
from tests.web.trainer.project import TRAINER, texts_of

WRAP = "hello <handle> any chance you lot wrap presents? it is for my nan <email>"
STORES = "faq/stores"


@pytest.fixture(autouse=True)
def _read_anew(monkeypatch):
    """What another test put into the queue a second ago is not shown any more."""
    monkeypatch.setattr("bot.flow.review_queue.FRESH", timedelta(0))


def now_of(program: Program, item: ReviewItem) -> ReviewItem:
    return program.run_inside(program.firstline.review_queue.item(item.id))


async def test_a_message_says_why_it_is_here_and_how_it_was_read(open_at, add):
    said = Finding(
        cause=Cause.CORRECTED,
        at=datetime.now(timezone.utc),
        label="packaging",
        by="Ben",
    )
    add(1, WRAP, findings=(said,))
    page = await open_at("queue")
    item = page.locator(".item")
    await expect(item).to_contain_text("in public")
    await expect(item).to_contain_text("7 minutes ago")
    await expect(item).to_contain_text(
        "The bot read faq/delivery_cost: unsure, 41 % · next: packaging 30 %"
    )
    await expect(item).to_contain_text("an agent corrected the intent")
    await expect(item).to_contain_text("Ben says packaging")
    await expect(item.locator(".mask").last).to_contain_text("email")


async def test_a_network_that_forbids_it_gets_no_words_of_its_customers_learned(
    open_at, add, program
):
    item = add(2, WRAP, Cause.UNSURE)
    page = await open_at(f"queue/{item.id}")
    await expect(page.locator(".rule")).to_contain_text("forbids that its posts train")
    await page.get_by_label("Intent", exact=True).fill("packaging")
    line = page.locator(".line__text").first
    await line.fill("any chance you lot wrap presents for an aunt")
    said = page.locator(".said").first
    await expect(said).to_contain_text("too close to the customer's own words")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".problems")).to_contain_text("too close")
    await line.fill("it is for <email>")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".problems")).to_contain_text("invent one")
    assert now_of(program, item).state is ReviewState.OPEN

    own = "would my order come in gift paper with a ribbon on"
    await line.fill(own)
    async with page.expect_navigation(url="**/train/queue"):
        await page.keyboard.press("Control+Enter")
    assert own in texts_of(program, "packaging")
    settled = now_of(program, item)
    assert settled.state is ReviewState.SETTLED
    assert settled.settlement is not None
    assert (settled.settlement.by, settled.settlement.label) == (TRAINER, "packaging")
    page = await open_at("intents/packaging")
    origin = page.locator(".example__origin").first
    await expect(origin).to_contain_text("written beside a customer's message by Amira")


async def test_words_are_taken_with_the_customers_consent_only(open_at, add, program):
    words = "is your warehouse near the river open for visits on sundays"
    item = add(3, words, Cause.UNSURE, examples=ExampleUse.WITH_CONSENT)
    page = await open_at(f"queue/{item.id}")
    await page.get_by_label("Intent", exact=True).fill(STORES)
    await page.locator(".line__text").first.fill(words)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".problems")).to_contain_text("only if the customer")
    await page.get_by_label("The customer agreed").check()
    async with page.expect_navigation(url="**/train/queue"):
        await page.get_by_role("button", name="Save").click()
    assert words in texts_of(program, STORES)
    page = await open_at(f"intents/{STORES}")
    origin = page.locator(".example__origin").first
    await expect(origin).to_contain_text("with their consent")


async def test_what_was_written_beside_other_words_than_are_there_now_is_not_saved(
    open_at, add, program
):
    """The customer edits while the page is open: the old words must not come in."""
    words = "does the ferry to your island showroom take vans"
    item = add(31, words, Cause.UNSURE, examples=ExampleUse.WORD_FOR_WORD)
    page = await open_at(f"queue/{item.id}")
    await page.get_by_label("Intent", exact=True).fill(STORES)
    await page.get_by_role("button", name="Use the message's words").click()
    await expect(page.locator(".line__text")).to_have_count(1)
    program.run_inside(program.firstline.store.reviews.drop([item.id]))
    add(31, "never mind about the van", Cause.UNSURE)
    await page.keyboard.press("Control+Enter")
    told = page.locator(".problems")
    await expect(told).to_contain_text("edited this message since you opened it")
    assert words not in texts_of(program, STORES)
    await page.reload()
    await expect(page.locator("blockquote")).to_contain_text("never mind about the van")
    line = page.locator(".line__text").first
    await expect(line).to_have_value(words)
    await line.fill("which ferry goes to the showroom")
    async with page.expect_navigation(url="**/train/queue"):
        await page.keyboard.press("Control+Enter")
    assert "which ferry goes to the showroom" in texts_of(program, STORES)


async def test_the_queue_is_worked_with_keys_alone_and_taken_back(
    open_at, add, program
):
    first = add(4, "one about a kettle that sings", Cause.CORRECTED)
    second = add(5, "another of a lamp with a moth in it", Cause.UNSURE)
    page = await open_at("queue")
    await expect(page.locator(".item")).to_have_count(2)
    await page.keyboard.press("j")
    await page.keyboard.press("r")
    await expect(page.locator(".item")).to_have_count(1)
    assert now_of(program, first).state is ReviewState.SETTLED
    await page.keyboard.press("x")
    await expect(page.locator(".item")).to_have_count(0)
    assert now_of(program, second).state is ReviewState.DISMISSED
    await page.keyboard.press("u")
    await expect(page.locator(".item")).to_have_count(1)
    assert now_of(program, second).state is ReviewState.OPEN
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/train/queue/{second.id}")
    await expect(page.get_by_label("Intent", exact=True)).to_be_focused()


async def test_who_is_slower_hears_who_was_faster(open_at, add):
    add(6, "the third about a rug with a hole", Cause.UNSURE)
    one, other = await open_at("queue"), await open_at("queue", trainer="Ben")
    await one.get_by_role("button", name="Not worth it").click()
    await expect(one.locator(".item")).to_have_count(0)
    await other.get_by_role("button", name="It was read right").click()
    await expect(other.locator(".toast")).to_contain_text("Amira was faster")


async def test_the_queue_is_filtered_by_cause(open_at, add):
    add(7, "a question of a chair", Cause.UNSURE)
    add(8, "something with a stove", Cause.REJECTED)
    page = await open_at("queue")
    await page.get_by_role("link", name=re.compile(Cause.REJECTED.says)).click()
    await expect(page.locator(".item")).to_have_count(1)
    await expect(page.locator(".item")).to_contain_text("stove")


async def test_what_fits_nothing_becomes_an_intent_of_its_own(open_at, add, program):
    texts = (
        "do you rent out party tents for weddings",
        "can one rent a party tent from you for a wedding",
        "party tent to rent for a wedding weekend?",
    )
    items = [
        add(20 + at, text, Cause.FITS_NOTHING, label="out_of_scope", ours=0.05)
        for at, text in enumerate(texts)
    ]
    page = await open_at("queue")
    topic = page.locator(".topic").filter(has_text="tent")
    for _ in range(100):  # topics are worked out now and then
        if await topic.count():
            break
        await page.wait_for_timeout(1000)
        await page.reload()
    await expect(topic).to_contain_text("3 messages")
    await topic.get_by_role("link", name="Make it an intent…").click()
    await expect(page.locator(".rule")).to_contain_text("forbids that its posts train")
    await page.get_by_label("Intent", exact=True).fill("tent_rental")
    await page.locator(".line__text").first.fill("is it possible to hire a marquee")
    await page.get_by_label("Why").fill("asked three times")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url("**/train/intents/tent_rental")
    assert texts_of(program, "tent_rental") == ["is it possible to hire a marquee"]
    assert {now_of(program, item).state for item in items} == {ReviewState.SETTLED}


async def test_an_empty_queue_says_what_comes_into_it(open_at):
    page = await open_at("queue")
    await expect(page.get_by_text("Nothing to look at")).to_be_visible()


async def test_text_with_html_shows_as_text(open_at, add):
    evil = "<img src=x onerror=\"document.title='owned'\"> or <b>not</b>"
    add(9, evil, Cause.UNSURE)
    page = await open_at("queue")
    await expect(page.locator(".item__text")).to_contain_text("onerror")
    assert await page.locator("main img, main b:has-text('not')").count() == 0
    assert await page.title() != "owned"


async def test_an_answer_is_edited_in_both_variants_and_said_at_once(open_at, program):
    page = await open_at(f"answers/{STORES}")
    public = page.locator('[data-visibility="public"] textarea')
    private = page.locator('[data-visibility="private"] textarea')
    await expect(page.locator(".composer__count").first).to_contain_text("of 280")
    await public.first.fill("Come in! " * 40)
    await expect(page.locator('[data-state="over"]')).to_have_count(1)
    await expect(page.locator("#findings")).to_contain_text("at most 280")
    new = "We have three showrooms, in Bristol, Leeds and York. See you there."
    await public.first.fill(new)
    await private.first.fill(f"{new} The one in York opens at ten.")
    await expect(page.locator("#preview")).to_contain_text("opens at ten")
    await page.get_by_label("Why").fill("York has opened")
    async with page.expect_navigation(url="**/train/answers"):
        await page.keyboard.press("Control+Enter")
    card = page.locator(".card").filter(has=page.get_by_role("link", name=STORES))
    await expect(card).to_contain_text("Leeds and York")

    answers = program.firstline.answers
    for _ in range(PATIENCE_MS // 100):
        if new in {answers.text(STORES, Visibility.PUBLIC, seed=s) for s in "abcdefgh"}:
            break
        await page.wait_for_timeout(100)
    else:
        raise AssertionError("the bot still says what it said before")


async def test_an_answer_that_would_tell_too_much_in_public_is_refused(
    open_at, program
):
    before = (program.project / "domain.yml").read_text("utf-8")
    page = await open_at("answers/faq/delivery_cost")
    public = page.locator('[data-visibility="public"] textarea').first
    await public.fill("Write to us at help@elsewhere.example or see elsewhere.example")
    await page.get_by_label("Why").fill("a slip")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#problems")).to_contain_text("email address in public")
    await expect(public).to_have_value(re.compile("help@elsewhere"))
    assert (program.project / "domain.yml").read_text("utf-8") == before
    await page.reload()  # nothing typed is lost
    await expect(public).to_have_value(re.compile("help@elsewhere"))
