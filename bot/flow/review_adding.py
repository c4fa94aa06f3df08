"""Adds one message to the review queue: masked, in its group, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.flow.review_groups import ReviewGroups
from bot.flow.review_items import Writer, burst_of, item_of
from bot.model.message import ChannelName, CustomerId, MessageId
from bot.model.network_rules import ExampleUse
from bot.model.policy import Policy
from bot.model.record import Record
from bot.model.review import Finding, ReviewItem
from bot.ports import Cases, Channel, Reviews

_SPILLS_OVER: Final = 1.1  # times the limit


@dataclass(frozen=True, slots=True)
class Words:
    """The end of a customer's transcript, and which version of it this is."""

    customer: CustomerId
    records: Sequence[Record]
    version: str


class ReviewAdding:
    """Knows the groups there are, and what must not show of who wrote."""

    def __init__(
        self, reviews: Reviews, cases: Cases, channels: Mapping[ChannelName, Channel]
    ) -> None:
        self._reviews, self._cases, self._channels = reviews, cases, channels
        self._groups = ReviewGroups()
        self._placing = asyncio.Lock()

    def begin_with(self, items: Iterable[ReviewItem]) -> None:
        """Know the groups of these open items, and no others."""
        self._groups = ReviewGroups(items)

    def spills_over(self, limit: int) -> bool:
        """Tell whether there are so many more than `limit` that tidying cannot wait.

        As far as is known here: what others have added since `begin_with` is not.
        """
        return len(self._groups) > limit * _SPILLS_OVER

    async def add(
        self,
        words: Words,
        record: Record,
        findings: tuple[Finding, ...],
        *,
        policy: Policy,
        now: datetime,
        waits: bool = False,
    ) -> bool:
        """Keep a message of `words`, unless its group has enough of the same.

        One that `waits` in the queue for its edited text is kept in any case.

        Returns:
            False if the words are others meanwhile: nothing was kept.
        """
        id_ = self._reviews.id_of(words.customer, MessageId(record.id))
        writer = await self._writer(words.customer)
        alone = item_of(
            record,
            findings,
            id_=id_,
            burst=burst_of(record, words.records),
            writer=writer,
            rules=policy.public,
            examples=self._examples(writer.channel),
            now=now,
        )
        item = await self._placed(alone, likeness=policy.learning.likeness, waits=waits)
        return item is None or await self._reviews.add(item, version=words.version)

    async def _placed(
        self, item: ReviewItem, *, likeness: float, waits: bool
    ) -> ReviewItem | None:
        """Return the item in its group; None if that has enough of the same.

        One at a time, and remembered before it is stored: two that come together must
        not begin a group each.
        """
        async with self._placing:
            group = await asyncio.to_thread(  # thousands of comparisons take a while
                self._groups.find, item.text, item.id, likeness=likeness
            )
            if not waits and self._groups.is_full(group, item.id):
                return None
            placed = replace(item, group=group)
            self._groups.add(placed)
            return placed

    async def _writer(self, customer: CustomerId) -> Writer:
        return Writer(
            customer=customer,
            facts=await self._cases.private_facts(customer),
            names=await self._cases.called(customer),
        )

    def _examples(self, channel: ChannelName) -> ExampleUse:
        """Return what the network allows; nothing where nobody knows its rules."""
        known = self._channels.get(channel)
        return known.rules.examples if known else ExampleUse.NEVER
