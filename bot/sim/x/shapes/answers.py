"""The shapes of answers: the local X holds itself to them in every run."""

from __future__ import annotations

from bot.sim.x.shapes.check import (
    COUNT,
    ID,
    MOMENT,
    TEXT,
    Check,
    a_list,
    a_map,
    a_number,
    a_text,
    a_truth,
    an_object,
    any_of,
    one_of,
)

_SPAN: dict[str, Check] = {"start": COUNT, "end": COUNT}
ENTITIES = an_object(
    {},
    {
        "mentions": a_list(an_object({**_SPAN, "username": TEXT}, {"id": ID})),
        "hashtags": a_list(an_object({**_SPAN, "tag": TEXT})),
        "cashtags": a_list(an_object({**_SPAN, "tag": TEXT})),
        "urls": a_list(
            an_object(
                {**_SPAN, "url": TEXT, "expanded_url": TEXT, "display_url": TEXT},
                {"media_key": TEXT},
            )
        ),
    },
)
_METRICS = an_object(
    dict.fromkeys(
        (
            "retweet_count",
            "reply_count",
            "like_count",
            "quote_count",
            "bookmark_count",
            "impression_count",
        ),
        COUNT,
    )
)
POST = an_object(
    {"id": ID, "text": TEXT, "edit_history_tweet_ids": a_list(ID, least=1)},
    {
        "attachments": an_object({"media_keys": a_list(TEXT, least=1)}),
        "author_id": ID,
        "conversation_id": ID,
        "created_at": MOMENT,
        "display_text_range": a_list(COUNT, least=2, most=2),
        "edit_controls": an_object(
            {
                "edits_remaining": COUNT,
                "is_edit_eligible": a_truth,
                "editable_until": MOMENT,
            }
        ),
        "entities": ENTITIES,
        "in_reply_to_user_id": ID,
        "lang": TEXT,
        "paid_partnership": a_truth,
        "possibly_sensitive": a_truth,
        "public_metrics": _METRICS,
        "referenced_tweets": a_list(
            an_object({"type": one_of("retweeted", "quoted", "replied_to"), "id": ID}),
            least=1,
        ),
        "reply_settings": TEXT,
    },
)
_USER_METRICS = an_object(
    dict.fromkeys(
        (
            "followers_count",
            "following_count",
            "tweet_count",
            "listed_count",
            "like_count",
            "media_count",
        ),
        COUNT,
    )
)
USER = an_object(
    {"id": ID, "name": TEXT, "username": a_text(r"[A-Za-z0-9_]{1,15}")},
    {
        "affiliation": an_object({}, {"description": TEXT, "badge_url": TEXT}),
        "connection_status": a_list(TEXT),
        "created_at": MOMENT,
        "description": TEXT,
        "is_identity_verified": a_truth,
        "most_recent_tweet_id": ID,
        "parody": a_truth,
        "profile_image_url": TEXT,
        "protected": a_truth,
        "public_metrics": _USER_METRICS,
        "receives_your_dm": a_truth,
        "url": TEXT,
        "verified": a_truth,
        "verified_type": one_of("none", "blue", "business", "government"),
    },
)
MEDIA = an_object(
    {"media_key": TEXT, "type": one_of("photo", "video", "animated_gif")},
    {
        "alt_text": TEXT,
        "duration_ms": COUNT,
        "height": COUNT,
        "width": COUNT,
        "preview_image_url": TEXT,
        "public_metrics": an_object({"view_count": COUNT}),
        "url": TEXT,
        "variants": a_list(
            an_object({"content_type": TEXT, "url": TEXT}, {"bit_rate": COUNT})
        ),
    },
)
DIRECT = an_object(
    {"id": ID, "event_type": one_of("MessageCreate")},
    {
        "text": TEXT,
        "attachments": an_object({"media_keys": a_list(TEXT, least=1, most=1)}),
        "created_at": MOMENT,
        "dm_conversation_id": a_text(r"[0-9]{1,19}-[0-9]{1,19}"),
        "entities": ENTITIES,
        "referenced_tweets": a_list(an_object({"id": ID}), least=1),
        "sender_id": ID,
    },
)
INCLUDES = an_object(
    {}, {"tweets": a_list(POST), "users": a_list(USER), "media": a_list(MEDIA)}
)
PROBLEM = an_object(
    {"title": TEXT, "detail": TEXT, "type": TEXT},
    {
        "status": a_number(400, 599),
        "value": TEXT,
        "parameter": TEXT,
        "resource_id": TEXT,
        "resource_type": TEXT,
    },
)
REFUSAL = an_object(
    {"title": TEXT, "detail": TEXT, "type": TEXT},
    {
        "status": a_number(400, 599),
        "account_id": COUNT,
        "connection_issue": TEXT,
        "errors": a_list(
            an_object({"message": TEXT, "parameters": a_map(a_list(TEXT))}), least=1
        ),
    },
)
_META: dict[str, Check] = {
    "result_count": COUNT,
    "newest_id": ID,
    "oldest_id": ID,
    "next_token": TEXT,
}
_BESIDE: dict[str, Check] = {
    "includes": INCLUDES,
    "errors": a_list(PROBLEM, least=1),
}


def one(item: Check) -> Check:
    """A thing, or errors in its place."""
    return any_of(
        an_object({"data": item}, _BESIDE),
        an_object({"errors": a_list(PROBLEM, least=1)}),
    )


def some(item: Check) -> Check:
    """Things looked up by their ids."""
    return an_object({}, {"data": a_list(item, least=1), **_BESIDE})


def page(item: Check) -> Check:
    """A page of a list; an empty one has no `data`."""
    meta = an_object({"result_count": COUNT}, _META)
    return any_of(
        an_object({"meta": meta}, {"data": a_list(item, least=1), **_BESIDE}),
        an_object({"errors": a_list(PROBLEM, least=1)}),
    )


def data(needed: dict[str, Check], allowed: dict[str, Check] | None = None) -> Check:
    """A small object of its own."""
    return an_object({"data": an_object(needed, allowed)})


USAGE = data(
    {
        "project_id": TEXT,
        "project_cap": TEXT,
        "project_usage": TEXT,
        "cap_reset_day": COUNT,
        "daily_project_usage": an_object(
            {
                "project_id": TEXT,
                "usage": a_list(an_object({"date": MOMENT, "usage": TEXT})),
            }
        ),
    }
)
