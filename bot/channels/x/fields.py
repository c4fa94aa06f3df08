"""What we ask X to send with posts and direct messages."""

from __future__ import annotations

_POST = [
    *("attachments", "author_id", "conversation_id", "created_at"),
    *("display_text_range", "edit_history_tweet_ids", "entities"),
    *("in_reply_to_user_id", "note_tweet", "referenced_tweets", "text"),
]
_USER = ["affiliation", "name", "public_metrics", "username"]
_MEDIA = ["alt_text", "media_key", "preview_image_url", "type", "url", "variants"]

POST_FIELDS: dict[str, list[str]] = {
    "tweet_fields": _POST,
    "user_fields": _USER,
    "media_fields": _MEDIA,
    "expansions": [
        *("author_id", "attachments.media_keys"),
        *("referenced_tweets.id", "referenced_tweets.id.author_id"),
    ],
}
DIRECT_FIELDS: dict[str, list[str]] = {
    "dm_event_fields": [
        *("attachments", "created_at", "dm_conversation_id", "entities"),
        *("event_type", "id", "referenced_tweets", "sender_id", "text"),
    ],
    "tweet_fields": _POST,
    "user_fields": _USER,
    "media_fields": _MEDIA,
    "expansions": ["sender_id", "attachments.media_keys", "referenced_tweets.id"],
}
OWN_POST_FIELDS: dict[str, list[str]] = {
    "tweet_fields": [
        *("conversation_id", "created_at", "display_text_range", "entities"),
        *("in_reply_to_user_id", "note_tweet", "referenced_tweets", "text"),
    ],
}
