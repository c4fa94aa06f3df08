"""Recent cases by what they are about, and which of these are alike. Bounded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.model.incident import Opening

MOST_MATTERS = 2000  # different ones that are remembered; the oldest fall out


class RecentCases:
    """Cases that are part of no incident, and how many others each is like.

    Each matter knows the matters that are like it, so that one more case costs one
    comparison with the others if its matter is new, and none if it is not.
    """

    def __init__(self) -> None:
        self._cases: dict[str, list[Opening]] = {}
        self._like: dict[str, set[str]] = {}

    @property
    def matters(self) -> list[str]:
        """The different matters, the oldest first."""
        return list(self._cases)

    def __contains__(self, told: str) -> bool:
        return told in self._cases

    def add(self, told: str, opening: Opening, *, like: Iterable[str] = ()) -> None:
        """Remember a case; `like` are the known matters that a new one is like."""
        if told not in self._cases:
            self._make_room()
            self._link(told, like)
        others = [one for one in self._cases.get(told, []) if one.case != opening.case]
        self._cases[told] = [*others, opening]

    def crowd(self, told: str, *, at_least: int) -> list[Opening]:
        """Return the cases around `told` if they are many, the oldest first.

        They are those that are like the same matter: `told`, or one that is like it.
        """
        around = max(
            (self._around(centre) for centre in {told, *self._like.get(told, ())}),
            key=len,
        )
        if len(around) < at_least:
            return []
        return sorted(around, key=lambda one: (one.opened_at, one.case))

    def drop_older(self, moment: datetime) -> None:
        """Forget the cases that were opened before `moment`."""
        for told, openings in list(self._cases.items()):
            self._keep(told, [one for one in openings if one.opened_at > moment])

    def drop(self, told: str, openings: Iterable[Opening]) -> None:
        """Forget these cases of a matter: they are part of an incident now."""
        gone = {one.case for one in openings}
        cases = self._cases.get(told, [])
        self._keep(told, [one for one in cases if one.case not in gone])

    def _around(self, centre: str) -> list[Opening]:
        matters = {centre, *self._like.get(centre, ())}
        return [one for matter in matters for one in self._cases.get(matter, ())]

    def _link(self, told: str, like: Iterable[str]) -> None:
        self._like[told] = {other for other in like if other in self._like}
        for other in self._like[told]:
            self._like[other].add(told)

    def _keep(self, told: str, openings: list[Opening]) -> None:
        if openings:
            self._cases[told] = openings
            return
        self._cases.pop(told, None)
        for other in self._like.pop(told, ()):
            self._like[other].discard(told)

    def _make_room(self) -> None:
        while len(self._cases) >= MOST_MATTERS:
            self._keep(next(iter(self._cases)), [])
