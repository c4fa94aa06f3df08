"""The methods of the local Slack that no other test of it needs."""

from __future__ import annotations

import pytest

from tests.integration.slack_app import code_of, modal, section
from tests.slack_double import SlackDouble


@pytest.fixture(autouse=True)
def more_scopes(slack: SlackDouble) -> None:
    slack.core.scopes |= {"team:read", "im:write", "im:read", "im:history"}


async def test_a_link_leads_to_a_message_and_to_a_reply(slack, web):
    care = slack.channel("care").id
    card = await web.chat_postMessage(channel=care, text="card")
    line = await web.chat_postMessage(channel=care, text="l", thread_ts=card["ts"])
    links = [
        (await web.chat_getPermalink(channel=care, message_ts=one["ts"]))["permalink"]
        for one in (card, line)
    ]
    digits = card["ts"].replace(".", "")
    assert links[0] == f"{slack.url}/archives/{care}/p{digits}"
    assert f"thread_ts={card['ts']}" in links[1]


async def test_the_workspace_names_its_people_and_itself(slack, web):
    names = {slack.add_user(name).id for name in ("anna", "ben", "chloe")}
    found = []
    async for page in await web.users_list(limit=2):
        found += [user["id"] for user in page["members"]]
    assert set(found) == names | {slack.space.BOT_USER}
    assert (await web.team_info())["team"]["id"] == slack.space.TEAM
    [anna, *_] = slack.people.values()
    anna.user.presence = "away"
    assert (await web.users_getPresence(user=anna.id))["presence"] == "away"


async def test_the_app_is_told_where_it_is_and_writes_to_one_person(slack, web):
    anna = slack.add_user("anna")
    slack.add_channel("other", bot=False)
    listed = await web.users_conversations(types="public_channel,private_channel")
    assert [channel["name"] for channel in listed["channels"]] == ["care"]
    opened = await web.conversations_open(users=anna.id)
    direct = opened["channel"]["id"]
    posted = await web.chat_postMessage(channel=anna.id, text="for you")
    assert posted["channel"] == direct
    assert [m.text for m in slack.messages(direct)] == ["for you"]


async def test_what_stands_below_a_message_and_what_is_known_of_a_file(slack, web):
    anna = slack.add_user("anna")
    message = await anna.share_file("care", "photo.png", b"\x89PNG")
    await anna.react(message, "eyes")
    read = await web.reactions_get(channel=message.channel, timestamp=message.ts)
    assert read["message"]["reactions"] == [
        {"name": "eyes", "users": [anna.id], "count": 1}
    ]
    file = (await web.files_info(file=message.files[0].id))["file"]
    assert (file["name"], file["size"]) == ("photo.png", 4)
    assert await code_of(web.files_info(file="F0")) == "file_not_found"


async def test_only_three_dialogues_lie_on_one_another(slack, web):
    anna = slack.add_user("anna")
    view = modal("m", section("x"))
    pushed = web.views_push(trigger_id=slack.core.trigger(anna.id), view=view)
    assert await code_of(pushed) == "not_found"
    await web.views_open(trigger_id=slack.core.trigger(anna.id), view=view)
    for _ in range(2):
        made = await web.views_push(trigger_id=slack.core.trigger(anna.id), view=view)
    assert made["view"]["root_view_id"] == slack.space.modals[anna.id][0].id
    more = web.views_push(trigger_id=slack.core.trigger(anna.id), view=view)
    assert await code_of(more) == "push_limit_reached"
    assert [v.code for v in slack.violations] == ["push_limit_reached"]
    slack.violations.clear()


async def test_a_home_is_changed_only_under_the_hash_that_was_read(slack, web):
    anna = slack.add_user("anna")
    view = {"type": "home", "blocks": [section("one")]}
    shown = (await web.views_publish(user_id=anna.id, view=view))["view"]
    await web.views_publish(user_id=anna.id, view=view, hash=shown["hash"])
    again = web.views_publish(user_id=anna.id, view=view, hash=shown["hash"])
    assert await code_of(again) == "hash_conflict"
