"""Limits of requests and what they cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
import tweepy

from bot.sim.x.limits import Limit
from tests.local_x.clients import ask, client

QUARTER_S = 15 * 60


async def read(api):
    return await ask(api.get_direct_message_events)


async def test_a_sixteenth_read_of_messages_has_to_wait(x, api, clock):
    for _ in range(15):
        await read(api)
    with pytest.raises(tweepy.TooManyRequests) as caught:
        await read(api)
    ends = int(clock.now().timestamp()) + QUARTER_S + 1  # rounded up
    assert caught.value.reset_time == ends
    assert [v.kind for v in x.violations] == ["rate_limit"]
    clock.advance(QUARTER_S)
    await read(api)


async def test_a_window_begins_with_its_first_request(x, api, clock):
    await read(api)
    clock.advance(QUARTER_S - 1)
    for _ in range(14):
        await read(api)
    clock.advance(1)
    for _ in range(15):
        await read(api)
    assert x.violations == []


async def test_headers_tell_what_is_left(x, api):
    api.return_type = __import__("requests").Response
    answer = await read(api)
    assert answer.headers["x-rate-limit-limit"] == "15"
    assert answer.headers["x-rate-limit-remaining"] == "14"
    assert "x-rate-limit-reset" in answer.headers


async def test_some_limits_say_nothing_of_themselves(x, api):
    x.pace.silent.add("dm.read")
    for _ in range(15):
        await read(api)
    with pytest.raises(tweepy.TooManyRequests) as caught:
        await read(api)
    assert caught.value.reset_time is None


async def test_a_day_has_its_limit_too(x, api, clock):
    ann = x.person("ann")
    ann.message(x.brand, "hello?")
    x.pace.changed["dm.send"] = (Limit(15), Limit(20, timedelta(hours=24)))

    async def send(number):
        text = f"answer {number}"
        return await ask(
            lambda: api.create_direct_message(participant_id=ann.id, text=text)
        )

    for number in range(20):
        await send(number)
        clock.advance(60)
    with pytest.raises(tweepy.TooManyRequests) as caught:
        await send(20)
    assert caught.value.response.headers["x-user-limit-24hour-remaining"] == "0"


async def test_each_token_has_its_own_windows(x, api):
    other = client(x, bearer=x.grant().access)
    for _ in range(15):
        await read(api)
    await ask(lambda: other.get_direct_message_events(user_auth=False))
    assert x.violations == []


async def test_what_is_read_twice_a_day_is_paid_once(x, api, clock):
    x.person("ann").post("@acmecare help")

    async def poll():
        await ask(lambda: api.get_users_mentions(x.brand.id, user_auth=True))

    await poll()
    await poll()
    assert x.ledger.spent == {"mention_read": 1_000}
    clock.advance(timedelta(days=1).total_seconds())
    await poll()
    assert x.ledger.micros == 2_000


async def test_a_link_makes_a_reply_dear(x, api):
    post = x.person("ann").post("@acmecare help")

    async def reply(text):
        await ask(lambda: api.create_tweet(text=text, in_reply_to_tweet_id=post.id))

    await reply("We look into it.")
    await reply("See https://acme.com/help")
    assert x.ledger.spent == {"summoned_reply": 10_000, "post_with_url": 200_000}
    x.credit.links_cost = False
    await reply("Look at https://acme.com/parcels")
    assert x.ledger.units["summoned_reply"] == 2


async def test_without_credit_nothing_works_and_nothing_happens(x, api):
    post = x.person("ann").post("@acmecare help")
    x.credit.left = 5_000
    await ask(lambda: api.create_tweet(text="One", in_reply_to_tweet_id=post.id))
    with pytest.raises(tweepy.HTTPException) as caught:
        await ask(lambda: api.create_tweet(text="Two", in_reply_to_tweet_id=post.id))
    assert caught.value.response.status_code == 402
    assert caught.value.response.json()["title"] == "CreditsDepleted"
    assert len(x.posts()) == 1


async def test_the_usage_counts_posts_by_day(x, api):
    x.person("ann").post("@acmecare help")
    await ask(lambda: api.get_users_mentions(x.brand.id, user_auth=True))
    app = client(x, bearer=x.credentials.bearer_token)
    told = (await ask(lambda: app.request("GET", "/2/usage/tweets"))).json()
    assert told["data"]["project_usage"] == "1"
    assert told["data"]["daily_project_usage"]["usage"] == [
        {"date": "2026-11-23T00:00:00.000Z", "usage": "1"}
    ]
