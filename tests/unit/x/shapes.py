"""X's forms as its documentation shows them, with only what a test is about changed."""

from __future__ import annotations

from bot.channels.x.includes import includes_of
from bot.channels.x.posts import Us
from bot.model.message import ChannelName

US = Us(ChannelName("x"), "1000", "Fernhollow")
ADA = {"id": "2222", "username": "ada", "name": "Ada L."}
NOW_ID = "2080765813578191303"  # 2026-07-24, 21:23:23.5


def post(**changes):
    """Return a post of Ada's that names us."""
    made = {
        "id": NOW_ID,
        "author_id": "2222",
        "created_at": "2026-07-24T21:23:23.000Z",
        "edit_history_tweet_ids": [changes.get("id", NOW_ID)],
        "conversation_id": NOW_ID,
        "display_text_range": [0, 27],
        "text": "hey @Fernhollow where is it",
        "entities": {
            "mentions": [
                {"start": 4, "end": 15, "username": "Fernhollow", "id": "1000"}
            ]
        },
    }
    made.update(changes)
    return {name: value for name, value in made.items() if value is not None}


def beside(*users, posts=(), media=(), errors=()):
    return includes_of(
        {
            "includes": {
                "users": list(users or [ADA]),
                "tweets": list(posts),
                "media": list(media),
            },
            "errors": list(errors),
        }
    )


def direct(**changes):
    """Return a direct message in the form of version 2."""
    made = {
        "id": NOW_ID,
        "event_type": "MessageCreate",
        "text": "hello!",
        "sender_id": "2222",
        "dm_conversation_id": "1000-2222",
        "created_at": "2026-07-24T21:23:23.000Z",
    }
    made.update(changes)
    return {name: value for name, value in made.items() if value is not None}


def old_directs(*, text="hello!", sender="2222", attachment=None, automated=False):
    """Return the payload of `dm.received`, which has the form of version 1.1."""
    data = {"text": text, "entities": {"urls": []}}
    if attachment:
        data["attachment"] = attachment
    user = {**ADA, "affiliation": {"description": "Automated"} if automated else {}}
    return {
        "direct_message_events": [
            {
                "type": "message_create",
                "id": NOW_ID,
                "created_timestamp": "1784928203000",
                "message_create": {
                    "target": {"recipient_id": "1000"},
                    "sender_id": sender,
                    "message_data": data,
                },
            }
        ],
        "users": {"2222": {"data": user}},
    }
