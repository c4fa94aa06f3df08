"""Lets the timers of cases have their effects when their time has come."""

from __future__ import annotations

from datetime import datetime

from bot.clock import Clock
from bot.flow.case_changes import rung_case
from bot.log import Log
from bot.model.policy import Policy
from bot.model.timer import timers_of
from bot.model.work import CaseChange, DueTimer
from bot.ports import Timers

BATCH = 100  # timers of a shard in one round trip


class Timekeeper:
    """Rings what is due. Any number may run: each timer has its effect once."""

    def __init__(
        self, timers: Timers, policy: Policy, *, clock: Clock, log: Log
    ) -> None:
        self._timers, self._policy = timers, policy
        self._clock, self._log = clock, log

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        self._policy = policy

    async def step(self) -> int:
        """Ring the timers that are due; return how many had their effect.

        Raises:
            StoreUnavailable: the store is away; what is due then stays due.
        """
        now = self._clock.now()
        due = await self._timers.due(now=now, limit=BATCH)
        rings = [(timer, self._change(timer, now)) for timer in due]
        rung = await self._timers.ring(rings, now=now)
        for timer, done in zip(due, rung, strict=True):
            if done:
                self._log("timer_rang", kind=timer.kind.value, case=timer.id)
        return sum(rung)

    def _change(self, timer: DueTimer, now: datetime) -> CaseChange | None:
        """Return what the timer makes of its case; None takes the timer away."""
        before = timer.case
        after = rung_case(before, timer.kind, now=now) if before else None
        if before is None or after is None:
            self._log("timer_dropped", kind=timer.kind.value, case=timer.id)
            return None
        timers = timers_of(after, self._policy)
        return CaseChange(before=before, after=after, timers=timers)
