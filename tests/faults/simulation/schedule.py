"""Who goes on, and what befalls them: every choice comes from one seeded source.

A simulated process stops at a *gate* before each command to the store, each call
of the channel and each pause. The scheduler lets one gate pass at a time and lets
everything run until all processes stand at gates again. Time is virtual.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from bot.clock import ManualClock
from bot.model.allowance import Allowance

STALL_LIMIT = 90.0  # seconds; longer than any lease
LEASE = 30.0  # seconds; of workers and of senders
OUTAGE_LIMIT = 45.0  # seconds for which a process does not reach the store
CALL_LIMIT = 4.0  # seconds: whoever calls a network or a model gives up in the end

ALLOWANCES = (
    (),
    (Allowance("posts", 3, timedelta(seconds=12)),),  # so little that texts wait long
    (  # the second one is the shorter in the long run
        Allowance("posts", 6, timedelta(seconds=8)),
        Allowance("long", 4, timedelta(seconds=16)),
    ),
    (Allowance("posts", 20, timedelta(seconds=15)),),  # two at once
)


# At which step whoever holds a lease hangs, if one is drawn. The more often, the rarer
# what it takes for harm.
_WORKERS_HANG = ("load", "read with the model", "commit", "give_back", *["bury"] * 3)
_SENDERS_HANG = (*["settle_send"] * 3, *["HGET"] * 2)
HANGS = (*_WORKERS_HANG, *_SENDERS_HANG, "ring")


class Fate(Enum):
    """What becomes of one step."""

    GOES_ON = "goes on"
    DIES_BEFORE = "dies before it"
    DIES_AFTER = "dies after it"
    LOST_BEFORE = "request lost"
    LOST_AFTER = "answer lost"


class Kind(Enum):
    """What a process is about to do. A channel is called with a time-out."""

    STORE = "store"
    CALL = "call"
    PAUSE = "pause"


@dataclass(frozen=True, kw_only=True)
class Weather:
    """How likely each misfortune is at a step: drawn once for each seed."""

    death: float
    loss: float
    stall: float
    outage: float  # that what was lost on the way to the store is the first of many
    refusal: float
    late: float  # deliveries that come later, and so in another order
    twice: float
    allowances: tuple[Allowance, ...] = ()  # how much the network takes of us
    hangs_at: str = ""  # the step at which processes hang, mostly beyond a lease

    @property
    def senders_hang(self) -> bool:
        """Whether a text may go out later than its sender meant it to."""
        return self.stall > 0 or self.hangs_at in _SENDERS_HANG

    @property
    def commits_hang(self) -> bool:
        """Whether a text may be queued later than its event says."""
        return self.hangs_at == "commit"

    @property
    def kills_alone(self) -> bool:
        """Whether processes fail so often that innocents look like what kills them."""
        return self.death > 0.002 or self.stall > 0 or bool(self.hangs_at)

    @classmethod
    def draw(cls, chance: random.Random) -> Weather:
        return cls(
            death=chance.choice((0.002, 0.01, 0.03)),
            loss=chance.choice((0.002, 0.01, 0.04)),
            stall=chance.choice((0.0, 0.01, 0.03)),
            outage=chance.choice((0.0, 0.3)),
            refusal=chance.choice((0.0, 0.1, 0.3)),
            late=chance.choice((0.0, 0.2, 0.4)),
            twice=chance.choice((0.0, 0.2, 0.4)),
            allowances=chance.choice(ALLOWANCES),
            hangs_at=chance.choice(HANGS) if chance.random() < 0.5 else "",
        )


CALM = Weather(death=0, loss=0, stall=0, outage=0, refusal=0, late=0, twice=0)


@dataclass(frozen=True)
class Step:
    """One line of the trace."""

    number: int
    at: datetime
    process: str
    doing: str
    fate: Fate
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        fate = "" if self.fate is Fate.GOES_ON else f"  !! {self.fate.value}"
        notes = f" -> {'; '.join(self.notes)}" if self.notes else ""
        clock = self.at.strftime("%H:%M:%S.%f")[:-3]
        return f"{self.number:5} {clock} {self.process:11} {self.doing}{notes}{fate}"


@dataclass(eq=False)
class _Stop:
    gate: Gate
    kind: Kind
    doing: str
    until: datetime
    passing: asyncio.Future[Fate]
    stalled: bool = False


class Gate:
    """Where one life of one process stops. A dead process never passes again."""

    def __init__(
        self,
        schedule: Schedule | None,
        process: str,
        *,
        on_death: Callable[[], None] | None = None,
    ) -> None:
        self._schedule, self.process = schedule, process
        self._on_death = on_death
        self.dead = False
        self.cut_off: datetime | None = None  # from the store, until then

    @property
    def mortal(self) -> bool:
        """Whether it may be killed: what nobody starts anew is not."""
        return self._on_death is not None

    async def store(self, doing: str) -> Fate:
        return await self._stop(Kind.STORE, doing)

    async def call(self, doing: str) -> Fate:
        return await self._stop(Kind.CALL, doing)

    async def pause(self, seconds: float) -> None:
        await self._stop(Kind.PAUSE, "pause", seconds)

    def note(self, what: str) -> None:
        if self._schedule is not None:
            self._schedule.trace[-1].notes.append(what)

    async def die(self) -> None:
        """Never go on: what was done is done, what was in memory is lost."""
        self.kill()
        await asyncio.get_running_loop().create_future()

    def kill(self) -> None:
        self.dead = True
        if self._on_death is not None:
            self._on_death()

    async def _stop(self, kind: Kind, doing: str, seconds: float = 0.0) -> Fate:
        if self._schedule is None:  # the judge's own hands: nothing befalls them
            return Fate.GOES_ON
        return await self._schedule.stop(self, kind, doing, seconds)


class Schedule:
    """Lets processes go on, one at a time, until they have all ended."""

    def __init__(self, chance: random.Random, clock: ManualClock) -> None:
        self._chance, self.clock = chance, clock
        self.weather = Weather.draw(chance)
        self.trace: list[Step] = []
        self._stops: list[_Stop] = []
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, life: Coroutine[object, object, None]) -> None:
        """Begin a life; it goes on when `run` lets it."""
        self._tasks.append(asyncio.get_running_loop().create_task(life))

    def stop(
        self, gate: Gate, kind: Kind, doing: str, seconds: float
    ) -> asyncio.Future[Fate]:
        passing = asyncio.get_running_loop().create_future()
        until = self.clock.now() + timedelta(seconds=seconds)
        self._stops.append(_Stop(gate, kind, doing, until, passing))
        return passing

    def record(self, process: str, doing: str, fate: Fate = Fate.GOES_ON) -> None:
        """Add a line to the trace."""
        number, now = len(self.trace), self.clock.now()
        self.trace.append(Step(number, now, process, doing, fate))

    async def run(self, until: datetime | None = None) -> None:
        """Go on until nobody stands at a gate, or it is `until`."""
        await self._all_stand()
        while (stop := self._next()) is not None:
            if until is not None and self.clock.now() >= until:
                self._stops.append(stop)
                return
            await self._pass(stop)

    async def close(self) -> None:
        """End what is left of dead processes; a defect of a living one is raised."""
        ends = [task.exception() for task in self._tasks if task.done()]
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for error in filter(None, ends):
            raise error

    def digest(self) -> str:
        """Return a checksum of everything that happened."""
        return hashlib.sha256("\n".join(map(str, self.trace)).encode()).hexdigest()

    def _next(self) -> _Stop | None:
        """Take one of those who may go on; let time pass until somebody may."""
        self._stops = [stop for stop in self._stops if not stop.gate.dead]
        while self._stops:
            now = self.clock.now()
            able = [stop for stop in self._stops if stop.until <= now]
            if not able:
                self.clock.set(min(stop.until for stop in self._stops))
                continue
            stop = self._chance.choice(able)
            if self._stalls(stop):
                continue
            self._stops.remove(stop)
            return stop
        return None

    def _stalls(self, stop: _Stop) -> bool:
        """Let a process hang: a slow disk, a paused machine, a slow network."""
        if stop.stalled or (seconds := self._hang(stop)) is None:
            return False
        stop.stalled = True
        stop.until = self.clock.now() + timedelta(seconds=seconds)
        return True

    def _hang(self, stop: _Stop) -> float | None:
        """Return for how long a process hangs at its step, if it does."""
        at, chance = self.weather.hangs_at, self._chance
        if at and stop.doing.startswith(at) and stop.gate.mortal:
            if chance.random() < 0.6:
                return None
            beyond = chance.random() < 0.6  # what it holds is another's by then
            return (
                chance.uniform(LEASE, LEASE + 25) if beyond else chance.uniform(1, 20)
            )
        if chance.random() >= self.weather.stall:
            return None
        longest = CALL_LIMIT if stop.kind is Kind.CALL else STALL_LIMIT
        if chance.random() < 0.6:  # within its lease: others act meanwhile
            longest = min(longest, 20.0)
        return chance.uniform(0.1, longest)

    async def _pass(self, stop: _Stop) -> None:
        self.clock.advance(self._chance.choice((0.0, 0.001, 0.003)))
        fate = self._fate(stop)
        if stop.kind is not Kind.PAUSE or fate is not Fate.GOES_ON:
            self.record(stop.gate.process, stop.doing, fate)
        if fate is Fate.DIES_BEFORE:
            stop.gate.kill()
            await self._all_stand()
            return
        stop.passing.set_result(fate)
        await self._all_stand()

    def _fate(self, stop: _Stop) -> Fate:
        drawn, weather, kind = self._chance.random(), self.weather, stop.kind
        if drawn < weather.death and stop.gate.mortal:
            before = kind is Kind.PAUSE or self._chance.random() < 0.5
            return Fate.DIES_BEFORE if before else Fate.DIES_AFTER
        if kind is Kind.STORE and self._is_cut_off(stop.gate):
            return Fate.LOST_BEFORE
        if kind is not Kind.PAUSE and drawn < weather.death + weather.loss:
            if kind is Kind.STORE and self._chance.random() < weather.outage:
                lasts = timedelta(seconds=self._chance.uniform(0.1, OUTAGE_LIMIT))
                stop.gate.cut_off = self.clock.now() + lasts
            return self._chance.choice((Fate.LOST_BEFORE, Fate.LOST_AFTER))
        return Fate.GOES_ON

    def _is_cut_off(self, gate: Gate) -> bool:
        """Tell whether the store does not answer a process; never in calm weather."""
        calm = not self.weather.outage
        return not calm and gate.cut_off is not None and self.clock.now() < gate.cut_off

    async def _all_stand(self) -> None:
        """Wait until every task waits at a gate: nothing else can hold them up."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(0)
        # exact, and as pinned as Python itself
        while loop._ready:  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0)
