"""What the page needs of the network that customers use; the simulator fits it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.model.attachment import Attachment
from bot.model.message import ThreadId, Visibility


class Post(Protocol):
    """One public post or direct message, of a customer or of ours.

    `account` wrote it; `customer` is the account in whose exchange with us it
    stands. `change` numbers the posts in the order in which they appeared.
    """

    @property
    def id(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def in_reply_to(self) -> str | None: ...
    @property
    def conversation(self) -> str: ...
    @property
    def thread(self) -> ThreadId: ...
    @property
    def customer(self) -> str | None: ...
    @property
    def visibility(self) -> Visibility: ...
    @property
    def by_brand(self) -> bool: ...
    @property
    def addressed(self) -> bool: ...
    @property
    def attachments(self) -> Sequence[Attachment]: ...
    @property
    def asks_rating(self) -> bool: ...
    @property
    def stars(self) -> int | None: ...


class Changes(Protocol):
    """The posts after a change number, and the number to ask with next."""

    @property
    def latest(self) -> int: ...
    @property
    def posts(self) -> Sequence[Post]: ...


class Network(Protocol):
    """Every method raises TemporaryFailure if the network cannot be used now."""

    def register(self, account: str, name: str) -> None:
        """Give `account` the name that others see."""
        ...

    def post(
        self,
        account: str,
        text: str,
        *,
        in_reply_to: str | None = None,
        id: str | None = None,  # noqa: A002 - the network's word
    ) -> str:
        """Post in public and return the post's id; an `id` that exists changes nothing."""
        ...

    def direct(
        self,
        account: str,
        text: str,
        *,
        id: str | None = None,  # noqa: A002 - the network's word
    ) -> str:
        """Write to the brand in private; `id` as in `post`."""
        ...

    def edit(self, id: str, text: str) -> None:  # noqa: A002 - the network's word
        """Let a customer change the text of a post of theirs, public or private.

        Raises:
            InputError: there is none of that id.
        """
        ...

    def delete(self, id: str) -> None:  # noqa: A002 - the network's word
        """Let a customer delete a post of theirs; raises likewise."""
        ...

    def rate(self, account: str, stars: int) -> None:
        """Let a customer tap stars; raises InputError if nothing asks for them."""
        ...

    def timeline(self, *, newest: int = 200) -> Sequence[Post]:
        """Return the `newest` public posts, oldest first."""
        ...

    def direct_messages(self, account: str) -> Sequence[Post]:
        """Return what `account` and the brand wrote each other, oldest first."""
        ...

    def file(self, digest: str) -> bytes | None:
        """Return a file that the brand put there; None if there is none."""
        ...

    def changes(self, after: int, *, at_most: int = 500) -> Changes:
        """Return what appeared after change number `after`; 0 is the beginning."""
        ...
