"""Expansions: what stands beside the things that were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.sim.x.refusals import missing, not_yours
from bot.sim.x.render import Render, references_of
from bot.sim.x.text import names_in
from bot.sim.x.things import Account, Direct, Post
from bot.sim.x.wire import Json
from bot.sim.x.world import World


@dataclass(frozen=True)
class Wanted:
    """The fields and expansions of one request."""

    posts: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    media: frozenset[str] = frozenset()
    directs: frozenset[str] = frozenset()
    expansions: frozenset[str] = frozenset()

    @classmethod
    def of(cls, query: Mapping[str, object]) -> Wanted:
        def names(name: str) -> frozenset[str]:
            value = query.get(name, frozenset())
            return value if isinstance(value, frozenset) else frozenset()

        return cls(
            posts=names("tweet.fields"),
            users=names("user.fields"),
            media=names("media.fields"),
            directs=names("dm_event.fields"),
            expansions=names("expansions"),
        )


@dataclass
class Beside:
    """What stands beside, each thing once, in the order in which it is found."""

    posts: dict[str, Post] = field(default_factory=dict)
    users: dict[str, Account] = field(default_factory=dict)
    media: dict[str, None] = field(default_factory=dict)
    errors: dict[str, Json] = field(default_factory=dict)


class Includes:
    """Puts together `includes` and the errors of what cannot be included."""

    def __init__(self, world: World, render: Render) -> None:
        self._world, self._render = world, render

    def of_posts(
        self, posts: Iterable[Post], wanted: Wanted, *, viewer: Account | None
    ) -> Json:
        beside, expansions = Beside(), wanted.expansions
        for post in posts:
            self._post(post, expansions, beside)
            if "referenced_tweets.id" in expansions:
                self._references(post, expansions, beside, viewer)
        return self._shown(beside, wanted, viewer)

    def _post(self, post: Post, expansions: frozenset[str], beside: Beside) -> None:
        if "author_id" in expansions:
            self._user(post.author_id, beside)
        if "in_reply_to_user_id" in expansions and post.in_reply_to_user_id:
            self._user(post.in_reply_to_user_id, beside)
        if "entities.mentions.username" in expansions:
            for name in names_in(post.full_text):
                if account := self._world.named(name):
                    self._user(account.id, beside)
        if "attachments.media_keys" in expansions:
            beside.media |= dict.fromkeys(post.media_keys)
        if "edit_history_tweet_ids" in expansions:
            for version in post.history:
                if version != post.id and version in self._world.posts:
                    beside.posts[version] = self._world.posts[version]

    def _references(
        self,
        post: Post,
        expansions: frozenset[str],
        beside: Beside,
        viewer: Account | None,
    ) -> None:
        for _, other_id in references_of(post):
            other = self._world.posts.get(other_id)
            if other is None:
                error = missing("tweet", "referenced_tweets.id", other_id)
                beside.errors[other_id] = error
            elif not self.may_see(other, viewer):
                error = not_yours("tweet", "referenced_tweets.id", other_id)
                beside.errors[other_id] = error
            else:
                beside.posts[other_id] = other
                if "referenced_tweets.id.author_id" in expansions:
                    self._user(other.author_id, beside)
                if "referenced_tweets.id.attachments.media_keys" in expansions:
                    beside.media |= dict.fromkeys(other.media_keys)

    def may_see(self, post: Post, viewer: Account | None) -> bool:
        author = self._world.accounts[post.author_id]
        hidden = author.protected or author.suspended
        return not hidden or author is viewer

    def _user(self, account_id: str, beside: Beside) -> None:
        beside.users[account_id] = self._world.accounts[account_id]

    def of_directs(
        self, directs: Iterable[Direct], wanted: Wanted, *, viewer: Account
    ) -> Json:
        beside, expansions = Beside(), wanted.expansions
        for direct in directs:
            if "sender_id" in expansions:
                self._user(direct.sender_id, beside)
            if "attachments.media_keys" in expansions:
                beside.media |= dict.fromkeys(direct.media_keys)
        return self._shown(beside, wanted, viewer)

    def _shown(self, beside: Beside, wanted: Wanted, viewer: Account | None) -> Json:
        render = self._render
        includes: Json = {
            "tweets": [render.post(p, wanted.posts) for p in beside.posts.values()],
            "users": [
                render.user(u, wanted.users, viewer=viewer)
                for u in beside.users.values()
            ],
            "media": [
                render.media(self._world.media[key], wanted.media)
                for key in beside.media
            ],
        }
        found: Json = {}
        if kept := {name: value for name, value in includes.items() if value}:
            found["includes"] = kept
        if beside.errors:
            found["errors"] = list(beside.errors.values())
        return found
