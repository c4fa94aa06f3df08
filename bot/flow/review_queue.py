"""What trainers see and do: the one implementation of the ReviewWork port."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.errors import InputError
from bot.flow.teaching import grouped
from bot.flow.topics import topics
from bot.model.review import (
    Cause,
    NewTopic,
    ReviewGroup,
    ReviewId,
    ReviewItem,
    ReviewPage,
    ReviewState,
    Settlement,
)
from bot.ports import Reviews

FRESH: Final = timedelta(seconds=2)  # one view asks several times for the same items
SHOWN: Final = 5  # items of a group, or of a topic, where there are several of these


class ReviewQueue:
    """The queue in its order, and how trainers close what is in it."""

    def __init__(self, reviews: Reviews, *, clock: Clock) -> None:
        self._reviews, self._clock = reviews, clock
        self._items: Sequence[ReviewItem] = ()
        self._read_at: datetime | None = None
        self._changed = False  # by us, since they are being read
        self._reading = asyncio.Lock()

    async def page(
        self, *, offset: int = 0, limit: int = 20, cause: Cause | None = None
    ) -> ReviewPage:
        """Return a part of the queue, what teaches most first."""
        items = await self._open()
        groups = [
            group
            for group in await self._grouped(items)
            if cause is None or any(cause in item.causes for item in group.items)
        ]
        return ReviewPage(
            groups=tuple(
                replace(group, items=group.items[:SHOWN])
                for group in groups[offset : offset + limit]
            ),
            total=len(groups),
            waiting=len(items),
        )

    async def group(self, group: ReviewId) -> ReviewGroup:
        """Return one group with all of its open items, by its id or one of theirs."""
        for found in await self._grouped(await self._open()):
            if group == found.id or any(item.id == group for item in found.items):
                return found
        raise InputError(f"Nothing of {group} is open in the review queue any more.")

    async def item(self, item: ReviewId) -> ReviewItem:
        """Return one item, open or not. Raises InputError if it is not there."""
        return await self._reviews.get(item)

    async def topics(self) -> tuple[NewTopic, ...]:
        """Return what seems to be missing among the intents, the largest first."""
        found = await asyncio.to_thread(topics, await self._open())
        return tuple(replace(topic, items=topic.items[:SHOWN]) for topic in found)

    async def settle(
        self, items: Sequence[ReviewId], *, by: str, label: str, change: str = ""
    ) -> list[ReviewItem]:
        """Close items because the data were changed; `change` names the edit."""
        closed = Settlement(
            state=ReviewState.SETTLED,
            at=self._clock.now(),
            by=by,
            label=label,
            change=change,
        )
        return await self._close(items, closed)

    async def dismiss(self, items: Sequence[ReviewId], *, by: str) -> list[ReviewItem]:
        """Close items from which there is nothing to learn."""
        closed = Settlement(state=ReviewState.DISMISSED, at=self._clock.now(), by=by)
        return await self._close(items, closed)

    async def reopen(self, items: Sequence[ReviewId], *, by: str) -> list[ReviewItem]:
        """Take closing back."""
        try:
            return await self._reviews.reopen(items, by=by, now=self._clock.now())
        finally:
            self._changed = True

    async def counts(self) -> Mapping[Cause, int]:
        """Return how many open items have each cause; one may have several."""
        items = await self._open()
        found = Counter(cause for item in items for cause in item.causes)
        return {cause: found[cause] for cause in Cause}

    async def _close(
        self, items: Sequence[ReviewId], closed: Settlement
    ) -> list[ReviewItem]:
        try:
            return await self._reviews.close(items, closed)
        finally:
            self._changed = True

    async def _open(self) -> Sequence[ReviewItem]:
        """Return the open items as they were at most FRESH ago, after all we changed."""
        async with self._reading:
            now = self._clock.now()
            if self._changed or not self._is_fresh(now):
                self._changed = False  # what changes from here on may be read, or not
                self._read_at = None
                self._items = await self._reviews.open()
                self._read_at = now
            return self._items

    def _is_fresh(self, now: datetime) -> bool:
        return self._read_at is not None and now - FRESH < self._read_at <= now

    async def _grouped(self, items: Sequence[ReviewItem]) -> list[ReviewGroup]:
        # thousands of items: others have the loop meanwhile
        return await asyncio.to_thread(grouped, items, now=self._clock.now())
