"""Trouble on demand, as the real tweepy meets it."""

from __future__ import annotations

import pytest
import requests
import tweepy

from tests.local_x.clients import ask, client

POST = "POST /2/tweets"


@pytest.fixture
def post(x):
    return x.person("ann").post("@acmecare help")


async def reply(api, post, text="We look into it."):
    return await ask(lambda: api.create_tweet(text=text, in_reply_to_tweet_id=post.id))


async def test_an_answer_is_lost_after_the_effect(x, api, post):
    x.faults.lose_answer(POST)
    with pytest.raises(requests.ConnectionError):
        await reply(api, post)
    assert [p.text for p in x.posts()] == ["We look into it."]
    [call] = x.ledger.of(POST, effect=True)
    assert not call.answered
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        await reply(api, post)


async def test_a_request_is_lost_before_the_effect(x, api, post):
    x.faults.lose_request(POST)
    with pytest.raises(requests.ConnectionError):
        await reply(api, post)
    assert x.posts() == []
    await reply(api, post)


@pytest.mark.parametrize("after", [False, True])
async def test_a_page_of_html_comes_instead_of_json(x, api, post, after):
    x.faults.fail(POST, after=after)
    with pytest.raises(tweepy.TwitterServerError):
        await reply(api, post)
    assert len(x.posts()) == int(after)


@pytest.mark.parametrize("headers", [False, True])
async def test_429_comes_with_and_without_its_headers(x, api, post, headers):
    x.faults.limit(POST, headers=headers)
    with pytest.raises(tweepy.TooManyRequests) as caught:
        await reply(api, post)
    assert (caught.value.reset_time is not None) == headers
    assert x.violations == []  # it was ordered
    await reply(api, post)


async def test_trouble_lasts_as_long_as_it_was_ordered(x, api, post):
    x.faults.fail(times=None)
    for _ in range(3):
        with pytest.raises(tweepy.TwitterServerError):
            await ask(api.get_me)
    x.faults.clear()
    await ask(api.get_me)


async def test_any_sentence_can_be_said(x, api, post):
    x.faults.refuse(POST, "You are not permitted to perform this action.")
    with pytest.raises(tweepy.Forbidden, match="not permitted"):
        await reply(api, post)


async def test_a_slow_answer_meets_the_time_out_of_the_client(x, api, post):
    x.faults.slow(POST, 0.3)
    session = api.session
    for adapter in session.adapters.values():
        if hasattr(adapter, "time_out_s"):
            adapter.time_out_s = 0.1
    with pytest.raises(requests.Timeout):
        await reply(api, post)


async def test_a_revoked_token_opens_nothing(x, api, post):
    x.revoke_tokens()
    with pytest.raises(tweepy.Unauthorized):
        await reply(api, post)
    assert x.violations == []


@pytest.mark.parametrize(
    "wrong", ["consumer_key", "consumer_secret", "access_token", "access_token_secret"]
)
async def test_a_wrong_key_or_signature_opens_nothing(x, wrong):
    api = client(x)
    setattr(api, wrong, "wrong")
    with pytest.raises(tweepy.Unauthorized):
        await ask(api.get_me)


async def test_the_app_alone_cannot_act_for_a_user(x):
    app = client(x, bearer=x.credentials.bearer_token)
    with pytest.raises(tweepy.Forbidden, match="Application-Only is forbidden"):
        await ask(lambda: app.get_me(user_auth=False))


async def test_a_token_allows_only_its_scopes(x, post):
    reader = client(x, bearer=x.grant("tweet.read", "users.read").access)
    await ask(lambda: reader.get_me(user_auth=False))
    with pytest.raises(tweepy.Forbidden):
        await ask(
            lambda: reader.create_tweet(
                text="Hi", in_reply_to_tweet_id=post.id, user_auth=False
            )
        )


async def test_a_suspended_customer_is_said_to_be_suspended(x, api):
    ann = x.person("ann")
    ann.account.suspended = True
    told = await ask(lambda: api.get_user(id=ann.id, user_auth=True))
    assert told["errors"][0]["detail"] == f"User has been suspended: [{ann.id}]."
