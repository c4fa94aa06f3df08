"""Near-duplicates in the review queue, as whoever fills it knows them. Bounded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.flow.likeness import alike, matter
from bot.model.review import ReviewId, ReviewItem

MOST_ALIKE: Final = 50  # items of one group: more of the same teach nothing more


class ReviewGroups:
    """Which matters there are, and the group of each."""

    def __init__(self, items: Iterable[ReviewItem] = ()) -> None:
        self._group_of: dict[str, ReviewId] = {}  # matter -> group
        self._members: dict[ReviewId, set[ReviewId]] = {}
        for item in items:
            self.add(item)

    def __len__(self) -> int:
        """Return how many items there are."""
        return sum(map(len, self._members.values()))

    def find(self, text: str, id_: ReviewId, *, likeness: float) -> ReviewId:
        """Return the group to which an item with this text belongs; its own if none."""
        told = matter(text)
        if not told:
            return id_  # too few words to be like anything
        known = self._group_of.get(told)
        if known is not None:
            return known
        matters = list(self._group_of)
        near = alike(told, matters, likeness=likeness)
        return self._group_of[matters[near[0]]] if near else id_

    def is_full(self, group: ReviewId, id_: ReviewId) -> bool:
        """Tell whether the group has enough items without this one."""
        members = self._members.get(group, set())
        return id_ not in members and len(members) >= MOST_ALIKE

    def add(self, item: ReviewItem) -> None:
        """Remember an item; the first of a group says what it is about."""
        told = matter(item.text)
        if told and item.group not in self._members:
            self._group_of.setdefault(told, item.group)
        self._members.setdefault(item.group, set()).add(item.id)
