"""The local Slack, driven by the real slack-sdk and Bolt."""

from __future__ import annotations

import aiohttp

from tests.integration.slack_app import (
    bolt,
    code_of,
    running,
    section,
)


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


async def test_a_reply_to_a_reply_is_a_mistake(slack, web):
    card = await web.chat_postMessage(channel="care", text="card")
    line = await web.chat_postMessage(channel="care", text="l", thread_ts=card["ts"])
    wrong = web.chat_postMessage(channel="care", text="x", thread_ts=line["ts"])
    assert await code_of(wrong) == "cannot_reply_to_message"
    assert [v.method for v in slack.violations] == ["chat.postMessage"]
    slack.violations.clear()


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
