"""The arguments of each method: what it must get, what it may, and what that is.

Slack itself passes over an argument that it does not know; the double refuses
it, because one that nobody reads is a mistake of the caller.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from tests.slack_double.errors import Malformed
from tests.slack_double.wire import Json


@dataclass(frozen=True)
class Method:
    """What a method takes, needs and allows; kinds are keys of `KINDS`."""

    needs: dict[str, str] = field(default_factory=dict)
    takes: dict[str, str] = field(default_factory=dict)
    scope: str = ""  # several that will do: "channels:history groups:history"
    tier: int = 4  # 0: a limit of its own
    app_token: bool = False


PAGED = {"cursor": "text", "limit": "number"}
BETWEEN = {"oldest": "ts", "latest": "ts", "inclusive": "bool"}
CONTENT = {
    "text": "text",
    "blocks": "json",
    "attachments": "json",
    "link_names": "bool",
    "parse": "text",
}
POSTED = CONTENT | {
    "thread_ts": "ts",
    "mrkdwn": "bool",
    "username": "text",
    "icon_emoji": "text",
    "icon_url": "text",
}
READS = "channels:history groups:history im:history"
SEES = "channels:read groups:read im:read"
UNFURL = {"unfurl_links": "bool", "unfurl_media": "bool"}

EVERYWHERE = {"team_id": "text"}  # Bolt adds it to each request
METHODS: dict[str, Method] = {
    "auth.test": Method(tier=0),
    "apps.connections.open": Method(scope="connections:write", tier=1, app_token=True),
    "chat.postMessage": Method(
        {"channel": "text"},
        POSTED | UNFURL | {"reply_broadcast": "bool", "metadata": "json"},
        "chat:write",
        0,
    ),
    "chat.update": Method(
        {"channel": "text", "ts": "ts"},
        CONTENT | {"metadata": "json", "reply_broadcast": "bool"},
        "chat:write",
        3,
    ),
    "chat.delete": Method({"channel": "text", "ts": "ts"}, {}, "chat:write", 3),
    "chat.postEphemeral": Method(
        {"channel": "text", "user": "text"}, POSTED, "chat:write", 4
    ),
    "chat.getPermalink": Method({"channel": "text", "message_ts": "ts"}, tier=0),
    "conversations.history": Method(
        {"channel": "text"},
        PAGED | BETWEEN | {"include_all_metadata": "bool"},
        READS,
        3,
    ),
    "conversations.replies": Method(
        {"channel": "text", "ts": "ts"},
        PAGED | BETWEEN | {"include_all_metadata": "bool"},
        READS,
        3,
    ),
    "conversations.list": Method(
        {}, PAGED | {"exclude_archived": "bool", "types": "text"}, SEES, 2
    ),
    "conversations.info": Method(
        {"channel": "text"},
        {"include_locale": "bool", "include_num_members": "bool"},
        SEES,
        3,
    ),
    "conversations.join": Method({"channel": "text"}, {}, "channels:join", 3),
    "conversations.members": Method({"channel": "text"}, PAGED, SEES, 4),
    "conversations.open": Method(
        {}, {"channel": "text", "users": "text", "return_im": "bool"}, "im:write", 3
    ),
    "files.getUploadURLExternal": Method(
        {"filename": "text", "length": "number"},
        {"alt_txt": "text", "snippet_type": "text"},
        "files:write",
    ),
    "files.completeUploadExternal": Method(
        {"files": "json"},
        {
            "channel_id": "text",
            "channels": "text",
            "thread_ts": "ts",
            "initial_comment": "text",
        },
        "files:write",
    ),
    "files.info": Method({"file": "text"}, PAGED | {"page": "number"}, "files:read"),
    "reactions.add": Method(
        {"channel": "text", "name": "text", "timestamp": "ts"},
        {},
        "reactions:write",
        3,
    ),
    "reactions.remove": Method(
        {"name": "text"}, {"channel": "text", "timestamp": "ts"}, "reactions:write", 2
    ),
    "reactions.get": Method(
        {}, {"channel": "text", "timestamp": "ts", "full": "bool"}, "reactions:read", 3
    ),
    "team.info": Method({}, {}, "team:read", 3),
    "users.info": Method({"user": "text"}, {"include_locale": "bool"}, "users:read"),
    "users.list": Method({}, PAGED | {"include_locale": "bool"}, "users:read", 2),
    "users.getPresence": Method({"user": "text"}, {}, "users:read", 3),
    "users.conversations": Method(
        {},
        PAGED | {"exclude_archived": "bool", "types": "text", "user": "text"},
        SEES,
        3,
    ),
    "views.open": Method({"trigger_id": "text", "view": "json"}),
    "views.push": Method({"trigger_id": "text", "view": "json"}),
    "views.update": Method(
        {"view": "json"}, {"view_id": "text", "external_id": "text", "hash": "text"}
    ),
    "views.publish": Method({"user_id": "text", "view": "json"}, {"hash": "text"}),
}

TS = re.compile(r"\d{10}\.\d{6}")
LOOSE_TS = re.compile(r"\d+(\.\d+)?")


def read_arguments(name: str, sent: Json) -> Json:
    """Check what came for a method and return it in its proper types.

    Raises:
        Malformed: something is missing, unknown or of another kind.
    """
    method = METHODS[name]
    known = {**EVERYWHERE, **method.needs, **method.takes}
    faults = [f"missing required field: {n}" for n in method.needs if n not in sent]
    faults += [f"invalid additional property: {n}" for n in sent if n not in known]
    read: Json = {}
    for argument, value in sent.items():
        if argument in known:
            try:
                read[argument] = _read(known[argument], value, argument)
            except ValueError as error:
                faults.append(f"{argument}: {error}")
    if faults:
        raise Malformed("invalid_arguments", faults)
    return read


def _read(kind: str, value: object, name: str) -> object:
    """Return `value` as the kind that it must be.

    Raises:
        ValueError: it cannot be that.
    """
    if kind == "json":
        return json.loads(value) if isinstance(value, str) else value
    if kind == "bool":
        return _bool(value)
    if kind == "number":
        if isinstance(value, bool) or not str(value).isdigit():
            raise ValueError("must be a number")
        return int(str(value))
    if not isinstance(value, str):
        raise ValueError("must be a string")  # a float loses the last digits of a ts
    if kind == "ts":
        shape = LOOSE_TS if name in BETWEEN else TS
        if not shape.fullmatch(value):
            raise ValueError("must be the ts of a message")
    return value


def _bool(value: object) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    word = str(value).lower()
    if word not in words:
        raise ValueError("must be true or false")
    return words[word]
