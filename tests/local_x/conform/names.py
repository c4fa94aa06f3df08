"""The two sets of names that X has for the same things.

Its description of late 2026 says *post* where its documentation, its clients and what
it delivers say *tweet*. The local X speaks as X delivers; here its words are put into
the description's before they are compared.
"""

from __future__ import annotations

from typing import Any

# What a client asks for.
PARAMETERS = {"tweet.fields": "post.fields"}
VALUES = {
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "referenced_tweets.id": "referenced_posts",
    "most_recent_tweet_id": "most_recent_post_id",
    "pinned_tweet_id": "pinned_post_id",
}
# Asked for by an expansion now, or in any case, so that they are no field any more.
NO_FIELDS = {
    "post.fields": {
        "author_id",
        "edit_history_post_ids",
        "in_reply_to_user_id",
        "referenced_posts",
    },
    "dm_event.fields": {"participant_ids", "referenced_posts", "sender_id"},
    "user.fields": {"affiliation", "most_recent_post_id", "pinned_post_id"},
    "expansions": {
        "referenced_tweets.id.author_id",
        "referenced_tweets.id.attachments.media_keys",
    },
}
# What comes back.
ANSWERS = {
    **VALUES,
    "tweets": "posts",
    "retweet_count": "repost_count",
    "tweet_count": "post_count",
}


def asked(name: str, text: str, known: set[str]) -> tuple[str, str]:
    """Return a parameter by the description's name, with the values that it knows."""
    new = name if name in known else PARAMETERS.get(name, name)
    if not (new.endswith(".fields") or new == "expansions") or "tweet.fields" in known:
        return new, text
    values = [VALUES.get(value, value) for value in text.split(",")]
    left_out = NO_FIELDS.get(new, set())
    return new, ",".join(dict.fromkeys(v for v in values if v not in left_out))


def answered(value: Any) -> Any:
    """Return an answer by the description's names."""
    if isinstance(value, list):
        return [answered(item) for item in value]
    if isinstance(value, dict):
        return {_renamed(name): answered(item) for name, item in value.items()}
    return value


def _renamed(name: str) -> str:
    bare = name.removesuffix("_str")
    return ANSWERS.get(bare, bare) + name.removeprefix(bare)
