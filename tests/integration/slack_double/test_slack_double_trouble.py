"""The local Slack's sockets, limits and trouble, met by the real clients."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.integration.slack_app import (
    actions,
    bolt,
    button,
    client,
    code_of,
    running,
)
from tests.slack_double import SlackDouble


def hearing(slack) -> tuple[AsyncApp, list[str]]:
    """Return an app, and the texts that it hears of."""
    app, seen = bolt(slack), []

    @app.event("message")
    async def on_message(event):
        seen.append(event["text"])

    return app, seen


async def test_events_are_spread_over_all_sockets(slack):
    anna = slack.add_user("anna")
    (one, first), (other, second) = hearing(slack), hearing(slack)
    async with running(slack, one), running(slack, other):
        for number in range(20):
            await anna.type("care", str(number))
        await slack.until(lambda: len(first) + len(second) == 20)
        await slack.settle()
        assert all(socket.delivered for socket in slack.sockets.open)
    assert sorted([*first, *second], key=int) == [str(number) for number in range(20)]


async def test_an_event_without_a_socket_comes_when_there_is_one(slack):
    anna = slack.add_user("anna")
    app, seen = hearing(slack)
    await anna.type("care", "early")
    async with running(slack, app):
        await slack.until(lambda: seen)
    attempts = [d.attempt for d in slack.sockets.deliveries]
    assert seen == ["early"] and attempts == [0, 1, 2]


async def test_what_is_not_acknowledged_comes_again_but_clicks_do_not(web, slack):
    anna = slack.add_user("anna")
    slack.sockets.ack_s = 0.2
    seen = []
    app = bolt(slack)

    @app.middleware
    async def hang(body, next):  # noqa: A002 - Bolt passes it by this name
        seen.append(body["type"])
        await asyncio.sleep(0.5)
        await next()

    await web.chat_postMessage(channel="care", text="c", blocks=[actions(button("go"))])
    await slack.settle()
    async with running(slack, app):
        card = slack.messages("care")[0]
        ack = await anna.click(card, "go")
        assert not ack.acknowledged and anna.troubles == ["click on go"]
        await anna.type("care", "hello")
        await slack.settle()
        await slack.until(lambda: len(seen) >= 4)  # the app, too, has it by now
    assert seen == ["block_actions", *["event_callback"] * 3]


@pytest.mark.parametrize("new_ids", [False, True])
async def test_doubled_events_are_delivered_as_often_as_asked(slack, new_ids):
    anna = slack.add_user("anna")
    slack.faults.double_events(11, new_ids=new_ids)
    seen = []
    app = bolt(slack)

    @app.event("message")
    async def on_message(body):
        seen.append((body["event_id"], body["event"]["ts"]))

    async with running(slack, app):
        await anna.type("care", "hello")
        await slack.until(lambda: len(seen) == 11)
    assert len(set(seen)) == (11 if new_ids else 1)
    assert len({ts for _, ts in seen}) == 1


async def test_a_silent_socket_seems_well_and_a_new_one_hears_again(slack):
    anna = slack.add_user("anna")
    app, seen = hearing(slack)
    async with running(slack, app):
        slack.sockets.silence()
        await anna.type("care", "lost")
        await slack.settle()
        assert len(slack.sockets.open) == 1 and len(slack.events.lost) == 1
        numbers = {socket.number for socket in slack.sockets.open}
        await slack.sockets.disconnect()
        await slack.until(
            lambda: {socket.number for socket in slack.sockets.open} - numbers
        )
        await anna.type("care", "heard")
        await slack.until(lambda: seen)
    assert seen == ["heard"]


async def test_a_socket_that_is_cut_comes_back(slack):
    anna = slack.add_user("anna")
    app, seen = hearing(slack)
    async with running(slack, app):
        slack.sockets.cut()
        await slack.until(lambda: not slack.sockets.open)
        await slack.connected()
        await anna.type("care", "heard")
        await slack.until(lambda: seen)


async def test_a_lost_answer_has_had_its_effect_and_a_lost_request_none(slack):
    web = AsyncWebClient(
        token=slack.bot_token, base_url=slack.api_url, retry_handlers=[]
    )
    slack.faults.lose_answer("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await web.chat_postMessage(channel="care", text="one")
    slack.faults.lose_request("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await web.chat_postMessage(channel="care", text="two")
    assert [m.text for m in slack.messages("care")] == ["one"]
    assert [c.answered for c in slack.calls("chat.postMessage")] == [False, False]
    assert len(slack.calls("chat.postMessage", effect=True)) == 1


async def test_trouble_on_demand_is_answered_as_slack_answers(slack, web):
    slack.faults.limit("chat.postMessage", retry_after_s=7)
    with pytest.raises(SlackApiError) as limited:
        await web.chat_postMessage(channel="care", text="x")
    assert limited.value.response.status_code == 429
    assert limited.value.response.headers["Retry-After"] == "7"
    slack.faults.fail("auth.test", status=503)
    with pytest.raises(SlackApiError) as failed:
        await web.auth_test()
    assert failed.value.response.status_code == 503
    slack.faults.refuse("auth.test", "internal_error")
    assert await code_of(web.auth_test()) == "internal_error"
    slack.faults.miss_scope("chat:write")
    assert await code_of(web.chat_postMessage(channel="care", text="x")) == (
        "missing_scope"
    )
    slack.faults.revoke_token()
    assert await code_of(web.auth_test()) == "token_revoked"
    slack.faults.clear()
    await web.chat_postMessage(channel="care", text="x")
    wrong = AsyncWebClient(token="xoxb-wrong", base_url=slack.api_url)
    assert await code_of(wrong.auth_test()) == "invalid_auth"


async def test_a_channel_takes_about_one_message_a_second_when_paced():
    now = [1_800_000_000.0]
    async with SlackDouble(now=lambda: now[0], paced=True) as slack:
        slack.add_channel("care")
        slack.add_channel("legal")
        web = client(slack)
        for _ in range(3):
            await web.chat_postMessage(channel="care", text="x")
        assert await code_of(web.chat_postMessage(channel="care", text="x")) == (
            "ratelimited"
        )
        await web.chat_postMessage(channel="legal", text="x")
        now[0] += 1
        await web.chat_postMessage(channel="care", text="x")
        assert len(slack.messages("care")) == 4


async def test_tiers_count_by_method_and_minute_when_paced():
    now = [1_800_000_000.0]
    async with SlackDouble(now=lambda: now[0], paced=True) as slack:
        web = client(slack)
        for _ in range(20):
            await web.conversations_list()
        assert await code_of(web.conversations_list()) == "ratelimited"
        await web.auth_test()
        now[0] += 60
        await web.conversations_list()


async def test_events_come_late_and_out_of_their_order_when_asked(slack):
    anna = slack.add_user("anna")
    slack.faults.delay_events(0.05, shuffled_s=0.2)
    seen = []
    app = bolt(slack)

    @app.event("message")
    async def on_message(event):
        seen.append(event["text"])

    async with running(slack, app):
        for number in range(10):
            await anna.type("care", str(number))
        assert seen == []
        await slack.until(lambda: len(seen) == 10)
    assert seen != sorted(seen)


async def test_silence_falls_on_new_sockets_too_until_it_is_lifted(slack):
    anna = slack.add_user("anna")
    app, seen = hearing(slack)
    slack.faults.silence()
    async with running(slack, app):
        await anna.type("care", "lost")
        await slack.settle()
        ack = await anna.command("/firstline", "status")
        assert not ack.acknowledged and len(slack.sockets.open) == 1
        slack.faults.clear()
        await anna.type("care", "heard")
        await slack.until(lambda: seen)
    assert seen == ["heard"]


async def test_an_eleventh_socket_is_sent_away(slack):
    """Ours would reconnect for ever, so the double is asked without a client."""
    web = client(slack)
    async with aiohttp.ClientSession() as session:
        opened = []
        for _ in range(11):
            url = (await web.apps_connections_open(app_token=slack.app_token))["url"]
            opened.append(await session.ws_connect(url))
        greetings = [(await ws.receive_json())["type"] for ws in opened]
        for ws in opened:
            await ws.close()
    assert greetings == ["hello"] * 10 + ["disconnect"]


async def test_a_slow_answer_is_still_one_and_a_fault_waits_for_its_turn(slack):
    web = AsyncWebClient(
        token=slack.bot_token, base_url=slack.api_url, timeout=8, retry_handlers=[]
    )
    slack.faults.slow("chat.postMessage", seconds=0.2, times=1)
    await web.chat_postMessage(channel="care", text="one")
    slack.faults.lose_answer("chat.postMessage", after=1)
    await web.chat_postMessage(channel="care", text="two")
    with pytest.raises(aiohttp.ClientError):
        await web.chat_postMessage(channel="care", text="three")
    assert [m.text for m in slack.messages("care")] == ["one", "two", "three"]
