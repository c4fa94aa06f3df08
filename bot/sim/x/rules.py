"""X's rules for what an app may post and send, as code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.sim.x.refusals import Refused, forbidden, too_long
from bot.sim.x.text import (
    LONGEST_DIRECT,
    LONGEST_POST,
    cashtags_in,
    names_in,
    weighted_length,
    without_leading,
)
from bot.sim.x.things import Account, Direct, Post
from bot.sim.x.world import World

NOT_SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or "
    "otherwise engaged by the author of the post you are replying to."
)
NOT_ENGAGED = (
    "You can only reply to or quote posts where you are mentioned or are the author."
)
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
GONE = "You attempted to reply to a Tweet that is deleted or not visible to you."
NO_DIRECT = "You do not have permission to DM one or more participants."
SAME_AGAIN = timedelta(hours=24)


class Rules:
    """Refuses what the real X refuses; each refusal has a name.

    Attributes:
        same_again: for how long the same text is a duplicate.
        names_count: whether the names that X puts before a reply make it another
            text; the stricter reading is False.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._said: dict[tuple[str, str], Post] = {}
        world.listeners.append(self._heard)
        self.same_again = SAME_AGAIN
        self.names_count = True

    def check_post(
        self,
        author: Account,
        text: str,
        *,
        reply_to: Post | None,
        quoting: Post | None,
        has_media: bool,
        now: datetime,
    ) -> None:
        """Let a post pass.

        Raises:
            Refused: by which rule not.
        """
        self._check_engaged(author, reply_to, quoting)
        names = self._world.names_for(author, reply_to)
        if weighted_length(without_leading(text, names)) > LONGEST_POST:
            raise too_long()
        if not has_media and self._said_before(author, text, reply_to, now):
            raise forbidden("duplicate", DUPLICATE)

    def _check_engaged(
        self, author: Account, reply_to: Post | None, quoting: Post | None
    ) -> None:
        if reply_to and not self.is_summoned(author, reply_to):
            raise forbidden("not_summoned", NOT_SUMMONED)
        if quoting and not self.is_summoned(author, quoting):
            raise forbidden("not_summoned", NOT_ENGAGED)

    def is_summoned(self, author: Account, post: Post) -> bool:
        """Tell whether a post's author named or quoted the account, or is it."""
        if post.author_id == author.id or author in self._world.named_in(post):
            return True
        quoted = self._world.posts.get(post.quoted or "")
        return quoted is not None and quoted.author_id == author.id

    def _said_before(
        self, author: Account, text: str, reply_to: Post | None, now: datetime
    ) -> bool:
        names = self._world.names_for(author, reply_to, text=text)
        full = " ".join([*(f"@{name}" for name in names), text])
        key = _told_apart(full) if self.names_count else _told_apart(text)
        before = self._said.get((author.id, key))
        return before is not None and now - before.created_at <= self.same_again

    def broken_by(self, post: Post, parent: Post | None) -> Iterator[tuple[str, str]]:
        """Yield what an app must not do although X lets it pass at first."""
        author = self._world.accounts[post.author_id].username
        known = {author.lower(), *names_in(parent.full_text if parent else "")}
        if parent:
            known.add(self._world.accounts[parent.author_id].username.lower())
        for name in names_in(post.text):
            if name not in known:
                yield "names_a_stranger", f"@{name} has no part in this"
        if len(cashtags_in(post.text)) > 1:
            yield "cashtags", "at most one cashtag a post"

    def _heard(self, what: str, thing: Post | Direct) -> None:
        """Remember what was said, with and without the names before it."""
        if isinstance(thing, Direct):
            return
        for text in {thing.full_text, thing.text}:
            key = (thing.author_id, _told_apart(text))
            if what == "post.create":
                self._said[key] = thing
            elif self._said.get(key) is thing:
                del self._said[key]

    def check_direct(self, sender: Account, recipient: Account, text: str) -> None:
        """Let a direct message pass.

        Raises:
            Refused: by which rule not.
        """
        opened = recipient.takes_any_message or self._world.has_written(
            recipient.id, sender.id
        )
        if recipient.suspended or not opened:
            raise forbidden("dm_not_opened", NO_DIRECT)
        if len(text) > LONGEST_DIRECT:
            raise too_long()


def _told_apart(text: str) -> str:
    """Return a text as far as it makes another text another one."""
    return " ".join(text.casefold().split())


def gone() -> Refused:
    """A reply to what is not there any more."""
    return forbidden("gone", GONE, is_violation=False)
