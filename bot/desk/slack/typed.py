"""What is done by writing in a thread in place of a click: `claim:`, `snooze: 2h` …"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Final

from bot.clock import Clock
from bot.desk.slack import refusals
from bot.desk.slack.heard import Said
from bot.desk.slack.people import People
from bot.desk.slack.talk import Talk
from bot.errors import CaseConflict, InputError
from bot.model.case import AgentId, CaseId
from bot.model.hours import next_opening
from bot.ports import CaseWork

Act = Callable[[CaseId, AgentId, str, str], Awaitable[object]]

# What reached us later than this may not fit any more: its writer is told.
LATE: Final = timedelta(minutes=30)
WHEN_OPEN: Final = "open"
_WRITTEN: Final = re.compile(r"(\w+)[ \t]*:[ \t]*(.*)")  # on one line
_SPAN: Final = re.compile(  # whole words: "2 months" are not two minutes
    r"(\d{1,3})\s*(?:(m|mins?|minutes?)|(h|hrs?|hours?)|(d|days?))"
)
_UNITS: Final = ("minutes", "hours", "days")


class TypedActs:
    """Does for keyboard people what the buttons do, and refuses what they refuse."""

    def __init__(
        self, work: CaseWork, talk: Talk, people: People, *, clock: Clock
    ) -> None:
        self._work, self._talk, self._people = work, talk, people
        self._clock = clock
        self._acts: Final[Mapping[str, Act]] = {
            "claim": self._claim,
            "release": self._release,
            "resolve": self._resolve,
            "tag": self._tag,
            "snooze": self._snooze,
            "team": self._hand_over,
        }

    async def hear(self, case: CaseId, said: Said) -> bool:
        """Do what was meant.

        Returns:
            Whether that is the end of it. What is no act of ours is a note, and so is
            one that cannot be read: its writer is told how it is written.
        """
        found = _WRITTEN.fullmatch(said.text.strip())
        act = self._acts.get(found[1].lower()) if found else None
        if found is None or act is None:
            return False
        if is_late(said, self._clock.now()):
            await self._talk.tell(said.spot, refusals.LATE_ACT)
            return True
        try:
            await act(case, self._people.agent(said.spot.user), found[2], said.id)
        except CaseConflict as conflict:
            await self._refuse(case, said, conflict)
        except InputError as error:
            told = refusals.refusal(error, self._people.scene())
            await self._talk.tell(said.spot, f"{told} {refusals.KEPT_AS_NOTE}")
            return False
        return True

    async def _refuse(self, case: CaseId, said: Said, conflict: CaseConflict) -> None:
        found = await self._work.cases([case])
        scene = await self._people.scene_of(conflict.holder)
        says = refusals.refusal(conflict, scene, next(iter(found), None))
        await self._talk.tell(said.spot, says)

    async def _claim(self, case: CaseId, agent: AgentId, words: str, id_: str) -> None:
        _nothing_behind("claim", words)
        await self._work.claim(case, agent, key=f"{id_}:act")

    async def _release(
        self, case: CaseId, agent: AgentId, words: str, _id: str
    ) -> None:
        _nothing_behind("release", words)
        await self._work.release(case, agent)

    async def _resolve(
        self, case: CaseId, agent: AgentId, words: str, id_: str
    ) -> None:
        reasons = self._people.scene().policy.resolutions
        reason = _chosen(words, ((one, one) for one in reasons))
        await self._work.resolve(case, agent, reason, key=f"{id_}:act")

    async def _tag(self, case: CaseId, agent: AgentId, words: str, _id: str) -> None:
        """Add tags to those that are there; the policy's are spelt as it does."""
        known = {tag.casefold(): tag for tag in self._people.scene().policy.tags}
        named = [tag.strip() for tag in words.split(",") if tag.strip()]
        added = [known.get(tag.casefold(), tag) for tag in named]
        if not added:
            raise InputError("Write it like this: tag: refund, courier")
        there = next(iter(await self._work.cases([case]))).tags
        await self._work.tag(case, agent, [*there, *added])

    async def _snooze(self, case: CaseId, agent: AgentId, words: str, _id: str) -> None:
        await self._work.snooze(case, agent, self._until(words))

    async def _hand_over(
        self, case: CaseId, agent: AgentId, words: str, _id: str
    ) -> None:
        teams = self._people.scene().policy.teams
        await self._work.hand_over(case, agent, _chosen(words, teams.items()))

    def _until(self, words: str) -> datetime:
        now, found = self._clock.now(), _SPAN.fullmatch(words.strip().lower())
        if words.strip().lower() == WHEN_OPEN:
            opening = next_opening(now, self._people.scene().policy.hours)
            if opening is not None:
                return opening.astimezone(timezone.utc)
        if found is None:
            raise InputError(
                "Write it like this: snooze: 30m, snooze: 2h, snooze: 1d, or "
                f"snooze: {WHEN_OPEN} for when we open."
            )
        count, *units = found.groups()
        named = next(name for name, unit in zip(_UNITS, units, strict=True) if unit)
        return now + timedelta(**{named: int(count)})


def is_late(said: Said, now: datetime) -> bool:
    """Tell whether it was written so long ago that it may not fit any more."""
    return now - written_at(said) > LATE


def written_at(said: Said) -> datetime:
    return datetime.fromtimestamp(float(said.ts), tz=timezone.utc)


def _chosen(words: str, offered: Iterable[tuple[str, str]]) -> str:
    """Return the code whose name, or its beginning, was written.

    Raises:
        InputError: none or several fit; it lists them.
    """
    known, wanted = dict(offered), words.strip().casefold()
    for fits in (str.__eq__, str.startswith):
        found = [
            code
            for code, name in known.items()
            if wanted and any(fits(one.casefold(), wanted) for one in (code, name))
        ]
        if len(found) == 1:
            return found[0]
    raise InputError(f"Write one of these behind it: {', '.join(known.values())}.")


def _nothing_behind(act: str, words: str) -> None:
    if words.strip():
        raise InputError(f"Nothing may stand behind “{act}:”.")
