"""The control over HTTP: what the page uses, and scripts can."""

from __future__ import annotations

import aiohttp
import pytest
import tweepy

from bot.commands.sim import environment
from bot.settings import Settings
from tests.builders import ROOT
from tests.local_x.clients import ask
from tests.waiting import PATIENCE_S


@pytest.fixture
async def control(x):
    async with aiohttp.ClientSession(f"{x.url}/") as session:

        async def call(method, path, **body):
            sent = {"json": body} if body else {}
            async with session.request(method, f"/control/{path}", **sent) as answer:
                return answer.status, await answer.json()

        yield call


async def test_one_writes_as_anybody_and_sees_it(x, control):
    _, made = await control("POST", "act/post", **{"as": "ann", "text": "@acmecare hi"})
    await control(
        "POST", "act/post", **{"as": "bob", "text": "me too", "reply_to": made["id"]}
    )
    await control("POST", "act/message", **{"as": "ann", "text": "my number is 4711"})
    _, shown = await control("GET", "scene")
    assert [(p["by"], p["text"]) for p in shown["posts"]] == [
        ("ann", "@acmecare hi"),
        ("bob", "@ann @acmecare me too"),
    ]
    assert [d["text"] for d in shown["directs"]] == ["my number is 4711"]
    assert [p["username"] for p in shown["people"]] == ["acmecare", "ann", "bob"]


async def test_one_edits_deletes_and_reposts(x, control):
    _, made = await control("POST", "act/post", **{"as": "ann", "text": "one"})
    _, new = await control(
        "POST", "act/edit", **{"as": "ann", "id": made["id"], "text": "two"}
    )
    await control("POST", "act/repost", **{"as": "bob", "id": new["id"]})
    await control("POST", "act/delete", **{"as": "ann", "id": new["id"]})
    _, shown = await control("GET", "scene")
    assert [p["text"] for p in shown["posts"]] == ["RT @ann: two"]


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("post", {"as": "ann", "text": " "}),
        ("post", {"as": "ann", "text": "hi", "reply_to": "123"}),
        ("post", {"text": "hi"}),
        ("post", {"as": "a handle with spaces", "text": "hi"}),
        ("fly", {"as": "ann"}),
    ],
)
async def test_what_cannot_be_done_is_said(control, act, body):
    status, said = await control("POST", f"act/{act}", **body)
    assert status == 400 and said["error"]


async def test_trouble_is_ordered_and_ended(x, api, control):
    await control("POST", "faults", trouble="fail", endpoint="GET /2/users/me", times=2)
    with pytest.raises(tweepy.TwitterServerError):
        await ask(api.get_me)
    await control("DELETE", "faults")
    await ask(api.get_me)
    _, told = await control("GET", "calls?since=1")
    assert [call["status"] for call in told["calls"]] == [200]


async def test_an_account_can_be_suspended_and_the_credit_end(x, control):
    await control("POST", "act/account", **{"as": "ann", "suspended": True})
    status, _ = await control("POST", "act/post", **{"as": "ann", "text": "hi"})
    assert status == 400
    await control("POST", "network", credit=0, revoke_tokens=True)
    assert x.credit.left == 0 and x.core.auth.revoked


async def test_a_change_wakes_who_waits(x, control):
    import asyncio

    version = x.core.changes.count
    waiting = asyncio.create_task(control("GET", f"changes?since={version}"))
    await asyncio.sleep(0)
    x.person("ann").post("@acmecare hi")
    _, told = await asyncio.wait_for(waiting, PATIENCE_S)
    assert told["version"] > version


async def test_no_other_web_site_can_steer_it(x):
    async with aiohttp.ClientSession() as session:
        url = f"{x.url}/control/act/post"
        plain = {"data": '{"as": "ann", "text": "hi"}'}
        async with session.post(url, **plain) as answer:
            assert answer.status == 415
        foreign = {"Host": "evil.example"}
        async with session.post(url, json={"as": "ann"}, headers=foreign) as answer:
            assert answer.status == 403
    assert list(x.core.world.everything()) == []


async def test_the_page_is_served_with_its_files(x):
    async with aiohttp.ClientSession() as session:
        for path in ("/", "/page/main.js", "/page/style.css", "/page/face.svg"):
            async with session.get(f"{x.url}{path}") as answer:
                assert answer.status == 200, path


def test_the_settings_that_are_printed_lead_to_it(x):
    told = [one for one in environment(x).splitlines() if not one.startswith("#")]
    lines = dict(line.split("=", 1) for line in told)
    assert Settings.from_env(ROOT, lines).x is not None
    assert lines["FIRSTLINE_X_API_URL"] == x.url
    assert lines["FIRSTLINE_X_ACCESS_TOKEN"] == x.credentials.access_token
