"""Things as X gives them out: only the fields that were asked for."""

from __future__ import annotations

from collections.abc import Collection

from bot.sim.x.faults import Faults
from bot.sim.x.text import given_out
from bot.sim.x.things import Account, Direct, Media, Post
from bot.sim.x.wire import Json, stamp
from bot.sim.x.world import EDITABLE, EDITS, World

POST_DEFAULT = frozenset({"id", "text", "edit_history_tweet_ids"})
USER_DEFAULT = frozenset({"id", "name", "username"})
MEDIA_DEFAULT = frozenset({"media_key", "type"})
DIRECT_DEFAULT = frozenset({"id", "text", "event_type"})
AUTOMATED = "Automated"
METRICS = {  # nobody likes or reposts here, so that nothing depends on it
    "retweet_count": 0,
    "reply_count": 0,
    "like_count": 0,
    "quote_count": 0,
    "bookmark_count": 0,
    "impression_count": 0,
}


class Render:
    """Turns accounts, posts, media and direct messages into JSON."""

    def __init__(self, world: World, faults: Faults, base_url: str) -> None:
        self._world, self._faults, self._base = world, faults, base_url

    def moment(self, thing: Account | Post | Direct) -> str:
        return stamp(thing.created_at, millis=not self._faults.no_millis)

    def post(self, post: Post, fields: Collection[str]) -> Json:
        pictures = [self._picture(post, key) for key in post.media_keys]
        text, entities = given_out(post.full_text, pictures)
        self._name_ids(entities)
        first = self._world.posts.get(post.history[0], post)
        shown: Json = {
            "id": post.id,
            "text": text,
            "edit_history_tweet_ids": list(post.history),
            "author_id": post.author_id,
            "conversation_id": post.conversation_id,
            "created_at": self.moment(post),
            "edit_controls": {
                "edits_remaining": max(EDITS + 1 - len(post.history), 0),
                "is_edit_eligible": post.replied_to is None,
                "editable_until": stamp(first.created_at + EDITABLE),
            },
            "lang": post.lang,
            "paid_partnership": False,
            "possibly_sensitive": False,
            "public_metrics": dict(METRICS),
            "reply_settings": "everyone",
            "display_text_range": [len(post.full_text) - len(post.text), len(text)],
        }
        if entities:
            shown["entities"] = entities
        if post.in_reply_to_user_id:
            shown["in_reply_to_user_id"] = post.in_reply_to_user_id
        if post.media_keys:
            shown["attachments"] = {"media_keys": list(post.media_keys)}
        if references := references_of(post):
            shown["referenced_tweets"] = [
                {"type": kind, "id": other} for kind, other in references
            ]
        return _only(shown, fields, POST_DEFAULT)

    def _picture(self, post: Post, key: str) -> tuple[str, str]:
        name = self._world.accounts[post.author_id].username
        return key, f"https://x.com/{name}/status/{post.id}/photo/1"

    def _name_ids(self, entities: Json) -> None:
        """Put the accounts' ids to the names; X adds them where there is one."""
        for mention in entities.get("mentions", []):
            if account := self._world.named(mention["username"]):
                mention["id"] = account.id

    def user(
        self, account: Account, fields: Collection[str], *, viewer: Account | None
    ) -> Json:
        newest = next(self._world.timeline(account.id), None)
        shown: Json = {
            "id": account.id,
            "name": account.name,
            "username": account.username,
            "created_at": self.moment(account),
            "description": account.description,
            "is_identity_verified": False,
            "parody": False,
            "profile_image_url": f"{self._base}/page/face.svg",
            "protected": account.protected,
            "url": "",
            "verified": account.verified_type != "none",
            "verified_type": account.verified_type,
            "public_metrics": {
                "followers_count": account.followers,
                "following_count": 0,
                "tweet_count": 0,
                "listed_count": 0,
                "like_count": 0,
                "media_count": 0,
            },
            "affiliation": {"description": AUTOMATED} if account.automated else {},
        }
        if newest:
            shown["most_recent_tweet_id"] = newest.id
        if viewer:
            opened = self._world.has_written(account.id, viewer.id)
            shown["receives_your_dm"] = opened or account.takes_any_message
            shown["connection_status"] = []
        return _only(shown, fields, USER_DEFAULT)

    def media(self, media: Media, fields: Collection[str]) -> Json:
        shown: Json = {
            "media_key": media.key,
            "type": media.kind,
            "height": 600,
            "width": 800,
            "public_metrics": {"view_count": 0},
        }
        address = self.media_address(media)
        if media.alt_text:
            shown["alt_text"] = media.alt_text
        if media.kind == "photo":
            shown["url"] = address
        else:
            shown["preview_image_url"] = address
            shown["duration_ms"] = 1000
            shown["variants"] = [{"content_type": media.content_type, "url": address}]
        return _only(shown, fields, MEDIA_DEFAULT)

    def media_address(self, media: Media) -> str:
        return f"{self._base}/media/{media.key}"

    def direct(self, direct: Direct, fields: Collection[str]) -> Json:
        text, entities = given_out(direct.text)
        self._name_ids(entities)
        shown: Json = {
            "id": direct.id,
            "text": text,
            "event_type": "MessageCreate",
            "created_at": self.moment(direct),
            "dm_conversation_id": direct.conversation_id,
            "sender_id": direct.sender_id,
        }
        if entities:
            shown["entities"] = entities
        if direct.media_keys:
            shown["attachments"] = {"media_keys": list(direct.media_keys)}
        return _only(shown, fields, DIRECT_DEFAULT)


def references_of(post: Post) -> list[tuple[str, str]]:
    """Return the posts that a post refers to, with how."""
    kinds = (
        ("retweeted", post.reposted),
        ("quoted", post.quoted),
        ("replied_to", post.replied_to),
    )
    return [(kind, other) for kind, other in kinds if other]


def _only(shown: Json, fields: Collection[str], default: frozenset[str]) -> Json:
    wanted = default.union(fields)
    return {name: value for name, value in shown.items() if name in wanted}
