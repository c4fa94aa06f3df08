"""Agents who work on what reaches people, all the time."""

from __future__ import annotations

import random
from collections import Counter, deque
from dataclasses import dataclass

from bot.errors import CaseConflict, InputError, TemporaryFailure
from bot.model.case import AgentId, Case, CaseStatus
from bot.program import Program

AGENTS = tuple(AgentId(name) for name in ("ada", "ben", "cem"))
AT_ONCE = 12  # cases that an agent takes in one go
INCIDENTS_EVERY = 40  # steps
RESOLUTION = "answered"
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
GREETING = "Thank you for waiting, this is"  # no text of the bot begins so


@dataclass(frozen=True, slots=True)
class Held:
    """A case that an agent has. `number` makes what they write unlike all else."""

    case: Case
    agent: AgentId
    number: int

    @property
    def text(self) -> str:
        said = " ".join(WORDS[int(digit)] for digit in str(self.number))
        return f"{GREETING} {self.agent}. We have looked into it: {said}."


class Agents:
    """Claim, release, reply and resolve, a little of each in every step."""

    def __init__(self, program: Program, *, seed: int) -> None:
        self._desk, self._incidents = program.relay, program.incident_desk
        self._random = random.Random(seed)
        self._held: deque[Held] = deque()
        self._count = self._steps = 0
        self.promised: dict[str, str] = {}  # a text that the store took -> account
        self.acts: Counter[str] = Counter()

    async def step(self) -> None:
        """Do something about some cases; what fails with the store is tried again."""
        try:
            await self._go_on()
            await self._claim_some()
            await self._resolve_incidents()
        except TemporaryFailure:
            return

    async def _go_on(self) -> None:
        for _ in range(len(self._held)):
            if self._random.random() < 0.3:  # agents take their time
                self._held.rotate(-1)
                continue
            try:
                await self._deal_with(self._held[0])
            except CaseConflict:
                self.acts["came too late"] += 1
            self._held.popleft()

    async def _deal_with(self, held: Held) -> None:
        case, agent, key = held.case, held.agent, f"soak{held.number}"
        if held.number % 10 == 0:
            await self._desk.release(case.id, agent)
            self.acts["release"] += 1
            return
        if held.number % 3:
            await self._desk.reply(
                case.id, agent, held.text, thread=case.thread, key=key
            )
            self.promised[held.text] = case.customer.partition(":")[2]
            self.acts["reply"] += 1
        await self._desk.resolve(case.id, agent, RESOLUTION, key=f"{key}:resolve")
        self.acts["resolve"] += 1

    async def _claim_some(self) -> None:
        taken = {held.case.id for held in self._held}
        found = await self._desk.open_cases(limit=AT_ONCE + len(taken))
        for view in found.views:
            case = view.case
            if case.id in taken:
                continue
            agent = case.assignee or self._random.choice(AGENTS)
            held = Held(case, agent, self._count)
            self._count += 1
            if case.status is CaseStatus.OPEN and not await self._claim(held):
                continue
            self._held.append(held)

    async def _claim(self, held: Held) -> bool:
        key = f"soak{held.number}:claim"
        try:
            await self._desk.claim(held.case.id, held.agent, key=key)
        except (CaseConflict, InputError):
            return False
        self.acts["claim"] += 1
        return True

    async def _resolve_incidents(self) -> None:
        self._steps += 1
        if self._steps % INCIDENTS_EVERY:
            return
        for view in await self._incidents.incidents():
            busy = any(not errand.errand.ended for errand in view.errands)
            if busy or not view.summary.open:
                continue
            self._count += 1
            await self._incidents.resolve_all(
                view.incident.id, AGENTS[0], RESOLUTION, key=f"soak{self._count}"
            )
            self.acts["incident resolved"] += 1
