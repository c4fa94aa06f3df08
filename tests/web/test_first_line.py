"""The main job, as people do it: in a browser, on the whole program."""

from __future__ import annotations

import re

from playwright.async_api import Browser, Locator, Page, expect

from bot.channels.simulator import Fault, SimulatedNetwork
from bot.clock import SystemClock
from tests.web.pages import become, card, open_page, posts_by, timeline
from tests.web.program import Program

NARROW = (390, 844)


def composer(page: Page) -> Locator:
    return page.locator("#customer-text")


async def post(page: Page, text: str) -> None:
    await composer(page).fill(text)
    await page.get_by_role("button", name="Post", exact=True).click()
    await expect(composer(page)).to_have_value("@fernhollow ")


async def test_a_customer_asks_a_standard_question_and_sees_the_answer(page):
    await become(page, "standard_sam")
    await page.get_by_role("button", name="Standard question").click()
    await page.keyboard.press("Control+Enter")

    answer = posts_by(timeline(page, "standard_sam"), "bot").first
    await expect(answer).to_contain_text("£")
    steps = page.locator("#steps")
    await expect(steps).to_contain_text("faq/delivery_cost")
    await expect(steps).to_contain_text("a standard question, understood surely")
    await expect(steps).to_contain_text("delivered")
    await expect(steps).to_contain_text("No case was needed")
    await expect(card(page, "standard_sam")).to_have_count(0)


async def test_an_agent_claims_answers_and_resolves_and_the_customer_sees_it(page):
    await become(page, "odd_olga")
    await page.get_by_role("button", name="Something odd").click()
    await page.get_by_role("button", name="Post", exact=True).click()
    thread = timeline(page, "odd_olga")
    await expect(posts_by(thread, "bot")).to_have_count(1)

    await card(page, "odd_olga").click()
    case = page.locator("#case")
    reply = page.locator("#desk-text")
    await expect(case).to_contain_text("Claim the case to reply")
    await case.get_by_role("button", name="Claim").click()
    await expect(case).to_contain_text("yours")
    await reply.fill("What guests! Please put them outside; we clean the tent.")
    await case.get_by_role("button", name="Reply in public").click()

    await expect(posts_by(thread, "agent")).to_contain_text("What guests!")
    await expect(case.locator('[data-author="agent"]')).to_contain_text("delivered")
    await case.get_by_role("button", name="Resolve…").click()
    await page.get_by_label("answered", exact=True).check()
    await page.get_by_role("button", name="Resolve", exact=True).click()
    await expect(page.get_by_text("is resolved. It leaves the list")).to_be_visible()
    await expect(card(page, "odd_olga")).to_have_count(0)


async def test_a_second_window_sees_at_once_what_the_first_one_does(
    page, program, browser, errors
):
    await become(page, "two_windows")
    other = await open_page(program, browser, errors)
    await page.get_by_role("button", name="Something odd").click()
    await page.keyboard.press("Control+Enter")
    await card(other, "two_windows").click()
    await card(page, "two_windows").click()
    await page.get_by_role("button", name="Claim").click()
    await other.get_by_label("Work as").select_option("Ben")
    await expect(other.locator("#case")).to_contain_text("with Amira")
    await expect(other.locator("#case")).to_contain_text("Amira holds this case")


async def test_an_unsafe_public_reply_is_refused_in_place_and_stays_written(page):
    await become(page, "careful_cara")
    await page.get_by_role("button", name="Something odd").click()
    await page.keyboard.press("Control+Enter")
    await card(page, "careful_cara").click()
    await page.get_by_role("button", name="Claim").click()
    unsafe = "Your order FH-482913 is on its way to cara@mail.example"
    await page.locator("#desk-text").fill(unsafe)
    await page.get_by_role("button", name="Reply in public").click()

    problems = page.locator("#desk-text-problems")
    await expect(problems).to_contain_text("an order number, which must stay private")
    await expect(problems).to_contain_text("an email address")
    await expect(page.locator("#desk-text")).to_have_value(unsafe)
    await expect(page.locator('#case [data-author="agent"]')).to_have_count(0)
    await page.reload()
    await card(page, "careful_cara").click()
    await expect(page.locator("#desk-text")).to_have_value(unsafe)


async def test_an_internal_note_stays_at_the_desk(page):
    await become(page, "noted_nora")
    await page.get_by_role("button", name="Something odd").click()
    await page.keyboard.press("Control+Enter")
    await card(page, "noted_nora").click()
    await page.get_by_role("button", name="Internal note").click()
    await page.locator("#desk-text").fill("Ask the warehouse about snails.")
    await page.get_by_role("button", name="Add note").click()
    note = page.locator('#case [data-author="note"]')
    await expect(note).to_contain_text("Ask the warehouse about snails.")
    await expect(page.locator("#panel-public")).not_to_contain_text("Ask the warehouse")


async def test_the_intent_is_corrected_tags_are_set_and_another_team_gets_it(page):
    await become(page, "moved_mo")
    await page.get_by_role("button", name="Something odd").click()
    await page.keyboard.press("Control+Enter")
    await card(page, "moved_mo").click()
    case = page.locator("#case")
    await case.get_by_role("button", name="Correct the intent").click()
    await page.get_by_label("Intent", exact=True).select_option("damaged_item")
    await page.get_by_role("button", name="Correct", exact=True).click()
    await expect(case).to_contain_text("damaged_item (corrected)")
    await case.get_by_role("button", name="Change the tags").click()
    await page.locator("dialog input").first.check()
    await page.get_by_role("button", name="Save").click()
    await expect(case.locator(".tag").filter(has_text="#")).to_have_count(1)
    await case.get_by_role("button", name="Hand to another team").click()
    await page.get_by_label("Press office").check()
    await page.get_by_role("button", name="Hand over").click()
    await expect(case.locator(".case__head")).to_contain_text("Press office")


async def test_text_with_html_shows_as_text(page):
    await become(page, "html_hal")
    evil = "@fernhollow <img src=x onerror=\"document.title='owned'\"><b>hi</b>"
    await post(page, evil)
    await expect(timeline(page, "html_hal").locator(".text").first).to_have_text(evil)
    await expect(page.locator("#steps .quote")).to_contain_text("<img src=x")
    assert await page.locator("#panel-public img, #steps img").count() == 0
    assert await page.title() != "owned"


async def test_a_direct_message_is_answered_in_private(page):
    await become(page, "private_pia")
    await page.get_by_role("button", name="Where is my order?").click()
    await page.keyboard.press("Control+Enter")
    bubbles = page.locator('.bubble-row[data-by="bot"]')
    await expect(bubbles.first).to_contain_text(re.compile("postcode|email"))
    await expect(page.locator("#steps mark")).to_contain_text("FH-482913")
    await page.get_by_role("button", name="…its postcode").click()
    await page.keyboard.press("Control+Enter")
    await expect(bubbles).to_have_count(2)
    await expect(page.locator("#panel-public")).not_to_contain_text("FH-482913")


async def test_it_works_in_a_narrow_window(program, browser, errors):
    page = await open_page(program, browser, errors, size=NARROW)
    await become(page, "narrow_ned")
    await page.get_by_role("button", name="Something odd").click()
    await page.get_by_role("button", name="Post", exact=True).click()
    await page.get_by_role("button", name="Bot", exact=True).click()
    await expect(page.locator("#steps")).to_contain_text("handed to people")
    await page.get_by_role("button", name=re.compile("^Desk")).click()
    await card(page, "narrow_ned").click()
    await page.get_by_role("button", name="Claim").click()
    await page.locator("#desk-text").fill("We will look at it.")
    await page.get_by_role("button", name="Reply in public").click()
    await page.get_by_role("button", name="Customer", exact=True).click()
    agent = posts_by(timeline(page, "narrow_ned"), "agent")
    await expect(agent).to_contain_text("We will look at it.")
    for width in (390, 360):
        await page.set_viewport_size({"width": width, "height": 700})
        assert await page.evaluate("document.documentElement.scrollWidth") == width


async def test_it_works_with_the_keyboard_only(
    program: Program, browser: Browser, errors: list[str]
):
    page = await open_page(program, browser, errors)
    await page.keyboard.press("n")
    await page.keyboard.type(
        "do your hedgehogs hibernate inside the compost bins?? help"
    )
    await page.keyboard.press("Control+Enter")
    handle = await page.locator("#who").input_value()
    await card(page, handle).wait_for()
    await page.keyboard.press("Escape")
    for _ in range(30):
        await page.keyboard.press("j")
        focused = page.locator(":focus")
        if f"@{handle}" in (await focused.text_content() or ""):
            break
    await page.keyboard.press("Enter")
    await expect(page.locator("#case")).to_contain_text("hedgehogs")
    await page.keyboard.press("c")
    await expect(page.locator("#case")).to_contain_text("yours")
    await page.keyboard.press("r")
    await expect(page.locator("#desk-text")).to_be_focused()
    await page.keyboard.type("They like it warm. Please leave the lid open.")
    await page.keyboard.press("Control+Enter")
    agent = posts_by(timeline(page, handle), "agent")
    await expect(agent).to_contain_text("They like it warm.")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await expect(page.locator("#case")).to_be_hidden()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_contain_text("Next case")


async def test_an_answer_that_the_network_refuses_is_shown_with_its_case(page, program):
    await become(page, "refused_ada")
    network = SimulatedNetwork(
        program.folder / "simulator.db", brand_handle="fernhollow", clock=SystemClock()
    )
    network.faults.set(Fault.REFUSE, code="account_locked")
    await page.get_by_role("button", name="Standard question").click()
    await page.keyboard.press("Control+Enter")

    steps = page.locator("#steps")
    await expect(steps).to_contain_text("refused (account locked)")
    await steps.get_by_role("button", name="on the desk").click()
    await expect(page.locator("#case")).to_contain_text("@refused_ada")
    await expect(page.locator("#case")).to_contain_text("the channel refused")
    network.close()
