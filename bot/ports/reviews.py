"""The review queue: what the store keeps of it, and what trainers do with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.model.message import CustomerId, MessageId
from bot.model.record import Record
from bot.model.review import (
    Cause,
    Finding,
    NewTopic,
    ReviewGroup,
    ReviewId,
    ReviewItem,
    ReviewPage,
    Settlement,
)


class Reviews(Protocol):
    """What is kept of the queue. Every change can be repeated and changes nothing.

    What a customer wrote goes from here in the same step in which it goes from their
    transcript: when they are forgotten, or delete or edit the message.
    """

    def id_of(self, customer: CustomerId, message: MessageId) -> ReviewId:
        """Return the id that a message's item has, or would have."""
        ...

    async def transcript(self, customer: CustomerId) -> tuple[list[Record], str]:
        """Return the end of a customer's transcript and the version that it has.

        The newest lines, oldest first.
        """
        ...

    async def add(self, item: ReviewItem, *, version: str) -> bool:
        """Keep an open item, or add its findings to the one that is there.

        One that was closed stays closed. An item that lost its text to an edit gets
        that of `item`, with its reading and group.

        Returns:
            False if the customer's transcript is not any more the one with `version`:
            nothing was kept. Read it again.
        """
        ...

    async def of_customer(self, customer: CustomerId) -> list[ReviewItem]:
        """Return the customer's items, open or not, but for those without text."""
        ...

    async def edited(
        self, customer: CustomerId
    ) -> Mapping[MessageId, tuple[Finding, ...]]:
        """Return the messages of which an edit took the text, with their findings.

        To be added again with the new text, or dropped.
        """
        ...

    async def open(self) -> list[ReviewItem]:
        """Return all open items, the oldest first, but for those that lost their text."""
        ...

    async def get(self, item: ReviewId) -> ReviewItem:
        """Return one item, open or not. Raises InputError if it is not there."""
        ...

    async def close(
        self, items: Sequence[ReviewId], settlement: Settlement
    ) -> list[ReviewItem]:
        """Close those that are open; return all of them that are there as they are now.

        Whoever was first has closed it: see its `settlement`.
        """
        ...

    async def reopen(
        self, items: Sequence[ReviewId], *, by: str, now: datetime
    ) -> list[ReviewItem]:
        """Open closed ones again; return all of them that are there as they are now."""
        ...

    async def drop(self, items: Collection[ReviewId]) -> None:
        """Keep nothing of these any more."""
        ...

    async def listed(self, *, before: datetime | None = None) -> list[ReviewId]:
        """Return all that are kept, open or not, the oldest first.

        With `before` only those that were added before then.
        """
        ...


class ReviewWork(Protocol):
    """What trainers see and do, on the page or in the terminal.

    One implementation: bot.flow.review_queue. `by` names the trainer.
    """

    async def page(
        self, *, offset: int = 0, limit: int = 20, cause: Cause | None = None
    ) -> ReviewPage:
        """Return a part of the queue, what teaches most first.

        With a `cause` only the groups in which an item has it.
        """
        ...

    async def group(self, group: ReviewId) -> ReviewGroup:
        """Return one group with all of its open items.

        `group` is its id or that of any item in it. Raises InputError if none is open.
        """
        ...

    async def item(self, item: ReviewId) -> ReviewItem:
        """Return one item, open or not. Raises InputError if it is not there."""
        ...

    async def topics(self) -> tuple[NewTopic, ...]:
        """Return what seems to be missing among the intents, the largest first."""
        ...

    async def settle(
        self, items: Sequence[ReviewId], *, by: str, label: str, change: str = ""
    ) -> list[ReviewItem]:
        """Close items because the data were changed; `change` names the edit.

        Returns them as they are now. Whoever was first has closed it: see `settlement`.
        """
        ...

    async def dismiss(self, items: Sequence[ReviewId], *, by: str) -> list[ReviewItem]:
        """Close items from which there is nothing to learn; returns likewise."""
        ...

    async def reopen(self, items: Sequence[ReviewId], *, by: str) -> list[ReviewItem]:
        """Take closing back."""
        ...

    async def counts(self) -> Mapping[Cause, int]:
        """Return how many open items have each cause; one may have several."""
        ...
