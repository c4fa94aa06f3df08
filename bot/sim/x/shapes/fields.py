"""The fields and expansions that one can ask for, by the names in use.

X's description of late 2026 calls some of them by newer names (`post.fields`); its
clients, its documentation and what it delivers still use these.
"""

from __future__ import annotations

from bot.sim.x.shapes.query import Query, moment, names, snowflake, words

TWEET_FIELDS = frozenset(
    [
        "article",
        "attachments",
        "author_id",
        "card_uri",
        "community_id",
        "context_annotations",
        "conversation_id",
        "created_at",
        "display_text_range",
        "edit_controls",
        "edit_history_tweet_ids",
        "entities",
        "geo",
        "id",
        "in_reply_to_user_id",
        "lang",
        "media_metadata",
        "note_tweet",
        "paid_partnership",
        "possibly_sensitive",
        "public_metrics",
        "referenced_tweets",
        "reply_settings",
        "scopes",
        "source",
        "text",
        "withheld",
    ]
)
TWEET_EXPANSIONS = frozenset(
    [
        "attachments.media_keys",
        "attachments.media_source_tweet",
        "attachments.poll_ids",
        "author_id",
        "edit_history_tweet_ids",
        "entities.mentions.username",
        "geo.place_id",
        "in_reply_to_user_id",
        "referenced_tweets.id",
        "referenced_tweets.id.attachments.media_keys",
        "referenced_tweets.id.author_id",
    ]
)
USER_FIELDS = frozenset(
    [
        "affiliation",
        "connection_status",
        "created_at",
        "description",
        "entities",
        "id",
        "is_identity_verified",
        "location",
        "most_recent_tweet_id",
        "name",
        "parody",
        "pinned_tweet_id",
        "profile_banner_url",
        "profile_image_url",
        "protected",
        "public_metrics",
        "receives_your_dm",
        "subscription",
        "subscription_type",
        "url",
        "username",
        "verified",
        "verified_followers_count",
        "verified_type",
        "withheld",
    ]
)
USER_EXPANSIONS = frozenset({"affiliation.user_id", "pinned_tweet_id"})
MEDIA_FIELDS = frozenset(
    [
        "alt_text",
        "duration_ms",
        "height",
        "media_key",
        "preview_image_url",
        "public_metrics",
        "type",
        "url",
        "variants",
        "width",
    ]
)
DIRECT_FIELDS = frozenset(
    [
        "attachments",
        "created_at",
        "dm_conversation_id",
        "entities",
        "event_type",
        "id",
        "participant_ids",
        "referenced_tweets",
        "sender_id",
        "text",
    ]
)
DIRECT_EXPANSIONS = frozenset(
    ["attachments.media_keys", "participant_ids", "referenced_tweets.id", "sender_id"]
)

_OTHERS: Query = {
    "poll.fields": names(
        ["duration_minutes", "end_datetime", "id", "options", "voting_status"]
    ),
    "place.fields": names(
        [
            "contained_within",
            "country",
            "country_code",
            "full_name",
            "geo",
            "id",
            "name",
            "place_type",
        ]
    ),
}
OF_POSTS: Query = {
    "tweet.fields": names(TWEET_FIELDS),
    "expansions": names(TWEET_EXPANSIONS),
    "user.fields": names(USER_FIELDS),
    "media.fields": names(MEDIA_FIELDS),
    **_OTHERS,
}
OF_USERS: Query = {
    "user.fields": names(USER_FIELDS),
    "expansions": names(USER_EXPANSIONS),
    "tweet.fields": names(TWEET_FIELDS),
}
OF_DIRECTS: Query = {
    "dm_event.fields": names(DIRECT_FIELDS),
    "expansions": names(DIRECT_EXPANSIONS),
    "user.fields": names(USER_FIELDS),
    "tweet.fields": names(TWEET_FIELDS),
    "media.fields": names(MEDIA_FIELDS),
}
STRETCH: Query = {
    "start_time": moment,
    "end_time": moment,
    "since_id": snowflake,
    "until_id": snowflake,
    "pagination_token": words(1, 200),
}
