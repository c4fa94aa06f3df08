"""The local Slack's pages in a real browser: an agent's day can be clicked."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.integration.slack_app import (
    actions,
    bolt,
    button,
    client,
    modal,
    running,
    section,
    text_input,
)
from tests.slack_double import SlackDouble
from tests.slack_double.demo import furnish
from tests.web.pages import PATIENCE_MS

CARE = "firstline-care"


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        furnish(double)
        yield double
        assert double.violations == []


@pytest.fixture
async def page(browser: Browser, errors: list[str], slack: SlackDouble) -> Page:
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(f"{slack.url}/channel/{CARE}?as=anna")
    return page


async def test_a_channel_shows_what_is_written_as_it_comes(page, slack):
    web = client(slack)
    await expect(page.get_by_text("Nothing has been written")).to_be_visible()
    block = section(
        "*Maya* wrote: <https://example.com|a link>\n&gt; broken &amp; late"
    )
    await web.chat_postMessage(channel=CARE, text="card", blocks=[block])
    await expect(page.locator(".message b", has_text="Maya")).to_be_visible()
    await expect(page.get_by_role("link", name="a link")).to_be_visible()
    await expect(page.locator("blockquote")).to_have_text("broken & late")


async def test_what_customers_write_cannot_become_part_of_the_page(page, slack):
    nasty = "<img src=x onerror=alert(1)> &lt;script&gt; *<b>* `<i>`"
    await client(slack).chat_postMessage(
        channel=CARE, text="x", blocks=[section(nasty), section("&lt;<b>&gt;")]
    )
    await page.locator(".blocks .text").first.wait_for()
    assert (
        await page.locator(".blocks :is(img, script, .text b b, .text i)").count() == 0
    )


async def test_a_click_a_dialogue_and_a_thread_work_in_the_browser(page, slack):
    app, sent = bolt(slack), []

    @app.action("reply")
    async def on_click(ack, body, client):
        await ack()
        view = modal("compose", text_input("words", multiline=True))
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("compose")
    async def on_submit(ack, view):
        text = view["state"]["values"]["words"]["text"]["value"]
        if len(text) < 5:
            await ack(response_action="errors", errors={"words": "Say more"})
            return
        await ack()
        sent.append(text)

    @app.event("message")
    async def on_message():
        """Acknowledge it."""

    posted = await client(slack).chat_postMessage(
        channel=CARE, text="card", blocks=[actions(button("reply", text="Reply"))]
    )
    async with running(slack, app):
        await page.get_by_role("button", name="Reply", exact=True).click()
        await page.get_by_role("dialog").get_by_label("Text").fill("Hm")
        await page.get_by_role("button", name="Send").last.click()
        await expect(page.get_by_role("alert")).to_have_text("Say more")
        await page.get_by_role("dialog").get_by_label("Text").fill("On its\nway")
        await page.locator("[data-submit]").click()
        await page.get_by_role("dialog").wait_for(state="detached")
        await page.get_by_role("button", name="Reply", exact=True).hover()
        await page.get_by_role("link", name="Reply in thread").click()
        await page.get_by_role("textbox", name="Reply").fill("a note")
        await page.keyboard.press("Enter")
        await expect(
            page.locator(".pane--thread").get_by_text("a note")
        ).to_be_visible()
        await expect(page.get_by_text("1 reply", exact=True)).to_be_visible()
    assert sent == ["On its\nway"]
    assert [m.text for m in slack.thread(CARE, posted["ts"])] == ["a note"]


async def test_an_input_that_tells_of_itself_keeps_the_cursor(page, slack):
    app = bolt(slack)

    @app.action("text")
    async def on_typed(ack, body, action, client):
        await ack()
        counted = section(f"{len(action['value'])} letters")
        config = {"trigger_actions_on": ["on_character_entered"]}
        typed = text_input("words", dispatch_action_config=config)
        view = modal("compose", {**typed, "dispatch_action": True}, counted)
        await client.views_update(view_id=body["view"]["id"], view=view)

    anna = next(p for p in slack.people.values() if p.name == "anna")
    typed = {**text_input("words"), "dispatch_action": True}
    async with running(slack, app):
        await client(slack).views_open(
            trigger_id=slack.core.trigger(anna.id), view=modal("compose", typed)
        )
        await page.get_by_label("Text").click()
        await page.keyboard.type("one")
        await expect(page.get_by_text("3 letters")).to_be_visible()
        await page.keyboard.type(" two")
        await expect(page.get_by_text("7 letters")).to_be_visible()
        await expect(page.get_by_label("Text")).to_have_value("one two")


async def test_a_file_that_was_put_into_a_dialogue_stays_there(page, slack):
    app, sent = bolt(slack), []

    @app.view("compose")
    async def on_submit(ack, view):
        await ack()
        sent.extend(view["state"]["values"]["photos"]["chosen"]["files"])

    label = {"type": "plain_text", "text": "Photos"}
    element = {"type": "file_input", "action_id": "chosen"}
    field = {"type": "input", "block_id": "photos", "label": label, "element": element}
    anna = next(p for p in slack.people.values() if p.name == "anna")
    async with running(slack, app):
        await client(slack).views_open(
            trigger_id=slack.core.trigger(anna.id), view=modal("compose", field)
        )
        photo = {"name": "sofa.png", "mimeType": "image/png", "buffer": b"png"}
        await page.get_by_label("Photos").set_input_files([photo])
        await expect(page.get_by_role("dialog").get_by_text("sofa.png")).to_be_visible()
        await page.locator("[data-submit]").click()
        await page.get_by_role("dialog").wait_for(state="detached")
    assert [file["name"] for file in sent] == ["sofa.png"]


async def test_home_and_a_command_that_threads_do_not_know(page, slack):
    app = bolt(slack)

    @app.event("app_home_opened")
    async def on_home(event, client):
        view = {"type": "home", "blocks": [section("My cases")]}
        await client.views_publish(user_id=event["user"], view=view)

    @app.command("/firstline")
    async def on_command(ack):
        await ack("All is well.")

    async with running(slack, app):
        await page.get_by_role("textbox", name="Message").fill("/firstline status")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_text("Only visible to you")).to_be_visible()
        await expect(page.get_by_text("All is well.")).to_be_visible()
        await page.get_by_role("link", name="Firstline", exact=True).click()
        await expect(page.get_by_text("My cases")).to_be_visible()
        posted = await client(slack).chat_postMessage(channel=CARE, text="card")
        await page.goto(f"{slack.url}/channel/{CARE}?as=anna&thread={posted['ts']}")
        await page.get_by_role("textbox", name="Reply").fill("/firstline status")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text(
            "not supported in threads"
        )
