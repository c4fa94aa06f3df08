"""The shapes of what the streams bring."""

from __future__ import annotations

from collections.abc import Iterable

from bot.sim.x.shapes.answers import INCLUDES, POST, USER
from bot.sim.x.shapes.check import (
    COUNT,
    ID,
    TEXT,
    Check,
    a_list,
    a_map,
    a_text,
    an_object,
    one_of,
)


def untwinned(item: Check) -> Check:
    """Check a thing without the texts that X puts beside its numbers."""

    def check(value: object, at: str) -> Iterable[str]:
        yield from item(_without_twins(value), at)

    return check


def _without_twins(value: object) -> object:
    if isinstance(value, list):
        return [_without_twins(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _without_twins(item)
        for name, item in value.items()
        if not (name.endswith("_str") and name.removesuffix("_str") in value)
    }


def anything(_value: object, _at: str) -> Iterable[str]:
    return ()


_MEDIA = an_object({"id": COUNT, "type": TEXT, "media_url_https": TEXT})
_MESSAGE = an_object(
    {
        "text": TEXT,
        "entities": an_object(
            {
                name: a_list(anything)
                for name in ("hashtags", "symbols", "user_mentions", "urls")
            }
        ),
    },
    {"attachment": an_object({"type": one_of("media"), "media": _MEDIA})},
)
_DIRECT = an_object(
    {
        "type": one_of("message_create"),
        "id": ID,
        "created_timestamp": a_text(r"[0-9]{13}"),
        "message_create": an_object(
            {
                "target": an_object({"recipient_id": ID}),
                "sender_id": ID,
                "message_data": _MESSAGE,
            }
        ),
    }
)
_WRAPPED_USER = an_object({"data": USER})
_CHAT = an_object(
    {
        "id": TEXT,
        "conversation_token": TEXT,
        "created_at_msec": a_text(r"[0-9]{13}"),
        "sender_id": ID,
        "conversation_id": TEXT,
        "conversation_key_version": TEXT,
        "encoded_event": TEXT,
        "message_event_signature": a_map(TEXT),
    }
)
_DIRECTS = an_object(
    {"direct_message_events": a_list(_DIRECT, least=1), "users": a_map(_WRAPPED_USER)}
)
_DELETED = an_object({"id": ID, "author_id": ID})
_PAYLOADS: dict[str, Check] = {
    "post.delete": _DELETED,
    "dm.received": _DIRECTS,
    "dm.sent": _DIRECTS,
    "chat.received": _CHAT,
}
_GONE_INCLUDES = an_object({"users": a_list(_WRAPPED_USER, least=1)})


def _event(value: object, at: str) -> Iterable[str]:
    kind = value.get("event_type", "") if isinstance(value, dict) else ""
    envelope = an_object(
        {
            "event_uuid": a_text(r"-?[0-9]{1,19}"),
            "filter": an_object({"user_id": ID}),
            "event_type": TEXT,
            "payload": _PAYLOADS.get(kind, POST),
        },
        {
            "tag": TEXT,
            "includes": _GONE_INCLUDES if kind == "post.delete" else INCLUDES,
        },
    )
    yield from envelope(value, at)


ACTIVITY_EVENT: Check = untwinned(an_object({"data": _event}))
FILTERED_EVENT: Check = an_object(
    {
        "data": POST,
        "matching_rules": a_list(an_object({"id": ID}, {"tag": TEXT}), least=1),
    },
    {"includes": INCLUDES},
)
