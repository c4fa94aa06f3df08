"""Slack's Web API, as far as cards need it. It tries each request once.

The client's own retries are off: they would repeat a post whose answer was lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk.slack.failures import MessageGone, Slowed, Unanswered, failure_of
from bot.ports.chat import OwnId, Place

TIMEOUT_S = 8.0  # a request that takes longer counts as unanswered
API_URL = "https://slack.com/api/"
MARK = "firstline"  # the type of our messages' metadata
_PAGE = 200
_UNSAID_S = 30.0  # how long to wait where Slack does not say


@dataclass(frozen=True, slots=True)
class Workspace:
    """Who we are, and where."""

    id: str
    url: str  # https://example.slack.com/
    bot_user: str

    def link(self, place: Place) -> str:
        """Return where people find a message."""
        return f"{self.url}archives/{place.channel}/p{place.ts.replace('.', '')}"


@dataclass(frozen=True, slots=True)
class Found:
    """A message of ours, as Slack has it. `facts` are what we noted on it."""

    id: OwnId
    ts: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """A message in a thread, whoever wrote it. `id` is "" if it is none of ours."""

    id: OwnId
    ts: str
    text: str


class SlackClient:
    """What can be done in Slack. Every method raises as bot.desk.slack.failures says."""

    def __init__(self, web: AsyncWebClient) -> None:
        self._web = web

    async def who_am_i(self) -> Workspace:
        """Return whom the token belongs to."""
        answer = await self._call("auth.test")
        return Workspace(
            str(answer["team_id"]), str(answer["url"]), str(answer["user_id"])
        )

    async def post(
        self,
        channel: str,
        message: Mapping[str, object],
        *,
        facts: Mapping[str, str],
        thread: str = "",
        broadcast: bool = False,
    ) -> str:
        """Post a message; return its ts. `facts` are noted on it, with "id" in them.

        Slack puts what was meant for a thread that is gone into the channel, without
        a word: that is taken back, and MessageGone raised.
        """
        body = {**message, "channel": channel, "metadata": _metadata(facts)}
        if thread:
            body |= {"thread_ts": thread, "reply_broadcast": broadcast}
        answer = await self._call("chat.postMessage", {**body, **_NO_UNFURLS}, channel)
        ts = str(answer["ts"])
        posted = cast("Mapping[str, object]", answer.get("message") or {})
        if thread and posted.get("thread_ts") != thread:
            await self.delete(channel, ts)
            raise MessageGone(f"thread {thread}")
        return ts

    async def update(
        self,
        place: Place,
        message: Mapping[str, object],
        *,
        facts: Mapping[str, str] | None,
    ) -> None:
        """Let a message of ours say something else; without `facts` they stay."""
        body = {**message, "channel": place.channel, "ts": place.ts}
        if facts is not None:
            body["metadata"] = _metadata(facts)
        await self._call("chat.update", body, place.channel)

    async def delete(self, channel: str, ts: str) -> None:
        """Take a message of ours away."""
        await self._call("chat.delete", {"channel": channel, "ts": ts}, channel)

    async def history(self, channel: str, *, since: datetime) -> list[Found]:
        """Return our messages in a channel, threads left out, the oldest first."""
        about = {"channel": channel, "oldest": f"{since.timestamp():.6f}"}
        return await self._ours("conversations.history", about)

    async def replies(self, channel: str, thread: str) -> list[Found]:
        """Return our messages in a thread, the oldest first."""
        about = {"channel": channel, "ts": thread}
        return await self._ours("conversations.replies", about)

    async def thread(self, channel: str, thread: str) -> list[Seen]:
        """Return every message of a thread, its first one included."""
        about = {"channel": channel, "ts": thread, "include_all_metadata": True}
        seen: list[Seen] = []
        async for answer in self._pages("conversations.replies", about):
            for one in cast("list[dict[str, object]]", answer["messages"]):
                text = str(one.get("text") or "")
                seen.append(Seen(_found(one).id, str(one["ts"]), text))
        return seen

    async def channels(self) -> dict[str, str]:
        """Return the ids of the channels that we can see, by name."""
        about = {"types": "public_channel,private_channel", "exclude_archived": True}
        found: dict[str, str] = {}
        async for answer in self._pages("conversations.list", about):
            for one in cast("list[dict[str, object]]", answer["channels"]):
                found[str(one["name"])] = str(one["id"])
        return found

    async def is_away(self, user: str) -> bool:
        """Tell whether somebody is not at Slack now."""
        answer = await self._call("users.getPresence", {"user": user})
        return answer.get("presence") != "active"

    async def _ours(
        self, method: str, about: dict[str, object] | dict[str, str]
    ) -> list[Found]:
        found: list[Found] = []
        wanted = {**about, "include_all_metadata": True}
        async for answer in self._pages(method, wanted):
            found += map(_found, cast("list[dict[str, object]]", answer["messages"]))
        return sorted((one for one in found if one.id), key=lambda one: one.ts)

    async def _pages(
        self, method: str, about: Mapping[str, object]
    ) -> AsyncIterator[Mapping[str, object]]:
        cursor = ""
        while True:
            body = {**about, "limit": _PAGE, **({"cursor": cursor} if cursor else {})}
            answer = await self._call(method, body, str(about.get("channel", "")))
            yield answer
            following = answer.get("response_metadata") or {}
            cursor = str(cast("dict[str, object]", following).get("next_cursor") or "")
            if not cursor:
                return

    async def _call(
        self,
        method: str,
        body: Mapping[str, object] | None = None,
        channel: str = "",
    ) -> Mapping[str, object]:
        try:
            if method in _READS:
                answer = await self._web.api_call(method, params=dict(body or {}))
            else:
                answer = await self._web.api_call(method, json=dict(body or {}))
        except SlackApiError as error:
            raise _sorted(method, error, channel) from None
        except (aiohttp.ClientError, asyncio.TimeoutError, SlackClientError) as error:
            kind = type(error).__name__  # never its message: it may hold a text
            raise Unanswered(f"Slack does not answer ({kind})") from None
        return cast("Mapping[str, object]", answer.data)


# These take arguments in the address or a form only.
_READS = frozenset(
    {
        "conversations.history",
        "conversations.replies",
        "conversations.list",
        "users.getPresence",
        "users.info",
    }
)
_NO_UNFURLS = {"unfurl_links": False, "unfurl_media": False}


@asynccontextmanager
async def open_web(token: str, api_url: str = API_URL) -> AsyncIterator[AsyncWebClient]:
    """Return Slack's own client on one pool of connections; it repeats nothing."""
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield AsyncWebClient(
            token=token, base_url=api_url, session=session, retry_handlers=[]
        )


@asynccontextmanager
async def open_client(token: str, api_url: str = API_URL) -> AsyncIterator[SlackClient]:
    """Return a client on one pool of connections."""
    async with open_web(token, api_url) as web:
        yield SlackClient(web)


def _metadata(facts: Mapping[str, str]) -> dict[str, object]:
    return {"event_type": MARK, "event_payload": dict(facts)}


def _found(message: Mapping[str, object]) -> Found:
    metadata = cast("Mapping[str, object]", message.get("metadata") or {})
    payload = (
        metadata.get("event_payload") if metadata.get("event_type") == MARK else {}
    )
    facts = {
        name: str(value)
        for name, value in cast("dict[str, object]", payload or {}).items()
    }
    return Found(OwnId(facts.get("id", "")), str(message["ts"]), facts)


def _sorted(method: str, error: SlackApiError, channel: str) -> Exception:
    """Return what an answer means that is not ok."""
    response = error.response
    status = int(getattr(response, "status_code", 0) or 0)
    if status == 429:
        after = response.headers.get("Retry-After", _UNSAID_S)
        return Slowed(method, timedelta(seconds=float(after)))
    data = getattr(response, "data", None)
    if status >= 500 or not isinstance(data, dict):
        return Unanswered(f"Slack answers with status {status}")
    code = str(data.get("error", "unknown"))
    return failure_of(method, code, channel=channel, needed=str(data.get("needed", "")))
