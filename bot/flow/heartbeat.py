"""Tells the other processes, again and again, that this one lives and how it is."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock, to_ms
from bot.errors import TemporaryFailure
from bot.flow.loop import Outages, pause
from bot.log import Log
from bot.model.process import Process
from bot.ports import Processes

BEAT_S = 2.0
FORGET_AFTER = timedelta(seconds=15)  # without a beat, a process counts as gone
TICK_S = 0.02
HEALTHY_MS = 50.0  # an event loop that is later than this delays everything in it


def this_process(roles: Iterable[str], *, now: datetime) -> Process:
    """Return what is known of the process that calls this and has these roles."""
    host, pid = socket.gethostname(), os.getpid()
    return Process(
        id=f"{host}:{pid}:{to_ms(now)}",
        roles=tuple(sorted(roles)),
        pid=pid,
        host=host,
        since=now,
    )


class PolicyVersions(Protocol):
    """What the process knows of the policy's file; see bot.policy_watch."""

    @property
    def version(self) -> str: ...

    @property
    def refused(self) -> str: ...


class ModelState(Protocol):
    """What the process reads with; see bot.flow.model_watch."""

    @property
    def name(self) -> str: ...

    @property
    def refused(self) -> str: ...


class LoopDelay:
    """The worst delay of this process's event loop since it was last taken."""

    def __init__(self) -> None:
        self._worst_s = 0.0

    async def watch(self, stop: asyncio.Event) -> None:
        """Sleep and see how late one wakes up, until `stop` is set."""
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            due = loop.time() + TICK_S
            await asyncio.sleep(TICK_S)
            self._worst_s = max(self._worst_s, loop.time() - due)

    def take_ms(self) -> float:
        """Return the worst delay in milliseconds and begin anew."""
        worst, self._worst_s = self._worst_s, 0.0
        return round(worst * 1000, 1)


class Heartbeat:
    """Writes what `process` is and how it is into the store, until it is stopped."""

    def __init__(
        self,
        process: Process,
        processes: Processes,
        outages: Outages,
        *,
        policies: PolicyVersions,
        clock: Clock,
        log: Log,
        model: ModelState | None = None,
    ) -> None:
        self._process, self._processes, self._outages = process, processes, outages
        self._policies, self._clock, self._log = policies, clock, log
        self._model = model
        self._delay = LoopDelay()

    async def run(self, stop: asyncio.Event) -> None:
        """Beat until `stop` is set, then say good-bye. A store that is away is waited for."""
        watching = asyncio.create_task(self._delay.watch(stop))
        try:
            while not stop.is_set():
                await self._beat()
                await pause(stop, BEAT_S)
        finally:
            watching.cancel()
        await self._leave()

    async def _beat(self) -> None:
        delay_ms = self._delay.take_ms()
        if delay_ms > HEALTHY_MS:
            self._log("loop_delayed", worst_ms=delay_ms)
        now = replace(
            self._process,
            loop_delay_ms=delay_ms,
            outages=self._outages.now(),
            policy=self._policies.version,
            policy_refused=self._policies.refused,
            model=self._model.name if self._model else "",
            model_refused=self._model.refused if self._model else "",
        )
        try:
            await self._processes.beat(now, now=self._clock.now(), ttl=FORGET_AFTER)
        except TemporaryFailure:
            return  # the loops say so

    async def _leave(self) -> None:
        try:
            await self._processes.leave(self._process.id)
        except TemporaryFailure:
            return  # it is forgotten by itself
