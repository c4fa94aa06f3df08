"""What goes wrong during a soak: kills, a store that dies, a network with moods."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Sequence

from bot.channels.simulator.faults import Fault, Faults
from bot.errors import TemporaryFailure
from bot.store.statistics import ServerStatistics
from tests.faults.parts import Part

# How many occasions each fault of the network spoils when it strikes.
OCCASIONS = {
    Fault.LOSE_ANSWER: 5,
    Fault.DROP_REQUEST: 5,
    Fault.RATE_LIMITED: 10,
    Fault.NETWORK_DOWN: 20,
    Fault.DELIVER_TWICE: 10,
    Fault.DELIVER_LATE: 5,
}
KILLS = ("worker", "sender", "intake", "desk", "store")


class Trouble:
    """Makes one thing after another go wrong, at random but the same with a seed.

    One process of each pair is never killed, and the roles that run once are left
    alone when it is `calm`: somebody must live long enough for its memory to be judged.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        faults: Faults,
        statistics: ServerStatistics,
        *,
        seed: int,
    ) -> None:
        self._parts, self._faults, self._statistics = parts, faults, statistics
        self._random = random.Random(seed)
        self._plan: list[str | Fault] = []
        self.made: Counter[str] = Counter()

    async def make(self, *, calm: bool) -> None:
        """Let the next thing go wrong; each has its turn before any comes again."""
        if not self._plan:
            self._plan = [*KILLS, *OCCASIONS]
            self._random.shuffle(self._plan)
        what = self._plan.pop()
        if isinstance(what, Fault):
            self._faults.set(what, times=OCCASIONS[what])
            self.made[what.value] += OCCASIONS[what]
        elif what == "store":
            await self._kill_store()
        else:
            self._kill(what, calm=calm)

    def clear(self) -> None:
        """Let nothing more go wrong."""
        self._faults.clear()

    def _kill(self, role: str, *, calm: bool) -> None:
        processes = [part for part in self._parts if part.role == role]
        victims = processes[1:] if len(processes) > 1 or calm else processes
        for victim in victims:
            victim.kill_and_start()
            self.made[f"kill -9 {role}"] += 1

    async def _kill_store(self) -> None:
        try:
            pid = await self._statistics.pid()
        except TemporaryFailure:
            return  # it is dead already
        os.kill(pid, signal.SIGKILL)
        self.made["kill -9 store"] += 1
