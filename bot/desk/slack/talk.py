"""Slack's Web API, as far as listening needs it: answers to the one who asked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from bot.desk.slack.blocks import Rendered
from bot.desk.slack.client import SlackClient
from bot.desk.slack.failures import ChannelClosed, MessageGone, Rejected
from bot.desk.slack.heard import Spot
from bot.desk.slack.reading import Json, part, rows, text
from bot.errors import PermanentFailure

# Slack's words for a dialogue that was asked for more than three seconds after the click.
_LATE: Final = frozenset(
    {"expired_trigger_id", "exchanged_trigger_id", "trigger_expired"}
)
# A dialogue that its reader closed, or changed meanwhile: nothing to bring up to date.
_VIEW_GONE: Final = frozenset({"not_found", "hash_conflict", "view_not_found"})
_AS_WANTED: Final = frozenset({"already_reacted", "no_reaction"})
_PROBE: Final = "eyes"


class TooLate(PermanentFailure):
    """Slack opens no dialogue any more for this click."""


class Talk(SlackClient):
    """What listeners do in Slack; raises as bot.desk.slack.failures says."""

    async def open_view(self, trigger: str, view: Mapping[str, object]) -> str:
        """Open a dialogue for who clicked; return its id.

        Raises:
            TooLate: the click was too long ago.
        """
        answer = await self._view("views.open", trigger, view)
        return text(part(answer, "view"), "id")

    async def push_view(self, trigger: str, view: Mapping[str, object]) -> None:
        """Put a dialogue on top of the one that is open. Raises TooLate."""
        await self._view("views.push", trigger, view)

    async def _view(
        self, method: str, trigger: str, view: Mapping[str, object]
    ) -> Json:
        try:
            return await self._call(method, {"trigger_id": trigger, "view": view})
        except Rejected as error:
            if error.code in _LATE:
                raise TooLate(error.code) from None
            raise

    async def update_view(
        self, view_id: str, view: Mapping[str, object], *, hash_: str = ""
    ) -> None:
        """Bring an open dialogue up to date, unless it was closed or changed since."""
        body = {"view_id": view_id, "view": view} | ({"hash": hash_} if hash_ else {})
        try:
            await self._call("views.update", body)
        except Rejected as error:
            if error.code not in _VIEW_GONE:
                raise

    async def tell(self, spot: Spot, message: Rendered | str) -> None:
        """Say something to one person, where they are, for nobody else to see.

        Who left the channel gets it as a direct message. What Slack does not take at
        all is dropped: nothing that was done is done again for that.
        """
        said: Mapping[str, object] = (
            {"text": message} if isinstance(message, str) else message.payload
        )
        with suppress(PermanentFailure, ChannelClosed):  # dropped
            if not spot.channel or spot.channel.startswith("D"):
                await self._tell_directly(spot.user, said)
                return
            try:
                await self._tell_there(spot, said)
            except (PermanentFailure, ChannelClosed):
                await self._tell_directly(spot.user, said)

    async def _tell_there(self, spot: Spot, said: Mapping[str, object]) -> None:
        body = {**said, "channel": spot.channel, "user": spot.user}
        body |= {"thread_ts": spot.thread} if spot.thread else {}
        await self._call("chat.postEphemeral", body, spot.channel)

    async def _tell_directly(self, user: str, said: Mapping[str, object]) -> None:
        await self._call("chat.postMessage", {**said, "channel": user}, user)

    async def publish_home(self, user: str, view: Mapping[str, object]) -> None:
        """Show somebody their App Home."""
        await self._call("views.publish", {"user_id": user, "view": view})

    async def person(self, user: str) -> Json:
        """Return what Slack knows of somebody."""
        return part(await self._call("users.info", {"user": user}), "user")

    async def message(self, channel: str, thread: str, ts: str) -> Json | None:
        """Return one message of a thread; None if it is gone."""
        about = {"channel": channel, "ts": thread, "oldest": ts, "latest": ts}
        body = {**about, "inclusive": True, "limit": 1}
        try:
            answer = await self._call("conversations.replies", body, channel)
        except MessageGone:
            return None
        return next((m for m in rows(answer, "messages") if m.get("ts") == ts), None)

    async def cards(self, channel: str, *, cursor: str = "") -> tuple[list[Json], str]:
        """Return a page of a channel's messages, the newest first, and what is next."""
        body = {"channel": channel, "limit": 100, "cursor": cursor}
        answer = await self._call("conversations.history", body, channel)
        following = text(part(answer, "response_metadata"), "next_cursor")
        return list(rows(answer, "messages")), following

    async def thread_since(
        self, channel: str, thread: str, since: datetime
    ) -> list[Json]:
        """Return what was written in a thread after `since`, the oldest first."""
        about = {"channel": channel, "ts": thread, "oldest": _ts(since)}
        found: list[Json] = []
        async for answer in self._pages("conversations.replies", about):
            found += rows(answer, "messages")
        return [message for message in found if message.get("ts") != thread]

    async def touch(self, channel: str, ts: str) -> None:
        """Do something that Slack must tell us of, and that nobody minds."""
        await self._react("reactions.add", channel, ts)
        await self._react("reactions.remove", channel, ts)

    async def _react(self, method: str, channel: str, ts: str) -> None:
        about = {"channel": channel, "timestamp": ts, "name": _PROBE}
        try:
            await self._call(method, about, channel)
        except Rejected as error:
            if error.code not in _AS_WANTED:
                raise


def _ts(moment: datetime) -> str:
    return f"{moment.timestamp():.6f}"
