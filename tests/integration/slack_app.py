"""A small Bolt app on the double: the real clients, as the product uses them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack_double import SlackDouble


def client(slack: SlackDouble) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


def bolt(slack: SlackDouble) -> AsyncApp:
    """Return an app that answers nothing yet."""
    return AsyncApp(client=client(slack))


@asynccontextmanager
async def running(slack: SlackDouble, app: AsyncApp) -> AsyncIterator[AsyncApp]:
    """Let `app` listen over one more socket of Socket Mode."""
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.5)
    before = len(slack.sockets.open)
    await handler.connect_async()
    try:
        await slack.connected(before + 1)
        yield app
    finally:
        await handler.close_async()


def section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(action_id: str, value: str = "1", text: str = "Go") -> dict[str, object]:
    label = {"type": "plain_text", "text": text}
    return {"type": "button", "action_id": action_id, "text": label, "value": value}


def actions(*elements: dict[str, object]) -> dict[str, object]:
    return {"type": "actions", "elements": list(elements)}


def text_input(block_id: str, action_id: str = "text", **more: object) -> object:
    element = {"type": "plain_text_input", "action_id": action_id, **more}
    label = {"type": "plain_text", "text": "Text"}
    return {"type": "input", "block_id": block_id, "label": label, "element": element}


def modal(callback_id: str, *blocks: object, **more: object) -> dict[str, object]:
    def plain(text: str) -> dict[str, str]:
        return {"type": "plain_text", "text": text}

    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain("Title"),
        "submit": plain("Send"),
        "blocks": list(blocks),
        **more,
    }


async def code_of(request) -> str:
    """Return the error code that a request is answered."""
    with pytest.raises(SlackApiError) as error:
        await request
    return str(error.value.response["error"])
