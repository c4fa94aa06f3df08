"""Undo, take over, give back, suggestions and quiet mode, as agents use them."""

from __future__ import annotations

import json

from playwright.async_api import Page, expect

from bot.channels.simulator import SimulatedNetwork
from bot.clock import SystemClock
from tests.web.pages import become, card, posts_by, timeline


async def open_case(page: Page, handle: str, *, say: str = "") -> None:
    """Let a new customer write something odd, and open their case."""
    await become(page, handle)
    if say:
        await page.locator("#customer-text").fill(say)
    else:
        await page.get_by_role("button", name="Something odd").click()
    await page.keyboard.press("Control+Enter")
    await card(page, handle).click()


async def work_as(page: Page, agent: str) -> None:
    await page.locator("#agent").select_option(agent)


def act(page: Page, name: str):
    return page.locator(f'#case [data-act="{name}"]')


async def test_a_reply_is_taken_back_before_it_goes_out(page):
    await open_case(page, "undone_una")
    await act(page, "claim").click()
    await expect(page.locator("#case")).to_contain_text("yours")
    await page.locator("#desk-text").fill("Wrong words, sorry.")
    await page.keyboard.press("Control+Enter")
    line = page.locator('#case [data-author="agent"]')
    await line.get_by_role("button", name="Undo").click()
    await expect(line).to_contain_text("taken back before it was sent")
    await expect(line.get_by_role("button", name="Undo")).to_have_count(0)

    await page.locator("#desk-text").fill("The right words.")
    await page.keyboard.press("Control+Enter")
    said = posts_by(timeline(page, "undone_una"), "agent")
    await expect(said).to_contain_text(["The right words."])


async def test_who_writes_sees_how_long_the_networks_limits_keep_it_back(page):
    says = (
        "It goes out in about 4 min: X lets us send 15 direct messages in 15 minutes."
    )
    asked: list[dict] = []

    async def answered(route):
        asked.append(route.request.post_data_json)
        await route.fulfill(body=json.dumps({"wait": says, "posts": 1}))

    await open_case(page, "waiting_will")
    await act(page, "claim").click()
    await page.route("**/preview", answered)
    await page.locator("#desk-text").fill("We look into it.")
    await expect(page.locator("#desk-text-hint")).to_contain_text(says)
    assert asked[-1]["text"] == "We look into it."
    await page.unroute("**/preview")
    await page.locator("#desk-text").fill("We look into it now.")
    await expect(page.locator("#desk-text-hint")).not_to_contain_text(says)


async def test_a_case_is_assigned_and_taken_over(page):
    await open_case(page, "assigned_ada")
    await work_as(page, "Amira")
    await act(page, "assign").click()
    await page.get_by_label("Ben", exact=True).check()
    await page.get_by_role("button", name="Assign", exact=True).click()
    case = page.locator("#case")
    await expect(case).to_contain_text("with Ben")
    await act(page, "take_over").click()
    await expect(case).to_contain_text("yours")
    await expect(act(page, "resolve")).to_be_visible()


async def test_a_customer_is_given_back_to_the_bot(page):
    await open_case(page, "given_gil")
    await act(page, "give_back").click()
    await page.get_by_role("button", name="Give back", exact=True).click()
    await expect(card(page, "given_gil")).to_have_count(0)


async def test_who_is_blocked_keeps_the_case(page):
    await open_case(page, "blocked_bo")
    await act(page, "block").click()
    await page.get_by_role("button", name="Block", exact=True).click()
    await expect(page.locator(".toast").last).to_contain_text(
        "silent towards @blocked_bo"
    )
    await expect(card(page, "blocked_bo")).to_have_count(1)


async def test_a_standard_answer_goes_into_the_reply(page):
    say = "@fernhollow human please! what does delivery to the isle of skye cost?"
    await open_case(page, "suggested_sue", say=say)
    await act(page, "claim").click()
    await act(page, "suggest").click()
    await page.get_by_role("button", name="Use it").click()
    await expect(page.locator("#desk-text")).not_to_have_value("")


async def test_the_bot_is_paused_and_goes_on(page):
    quiet = page.locator("#quiet")
    await quiet.get_by_role("button", name="Pause the bot…").click()
    await page.get_by_role("button", name="Pause", exact=True).click()
    resume = quiet.get_by_role("button", name="Bot paused: resume")
    await expect(resume).to_be_visible()
    await become(page, "quiet_quin")
    await page.locator("#customer-text").fill("@fernhollow what does delivery cost?")
    await page.keyboard.press("Control+Enter")
    await expect(card(page, "quiet_quin")).to_have_count(1)
    await expect(posts_by(timeline(page, "quiet_quin"), "bot")).to_have_count(0)
    await resume.click()
    await expect(quiet.get_by_role("button", name="Pause the bot…")).to_be_visible()
    await card(page, "quiet_quin").click()
    await act(page, "give_back").click()
    await page.get_by_role("button", name="Give back", exact=True).click()
    await expect(card(page, "quiet_quin")).to_have_count(0)


async def test_a_reply_below_our_post_is_hidden_and_shown_again(page, program):
    network = SimulatedNetwork(
        program.folder / "simulator.db", brand_handle="fernhollow", clock=SystemClock()
    )
    ours = network.brand_post("Our new kettle is here!")
    said = network.post("rude_rita", "is the kettle loud? buy coins", in_reply_to=ours)
    await card(page, "rude_rita").click()
    line = page.locator('#case [data-author="customer"]')
    await line.get_by_role("button", name="Hide on the network").click()
    await expect(line).to_contain_text("hidden by")
    assert [one.hidden for one in network.timeline() if one.id == said] == [True]
    await line.get_by_role("button", name="Show again").click()
    await expect(line).not_to_contain_text("hidden by")
    assert [one.hidden for one in network.timeline() if one.id == said] == [False]
    network.close()
