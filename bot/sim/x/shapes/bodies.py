"""The shapes of what is written to X."""

from __future__ import annotations

from bot.sim.x.shapes.check import (
    ID,
    TEXT,
    Check,
    a_list,
    a_number,
    a_text,
    a_truth,
    an_object,
)

_MEDIA = an_object(
    {"media_ids": a_list(ID, least=1, most=4)},
    {"tagged_user_ids": a_list(ID, most=10)},
)
_REPLY = an_object(
    {"in_reply_to_tweet_id": ID},
    {
        "exclude_reply_user_ids": a_list(ID),
        "auto_populate_reply_metadata": a_truth,
    },
)
NEW_POST: Check = an_object(
    {},
    {
        "text": TEXT,
        "reply": _REPLY,
        "quote_tweet_id": ID,
        "media": _MEDIA,
        "reply_settings": a_text("following|mentionedUsers|subscribers|verified"),
        "for_super_followers_only": a_truth,
        "made_with_ai": a_truth,
        "direct_message_deep_link": TEXT,
    },
)
MEDIA_METADATA: Check = an_object(
    {"id": ID},
    {"metadata": an_object({}, {"alt_text": an_object({"text": a_text(most=1_000)})})},
)
HIDING: Check = an_object({"hidden": a_truth})
NEW_DIRECT: Check = an_object(
    {},
    {
        "text": a_text(least=1),
        "attachments": a_list(an_object({"media_id": ID}), least=1, most=1),
    },
)
NEW_SUBSCRIPTION: Check = an_object(
    {
        "event_type": TEXT,
        "filter": an_object(
            {}, {"user_id": ID, "keyword": TEXT, "direction": a_text("(in|out)bound")}
        ),
    },
    {"tag": a_text(least=1, most=200), "webhook_id": ID},
)
RULES: Check = an_object(
    {},
    {
        "add": a_list(
            an_object({"value": a_text(least=1, most=1024)}, {"tag": TEXT}), least=1
        ),
        "delete": an_object({}, {"ids": a_list(ID), "values": a_list(TEXT)}),
    },
)
UPLOAD_BEGINS: Check = an_object(
    {},
    {
        "media_type": TEXT,
        "total_bytes": a_number(0, 17_179_869_184),
        "media_category": a_text(
            "amplify_video|tweet_gif|tweet_image|tweet_video|dm_gif|dm_image|dm_video"
            "|subtitles"
        ),
        "additional_owners": a_list(ID),
        "shared": a_truth,
    },
)
_BYTES = a_text(least=1)  # base64; a form brings it as a file instead
UPLOAD_WHOLE: Check = an_object(
    {
        "media": _BYTES,
        "media_category": a_text(
            "tweet_image|tweet_video|tweet_gif|dm_image|dm_video|dm_gif|subtitles"
        ),
    },
    {"additional_owners": TEXT},
)
UPLOAD_PART: Check = an_object({"media": _BYTES, "segment_index": a_number(0, 999)})
