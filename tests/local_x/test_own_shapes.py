"""The local X holds itself to X's form, in every run."""

from __future__ import annotations

import pytest
import tweepy

from bot.sim.x import LocalX
from bot.sim.x.ledger import WrongAnswer
from bot.sim.x.shapes.answers import POST
from tests.local_x.clients import ask, client


async def test_a_wrong_answer_is_never_passed_over(clock):
    with pytest.raises(WrongAnswer, match="lang: must be a string"):
        async with LocalX(clock=clock) as x:
            x.person("ann").post("@acmecare help", lang=7)
            with pytest.raises(tweepy.TwitterServerError):
                await ask(
                    lambda: client(x).get_users_mentions(
                        x.brand.id, user_auth=True, tweet_fields=["lang"]
                    )
                )


def test_a_shape_names_each_fault_with_its_place():
    post = {"id": "x", "text": "hello", "edit_history_tweet_ids": [], "colour": "red"}
    assert list(POST(post, "$")) == [
        "$/id: is not of the form [0-9]{1,19}",
        "$/edit_history_tweet_ids: must have at least 1 items",
        "$/colour: is unknown",
    ]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"text": 7}, "$/text: must be a string"),
        ({"txt": "hello"}, "$/txt: is unknown"),
        ({"text": "hi", "reply": {}}, "$/reply/in_reply_to_tweet_id: is missing"),
        ({"text": "hi", "media": {"media_ids": []}}, "must have 1 to 4 items"),
        ({}, "$.text: must not be empty"),
    ],
)
async def test_a_body_of_another_form_is_a_violation(x, api, body, says):
    with pytest.raises(tweepy.BadRequest):
        await ask(lambda: api.request("POST", "/2/tweets", json=body, user_auth=True))
    [violation] = x.violations
    assert says in violation.says
