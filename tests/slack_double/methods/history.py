"""conversations.history and .replies: what has been written."""

from __future__ import annotations

from tests.slack_double.core import Core
from tests.slack_double.errors import Refused
from tests.slack_double.wire import Json
from tests.slack_double.workspace import Channel, Message

MOST = 999


def history(core: Core, args: Json) -> Json:
    """Return a page of the channel's own messages, newest first."""
    channel = _readable(core, args["channel"])
    found = [m for m in reversed(channel.top()) if _between(m, args)]
    page, more = paged(found, args)
    shown = [_shown(core, m, args) for m in page]
    answer: Json = {"messages": shown, "has_more": bool(more), "pin_count": 0}
    return answer | {"channel_actions_ts": None, "channel_actions_count": 0} | more


def replies(core: Core, args: Json) -> Json:
    """Return a page of a thread, oldest first, after the message it began with."""
    channel = _readable(core, args["channel"])
    root = channel.messages.get(args["ts"])
    if root is None:
        raise Refused("thread_not_found")
    ts = root.thread_ts if root.is_reply and root.thread_ts else root.ts
    found = [m for m in channel.replies(ts) if _between(m, args)]
    page, more = paged(found, args)
    first = [m for m in (channel.messages.get(ts),) if m]
    shown = [_shown(core, m, args) for m in [*first, *page]]
    return {"messages": shown, "has_more": bool(more)} | more


def _readable(core: Core, name: str) -> Channel:
    channel = core.joined(name)
    kind = "groups" if channel.private else "channels"
    core.need("im:history" if channel.kind == "im" else f"{kind}:history")
    return channel


def _between(message: Message, args: Json) -> bool:
    ts, inclusive = micros(message.ts), args.get("inclusive", False)
    oldest, latest = micros(args.get("oldest", "0")), args.get("latest")
    if ts < oldest or (ts == oldest and not inclusive):
        return False
    if latest is None or micros(latest) == 0:
        return True
    return ts < micros(latest) or (ts == micros(latest) and inclusive)


def micros(ts: str) -> int:
    seconds, _, rest = ts.partition(".")
    return int(seconds) * 1_000_000 + int((rest + "000000")[:6])


def _shown(core: Core, message: Message, args: Json) -> Json:
    wanted = bool(args.get("include_all_metadata"))
    return core.render.message(message, metadata=wanted)


def paged(found: list[Message], args: Json) -> tuple[list[Message], Json]:
    """Return one page, and the answer's part that leads to the next."""
    limit = min(args.get("limit", 100) or 100, MOST)
    start = cursor_start(args)
    page = found[start : start + limit]
    if start + limit >= len(found):
        return page, {}
    return page, {"response_metadata": {"next_cursor": f"next:{start + limit}"}}


def cursor_start(args: Json) -> int:
    cursor = args.get("cursor", "")
    if not cursor:
        return 0
    kind, _, number = cursor.partition(":")
    if kind != "next" or not number.isdigit():
        raise Refused("invalid_cursor")
    return int(number)


RUN = {"conversations.history": history, "conversations.replies": replies}
