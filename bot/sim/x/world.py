"""All that stands on the local X, and how it changes."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.sim.x.snowflakes import Snowflakes
from bot.sim.x.text import names_in
from bot.sim.x.things import Account, Direct, Media, Post, conversation_of

EDITABLE = timedelta(hours=1)
EDITS = 5
DIRECTS_LIVE = timedelta(days=30)
FIRST_USER = 1_500_000_000

Order = list[tuple[int, str]]  # ids, oldest first


class World:
    """Accounts, posts and direct messages, with the indexes that X has."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.ids = clock, Snowflakes()
        self.accounts: dict[str, Account] = {}
        self.posts: dict[str, Post] = {}
        self.directs: dict[str, Direct] = {}
        self.media: dict[str, Media] = {}  # by key
        self.deleted: set[str] = set()
        self.listeners: list[Callable[[str, Post | Direct], None]] = []
        self._by_name: dict[str, str] = {}
        self._mentions: dict[str, Order] = defaultdict(list)
        self._timelines: dict[str, Order] = defaultdict(list)
        self._all: Order = []
        self._inboxes: dict[str, Order] = defaultdict(list)
        self._talks: dict[str, Order] = defaultdict(list)

    # Accounts.

    def add_account(self, username: str, *, name: str = "") -> Account:
        """Add an account.

        Raises:
            ValueError: the handle is taken, or cannot be one.
        """
        if not username.isascii() or not username.replace("_", "").isalnum():
            raise ValueError(f"@{username} cannot be a handle")
        if len(username) > 15 or username.lower() in self._by_name:
            raise ValueError(f"@{username} is too long, or taken")
        account = Account(
            id=str(FIRST_USER + len(self.accounts) * 7),
            username=username,
            name=name or username,
            created_at=self.clock.now() - timedelta(days=1000),
        )
        self.accounts[account.id] = account
        self._by_name[username.lower()] = account.id
        return account

    def named(self, username: str) -> Account | None:
        return self.accounts.get(self._by_name.get(username.lower(), ""))

    # Posts.

    def publish(
        self,
        author: Account,
        text: str,
        *,
        reply_to: Post | None = None,
        quoting: Post | None = None,
        media_keys: tuple[str, ...] = (),
        leave_out: Iterable[str] = (),
        lang: str = "en",
        at: datetime | None = None,
        shown_from: datetime | None = None,
        by_api: bool = False,
    ) -> Post:
        """Add a post; a reply gets the names of those it answers before it."""
        at = at or self.clock.now()
        post_id = self.ids.id(at)
        post = Post(
            id=post_id,
            author_id=author.id,
            text=text,
            names=self.names_for(author, reply_to, leave_out=leave_out, text=text),
            created_at=at,
            conversation_id=reply_to.conversation_id if reply_to else post_id,
            replied_to=reply_to.id if reply_to else None,
            quoted=quoting.id if quoting else None,
            in_reply_to_user_id=reply_to.author_id if reply_to else None,
            media_keys=media_keys,
            history=[post_id],
            shown_from=shown_from,
            lang=lang,
            by_api=by_api,
        )
        self._keep(post)
        self._tell("post.create", post)
        return post

    def names_for(
        self,
        author: Account,
        parent: Post | None,
        *,
        leave_out: Iterable[str] = (),
        text: str = "",
    ) -> tuple[str, ...]:
        """Return the handles that X puts before a reply by itself."""
        if parent is None:
            return ()
        other = self.accounts[parent.author_id].username
        said = {*names_in(text), author.username.lower()}
        said |= {name.lower() for name in leave_out}
        thread = [other, *names_in(parent.full_text)]
        kept = [self.named(name) for name in thread if name.lower() not in said]
        return tuple(dict.fromkeys(found.username for found in kept if found))

    def repost(self, author: Account, post: Post) -> Post:
        """Add a repost, which names whom the post named."""
        at = self.clock.now()
        post_id = self.ids.id(at)
        by = self.accounts[post.author_id].username
        made = Post(
            id=post_id,
            author_id=author.id,
            text=f"RT @{by}: {post.full_text}"[:140],
            names=(),
            created_at=at,
            conversation_id=post_id,
            reposted=post.id,
            history=[post_id],
            lang=post.lang,
        )
        self._keep(made)
        self._tell("post.create", made)
        return made

    def edit(self, post: Post, text: str) -> Post:
        """Replace a post by a new version with an id of its own.

        Raises:
            ValueError: it is too old, or was edited too often.
        """
        now = self.clock.now()
        first = self.posts.get(post.history[0], post)
        if now - first.created_at > EDITABLE or len(post.history) > EDITS:
            raise ValueError("this post can no longer be edited")
        new = replace(post, id=self.ids.id(now), text=text, shown_from=None)
        post.history.append(new.id)
        self._forget(post)
        self._keep(new)
        self._tell("post.create", new)
        return new

    def delete(self, post: Post) -> None:
        """Take a post away, with all its versions."""
        for version in post.history:
            if (found := self.posts.pop(version, None)) is not None:
                self._forget(found)
            self.deleted.add(version)
        self._tell("post.delete", post)

    def _keep(self, post: Post) -> None:
        entry = (int(post.id), post.id)
        self.posts[post.id] = post
        insort(self._all, entry)
        insort(self._timelines[post.author_id], entry)
        for account in self.named_in(post):
            insort(self._mentions[account.id], entry)

    def _forget(self, post: Post) -> None:
        entry = (int(post.id), post.id)
        places = [self._all, self._timelines[post.author_id]]
        places += [self._mentions[account.id] for account in self.named_in(post)]
        for place in places:
            at = bisect_left(place, entry)
            if place[at : at + 1] == [entry]:
                del place[at]

    def named_in(self, post: Post) -> list[Account]:
        """Return the accounts that a post names, by itself or as a reply."""
        found = (self.named(name) for name in names_in(post.full_text))
        return [account for account in found if account]

    def mentions(self, account_id: str) -> Iterator[Post]:
        """Yield posts that name an account, newest first."""
        return self._newest(self._mentions[account_id])

    def timeline(self, account_id: str) -> Iterator[Post]:
        return self._newest(self._timelines[account_id])

    def everything(self) -> Iterator[Post]:
        return self._newest(self._all)

    def _newest(self, order: Order) -> Iterator[Post]:
        for _, post_id in reversed(order):
            yield self.posts[post_id]

    def is_indexed(self, post: Post) -> bool:
        """Tell whether searches and timelines already show a post."""
        author = self.accounts[post.author_id]
        if author.suspended or author.protected:
            return False
        return post.shown_from is None or post.shown_from <= self.clock.now()

    # Direct messages.

    def send(
        self,
        sender: Account,
        recipient: Account,
        text: str,
        *,
        media_keys: tuple[str, ...] = (),
        at: datetime | None = None,
        by_api: bool = False,
    ) -> Direct:
        at = at or self.clock.now()
        direct = Direct(
            id=self.ids.id(at),
            sender_id=sender.id,
            recipient_id=recipient.id,
            text=text,
            created_at=at,
            media_keys=media_keys,
            by_api=by_api,
        )
        entry = (int(direct.id), direct.id)
        self.directs[direct.id] = direct
        insort(self._talks[direct.conversation_id], entry)
        for account_id in {sender.id, recipient.id}:
            insort(self._inboxes[account_id], entry)
        self._tell("dm", direct)
        return direct

    def inbox(self, account_id: str) -> Iterator[Direct]:
        """Yield an account's direct messages of the last 30 days, newest first."""
        return self._living(self._inboxes[account_id], account_id)

    def talk(self, account_id: str, other_id: str) -> Iterator[Direct]:
        """Yield the direct messages between two accounts, newest first."""
        talk = self._talks[conversation_of(account_id, other_id)]
        return self._living(talk, account_id)

    def _living(self, order: Order, account_id: str) -> Iterator[Direct]:
        oldest = self.clock.now() - DIRECTS_LIVE
        for _, direct_id in reversed(order):
            direct = self.directs[direct_id]
            if direct.created_at < oldest:
                return
            if account_id not in direct.gone_for:
                yield direct

    def has_written(self, sender_id: str, recipient_id: str) -> bool:
        """Tell whether somebody has ever written to somebody in private."""
        talk = self._talks[conversation_of(sender_id, recipient_id)]
        return any(self.directs[key].sender_id == sender_id for _, key in talk)

    def _tell(self, what: str, thing: Post | Direct) -> None:
        for listener in self.listeners:
            listener(what, thing)
