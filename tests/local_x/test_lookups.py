"""What is looked up by itself, and by other ways than the usual one."""

from __future__ import annotations

import pytest
import tweepy

from tests.local_x.clients import ask, client

DIRECTS = "/2/dm_events"


@pytest.fixture
def raw(api):
    """Ask without a method of tweepy's."""

    async def call(verb, path, **more):
        answer = await ask(lambda: api.request(verb, path, user_auth=True, **more))
        return answer.json()

    return call


async def test_accounts_are_found_by_name_and_by_ids(x, api):
    ann, bob = x.add_person("ann", name="Ann"), x.add_person("bob")
    told = await ask(lambda: api.get_user(username="ANN", user_auth=True))
    assert told["data"] == {"id": ann.id, "name": "Ann", "username": "ann"}
    found = await ask(lambda: api.get_users(ids=[bob.id, "99"], user_auth=True))
    assert [user["id"] for user in found["data"]] == [bob.id]
    assert found["errors"][0]["resource_id"] == "99"


async def test_nobody_of_that_name_is_an_error_without_data(x, api):
    told = await ask(lambda: api.get_user(username="nobody", user_auth=True))
    assert "data" not in told
    assert told["errors"][0]["detail"] == "Could not find user with username: [nobody]."


async def test_the_timeline_shows_our_own_posts(x, api):
    post = x.person("ann").post("@acmecare help")
    await ask(lambda: api.create_tweet(text="Yes?", in_reply_to_tweet_id=post.id))
    x.brand.post("Our shop is open again.")
    page = await ask(lambda: api.get_users_tweets(x.brand.id, user_auth=True))
    assert [p["text"] for p in page["data"]] == ["Our shop is open again.", "@ann Yes?"]
    alone = await ask(
        lambda: api.get_users_tweets(x.brand.id, exclude="replies", user_auth=True)
    )
    assert alone["meta"]["result_count"] == 1


async def test_what_a_post_answers_comes_beside_it(x, api):
    ann, bob = x.person("ann"), x.person("bob")
    first = ann.post("my parcel is broken", media=(ann.picture(alt_text="a box"),))
    bob.post("@acmecare look at this", reply_to=first)
    page = await ask(
        lambda: api.get_users_mentions(
            x.brand.id,
            user_auth=True,
            expansions=[
                "referenced_tweets.id",
                "referenced_tweets.id.author_id",
                "referenced_tweets.id.attachments.media_keys",
                "entities.mentions.username",
                "in_reply_to_user_id",
            ],
            tweet_fields=["referenced_tweets", "entities", "public_metrics"],
            media_fields=["alt_text", "url"],
        )
    )
    assert page["data"][0]["referenced_tweets"] == [
        {"type": "replied_to", "id": first.id}
    ]
    assert [p["id"] for p in page["includes"]["tweets"]] == [first.id]
    names = {user["username"] for user in page["includes"]["users"]}
    assert names == {"ann", "acmecare"}
    assert page["includes"]["media"][0]["alt_text"] == "a box"


async def test_a_gone_parent_is_an_error_beside_the_reply(x, api):
    ann, bob = x.person("ann"), x.person("bob")
    first = ann.post("my parcel is broken")
    bob.post("@acmecare look at this", reply_to=first)
    ann.delete(first)
    page = await ask(
        lambda: api.get_users_mentions(
            x.brand.id, user_auth=True, expansions="referenced_tweets.id"
        )
    )
    assert [error["resource_id"] for error in page["errors"]] == [first.id]


async def test_one_message_and_one_conversation_are_found(x, raw):
    ann = x.person("ann")
    direct = ann.message(x.brand, "hello?")
    one = await raw("GET", f"{DIRECTS}/{direct.id}")
    assert one["data"]["text"] == "hello?"
    talk = f"/2/dm_conversations/{direct.conversation_id}"
    sent = await raw("POST", f"{talk}/messages", json={"text": "Hi Ann"})
    page = await raw("GET", f"{talk}/dm_events")
    assert [d["id"] for d in page["data"]] == [sent["data"]["dm_event_id"], direct.id]


async def test_a_message_is_deleted_only_for_us(x, raw):
    ann = x.person("ann")
    direct = ann.message(x.brand, "hello?")
    told = await raw("DELETE", f"{DIRECTS}/{direct.id}")
    assert told == {"data": {"deleted": True}}
    assert (await raw("GET", DIRECTS))["meta"]["result_count"] == 0
    assert [d.text for d in ann.messages_with(x.brand)] == ["hello?"]


async def test_a_conversation_of_others_is_closed_to_us(x, raw):
    ann, bob = x.person("ann"), x.person("bob")
    direct = ann.message(bob, "between us")
    with pytest.raises(tweepy.Forbidden):
        await raw("GET", f"/2/dm_conversations/{direct.conversation_id}/dm_events")


async def test_an_upload_tells_how_it_stands(x):
    api = client(x, bearer=x.grant().access)

    async def call(verb, path, **more):
        return (await ask(lambda: api.request(verb, path, **more))).json()["data"]

    begun = await call("POST", "/2/media/upload/initialize", json={"total_bytes": 3})
    query = {"media_id": begun["id"], "command": "STATUS"}
    assert (await call("GET", "/2/media/upload", params=query))["id"] == begun["id"]


async def test_rules_of_the_filtered_stream_are_listed_and_deleted(x):
    app = client(x, bearer=x.credentials.bearer_token)
    path = "/2/tweets/search/stream/rules"

    async def call(verb, **more):
        return (await ask(lambda: app.request(verb, path, **more))).json()

    made = await call("POST", json={"add": [{"value": "acme", "tag": "brand"}]})
    assert (await call("GET"))["data"] == made["data"]
    gone = await call("POST", json={"delete": {"ids": [made["data"][0]["id"]]}})
    assert gone["meta"]["summary"]["deleted"] == 1
    assert "data" not in await call("GET")
    with pytest.raises(tweepy.BadRequest, match="missing"):
        await call("POST", json={"add": [{"value": "(acme"}]})
