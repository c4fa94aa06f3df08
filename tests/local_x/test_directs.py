"""Direct messages through the real tweepy."""

from __future__ import annotations

from datetime import timedelta

from tests.local_x.clients import ask

FIELDS = {
    "dm_event_fields": ["created_at", "sender_id", "dm_conversation_id", "attachments"],
    "expansions": ["sender_id", "attachments.media_keys"],
    "media_fields": ["url"],
}


async def events(api, **more):
    return await ask(lambda: api.get_direct_message_events(**more))


async def test_messages_come_newest_first_with_their_sender(x, api, clock):
    ann, bob = x.person("ann"), x.person("bob")
    ann.message(x.brand, "hello?")
    clock.advance(1)
    bob.message(x.brand, "me too")
    page = await events(api, **FIELDS)
    assert [d["text"] for d in page["data"]] == ["me too", "hello?"]
    assert page["data"][0]["dm_conversation_id"] == f"{x.brand.id}-{bob.id}"
    assert [u["username"] for u in page["includes"]["users"]] == ["bob", "ann"]
    assert page["meta"] == {"result_count": 2}


async def test_one_conversation_can_be_read_alone(x, api, clock):
    ann, bob = x.person("ann"), x.person("bob")
    ann.message(x.brand, "hello?")
    bob.message(x.brand, "me too")
    sent = await ask(
        lambda: api.create_direct_message(participant_id=ann.id, text="Hi Ann")
    )
    page = await events(api, participant_id=ann.id)
    assert [d["text"] for d in page["data"]] == ["Hi Ann", "hello?"]
    assert page["data"][0]["id"] == sent["data"]["dm_event_id"]


async def test_pages_lead_to_what_is_older(x, api, clock):
    ann = x.person("ann")
    for number in range(5):
        ann.message(x.brand, f"number {number}")
        clock.advance(1)
    first = await events(api, max_results=3)
    token = first["meta"]["next_token"]
    second = await events(api, max_results=3, pagination_token=token)
    assert [d["text"] for d in second["data"]] == ["number 1", "number 0"]
    assert "next_token" not in second["meta"]


async def test_a_message_lives_thirty_days(x, api, clock):
    x.person("ann").message(x.brand, "hello?")
    clock.advance(timedelta(days=30, seconds=1).total_seconds())
    assert (await events(api))["meta"]["result_count"] == 0


async def test_a_picture_comes_with_its_address(x, api):
    import aiohttp

    ann = x.person("ann")
    picture = ann.picture(b"\x89PNG picture")
    ann.message(x.brand, "look", media=(picture,))
    page = await events(api, **FIELDS)
    [media] = page["includes"]["media"]
    assert page["data"][0]["attachments"] == {"media_keys": [media["media_key"]]}
    async with aiohttp.ClientSession() as session, session.get(media["url"]) as got:
        assert await got.read() == b"\x89PNG picture"


async def test_moments_can_come_without_milliseconds(x, api):
    x.faults.no_millis = True
    x.person("ann").message(x.brand, "hello?")
    [event] = (await events(api, **FIELDS))["data"]
    assert event["created_at"] == "2026-11-23T09:00:00Z"
