"""The local Slack refuses what Slack refuses, and writes it down."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError

from tests.integration.slack_app import (
    actions,
    button,
    client,
    modal,
    section,
    text_input,
)
from tests.slack_double import SlackDouble


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def option(value: str, label: str = "") -> dict[str, object]:
    return {"text": plain(label or value), "value": value}


def select(count: int, **more: object) -> dict[str, object]:
    options = [option(f"o{number}") for number in range(count)]
    return {"type": "static_select", "action_id": "m", "options": options, **more}


def context(count: int) -> dict[str, object]:
    return {"type": "context", "elements": [plain("x")] * count}


def header(length: int) -> dict[str, object]:
    return {"type": "header", "text": plain("x" * length)}


def fields(count: int, length: int = 1) -> dict[str, object]:
    return {"type": "section", "fields": [plain("x" * length)] * count}


def buttons(count: int, **more: object) -> dict[str, object]:
    made = [{**button(f"b{number}"), **more} for number in range(count)]
    return actions(*made)


def rich(*runs: dict[str, object], kind: str = "section") -> dict[str, object]:
    part = {"type": f"rich_text_{kind}", "elements": list(runs)}
    return {"type": "rich_text", "elements": [part]}


# What just fits, and the least that no longer does, with Slack's word for it.
LIMITS = [
    (section("x" * 3000), section("x" * 3001), "less than 3001 characters"),
    (section("😀" * 1500), section("😀" * 1501), "less than 3001 characters"),
    (section("x"), section(""), "more than 0 characters"),
    (fields(10), fields(11), "no more than 10 items"),
    (fields(1, 2000), fields(1, 2001), "less than 2001 characters"),
    (header(150), header(151), "less than 151 characters"),
    (context(10), context(11), "no more than 10 items"),
    (buttons(25), buttons(26), "no more than 25 items"),
    (
        buttons(1, text=plain("x" * 75)),
        buttons(1, text=plain("x" * 76)),
        "less than 76 characters",
    ),
    (
        buttons(1, value="x" * 2000),
        buttons(1, value="x" * 2001),
        "less than 2001 characters",
    ),
    (actions(select(100)), actions(select(101)), "no more than 100 items"),
    (
        actions(select(0, options=[option("x" * 150, "y" * 75)])),
        actions(select(0, options=[option("x" * 150, "y" * 76)])),
        "less than 76 characters",
    ),
    (
        actions({"type": "overflow", "options": [option(str(n)) for n in range(5)]}),
        actions({"type": "overflow", "options": [option(str(n)) for n in range(6)]}),
        "no more than 5 items",
    ),
    (
        actions(select(2, initial_option=option("o1"))),
        actions(select(2, initial_option=option("o2"))),
        "not among the options",
    ),
]
# What is no block at all.
BROKEN = [
    ({"type": "sectoin"}, "unsupported type: sectoin"),
    ({"type": "section"}, "missing required field"),
    ({"type": "section", "text": "bare"}, "must be an object"),
    ({**section("x"), "colour": "red"}, "invalid additional property: colour"),
    ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "unsupported type"),
    (actions({"type": "plain_text_input", "action_id": "t"}), "unsupported type"),
    (actions(button("same"), button("same")), "occurs more than once"),
    (actions({"type": "button", "action_id": "b"}), "missing required field: text"),
    (actions({**button("b"), "style": "default"}), "must be one of primary, danger"),
    (
        rich({"type": "text", "text": "x"}, kind="poem"),
        "unsupported type: rich_text_poem",
    ),
    (rich({"type": "text", "text": ""}), "more than 0 characters"),
    (rich({"type": "words", "text": "x"}), "unsupported type: words"),
    (rich({"type": "emoji", "name": "x", "tone": 2}), "invalid additional property"),
    ({"type": "actions", "elements": []}, "no fewer than 1 items"),
]


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble() as double:
        double.add_channel("care")
        yield double


async def refused(request) -> dict[str, object]:
    with pytest.raises(SlackApiError) as error:
        await request
    return dict(error.value.response.data)


@pytest.mark.parametrize(("fits", "too_much", "words"), LIMITS)
async def test_each_limit_of_blocks_holds_to_the_character(
    slack, fits, too_much, words
):
    web = client(slack)
    await web.chat_postMessage(channel="care", text="x", blocks=[fits])
    assert slack.violations == []
    answer = await refused(
        web.chat_postMessage(channel="care", text="x", blocks=[too_much])
    )
    assert answer["error"] == "invalid_blocks"
    assert any(words in fault for fault in answer["errors"])
    assert [v.method for v in slack.violations] == ["chat.postMessage"]


@pytest.mark.parametrize(("block", "words"), BROKEN)
async def test_what_is_no_block_is_refused_with_its_place(slack, block, words):
    answer = await refused(
        client(slack).chat_postMessage(channel="care", text="x", blocks=[block])
    )
    assert answer["error"] == "invalid_blocks"
    assert any(words in f and "[json-pointer:/blocks/0" in f for f in answer["errors"])
    assert len(slack.violations) == 1


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [section("x")] * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": [section("x" * 2700)] * 5}, "msg_blocks_too_long"),
        ({"text": "x", "metadata": {"event_type": "e"}}, "invalid_metadata_schema"),
        ({"text": "x", "colour": "red"}, "invalid_arguments"),
        ({"text": "x", "thread_ts": 1700000000.1}, "invalid_arguments"),
    ],
)
async def test_a_message_as_a_whole_is_checked(slack, args, code):
    answer = await refused(client(slack).chat_postMessage(channel="care", **args))
    assert answer["error"] == code
    assert slack.messages("care") == [] and len(slack.violations) == 1


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (modal("m", title=plain("x" * 25)), "less than 25 characters"),
        (modal("m", submit=plain("x" * 25)), "less than 25 characters"),
        (modal("m", private_metadata="x" * 3001), "less than 3001 characters"),
        (modal("m", *[section("x")] * 101), "no more than 100 items"),
        (modal("m", text_input("b", max_length=3001)), "must be from 1 to 3000"),
        (modal("m", text_input("b"), text_input("b")), "occurs more than once"),
        ({**modal("m"), "type": "home"}, "must be one of modal"),
        ({**modal("m"), "sumbit": plain("x")}, "invalid additional property: sumbit"),
        (
            {k: v for k, v in modal("m", text_input("b")).items() if k != "submit"},
            "missing required field: submit",
        ),
    ],
)
async def test_a_modal_is_checked(slack, view, words):
    anna = slack.add_user("anna")
    trigger = slack.core.trigger(anna.id)
    answer = await refused(client(slack).views_open(trigger_id=trigger, view=view))
    assert answer["error"] == "invalid_arguments"
    assert any(words in fault for fault in answer["errors"])
    assert not anna.has_view() and len(slack.violations) == 1


async def test_an_unknown_method_and_a_missing_argument_are_mistakes(slack):
    web = client(slack)
    assert (await refused(web.api_call("chat.shout")))["error"] == "unknown_method"
    answer = await refused(web.api_call("chat.update", json={"channel": "C1"}))
    assert answer["errors"] == ["missing required field: ts"]
    assert [v.code for v in slack.violations] == [
        "unknown_method",
        "invalid_arguments",
    ]
