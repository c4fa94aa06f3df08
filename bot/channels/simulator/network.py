"""The network's own side: what people do on it, and what its pages show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from bot.channels.simulator.database import Database
from bot.channels.simulator.deliveries import Deliveries
from bot.channels.simulator.faults import Faults
from bot.channels.simulator.posts import (
    Changes,
    LedgerEntry,
    NewPost,
    Post,
    ledger_entry_from,
    post_from,
)
from bot.channels.simulator.sending import Sending
from bot.channels.simulator.uploads import Uploads
from bot.channels.simulator.writing import POSTS, Writing
from bot.clock import Clock
from bot.errors import InputError
from bot.model.attachment import Attachment
from bot.model.message import Profile, ThreadId


class SimulatedNetwork:
    """A small social network that outlives its processes.

    Several processes may open the same file: what one writes, the others see, and
    a fault that one sets, all obey. Every method raises TemporaryFailure if the
    file cannot be used now, and ConfigError if it is some other file.

    Attributes:
        faults: what shall go wrong.
        deliveries, sending, uploads: what the network offers to our account.
    """

    def __init__(
        self, path: Path, *, brand_handle: str, clock: Clock, page: str | None = None
    ) -> None:
        self._database = Database(path)
        self.uploads = Uploads(self._database, page=page)
        self.faults = Faults(self._database)
        self.deliveries = Deliveries(self._database, self.faults, clock=clock)
        self._writing = Writing(
            self._database, self.deliveries, brand=brand_handle, clock=clock
        )
        self.sending = Sending(self._database, self.faults, self._writing, clock=clock)

    def register(self, account: str, name: str) -> None:
        """Give `account` the name that others see; until then its name is its id."""
        self._database.rows(
            "INSERT OR REPLACE INTO accounts VALUES (?, ?)", account, name
        )

    def show_profile(self, account: str, profile: Profile) -> None:
        """Let `account` show this of itself with all that it writes from now on."""
        self._database.rows(
            "INSERT OR REPLACE INTO profiles VALUES (?, ?, ?)",
            *(account, profile.name, profile.followers),
        )

    def post(
        self,
        account: str,
        text: str,
        *,
        in_reply_to: str | None = None,
        at: datetime | None = None,
        id: str | None = None,  # noqa: A002 - the word of the domain
        conversation: str | None = None,
        addressed: bool | None = None,
        attachments: tuple[Attachment, ...] = (),
    ) -> str:
        """Post in public; return the post's id.

        It reaches us if it names the brand's @handle, replies to the brand, or
        replies to a post that addresses the brand.

        Args:
            account: who posts.
            text: any text; the network's own limit binds our account only.
            in_reply_to: the post above, which need not exist here.
            at: when, None = now.
            id: None lets the network choose. One that exists changes nothing.
            conversation: the id of the first post above it all, if known.
            addressed: overrides whether the post is meant for the brand.
            attachments: files that go with it.

        Raises:
            InputError: the account or id is empty, or `at` has no time zone.
        """
        new = NewPost(
            account=account,
            text=text,
            in_reply_to=in_reply_to,
            at=at,
            id=id,
            conversation=conversation,
            addressed=addressed,
            attachments=attachments,
        )
        return self._writing.public(new).id

    def post_many(self, posts: Iterable[NewPost]) -> list[str]:
        """Write all `posts` or none, in their order; return their ids."""
        with self._database.transaction():
            return [self._writing.public(new).id for new in posts]

    def brand_post(
        self,
        text: str,
        *,
        in_reply_to: str | None = None,
        at: datetime | None = None,
        id: str | None = None,  # noqa: A002 - the word of the domain
        conversation: str | None = None,
    ) -> str:
        """Post as the brand's people do elsewhere; return the id. Never comes in."""
        brand = self._writing.brand
        return self.post(
            brand,
            text,
            in_reply_to=in_reply_to,
            at=at,
            id=id,
            conversation=conversation,
        )

    def direct(
        self,
        account: str,
        text: str,
        *,
        at: datetime | None = None,
        id: str | None = None,  # noqa: A002 - the word of the domain
        attachments: tuple[Attachment, ...] = (),
    ) -> str:
        """Write to the brand in private; return the message's id.

        Raises:
            InputError: as `post`, or the account is the brand's own.
        """
        if self._writing.by_brand(account):
            raise InputError("the brand cannot write direct messages to itself")
        new = NewPost(account=account, text=text, at=at, id=id, attachments=attachments)
        return self._writing.direct(new, customer=account).id

    def edit(self, id: str, text: str) -> None:  # noqa: A002 - the word of the domain
        """Let a customer change the text of a post or direct message of theirs.

        Raises:
            InputError: there is none of that id.
        """
        self._writing.edit(id, text)

    def delete(self, id: str) -> None:  # noqa: A002 - the word of the domain
        """Let a customer delete a post or direct message of theirs; raises likewise."""
        self._writing.delete(id)

    def hide(self, id: str, *, hidden: bool = True) -> None:  # noqa: A002 - the word of the domain
        """Keep a reply in a conversation that the brand began from its readers, or show it.

        Raises:
            InputError: there is no such reply.
        """
        self._writing.hide(id, hidden=hidden)

    def rate(self, account: str, stars: int) -> None:
        """Let a customer tap stars below the newest message of ours that asks for them.

        Raises:
            InputError: nothing asks them, or these are not one to five.
        """
        self._writing.rate(account, stars)

    def file(self, digest: str) -> bytes | None:
        """Return a file that our account put here; None if there is none."""
        return self.uploads.content(digest)

    def timeline(self, *, newest: int = 200) -> list[Post]:
        """Return the `newest` public posts, in the order in which they appeared."""
        rows = self._database.rows(
            f"{POSTS} WHERE visibility = 'public' ORDER BY seq DESC LIMIT ?", newest
        )
        return [post_from(row) for row in reversed(rows)]

    def thread(self, thread: ThreadId) -> list[Post]:
        """Return one customer's public thread, ours and theirs, oldest first."""
        return self._posts("thread = ? AND visibility = 'public'", thread)

    def direct_messages(self, account: str) -> list[Post]:
        """Return what `account` and the brand wrote each other in private."""
        return self._posts("customer = ? AND visibility = 'private'", account)

    def ledger(self, account: str | None = None) -> list[LedgerEntry]:
        """Return what customers wrote and what they received from the program.

        It is read from the posts themselves, so it cannot say anything else than
        what stands on the network. What the brand's people posted elsewhere is
        not in it. None gives the entries of all customers.
        """
        ledger = "SELECT * FROM posts WHERE (via_api OR NOT by_brand) AND customer"
        rows = (
            self._database.rows(f"{ledger} IS NOT NULL ORDER BY seq")
            if account is None
            else self._database.rows(f"{ledger} = ? ORDER BY seq", account)
        )
        return [ledger_entry_from(row) for row in rows]

    def changes(self, after: int, *, at_most: int = 500) -> Changes:
        """Return what appeared after change number `after`; 0 is the beginning.

        Cheap enough to ask several times a second.
        """
        rows = self._database.rows(
            f"{POSTS} WHERE seq > ? ORDER BY seq LIMIT ?", after, at_most
        )
        posts = tuple(post_from(row) for row in rows)
        return Changes(posts[-1].change if posts else after, posts)

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        self._database.close()

    def _posts(self, condition: str, value: str) -> list[Post]:
        rows = self._database.rows(f"{POSTS} WHERE {condition} ORDER BY seq", value)
        return [post_from(row) for row in rows]
