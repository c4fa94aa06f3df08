"""Events of the X Activity API and of the filtered stream, made from what happens."""

from __future__ import annotations

import base64
import itertools
import zlib
from collections.abc import Iterable, Iterator

from bot.sim.x.hub import ACTIVITY, FILTERED, Hub
from bot.sim.x.includes import Includes, Wanted
from bot.sim.x.query import matches, parse
from bot.sim.x.render import Render
from bot.sim.x.shapes.fields import MEDIA_FIELDS, TWEET_FIELDS, USER_FIELDS
from bot.sim.x.text import names_in
from bot.sim.x.things import Account, Direct, Post
from bot.sim.x.wire import Json, milliseconds
from bot.sim.x.world import World

_ALL = Wanted(
    posts=TWEET_FIELDS,
    users=USER_FIELDS,
    media=MEDIA_FIELDS,
    expansions=frozenset({"author_id", "attachments.media_keys"}),
)
_SCATTER = 0x9E3779B97F4A7C15  # odd: every number comes out as another one


class Activity:
    """Listens to the world and tells the streams."""

    def __init__(
        self, world: World, render: Render, includes: Includes, hub: Hub
    ) -> None:
        self._world, self._render = world, render
        self._includes, self._hub = includes, hub
        self._numbers = itertools.count(1)
        world.listeners.append(self._heard)

    def _heard(self, what: str, thing: Post | Direct) -> None:
        if isinstance(thing, Direct):
            self._direct(thing)
        elif what == "post.delete":
            self._deleted(thing)
        else:
            self._created(thing)

    # Posts.

    def _created(self, post: Post) -> None:
        author = self._world.accounts[post.author_id]
        if author.suspended or author.protected:
            return
        payload = twinned(self._render.post(post, TWEET_FIELDS))
        beside = self._includes.of_posts([post], _ALL, viewer=None)
        includes = twinned(beside.get("includes", {}))
        for event_type, user_id in self._kinds(post):
            self._tell(event_type, user_id, payload, includes)
        self._filtered(post, beside)

    def _kinds(self, post: Post) -> Iterator[tuple[str, str]]:
        """Yield which events a post is. Names put before a reply make none."""
        yield "post.create", post.author_id
        for name in names_in(post.text if not post.reposted else ""):
            named = self._world.named(name)
            if named and named.id != post.author_id:
                yield "post.mention.create", named.id
        kinds = (
            ("post.reply.create", post.replied_to),
            ("post.quote.create", post.quoted),
            ("post.repost.create", post.reposted),
        )
        for event_type, other_id in kinds:
            other = self._world.posts.get(other_id or "")
            if other and other.author_id != post.author_id:
                yield event_type, other.author_id

    def _deleted(self, post: Post) -> None:
        author = self._world.accounts[post.author_id]
        user = self._render.user(author, USER_FIELDS, viewer=None)
        payload = {"id": post.id, "author_id": post.author_id}
        includes = {"users": [{"data": twinned(user)}]}
        self._tell("post.delete", post.author_id, payload, includes)

    def _filtered(self, post: Post, beside: Json) -> None:
        rules = [
            {"id": rule.id, **({"tag": rule.tag} if rule.tag else {})}
            for rule in self._hub.rules.values()
            if matches(parse(rule.value), post, self._world)
        ]
        if rules:
            shown = self._render.post(post, TWEET_FIELDS)
            event = {"data": shown, **beside, "matching_rules": rules}
            self._hub.deliver(FILTERED, event)

    # Direct messages and encrypted ones.

    def _direct(self, direct: Direct) -> None:
        payload = {
            "direct_message_events": [self._old_shape(direct)],
            "users": {
                account.id: {
                    "data": twinned(
                        self._render.user(account, USER_FIELDS, viewer=None)
                    )
                }
                for account in self._both(direct)
            },
        }
        self._tell("dm.received", direct.recipient_id, payload)
        self._tell("dm.sent", direct.sender_id, payload)

    def _both(self, direct: Direct) -> Iterable[Account]:
        accounts = self._world.accounts
        return accounts[direct.sender_id], accounts[direct.recipient_id]

    def _old_shape(self, direct: Direct) -> Json:
        """Return a direct message as X's older interface wrote it."""
        shown = self._render.direct(direct, {"entities"})
        entities = shown.get("entities", {})
        data: Json = {
            "text": shown["text"],
            "entities": {
                "hashtags": entities.get("hashtags", []),
                "symbols": [],
                "user_mentions": entities.get("mentions", []),
                "urls": entities.get("urls", []),
            },
        }
        for key in direct.media_keys:
            media = self._world.media[key]
            address = self._render.media_address(media)
            data["attachment"] = {
                "type": "media",
                "media": {
                    "id": int(media.id),
                    "id_str": media.id,
                    "type": media.kind,
                    "media_url_https": address,
                },
            }
        return {
            "type": "message_create",
            "id": direct.id,
            "created_timestamp": str(milliseconds(direct.created_at)),
            "message_create": {
                "target": {"recipient_id": direct.recipient_id},
                "sender_id": direct.sender_id,
                "message_data": data,
            },
        }

    def encrypted(self, sender: Account, recipient: Account, text: str) -> str:
        """Tell of an X Chat message, which nobody without keys can read."""
        sealed = base64.b64encode(zlib.compress(text.encode()[::-1])).decode()
        now = str(milliseconds(self._world.clock.now()))
        chat_id = f"00000000-0000-4000-8000-{next(self._numbers):012x}"
        payload = {
            "id": chat_id,
            "conversation_token": "eyJhbGciOiJIUzI1NiJ9.local",
            "created_at_msec": now,
            "sender_id": sender.id,
            "conversation_id": f"{sender.id}:{recipient.id}",
            "conversation_key_version": "1768236281331",
            "encoded_event": sealed,
            "message_event_signature": {
                "public_key_version": "1765382634817",
                "signature": "bG9jYWw",
                "signature_version": "7",
                "signing_public_key": "bG9jYWw",
            },
        }
        self._tell("chat.received", recipient.id, payload)
        return chat_id

    def _tell(
        self, event_type: str, user_id: str, payload: Json, includes: Json | None = None
    ) -> None:
        for wish in self._hub.wishes(event_type, user_id):
            data: Json = {
                "event_uuid": self._uuid(),
                "filter": {"user_id": user_id},
                "event_type": event_type,
                "payload": payload,
            }
            if wish.tag:
                data["tag"] = wish.tag
            if includes:
                data["includes"] = includes
            self._hub.deliver(ACTIVITY, {"data": data})

    def _uuid(self) -> str:
        """Return a number for an event; X's are of either sign."""
        number = next(self._numbers) * _SCATTER % (1 << 62)
        return str(-number if number & 1 else number)


def twinned(value: Json) -> Json:
    """Put beside every number its twin as a text, as X's events have it."""
    twins: Json = {}
    for name, item in value.items():
        if isinstance(item, dict):
            twins[name] = twinned(item)
        elif isinstance(item, list):
            twins[name] = [twinned(i) if isinstance(i, dict) else i for i in item]
        else:
            twins[name] = item
        if isinstance(item, int) and not isinstance(item, bool):
            twins[f"{name}_str"] = str(item)
    return twins
