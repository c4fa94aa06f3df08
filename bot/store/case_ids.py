"""Numbers for new cases, reserved some at a time: no round trip when one is opened."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from bot.model.case import CaseId, case_id
from bot.model.work import Commit
from bot.store import keys

_BLOCK = 8  # reserved at least; what a process that ends has not used is a gap


def to_reserve(shards: Sequence[str], taken: Sequence[CaseId | None]) -> dict[str, int]:
    """Return how many numbers to reserve in each shard where one was not to be had."""
    pairs = zip(shards, taken, strict=True)
    lacking = Counter(shard for shard, found in pairs if found is None)
    return {shard: max(_BLOCK, count) for shard, count in lacking.items()}


class CaseIds:
    """Ids that are ours alone, by shard. An id that was not used is used next time.

    An id is given back only when a commit that succeeded did not need it: after any
    other end it may have been written, and it stays a gap, which harms nobody.
    """

    def __init__(self) -> None:
        self._spare: dict[str, list[CaseId]] = defaultdict(list)

    def take(self, shards: Sequence[str]) -> list[CaseId | None]:
        """Return an unused id for each shard, or None where there is none left.

        They are used up at once, so that of several who read at the same time none
        counts on an id that another one takes.
        """
        return [
            self._spare[shard].pop() if self._spare[shard] else None for shard in shards
        ]

    def add(self, shard: str, *, newest: int, count: int) -> None:
        """Add `count` numbers of the shard that were reserved, `newest` the highest."""
        numbers = range(newest, newest - count, -1)  # the lowest is taken first
        made = [case_id(keys.case_number(shard, number)) for number in numbers]
        self._spare[shard] = made + self._spare[shard]

    def fill(
        self, shards: Sequence[str], taken: Sequence[CaseId | None]
    ) -> list[CaseId]:
        """Return `taken` with an id for each None, of those that were just added."""
        return [
            found if found is not None else self._spare[shard].pop()
            for shard, found in zip(shards, taken, strict=True)
        ]

    def give_back(self, commit: Commit) -> None:
        """Keep the id of a commit that succeeded without opening that case."""
        new = commit.work.new_case
        if commit.case is None or commit.case.id != new:
            self._spare[keys.shard_of(commit.customer.id)].append(new)
