"""Customers who write all the time."""

from __future__ import annotations

import random

from bot.bench.texts import Writer
from bot.errors import TemporaryFailure
from bot.program import Program
from tests.builders import ROOT

NEW = 0.5  # share of messages whose customer writes this once
REGULARS = 150
PRIVATE = 0.4
WAIT_AT_MOST = 1_000  # messages that may wait before customers pause


class Crowd:
    """Writes at a steady rate; a bot that falls far behind is waited for."""

    def __init__(self, program: Program, *, rate: float, seed: int) -> None:
        self._network, self._inbox = program.simulator.network, program.store.inbox
        self._brand, self._rate = program.policy.handle, rate
        self._random = random.Random(seed)
        self._writer = Writer.of_project(ROOT, seed=seed)
        self.written: dict[str, str] = {}  # message -> account
        self.customers: set[str] = set()
        self.paused = 0

    async def write(self, after_s: float) -> None:
        """Write what is due `after_s` after the start, unless too much waits."""
        due = int(after_s * self._rate) - len(self.written)
        if due <= 0:
            return
        try:
            waiting = sum((await self._inbox.pending()).values())
        except TemporaryFailure:
            waiting = 0  # the store is away; the network takes messages all the same
        if waiting > WAIT_AT_MOST:
            self.paused += 1
            return
        for _ in range(min(due, 200)):
            self.write_one()

    def write_one(self) -> None:
        number = len(self.written)
        new = self._random.random() < NEW
        account = f"new{number}" if new else f"regular{number % REGULARS}"
        text = self._writer.question() if new else self._writer.message()
        id_ = f"m{number}"
        if self._random.random() < PRIVATE:
            self._network.direct(account, text, id=id_)
        else:
            self._network.post(account, f"@{self._brand} {text}", id=id_)
        self.written[id_] = account
        self.customers.add(account)
