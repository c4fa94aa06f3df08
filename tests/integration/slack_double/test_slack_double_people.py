"""People of the local Slack: what they do reaches a real Bolt app."""

from __future__ import annotations

import pytest

from tests.integration.slack_app import (
    actions,
    bolt,
    button,
    client,
    code_of,
    modal,
    running,
    section,
    text_input,
)
from tests.slack_double import CannotDo, SlackDouble


async def test_a_click_opens_a_modal_that_shows_errors_until_it_fits(slack, web):
    anna = slack.add_user("anna")
    app = bolt(slack)
    sent = []

    @app.action("reply")
    async def on_click(ack, body, client):
        await ack()
        view = modal("compose", text_input("words"), private_metadata="C-1")
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("compose")
    async def on_submit(ack, view):
        text = view["state"]["values"]["words"]["text"]["value"]
        if len(text) > 10:
            await ack(response_action="errors", errors={"words": "Too long"})
            return
        await ack()
        sent.append((view["private_metadata"], text))

    await web.chat_postMessage(
        channel="care", text="card", blocks=[actions(button("reply"))]
    )
    async with running(slack, app):
        await anna.click(slack.messages("care")[0], "reply")
        view = await anna.view()
        assert (view.callback_id, view.title) == ("compose", "Title")
        assert await anna.submit({"words": "much too long"}) == {"words": "Too long"}
        assert await anna.submit({"words": "shorter"}) == {}
        await slack.until(lambda: sent)
    assert sent == [("C-1", "shorter")] and not anna.has_view()


async def test_modals_are_updated_pushed_and_cleared(slack, web):
    anna = slack.add_user("anna")
    app = bolt(slack)
    steps = iter(("update", "push", "clear"))

    @app.action("go")
    async def on_click(ack, body, client):
        await ack()
        await client.views_open(
            trigger_id=body["trigger_id"], view=modal("m0", text_input("words"))
        )

    @app.view({"type": "view_submission", "callback_id": "m0"})
    @app.view("m1")
    @app.view("m2")
    async def on_submit(ack):
        step = next(steps)
        name = {"update": "m1", "push": "m2"}.get(step)
        view = {"view": modal(name, text_input("words"))} if name else {}
        await ack(response_action=step, **view)

    await web.chat_postMessage(channel="care", text="c", blocks=[actions(button("go"))])
    async with running(slack, app):
        await anna.click(slack.messages("care")[0], "go")
        await anna.view()
        await anna.submit({"words": "kept"})
        view = await anna.view()
        assert view.callback_id == "m1"
        assert view.values["words"]["text"]["value"] == "kept"
        await anna.submit()
        assert (await anna.view()).callback_id == "m2"
        assert len(slack.space.modals[anna.id]) == 2
        await anna.submit({"words": "x"})
        assert not anna.has_view()


async def test_a_trigger_opens_one_modal_within_three_seconds():
    now = [1_800_000_000.0]
    async with SlackDouble(now=lambda: now[0]) as slack:
        web, anna = client(slack), slack.add_user("anna")
        trigger = slack.core.trigger(anna.id)
        view = modal("m", section("x"))
        await web.views_open(trigger_id=trigger, view=view)
        used = await code_of(web.views_open(trigger_id=trigger, view=view))
        late = slack.core.trigger(anna.id)
        now[0] += 3.1
        codes = [
            used,
            await code_of(web.views_open(trigger_id=late, view=view)),
            await code_of(web.views_open(trigger_id="1.a", view=view)),
        ]
        assert codes == [
            "exchanged_trigger_id",
            "expired_trigger_id",
            "invalid_trigger_id",
        ]


async def test_a_view_is_updated_only_under_the_hash_that_was_read(slack, web):
    anna = slack.add_user("anna")
    opened = await web.views_open(
        trigger_id=slack.core.trigger(anna.id), view=modal("m", text_input("words"))
    )
    view = opened["view"]
    anna.fill({"words": "typed"})
    await web.views_update(
        view_id=view["id"],
        hash=view["hash"],
        view=modal("m", section("12 left"), text_input("words")),
    )
    shown = await anna.view()
    assert shown.values["words"]["text"]["value"] == "typed"
    again = web.views_update(view_id=view["id"], hash=view["hash"], view=modal("m"))
    assert await code_of(again) == "hash_conflict"


async def test_menus_choose_what_they_offer_and_external_ones_ask(slack, web):
    anna = slack.add_user("anna")
    app = bolt(slack)
    chosen = []

    def option(value):
        return {"text": {"type": "plain_text", "text": value.title()}, "value": value}

    @app.action("more")
    @app.action("find")
    async def on_choice(ack, action):
        await ack()
        chosen.append(action["selected_option"]["value"])

    @app.options("find")
    async def on_letters(ack, payload):
        await ack(options=[option(payload["value"] + "1")])

    menu = {"type": "static_select", "action_id": "more", "options": [option("tags")]}
    find = {"type": "external_select", "action_id": "find", "min_query_length": 1}
    await web.chat_postMessage(channel="care", text="c", blocks=[actions(menu, find)])
    async with running(slack, app):
        [card] = slack.messages("care")
        await anna.click(card, "more", "Tags")
        offered = await anna.suggestions(card, "find", "a")
        await anna.click(card, "find", offered[0])
        await slack.until(lambda: len(chosen) == 2)
        with pytest.raises(CannotDo):
            await anna.click(card, "more", "snooze")
        with pytest.raises(CannotDo):
            await anna.click(card, "claim")
    assert chosen == ["tags", "a1"]


async def test_a_command_is_answered_to_who_typed_it(slack):
    anna = slack.add_user("anna")
    app = bolt(slack)

    @app.command("/firstline")
    async def on_command(ack, command, respond):
        await ack(f"you said {command['text']}")
        await respond("and later")

    async with running(slack, app):
        ack = await anna.command("/firstline", "status", channel="care")
        assert ack.acknowledged
        await slack.until(lambda: len(slack.ephemerals(anna)) == 2)
    shown = {e.text for e in slack.ephemerals(anna)}
    assert shown == {"you said status", "and later"}


async def test_home_is_shown_when_it_is_opened(slack):
    anna = slack.add_user("anna")
    app = bolt(slack)

    @app.event("app_home_opened")
    async def on_home(event, client):
        view = {"type": "home", "blocks": [section("My cases")]}
        await client.views_publish(user_id=event["user"], view=view)

    async with running(slack, app):
        await anna.open_home()
        await slack.until(lambda: slack.home(anna))
    assert slack.home(anna).says() == "\nMy cases"


async def test_emoji_arrive_by_name_and_with_their_signs_beside(slack):
    """Who takes the text alone sends `:wave:` to a customer."""
    anna = slack.add_user("anna")
    await anna.type("care", "Hi 👋🏼 @anna, done ✓ ❤️ https://example.com")
    await slack.until(lambda: slack.sockets.deliveries)
    event = slack.sockets.deliveries[0].payload["event"]
    assert event["text"] == (
        f"Hi :wave::skin-tone-3: <@{anna.id}>, done ✓ :heart: <https://example.com>"
    )
    [line] = event["blocks"][0]["elements"]
    emoji = [run for run in line["elements"] if run["type"] == "emoji"]
    assert [(run["unicode"], run.get("skin_tone")) for run in emoji] == [
        ("1f44b-1f3fc", 3),
        ("2764-fe0f", None),
    ]
    kinds = [run["type"] for run in line["elements"]]
    assert kinds == ["text", "emoji", "text", "user", "text", "emoji", "text", "link"]
