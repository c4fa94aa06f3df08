"""conversations.*: channels and who is in them."""

from __future__ import annotations

from tests.slack_double.core import Core
from tests.slack_double.errors import Refused
from tests.slack_double.methods.history import cursor_start
from tests.slack_double.wire import Json
from tests.slack_double.workspace import Channel

MOST = 1000


def a_list(core: Core, args: Json) -> Json:
    """Return the channels that the app can see."""
    kinds = args.get("types", "public_channel").split(",")
    found = [c for c in core.space.channels.values() if _wanted(core, c, kinds)]
    return _page(core, found, args)


def of_user(core: Core, args: Json) -> Json:
    """Return the channels that a person, or the app, is in."""
    kinds = args.get("types", "public_channel").split(",")
    user = args.get("user", core.space.BOT_USER)
    channels = core.space.channels.values()
    found = [c for c in channels if user in c.members and _wanted(core, c, kinds)]
    return _page(core, found, args)


def _page(core: Core, found: list[Channel], args: Json) -> Json:
    if args.get("exclude_archived"):
        found = [c for c in found if not c.archived]
    start, limit = cursor_start(args), min(args.get("limit", 100) or 100, MOST)
    page = [core.render.channel(c) for c in found[start : start + limit]]
    after = f"next:{start + limit}" if start + limit < len(found) else ""
    return {"channels": page, "response_metadata": {"next_cursor": after}}


def _wanted(core: Core, channel: Channel, kinds: list[str]) -> bool:
    if channel.kind == "im":
        return "im" in kinds
    if channel.private:
        inside = core.space.BOT_USER in channel.members
        return "private_channel" in kinds and inside
    return "public_channel" in kinds


def info(core: Core, args: Json) -> Json:
    channel = core.channel(args["channel"])
    core.need("groups:read im:read" if channel.private else "channels:read")
    return {"channel": core.render.channel(channel)}


def join(core: Core, args: Json) -> Json:
    """Let the app join a public channel."""
    channel = core.channel(args["channel"])
    if channel.archived:
        raise Refused("is_archived")
    if channel.private:
        raise Refused("method_not_supported_for_channel_type")
    already = core.space.BOT_USER in channel.members
    channel.members.add(core.space.BOT_USER)
    if not already:
        core.events.membership(channel, core.space.BOT_USER, joined=True)
        core.changes.tell()
    answer: Json = {"channel": core.render.channel(channel)}
    return answer | ({"warning": "already_in_channel"} if already else {})


def members(core: Core, args: Json) -> Json:
    found = sorted(core.channel(args["channel"]).members)
    start, limit = cursor_start(args), min(args.get("limit", 100) or 100, MOST)
    after = f"next:{start + limit}" if start + limit < len(found) else ""
    page = found[start : start + limit]
    return {"members": page, "response_metadata": {"next_cursor": after}}


def a_direct(core: Core, args: Json) -> Json:
    """Open the direct messages with one person."""
    user = args.get("users", "")
    if user not in core.space.users:
        raise Refused("user_not_found")
    channel = core.space.direct(user)
    full = core.render.channel(channel)
    return {"channel": full if args.get("return_im") else {"id": channel.id}}


RUN = {
    "conversations.list": a_list,
    "conversations.info": info,
    "conversations.join": join,
    "conversations.members": members,
    "conversations.open": a_direct,
    "users.conversations": of_user,
}
