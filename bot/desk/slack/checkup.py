"""Is the Slack app as it has to be, and if not: what to change in which menu."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.desk.slack.client import SlackClient
from bot.desk.slack.failures import ChannelClosed, TokenRefused
from bot.desk.slack.reading import Json, part, text
from bot.desk.slack.routes import Directory
from bot.desk.slack.socket import AppTokenRefused, Socket
from bot.errors import FirstlineError
from bot.log import Log
from bot.model.policy import DeskPolicy

# What the bot may do; docs/slack-manifest.yml asks for the same, and a test says so.
SCOPES: Final = frozenset(
    {
        "chat:write",
        "chat:write.customize",
        "channels:read",
        "groups:read",
        "channels:history",
        "groups:history",
        "users:read",
        "reactions:read",
        "reactions:write",
        "files:read",
        "files:write",
        "commands",
        "app_mentions:read",
    }
)
ROUND_TRIP_S: Final = 10.0
_TRIES: Final = 3  # a process of Firstline that runs gets its share of the events


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `is_right` False: `says` what to do."""

    what: str
    is_right: bool
    says: str


class Checkup:
    """Looks at everything that Slack lets a program see."""

    def __init__(
        self,
        web: AsyncWebClient,
        app_token: str,
        desk: DeskPolicy,
        *,
        clock: Clock,
        log: Log,
    ) -> None:
        self._web, self._client, self._desk = web, SlackClient(web), desk
        self._clock = clock
        self._heard: asyncio.Queue[Json] = asyncio.Queue()
        self._socket = Socket(web, app_token, self._hear, clock=clock, log=log)

    async def findings(self) -> AsyncIterator[Finding]:
        """Yield what is found, in the order in which to put it right."""
        try:
            workspace = await self._client.who_am_i()
        except FirstlineError as error:
            yield Finding("bot token", False, _token_says(error))
            return
        yield Finding("bot token", True, f"accepted at {workspace.url}")
        yield await self._scopes()
        channels: list[str] = []
        for name in _channels(self._desk):
            finding, found = await self._channel(name)
            channels += [found] if found else []
            yield finding
        async for finding in self._listening(channels):
            yield finding

    async def _scopes(self) -> Finding:
        answer = await self._web.auth_test()
        header = answer.headers.get("x-oauth-scopes") or answer.headers.get(
            "X-OAuth-Scopes", ""
        )
        given = {scope.strip() for scope in str(header).split(",")}
        missing = sorted(SCOPES - given)
        if not missing:
            return Finding("scopes", True, f"all {len(SCOPES)} are there")
        return Finding(
            "scopes",
            False,
            f"missing: {', '.join(missing)}. Add them under OAuth & Permissions → "
            "Scopes → Bot Token Scopes, then Install App → Reinstall to Workspace.",
        )

    async def _channel(self, name: str) -> tuple[Finding, str]:
        what = f"channel {name}"
        try:
            found = await Directory(self._client).id_of(name, self._clock.now())
            answer = await self._web.conversations_info(channel=found)
        except ChannelClosed as error:
            return Finding(what, False, str(error)), ""
        except Exception as error:  # noqa: BLE001 - one line, whatever Slack says
            return Finding(what, False, f"cannot be looked at: {_code(error)}"), ""
        if part(_data(answer), "channel").get("is_member"):
            return Finding(what, True, "the bot is a member"), found
        says = f"the bot is not a member: write /invite @firstline in {name}"
        return Finding(what, False, says), ""

    async def _listening(self, channels: Sequence[str]) -> AsyncIterator[Finding]:
        what = "app-level token"
        try:
            await self._socket.open()
        except AppTokenRefused as error:
            says = (
                f"refused ({error.code}). Under Basic Information → App-Level Tokens "
                "make one with the scope connections:write, set "
                "FIRSTLINE_SLACK_APP_TOKEN, and switch Socket Mode on."
            )
            yield Finding(what, False, says)
            return
        except FirstlineError as error:
            yield Finding(what, False, str(error))
            return
        try:
            yield Finding(what, True, "accepted; Socket Mode is open")
            if channels:
                yield await self._round_trip(channels[0])
        finally:
            await self._socket.close()

    async def _round_trip(self, channel: str) -> Finding:
        """Write something, wait until we are told of it, and take it away again."""
        what = "round trip"
        for _ in range(_TRIES):
            message = await self._web.chat_postMessage(
                channel=channel, text="`firstline slack check` was here."
            )
            ts = str(message["ts"])
            began = self._clock.now()
            told = await self._told_of(ts)
            await self._web.chat_delete(channel=channel, ts=ts)
            if told:
                took = (self._clock.now() - began).total_seconds()
                return Finding(what, True, f"Slack told us within {took:.1f} s")
        return Finding(
            what,
            False,
            "Slack did not tell us of a message. Under Event Subscriptions switch "
            "events on and subscribe to message.channels and message.groups; or "
            "another process of Firstline runs and was told instead: stop it to check.",
        )

    async def _told_of(self, ts: str) -> bool:
        try:
            return await asyncio.wait_for(self._until_told(ts), ROUND_TRIP_S / _TRIES)
        except asyncio.TimeoutError:
            return False

    async def _until_told(self, ts: str) -> bool:
        while True:
            event = part(await self._heard.get(), "event")
            if text(event, "ts") == ts:
                return True

    async def _hear(self, payload: Json) -> Json | None:
        self._heard.put_nowait(payload)
        return None


def _channels(desk: DeskPolicy) -> list[str]:
    return list(dict.fromkeys([*desk.channels.values(), *desk.intents.values()]))


def _token_says(error: FirstlineError) -> str:
    if isinstance(error, TokenRefused):
        return (
            f"refused ({error.code}). Copy the Bot User OAuth Token from OAuth & "
            "Permissions into FIRSTLINE_SLACK_BOT_TOKEN."
        )
    return str(error)


def _data(answer: object) -> Mapping[str, object]:
    data = getattr(answer, "data", {})
    return data if isinstance(data, Mapping) else {}


def _code(error: Exception) -> str:
    response = getattr(error, "response", None)
    return text(_data(response), "error") or type(error).__name__
