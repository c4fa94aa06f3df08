"""What Slack hands us, at the door: whether it is anything, and which copies it has.

One message has been seen to arrive eleven times with different event ids, and clicks
are doubled too: what happened names a delivery, never the envelope around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.desk.slack.ids import ActionId
from bot.desk.slack.plain import emoji_in, is_reply
from bot.desk.slack.reading import Json, part, rows, text

# What people do in a thread. Everything else that Slack calls a message is nothing.
_WRITTEN: Final = frozenset({"", "file_share", "thread_broadcast", "me_message"})
_TYPED: Final = frozenset({ActionId.TEXT.value, ActionId.THREAD.value})
_IN_ORDER: Final = frozenset(
    action.value
    for action in (
        ActionId.CASE_CLAIM,
        ActionId.CASE_RELEASE,
        ActionId.REPLY_UNDO,
        ActionId.REPLY_RETRY,
        ActionId.TAKE_OVER,
        ActionId.ADD_NOTE,
    )
)
_CHANGED, _DELETED, _TOMBSTONE = "message_changed", "message_deleted", "tombstone"

# Secrets, and copies of what agents see, which may hold customers' words.
_NOT_KEPT: Final = frozenset({"token", "response_url", "response_urls"})
_NOT_KEPT_OF_VIEW: Final = frozenset({"blocks", "title", "submit", "close"})
_KEPT_OF_MESSAGE: Final = frozenset({"ts", "thread_ts"})
_KEPT_OF_WRITTEN: Final = frozenset(
    {"ts", "thread_ts", "user", "text", "files", "was_reply"}
)
_KEPT_OF_FILE: Final = frozenset(
    {"name", "mimetype", "size", "url_private", "is_external", "alt_txt"}
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One thing that Slack hands us and that we deal with.

    `key` is the same for all copies of it. Envelopes of one `lane` are dealt with one
    after the other. `answered`: Slack shows our answer to the person who did it.
    """

    key: str
    lane: str
    body: Json
    answered: bool = False
    fleeting: bool = False  # each letter typed in the composer: a question, no act


def envelope_of(payload: Json) -> Envelope | None:
    """Return what came; None if it is nothing to us."""
    kind = text(payload, "type")
    if kind == "block_actions":
        return _click(payload)
    if kind == "view_submission":
        return _submission(payload)
    if kind == "event_callback":
        return _event(payload)
    if text(payload, "command"):
        key = f"command:{text(payload, 'trigger_id')}"
        return Envelope(key, key, _kept(payload))
    return None


def _click(payload: Json) -> Envelope:
    action = next(iter(rows(payload, "actions")), {})
    container = part(payload, "container")
    where = text(container, "message_ts") or text(container, "view_id")
    names = (text(action, "action_ts"), where, text(payload, "user", "id"))
    key = ":".join(("click", *names, text(action, "action_id")))
    channel = text(container, "channel_id")
    thread = text(container, "thread_ts") or text(container, "message_ts")
    # A dialogue must open within three seconds: it waits behind nothing.
    waits = channel and text(action, "action_id").partition(":")[0] in _IN_ORDER
    lane = f"{channel}:{thread}" if waits else key
    body = _kept(payload) | {"message": _only(part(payload, "message"))}
    typed = not channel and text(action, "action_id") in _TYPED
    return Envelope(key, lane, body, fleeting=typed)


def _submission(payload: Json) -> Envelope:
    view = part(payload, "view")
    # Whoever corrects a refused dialogue submits the same view again.
    key = f"submission:{text(view, 'id')}:{text(payload, 'trigger_id')}"
    return Envelope(key, f"view:{text(view, 'id')}", _kept(payload), answered=True)


def _event(payload: Json) -> Envelope | None:
    event, team = part(payload, "event"), text(payload, "team_id")
    if text(event, "type") == "message":
        return message_envelope(event, team=team)
    if text(event, "type") == "app_home_opened" and text(event, "tab") == "home":
        key = f"event:{text(payload, 'event_id')}"
        user = text(event, "user")
        return Envelope(key, f"home:{user}", {"type": "home_opened", "user": user})
    return None


def message_envelope(event: Json, *, team: str) -> Envelope | None:
    """Return what somebody wrote, edited or deleted in a thread; None for the rest.

    Takes an event, or a message as Slack's history has it with `channel` added. Bots'
    messages, ours among them, are nothing, and so is whatever is in no thread.
    """
    subtype = text(event, "subtype")
    if subtype == _CHANGED:
        return _edit(event, team)
    if subtype == _DELETED:
        return _deletion(event, part(event, "previous_message"), team)
    if subtype not in _WRITTEN or text(event, "bot_id") or not text(event, "thread_ts"):
        return None
    if text(event, "edited", "ts"):
        return _message("edited", event, event, team, text(event, "edited", "ts"))
    return _message("written", event, event, team)


def _edit(event: Json, team: str) -> Envelope | None:
    """Slack says that a message changed for links that unfold and for answers, too."""
    now, before = part(event, "message"), part(event, "previous_message")
    if text(now, "subtype") == _TOMBSTONE:
        return _deletion(event, before or now, team)
    version = text(now, "edited", "ts")
    if not version or text(now, "bot_id") or not text(now, "thread_ts"):
        return None
    if text(now, "text") == text(before, "text"):
        return None
    was_reply = is_reply(text(before, "text"))
    return _message("edited", event, {**now, "was_reply": was_reply}, team, version)


def _deletion(event: Json, gone: Json, team: str) -> Envelope | None:
    """A deleted card of ours counts too: it has to come back."""
    ours = bool(text(gone, "bot_id"))
    if not (ours or text(gone, "thread_ts")):
        return None
    ts = text(event, "deleted_ts") or text(gone, "ts")
    where = {"ts": ts, "thread_ts": text(gone, "thread_ts") or ts}
    return _message("deleted", event, {**gone, **where}, team)


def _message(
    what: str, event: Json, message: Json, team: str, version: str = ""
) -> Envelope:
    channel, ts = text(event, "channel"), text(message, "ts")
    names = [team, channel, ts, version or ("" if what == "written" else what)]
    kept = {k: v for k, v in message.items() if k in _KEPT_OF_WRITTEN}
    if "files" in kept:
        kept["files"] = [
            {k: v for k, v in file.items() if k in _KEPT_OF_FILE}
            for file in rows(message, "files")
        ]
    body = {
        **kept,
        "type": what,
        "team": team,
        "channel": channel,
        "ours": bool(text(message, "bot_id")),
        "emoji": emoji_in(message),
    }
    lane = f"{channel}:{text(message, 'thread_ts')}"
    return Envelope(":".join(["message", *filter(None, names)]), lane, body)


def _kept(payload: Json) -> dict[str, object]:
    kept = {k: v for k, v in payload.items() if k not in _NOT_KEPT}
    view = part(payload, "view")
    if view:
        kept["view"] = {k: v for k, v in view.items() if k not in _NOT_KEPT_OF_VIEW}
    return kept


def _only(message: Json) -> dict[str, object]:
    return {k: v for k, v in message.items() if k in _KEPT_OF_MESSAGE}
