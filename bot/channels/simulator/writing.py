"""Putting posts down: how they are numbered, whom they address, who is shown them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.channels.counting import whole
from bot.channels.simulator.database import Database
from bot.channels.simulator.deliveries import Deliveries
from bot.channels.simulator.posts import NewPost, Post, post_from, public_thread
from bot.channels.simulator.texts import names
from bot.channels.simulator.wire import (
    encode,
    encode_deletion,
    encode_edit,
    encode_rating,
)
from bot.clock import Clock, to_ms
from bot.errors import InputError
from bot.model.message import DIRECT, ThreadId, Visibility

POSTS = (
    "SELECT posts.*, coalesce(accounts.name, posts.account) AS name,"
    " display_name, followers, (SELECT json_group_array(json_object('kind', kind,"
    " 'name', files.name, 'url', url, 'size', size, 'alt', alt)) FROM files"
    " WHERE post = posts.id) AS files, ratings.post AS asks, stars, hidden.post IS NOT NULL AS hidden"
    " FROM posts LEFT JOIN hidden ON hidden.post = posts.id"
    " LEFT JOIN ratings ON ratings.post = posts.id"
    " LEFT JOIN accounts USING (account) LEFT JOIN profiles USING (account) "
)
INSERT = (
    "INSERT INTO posts (id, account, customer, conversation, thread, text, at_ms,"
    " in_reply_to, visibility, by_brand, via_api, addressed)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a post stands and whom it concerns."""

    conversation: str
    thread: ThreadId
    customer: str | None
    addressed: bool = True
    in_reply_to: str | None = None
    visibility: Visibility = Visibility.PUBLIC


class Writing:
    """Writes posts, each inside one change together with its delivery to us.

    An id that is already there changes nothing, so that an interrupted import can
    start again from its first line.
    """

    def __init__(
        self, database: Database, deliveries: Deliveries, *, brand: str, clock: Clock
    ) -> None:
        self.brand = brand
        self._database, self._deliveries, self._clock = database, deliveries, clock

    def public(self, new: NewPost, *, via_api: bool = False) -> Post:
        """Write a public post; the brand's own account makes it the brand's.

        Raises:
            InputError: the account or id is empty, or `at` has no time zone.
        """
        with self._database.transaction():
            id_ = self._chosen_id(new)
            return self._find(id_) or self._write(
                self._place(new, id_), new, id_=id_, via_api=via_api
            )

    def direct(self, new: NewPost, *, customer: str, via_api: bool = False) -> Post:
        """Write a direct message between `customer` and the brand; raises likewise."""
        place = _Place(
            conversation=DIRECT,
            thread=DIRECT,
            customer=customer,
            visibility=Visibility.PRIVATE,
        )
        with self._database.transaction():
            id_ = self._chosen_id(new)
            return self._find(id_) or self._write(place, new, id_=id_, via_api=via_api)

    def edit(self, id_: str, text: str) -> None:
        """Let the author change a post's text; we are told if we were shown the post.

        Raises:
            InputError: there is no such post of a customer.
        """
        with self._database.transaction():
            self._of_a_customer(id_)
            self._database.rows(
                "UPDATE posts SET text = ? WHERE id = ?", whole(text), id_
            )
            post, at = self._of_a_customer(id_), self._clock.now()
            if post.addressed:
                self._deliveries.add(f"{id_}/edited", encode_edit(post, at))

    def delete(self, id_: str) -> None:
        """Let the author delete a post: nobody can see or answer it any more.

        Raises:
            InputError: there is no such post of a customer.
        """
        with self._database.transaction():
            post = self._of_a_customer(id_)
            self._database.rows("DELETE FROM posts WHERE id = ?", id_)
            self._database.rows("DELETE FROM files WHERE post = ?", id_)
            if post.addressed:
                deletion = encode_deletion(post, self._clock.now())
                self._deliveries.add(f"{id_}/deleted", deletion)

    def hide(self, id_: str, *, hidden: bool) -> None:
        """Hide a reply in a conversation that the brand began, or show it again.

        Raises:
            InputError: there is no such reply.
        """
        with self._database.transaction():
            post = self._find(id_)
            if post is None or not self._below_ours(post):
                raise InputError("There is no such reply below a post of ours.")
            change = "INSERT OR IGNORE INTO hidden VALUES (?)"
            self._database.rows(
                change if hidden else "DELETE FROM hidden WHERE post = ?", id_
            )

    def _below_ours(self, post: Post) -> bool:
        """Tell whether it is a customer's post in a conversation that the brand began."""
        first = self.public_post(post.conversation)
        return first is not None and first.by_brand and not post.by_brand

    def _of_a_customer(self, id_: str) -> Post:
        post = self._find(id_)
        if post is None or post.by_brand:
            raise InputError("There is no such post of a customer.")
        return post

    def ask_rating(self, post: Post) -> None:
        """Show stars below a direct message of ours."""
        self._database.rows("INSERT INTO ratings (post) VALUES (?)", post.id)

    def rate(self, account: str, stars: int) -> None:
        """Let a customer tap so many stars below the newest message that asks for them.

        Raises:
            InputError: nothing asks them, or these are not one to five.
        """
        with self._database.transaction():
            row = self._database.row(
                f"{POSTS} WHERE customer = ? AND asks IS NOT NULL AND stars IS NULL"
                " ORDER BY seq DESC LIMIT 1",
                account,
            )
            if row is None or stars not in range(1, 6):
                raise InputError("Nothing asks for such a rating.")
            self._database.rows(
                "UPDATE ratings SET stars = ? WHERE post = ?", stars, row["id"]
            )
            rating = encode_rating(post_from(row), account, stars, self._clock.now())
            self._deliveries.add(f"{row['id']}/rated", rating)

    def public_post(self, id_: str | None) -> Post | None:
        """Return the public post of that id, if there is one."""
        post = self._find(id_) if id_ else None
        return post if post and post.visibility is Visibility.PUBLIC else None

    def by_brand(self, account: str) -> bool:
        """Tell whether it is the brand's own account. Handles ignore case."""
        return account.lower() == self.brand.lower()

    def _place(self, new: NewPost, id_: str) -> _Place:
        above = self.public_post(new.in_reply_to)
        # The post above may be unknown here: deleted, or not part of an import.
        known = above.conversation if above else new.in_reply_to
        conversation = new.conversation or known or id_
        customer: str | None = new.account
        if self.by_brand(new.account):
            customer = above.customer if above else None
        return _Place(
            conversation=conversation,
            thread=public_thread(conversation, customer or self.brand),
            customer=customer,
            addressed=self._addresses_brand(new, above),
            in_reply_to=new.in_reply_to,
        )

    def _addresses_brand(self, new: NewPost, above: Post | None) -> bool:
        """Tell whether the author speaks to the brand, as networks see it.

        A reply goes to the author above and to all whom that post addressed.
        """
        if self.by_brand(new.account):
            return False
        if new.addressed is not None:
            return new.addressed
        inherited = above is not None and (above.by_brand or above.addressed)
        return inherited or names(self.brand, new.text)

    def _write(self, place: _Place, new: NewPost, *, id_: str, via_api: bool) -> Post:
        by_brand = self.by_brand(new.account)
        self._database.rows(
            "INSERT OR IGNORE INTO accounts VALUES (?, ?)", new.account, new.account
        )
        self._database.rows(
            INSERT,
            *(id_, new.account, place.customer, place.conversation, place.thread),
            *(whole(new.text), self._at_ms(new.at), place.in_reply_to),
            *(place.visibility.value, int(by_brand), int(via_api)),
            int(place.addressed),
        )
        for number, one in enumerate(new.attachments):
            self._database.rows(
                "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
                *(id_, number, one.kind.value, one.name, one.url, one.size, one.alt),
            )
        (row,) = self._database.rows(f"{POSTS} WHERE id = ?", id_)
        post = post_from(row)
        if place.addressed and not by_brand:
            self._deliveries.add(post.id, encode(post, hideable=self._below_ours(post)))
        return post

    def _chosen_id(self, new: NewPost) -> str:
        if not new.account or new.id == "":
            raise InputError("a post needs an account, and an id that is not empty")
        if new.id is not None:
            return new.id
        row = self._database.row("SELECT seq FROM sqlite_sequence WHERE name = 'posts'")
        return f"{self._database.birth}-{row['seq'] + 1 if row else 1}"

    def _at_ms(self, at: datetime | None) -> int:
        if at is not None and at.tzinfo is None:
            raise InputError(f"a post's time needs a time zone: {at!r}")
        return to_ms(at or self._clock.now())

    def _find(self, id_: str) -> Post | None:
        row = self._database.row(f"{POSTS} WHERE id = ?", id_)
        return post_from(row) if row else None
