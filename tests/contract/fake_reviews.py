"""The review queue in memory, for tests of what stands behind the port.

It passes the same contract suite as the real one. What customers do to their words, a
test does with `writes`, `edits`, `deletes` and `forgets`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import InputError
from bot.model.message import CustomerId, Deleted, Edited, MessageId
from bot.model.record import Record
from bot.model.review import (
    Finding,
    ReviewId,
    ReviewItem,
    ReviewState,
    Settlement,
    review_id,
)

SHARD = "s00"


@dataclass(frozen=True)
class _Kept:
    """One item; `has_text` until its author edits a message of it."""

    item: ReviewItem
    since: datetime
    has_text: bool = True


class FakeReviews:
    """A `Reviews` of one process. Everybody's words have one version."""

    def __init__(self) -> None:
        self._written: dict[CustomerId, list[Record]] = {}
        self._version = 0
        self._kept: dict[ReviewId, _Kept] = {}

    # -- what customers do -----------------------------------------------------------

    def writes(self, customer: CustomerId, record: Record) -> None:
        self._written.setdefault(customer, []).append(record)

    def edits(self, customer: CustomerId, notice: Edited) -> None:
        self._amend(customer, notice)
        for item in self._about(customer, notice.id):
            self._keep(replace(item, settlement=None), has_text=False)

    def deletes(self, customer: CustomerId, notice: Deleted) -> None:
        self._amend(customer, notice)
        for item in self._about(customer, notice.id):
            del self._kept[item.id]

    def forgets(self, customer: CustomerId) -> None:
        self._version += 1
        self._written.pop(customer, None)
        self._kept = {
            id_: kept
            for id_, kept in self._kept.items()
            if kept.item.customer != customer
        }

    def _amend(self, customer: CustomerId, notice: Edited | Deleted) -> None:
        self._version += 1
        self._written[customer] = [
            one.amended(notice) if one.id == notice.id else one
            for one in self._written[customer]
        ]

    def _about(self, customer: CustomerId, message: MessageId) -> list[ReviewItem]:
        return [
            kept.item
            for kept in self._kept.values()
            if kept.item.customer == customer
            and message in (kept.item.message, *kept.item.burst)
        ]

    # -- the port --------------------------------------------------------------------

    def id_of(self, customer: CustomerId, message: MessageId) -> ReviewId:
        return review_id(SHARD, customer, message)

    async def transcript(self, customer: CustomerId) -> tuple[list[Record], str]:
        return list(self._written.get(customer, [])), str(self._version)

    async def add(self, item: ReviewItem, *, version: str) -> bool:
        if version != str(self._version):
            return False
        known = self._kept.get(item.id)
        if known is None:
            self._keep(replace(item, settlement=None))
        elif known.item.state is ReviewState.OPEN:
            kept = known.item if known.has_text else item
            findings = _merged(known.item.findings, item.findings)
            self._keep(replace(kept, findings=findings, settlement=None))
        return True

    async def of_customer(self, customer: CustomerId) -> list[ReviewItem]:
        return [one for one in self._with_text() if one.customer == customer]

    async def edited(
        self, customer: CustomerId
    ) -> Mapping[MessageId, tuple[Finding, ...]]:
        return {
            kept.item.message: kept.item.findings
            for kept in self._kept.values()
            if kept.item.customer == customer and not kept.has_text
        }

    async def open(self) -> list[ReviewItem]:
        return [one for one in self._with_text() if one.settlement is None]

    async def get(self, item: ReviewId) -> ReviewItem:
        found = next((one for one in self._with_text() if one.id == item), None)
        if found is None:
            raise InputError(f"There is no {item} in the review queue any more.")
        return found

    async def close(
        self, items: Sequence[ReviewId], settlement: Settlement
    ) -> list[ReviewItem]:
        for one in self._there(items):
            self._keep(replace(one, settlement=one.settlement or settlement))
        return self._there(items)

    async def reopen(
        self, items: Sequence[ReviewId], *, by: str, now: datetime
    ) -> list[ReviewItem]:
        del by, now
        for one in self._there(items):
            self._keep(replace(one, settlement=None))
        return self._there(items)

    async def drop(self, items: Collection[ReviewId]) -> None:
        for one in items:
            self._kept.pop(one, None)

    async def listed(self, *, before: datetime | None = None) -> list[ReviewId]:
        return [
            kept.item.id
            for kept in self._in_order()
            if before is None or kept.since < before
        ]

    def _keep(self, item: ReviewItem, *, has_text: bool = True) -> None:
        """Keep an item in the place that it has, or has from now on."""
        known = self._kept.get(item.id)
        since = known.since if known else item.added_at
        self._kept[item.id] = _Kept(item, since, has_text)

    def _in_order(self) -> list[_Kept]:
        return sorted(self._kept.values(), key=lambda one: (one.since, one.item.id))

    def _with_text(self) -> list[ReviewItem]:
        return [kept.item for kept in self._in_order() if kept.has_text]

    def _there(self, items: Sequence[ReviewId]) -> list[ReviewItem]:
        there = {one.id: one for one in self._with_text()}
        return [there[id_] for id_ in items if id_ in there]


def _merged(known: Sequence[Finding], found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return one finding for each cause, the newest that was told, by their times."""
    by_cause = {one.cause: one for one in (*known, *found)}
    return tuple(sorted(by_cause.values(), key=lambda one: (one.at, one.cause.value)))
