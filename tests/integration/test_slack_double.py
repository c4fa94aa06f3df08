"""The local Slack, driven by the real slack-sdk and Bolt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

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
from tests.slack_double import CannotDo, SlackDouble


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    """A workspace with one channel; requests that break its rules fail the test."""
    async with SlackDouble(retries_s=(0.0, 0.2)) as double:
        double.add_channel("care")
        yield double
        assert double.violations == []


@pytest.fixture
def web(slack) -> AsyncWebClient:
    return client(slack)


async def code_of(request) -> str:
    """Return the error code that a request is answered."""
    with pytest.raises(SlackApiError) as error:
        await request
    return str(error.value.response["error"])


async def test_a_message_is_posted_updated_and_deleted(slack, web):
    care = slack.channel("care")
    posted = await web.chat_postMessage(
        channel="#care", text="one", blocks=[section("One")]
    )
    [message] = slack.messages("care")
    assert (posted["channel"], posted["ts"]) == (care.id, message.ts)
    await web.chat_update(channel=care.id, ts=message.ts, text="two")
    assert (message.text, message.says(), message.updates) == ("two", "One", 1)
    await web.chat_update(channel=care.id, ts=message.ts, text="two", blocks=[])
    assert message.says() == "two"
    await web.chat_delete(channel=care.id, ts=message.ts)
    assert slack.messages("care") == []
    again = web.chat_update(channel=care.id, ts=message.ts, text="three")
    assert await code_of(again) == "message_not_found"


async def test_metadata_is_given_only_when_it_is_asked_for(slack, web):
    care = slack.channel("care").id
    ours = {"event_type": "firstline", "event_payload": {"id": "card:C-1:1"}}
    card = await web.chat_postMessage(channel=care, text="card", metadata=ours)
    await web.chat_postMessage(
        channel=care, text="line", thread_ts=card["ts"], metadata=ours
    )
    for asked in (True, False):
        read = await web.conversations_history(channel=care, include_all_metadata=asked)
        thread = await web.conversations_replies(
            channel=care, ts=card["ts"], include_all_metadata=asked
        )
        assert [m.get("metadata") for m in read["messages"]] == [
            ours if asked else None
        ]
        assert [m["text"] for m in thread["messages"]] == ["card", "line"]
        assert ("metadata" in thread["messages"][1]) is asked
    assert read["messages"][0]["latest_reply"] == thread["messages"][1]["ts"]


async def test_history_comes_in_pages_and_between_two_moments(slack, web):
    care = slack.channel("care").id
    stamps = [
        (await web.chat_postMessage(channel=care, text=str(number)))["ts"]
        for number in range(5)
    ]
    found = []
    async for page in await web.conversations_history(channel=care, limit=2):
        found += [m["text"] for m in page["messages"]]
    assert found == ["4", "3", "2", "1", "0"]
    later = await web.conversations_history(channel=care, oldest=stamps[2])
    assert [m["text"] for m in later["messages"]] == ["4", "3"]
    among = await web.conversations_history(
        channel=care, oldest=stamps[1], latest=stamps[2], inclusive=True
    )
    assert [m["text"] for m in among["messages"]] == ["2", "1"]


async def test_a_reply_to_a_thread_that_is_gone_lands_in_the_channel(slack, web):
    """Slack un-threads it without a word; the answer alone tells."""
    care = slack.channel("care").id
    card = await web.chat_postMessage(channel=care, text="card")
    await web.chat_delete(channel=care, ts=card["ts"])
    reply = await web.chat_postMessage(channel=care, text="r", thread_ts=card["ts"])
    assert "thread_ts" not in reply["message"]
    assert [m.text for m in slack.messages("care")] == ["r"]


async def test_a_deleted_message_with_replies_leaves_a_stone(slack, web):
    care = slack.channel("care").id
    anna = slack.add_user("anna")
    card = await web.chat_postMessage(channel=care, text="card")
    await web.chat_postMessage(channel=care, text="line", thread_ts=card["ts"])
    await anna.delete_as_admin(slack.messages("care")[0])
    read = await web.conversations_history(channel=care)
    assert read["messages"][0]["subtype"] == "tombstone"
    update = web.chat_update(channel=care, ts=card["ts"], text="again")
    assert await code_of(update) == "message_not_found"
    thread = await web.conversations_replies(channel=care, ts=card["ts"])
    assert [m["text"] for m in thread["messages"]][1:] == ["line"]


async def test_where_the_app_is_not_it_cannot_write(slack, web):
    other = slack.add_channel("other", bot=False)
    hidden = slack.add_channel("hidden", private=True, bot=False)
    old = slack.add_channel("old")
    slack.archive(old)
    codes = [
        await code_of(web.chat_postMessage(channel=c.id, text="x"))
        for c in (other, hidden, old)
    ]
    assert codes == ["not_in_channel", "channel_not_found", "is_archived"]
    assert await code_of(web.conversations_join(channel=other.id)) == "missing_scope"
    slack.core.scopes.add("channels:join")
    await web.conversations_join(channel=other.id)
    members = await web.conversations_members(channel=other.id)
    assert slack.space.BOT_USER in members["members"]
    listed = await web.conversations_list(exclude_archived=True)
    assert [c["name"] for c in listed["channels"]] == ["care", "other"]
    info = await web.conversations_info(channel=other.id)
    assert info["channel"]["is_member"] is True


async def test_an_ephemeral_message_is_for_one_person_of_the_channel(slack, web):
    care = slack.channel("care")
    anna, ben = slack.add_user("anna"), slack.add_user("ben")
    await web.chat_postEphemeral(channel=care.id, user=anna.id, text="for you")
    assert [e.says() for e in slack.ephemerals(anna)] == ["for you"]
    assert slack.ephemerals(ben) == [] and slack.messages(care) == []
    await ben.leave(care)
    gone = web.chat_postEphemeral(channel=care.id, user=ben.id, text="for you")
    assert await code_of(gone) == "user_not_in_channel"


async def test_who_is_who(slack, web):
    anna = slack.add_user("anna", tz="Asia/Tokyo", real_name="Anna Bell")
    me = await web.auth_test()
    assert me["user_id"] == slack.space.BOT_USER
    assert "chat:write" in me.headers["x-oauth-scopes"].split(",")
    user = (await web.users_info(user=anna.id))["user"]
    assert (user["real_name"], user["tz"], user["tz_offset"]) == (
        "Anna Bell",
        "Asia/Tokyo",
        9 * 3600,
    )
    assert await code_of(web.users_info(user="U0")) == "user_not_found"


async def test_reactions_are_put_once_and_taken_away(slack, web):
    care = slack.channel("care").id
    posted = await web.chat_postMessage(channel=care, text="card")
    what = {"channel": care, "timestamp": posted["ts"], "name": "eyes"}
    await web.reactions_add(**what)
    assert await code_of(web.reactions_add(**what)) == "already_reacted"
    assert slack.messages("care")[0].reactions == {"eyes": [slack.space.BOT_USER]}
    await web.reactions_remove(**what)
    assert await code_of(web.reactions_remove(**what)) == "no_reaction"


async def test_a_file_goes_up_in_three_steps_into_a_thread(slack, web):
    care = slack.channel("care").id
    card = await web.chat_postMessage(channel=care, text="card")
    await web.files_upload_v2(
        channel=care,
        thread_ts=card["ts"],
        filename="label.txt",
        content="return label",
        initial_comment="here",
    )
    [reply] = slack.thread("care", card["ts"])
    assert [file.content for file in reply.files] == [b"return label"]
    assert reply.says() == "here\nlabel.txt"


async def test_a_file_of_a_person_is_loaded_with_the_token(slack, web):
    anna = slack.add_user("anna")
    seen = []
    app = bolt(slack)

    @app.event("message")
    async def on_message(event):
        seen.append(event)

    async with running(slack, app):
        await anna.share_file("care", "photo.png", b"\x89PNG", text="look")
        await slack.until(lambda: seen)
    assert seen[0]["subtype"] == "file_share"
    url = seen[0]["files"][0]["url_private"]
    async with aiohttp.ClientSession() as session:
        bearer = {"Authorization": f"Bearer {slack.bot_token}"}
        async with session.get(url, headers=bearer) as answer:
            assert (await answer.read(), answer.content_type) == (
                b"\x89PNG",
                "image/png",
            )
        async with session.get(url) as answer:
            assert answer.content_type == "text/html"


async def test_what_people_write_arrives_escaped_and_own_messages_come_back(slack, web):
    anna = slack.add_user("anna")
    seen = []
    app = bolt(slack)

    @app.middleware
    async def keep(body, next):  # noqa: A002 - Bolt passes it by this name
        seen.append(body["event"])
        await next()

    @app.event("message")
    async def on_message():
        """Have it acknowledged: Bolt is silent on what nobody listens for."""

    async with running(slack, app):
        await anna.type("care", "a < b & @anna")
        await web.chat_postMessage(channel=slack.channel("care").id, text="mine")
        await slack.settle()
        await slack.until(lambda: seen)
    assert seen[0]["text"] == f"a &lt; b &amp; <@{anna.id}>"
    told = [d.payload["event"] for d in slack.sockets.deliveries]
    assert [event.get("bot_id") for event in told] == [None, slack.space.BOT]


async def test_edits_deletions_and_previews_of_links_are_told_apart(slack):
    anna = slack.add_user("anna")
    message = await anna.type("care", "see https://example.com/a")
    await anna.edit(message, "nothing to see")
    await anna.delete(message)
    await slack.settle()
    events = [d.payload["event"] for d in slack.sockets.deliveries if d.attempt == 0]
    assert [event.get("subtype") for event in events] == [
        None,
        "message_changed",
        "message_changed",
        "message_deleted",
    ]
    unfurled, edited = events[1], events[2]
    assert unfurled["message"]["text"] == unfurled["previous_message"]["text"]
    assert "edited" not in unfurled["message"]
    assert edited["message"]["text"] != edited["previous_message"]["text"]
    assert edited["message"]["edited"]["user"] == anna.id


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


async def test_events_are_spread_over_all_sockets(slack):
    anna = slack.add_user("anna")
    seen = []
    app, other = bolt(slack), bolt(slack)
    for one in (app, other):

        @one.event("message")
        async def on_message(event):
            seen.append(event["text"])

    async with running(slack, app), running(slack, other):
        for number in range(20):
            await anna.type("care", str(number))
        await slack.until(lambda: len(seen) == 20)
        await slack.settle()
        assert all(socket.delivered for socket in slack.sockets.open)
    assert sorted(seen, key=int) == [str(number) for number in range(20)]


async def test_an_event_without_a_socket_comes_when_there_is_one(slack):
    anna = slack.add_user("anna")
    seen = []
    app = bolt(slack)

    @app.event("message")
    async def on_message(event):
        seen.append(event["text"])

    await anna.type("care", "early")
    async with running(slack, app):
        await slack.until(lambda: seen)
    attempts = [d.attempt for d in slack.sockets.deliveries]
    assert seen == ["early"] and attempts == [0, 1, 2]


async def test_what_is_not_acknowledged_comes_again_but_clicks_do_not(web, slack):
    anna = slack.add_user("anna")
    slack.sockets.ack_s = 0.2
    seen = []
    app = bolt(slack)

    @app.middleware
    async def hang(body, next):  # noqa: A002 - Bolt passes it by this name
        seen.append(body["type"])
        await asyncio.sleep(0.5)
        await next()

    await web.chat_postMessage(channel="care", text="c", blocks=[actions(button("go"))])
    await slack.settle()
    async with running(slack, app):
        card = slack.messages("care")[0]
        ack = await anna.click(card, "go")
        assert not ack.acknowledged and anna.troubles == ["click on go"]
        await anna.type("care", "hello")
        await slack.settle()
    assert seen == ["block_actions", *["event_callback"] * 3]


@pytest.mark.parametrize("new_ids", [False, True])
async def test_doubled_events_are_delivered_as_often_as_asked(slack, new_ids):
    anna = slack.add_user("anna")
    slack.faults.double_events(11, new_ids=new_ids)
    seen = []
    app = bolt(slack)

    @app.event("message")
    async def on_message(body):
        seen.append((body["event_id"], body["event"]["ts"]))

    async with running(slack, app):
        await anna.type("care", "hello")
        await slack.until(lambda: len(seen) == 11)
    assert len(set(seen)) == (11 if new_ids else 1)
    assert len({ts for _, ts in seen}) == 1


async def test_a_silent_socket_seems_well_and_a_new_one_hears_again(slack):
    anna = slack.add_user("anna")
    seen = []
    app = bolt(slack)

    @app.event("message")
    async def on_message(event):
        seen.append(event["text"])

    async with running(slack, app):
        slack.sockets.silence()
        await anna.type("care", "lost")
        await slack.settle()
        assert len(slack.sockets.open) == 1 and len(slack.events.lost) == 1
        numbers = {socket.number for socket in slack.sockets.open}
        await slack.sockets.disconnect()
        await slack.until(
            lambda: {socket.number for socket in slack.sockets.open} - numbers
        )
        await anna.type("care", "heard")
        await slack.until(lambda: seen)
    assert seen == ["heard"]


async def test_a_socket_that_is_cut_comes_back(slack):
    anna = slack.add_user("anna")
    seen = []
    app = bolt(slack)

    @app.event("message")
    async def on_message(event):
        seen.append(event["text"])

    async with running(slack, app):
        slack.sockets.cut()
        await slack.until(lambda: not slack.sockets.open)
        await slack.connected()
        await anna.type("care", "heard")
        await slack.until(lambda: seen)


async def test_a_lost_answer_has_had_its_effect_and_a_lost_request_none(slack):
    web = AsyncWebClient(
        token=slack.bot_token, base_url=slack.api_url, retry_handlers=[]
    )
    slack.faults.lose_answer("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await web.chat_postMessage(channel="care", text="one")
    slack.faults.lose_request("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await web.chat_postMessage(channel="care", text="two")
    assert [m.text for m in slack.messages("care")] == ["one"]
    assert [c.answered for c in slack.calls("chat.postMessage")] == [False, False]
    assert len(slack.calls("chat.postMessage", effect=True)) == 1


async def test_trouble_on_demand_is_answered_as_slack_answers(slack, web):
    slack.faults.limit("chat.postMessage", retry_after_s=7)
    with pytest.raises(SlackApiError) as limited:
        await web.chat_postMessage(channel="care", text="x")
    assert limited.value.response.status_code == 429
    assert limited.value.response.headers["Retry-After"] == "7"
    slack.faults.fail("auth.test", status=503)
    with pytest.raises(SlackApiError) as failed:
        await web.auth_test()
    assert failed.value.response.status_code == 503
    slack.faults.refuse("auth.test", "internal_error")
    assert await code_of(web.auth_test()) == "internal_error"
    slack.faults.miss_scope("chat:write")
    assert await code_of(web.chat_postMessage(channel="care", text="x")) == (
        "missing_scope"
    )
    slack.faults.revoke_token()
    assert await code_of(web.auth_test()) == "token_revoked"
    slack.faults.clear()
    await web.chat_postMessage(channel="care", text="x")
    wrong = AsyncWebClient(token="xoxb-wrong", base_url=slack.api_url)
    assert await code_of(wrong.auth_test()) == "invalid_auth"


async def test_a_channel_takes_about_one_message_a_second_when_paced():
    now = [1_800_000_000.0]
    async with SlackDouble(now=lambda: now[0], paced=True) as slack:
        slack.add_channel("care")
        slack.add_channel("legal")
        web = client(slack)
        for _ in range(3):
            await web.chat_postMessage(channel="care", text="x")
        assert await code_of(web.chat_postMessage(channel="care", text="x")) == (
            "ratelimited"
        )
        await web.chat_postMessage(channel="legal", text="x")
        now[0] += 1
        await web.chat_postMessage(channel="care", text="x")
        assert len(slack.messages("care")) == 4


async def test_tiers_count_by_method_and_minute_when_paced():
    now = [1_800_000_000.0]
    async with SlackDouble(now=lambda: now[0], paced=True) as slack:
        web = client(slack)
        for _ in range(20):
            await web.conversations_list()
        assert await code_of(web.conversations_list()) == "ratelimited"
        await web.auth_test()
        now[0] += 60
        await web.conversations_list()
