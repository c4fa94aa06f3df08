"""Numbers for new cases, reserved some at a time: no round trip when one is opened."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from bot.model.case import CaseId, case_id
from bot.model.work import Commit
from bot.store import keys

_BLOCK = 8  # reserved at least; what a process that ends has not used is a gap


class CaseIds:
    """Ids that are ours alone, by shard. An id that was not used is used next time.

    An id is given back only when a commit that succeeded did not need it: after any
    other end it may have been written, and it stays a gap, which harms nobody.
    """

    def __init__(self) -> None:
        self._spare: dict[str, list[CaseId]] = defaultdict(list)

    def missing(self, shards: Sequence[str]) -> dict[str, int]:
        """Return how many to reserve in each shard before one is taken for each."""
        return {
            shard: max(_BLOCK, needed)
            for shard, needed in Counter(shards).items()
            if needed > len(self._spare[shard])
        }

    def add(self, shard: str, *, newest: int, count: int) -> None:
        """Add `count` numbers of the shard that were reserved, `newest` the highest."""
        numbers = range(newest, newest - count, -1)  # the lowest is taken first
        made = [case_id(keys.case_number(shard, number)) for number in numbers]
        self._spare[shard] = made + self._spare[shard]

    def take(self, shard: str) -> CaseId:
        """Return an unused id, which is used up until it is given back."""
        return self._spare[shard].pop()

    def give_back(self, commit: Commit) -> None:
        """Keep the id of a commit that succeeded without opening that case."""
        new = commit.work.new_case
        if commit.case is None or commit.case.id != new:
            self._spare[keys.shard_of(commit.customer.id)].append(new)
