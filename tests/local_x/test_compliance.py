"""The check of what became of posts, through tweepy and the files beside it."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
import requests
import tweepy

from tests.local_x.clients import ask, client


@pytest.fixture
def app(x):
    return client(x, bearer=x.credentials.bearer_token)


async def begun(app):
    made = await ask(lambda: app.create_compliance_job("tweets", name="mine"))
    return made["data"]


async def checked(app, ids):
    job = await begun(app)
    put = await asyncio.to_thread(requests.put, job["upload_url"], data="\n".join(ids))
    assert put.ok
    told = (await ask(lambda: app.get_compliance_job(job["id"])))["data"]
    assert told["status"] == "complete"
    found = await asyncio.to_thread(requests.get, told["download_url"])
    return {line["id"]: line["reason"] for line in map(json.loads, found.iter_lines())}


async def test_only_what_has_to_go_is_told(x, app):
    ann, bob, carl = (x.person(name) for name in ("ann", "bob", "carl"))
    posts = [person.post("hello") for person in (ann, bob, carl)]
    ann.delete(posts[0])
    bob.account.protected = True
    found = await checked(app, [*(post.id for post in posts), "12345"])
    assert found == {posts[0].id: "deleted", posts[1].id: "protected"}
    assert x.ledger.micros == 0


async def test_there_is_one_job_of_a_kind_at_a_time(x, app, clock):
    job = await begun(app)
    with pytest.raises(tweepy.HTTPException) as refused:
        await begun(app)
    assert refused.value.response.status_code == 409
    listed = await ask(lambda: app.get_compliance_jobs("tweets"))
    assert [(one["id"], one["status"]) for one in listed["data"]] == [
        (job["id"], "created")
    ]
    clock.advance(timedelta(minutes=16).total_seconds())
    assert (await begun(app))["id"] != job["id"]


async def test_an_account_is_no_app(x, api):
    with pytest.raises(tweepy.Forbidden):
        await ask(
            lambda: api.request("GET", "/2/compliance/jobs?type=tweets", user_auth=True)
        )
