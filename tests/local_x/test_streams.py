"""The activity stream and the filtered stream, through tweepy and by hand."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import aiohttp
import pytest
import tweepy

from tests.local_x.clients import ask, client, rebase
from tests.waiting import PATIENCE_S

KINDS = (
    "post.mention.create",
    "post.reply.create",
    "post.quote.create",
    "dm.received",
    "chat.received",
)


@pytest.fixture
def user(x):
    return client(x, bearer=x.grant("dm.read", "tweet.read").access)


async def subscribe(api, event_type, account, *, tag=""):
    body = {"event_type": event_type, "filter": {"user_id": account.id}}
    body |= {"tag": tag} if tag else {}
    path = "/2/activity/subscriptions"
    return (await ask(lambda: api.request("POST", path, json=body))).json()


class Listener:
    """Reads a stream line by line."""

    def __init__(self, response):
        self._lines = response.content

    async def event(self):
        while not (line := (await self._lines.readline()).strip()):
            pass
        return json.loads(line)

    async def line(self):
        return await self._lines.readline()


@asynccontextmanager
async def listening(x, path="/2/activity/stream"):
    headers = {"Authorization": f"Bearer {x.credentials.bearer_token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{x.url}{path}") as response,
    ):
        assert response.status == 200
        await x.connected()
        yield Listener(response)


async def test_a_mention_comes_as_x_writes_it(x, user):
    await subscribe(user, "post.mention.create", x.brand, tag="mentions")
    ann = x.person("ann")
    ann.account.automated = True
    async with listening(x) as stream:
        post = ann.post("hey @acmecare")
        data = (await stream.event())["data"]
    assert data["event_type"] == "post.mention.create"
    assert data["filter"] == {"user_id": x.brand.id} and data["tag"] == "mentions"
    assert data["payload"]["id"] == post.id
    assert data["payload"]["entities"]["mentions"][0]["end_str"] == "13"
    [author] = data["includes"]["users"]
    assert author["affiliation"] == {"description": "Automated"}
    int(data["event_uuid"])


async def test_names_that_a_reply_only_carries_are_no_mention(x, user):
    for kind in KINDS:
        await subscribe(user, kind, x.brand)
    ann, bob = x.person("ann"), x.person("bob")
    carried = ann.post("@bob @acmecare look at this")
    bob.post("I see", reply_to=carried)  # names @acmecare, but not by hand
    ours = x.brand.post("Our shop is open again.")
    bob.post("good", reply_to=ours)
    bob.post("look", quoting=ours)
    kinds = [event["data"]["event_type"] for event in x.events()]
    assert kinds == ["post.mention.create", "post.reply.create", "post.quote.create"]


async def test_a_direct_message_comes_in_the_old_shape(x, user):
    await subscribe(user, "dm.received", x.brand)
    ann = x.person("ann")
    async with listening(x) as stream:
        direct = ann.message(x.brand, "hello!", media=(ann.picture(),))
        payload = (await stream.event())["data"]["payload"]
    [event] = payload["direct_message_events"]
    assert event["id"] == direct.id and event["created_timestamp"] == "1795424400250"
    made = event["message_create"]
    assert made["sender_id"] == ann.id
    assert made["message_data"]["text"] == "hello!"
    assert made["message_data"]["attachment"]["media"]["media_url_https"]
    assert payload["users"][ann.id]["data"]["username"] == "ann"


async def test_an_encrypted_message_cannot_be_read(x, user, api):
    await subscribe(user, "chat.received", x.brand)
    ann = x.person("ann")
    async with listening(x) as stream:
        ann.chat(x.brand, "my secret")
        event = await stream.event()
    assert event["data"]["payload"]["sender_id"] == ann.id
    assert "secret" not in json.dumps(event)
    assert (await ask(api.get_direct_message_events))["meta"]["result_count"] == 0


async def test_a_deletion_is_told_to_who_listens_to_its_author(x):
    ann = x.person("ann")
    app = client(x, bearer=x.credentials.bearer_token)
    await subscribe(app, "post.delete", ann)
    post = ann.post("@acmecare help")
    async with listening(x) as stream:
        ann.delete(post)
        data = (await stream.event())["data"]
    assert data["payload"] == {"id": post.id, "author_id": ann.id}


async def test_private_events_need_the_account_itself(x):
    app = client(x, bearer=x.credentials.bearer_token)
    with pytest.raises(tweepy.Forbidden, match="user context"):
        await subscribe(app, "dm.received", x.brand)


async def test_subscriptions_are_listed_and_ended(x, user):
    made = await subscribe(user, "dm.received", x.brand)
    app = client(x, bearer=x.credentials.bearer_token)
    path = "/2/activity/subscriptions"
    [listed] = (await ask(lambda: app.request("GET", path))).json()["data"]
    assert listed == made["data"]["subscription"]
    own = f"{path}/{listed['subscription_id']}"
    ended = await ask(lambda: app.request("DELETE", own))
    assert ended.json() == {"data": {"deleted": True}}
    x.person("ann").message(x.brand, "hello!")
    assert x.events() == []


async def test_events_come_twice_or_out_of_order_on_demand(x, user):
    await subscribe(user, "dm.received", x.brand)
    ann = x.person("ann")

    def id_of(event):
        return event["data"]["payload"]["direct_message_events"][0]["id"]

    async with listening(x) as stream:
        x.faults.double_events = True
        one = ann.message(x.brand, "one")
        first, again = await stream.event(), await stream.event()
        assert first == again and id_of(first) == one.id
        x.faults.clear()
        x.faults.reorder_events = True
        two, three = ann.message(x.brand, "two"), ann.message(x.brand, "three")
        assert [id_of(await stream.event()) for _ in "ab"] == [three.id, two.id]


async def test_silence_is_filled_with_empty_lines(x):
    x.streams.keep_alive_s = 0.05
    async with listening(x) as stream:
        assert await stream.line() == b"\r\n"


async def test_a_third_stream_is_one_too_many(x):
    async with listening(x), listening(x):
        await x.connected(2)
        with pytest.raises(AssertionError):
            async with listening(x):
                pass
    assert [v.kind for v in x.violations] == ["too_many_connections"]


async def test_x_ends_a_stream_when_it_likes(x):
    async with listening(x) as stream:
        x.hub.disconnect()
        assert await stream.line() == b""


async def test_tweepy_reads_the_filtered_stream(x):
    seen, loop, came = [], asyncio.get_running_loop(), asyncio.Event()

    class Stream(tweepy.StreamingClient):
        def on_response(self, response):
            seen.append(response)
            loop.call_soon_threadsafe(came.set)

    stream = Stream(x.credentials.bearer_token, daemon=True)
    rebase(stream.session, x.url)
    rule = tweepy.StreamRule("acme parcel -@acmecare", tag="listening")
    await ask(lambda: stream.add_rules(rule))
    thread = stream.filter(threaded=True, tweet_fields=["author_id"])
    await x.connected()
    ann = x.person("ann")
    ann.post("@acmecare my acme parcel")
    post = ann.post("my acme parcel is late")
    await asyncio.wait_for(came.wait(), PATIENCE_S)
    assert [str(r.data.id) for r in seen] == [post.id]
    assert [r.tag for r in seen[0].matching_rules] == ["listening"]
    stream.disconnect()
    x.hub.disconnect()
    await ask(thread.join)
    assert x.violations == []
