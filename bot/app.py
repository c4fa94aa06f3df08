"""The composition root: the only file that knows every class."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from bot.channels.simulator import SimulatorChannel
from bot.clock import Clock, SystemClock
from bot.desk.web import WebDesk
from bot.flow.archivist import Archivist
from bot.flow.desk_feed import DeskFeed
from bot.flow.errands import ErrandRunner
from bot.flow.follow import Follower, following
from bot.flow.heartbeat import Heartbeat, this_process
from bot.flow.incident_work import IncidentDesk
from bot.flow.incidents import IncidentKeeper
from bot.flow.intake import Intake
from bot.flow.loop import Outages, Step, keep_stepping, run_together
from bot.flow.relay import Relay
from bot.flow.sender import Sender
from bot.flow.timekeeper import Timekeeper
from bot.flow.worker import Worker
from bot.knowledge.answers import DomainAnswers
from bot.log import Log, json_log
from bot.model.message import ChannelName
from bot.model.policy import Policy
from bot.nlu.dialogue import RasaDialogue
from bot.nlu.engine import LoadedModel, RasaEngine, load_model
from bot.open_channels import open_simulator
from bot.open_store import open_store
from bot.policy_watch import PolicyWatch
from bot.ports import Channel
from bot.roles import ALL, Role
from bot.settings import Settings
from bot.store.whole import Store

QUICK = frozenset({"intake", "worker", "sender"})  # what customers wait for


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Everything but the worker, put together and not yet running; without Rasa."""

    settings: Settings
    policies: PolicyWatch
    answers: DomainAnswers
    clock: Clock
    log: Log
    store: Store
    simulator: SimulatorChannel
    intake: Intake
    sender: Sender
    timekeeper: Timekeeper
    relay: Relay
    desk: WebDesk
    desk_feed: DeskFeed
    incident_keeper: IncidentKeeper
    incident_desk: IncidentDesk
    errands: ErrandRunner
    archivist: Archivist

    @property
    def channels(self) -> dict[ChannelName, Channel]:
        return {self.simulator.name: self.simulator}

    @property
    def policy(self) -> Policy:
        """The policy that is in force now."""
        return self.policies.current

    def following(self, part: Follower) -> Step:
        """Return the step of `part`, which follows the policy."""
        return following(part, lambda: self.policy)

    def steps(self, roles: Collection[Role]) -> dict[str, Step]:
        """Return what processes with these roles do again and again, by name."""
        steps: dict[Role, dict[str, Step]] = {
            Role.INTAKE: {"intake": self.following(self.intake)},
            Role.SENDER: {"sender": self.following(self.sender)},
            Role.DESK: {
                "timekeeper": self.following(self.timekeeper),
                "incidents": self.following(self.incident_keeper),
                "errands": self.errands.step,
                "archivist": self.archivist.step,
            },
            Role.WEB: {"web_desk": self.desk_feed.step},
        }
        return {
            name: step
            for role, named in steps.items()
            if role in roles
            for name, step in named.items()
        }

    def loops(
        self,
        stop: asyncio.Event,
        *,
        roles: Collection[Role],
        more: Mapping[str, Step] | None = None,
    ) -> list[Coroutine[None, None, None]]:
        """Return what runs until `stop`: the roles' steps and `more`, the look at the
        policy, the heartbeat, and the care for the embedded server."""
        outages, wakes = Outages(), self.store.wakes
        bells = {"worker": wakes.workers, "sender": wakes.senders}
        loops = [
            keep_stepping(
                name,
                step,
                stop=stop,
                log=self.log,
                outages=outages,
                bell=bells.get(name),
                rarely=name not in QUICK,
            )
            for name, step in {
                "policy": self._look_at_policy,
                **self.steps(roles),
                **(more or {}),
            }.items()
        ]
        loops.append(self._heartbeat(roles, outages).run(stop))
        loops.append(wakes.listen(stop, self.clock))
        if self.store.server is not None:
            loops.append(self.store.server.keep_running(stop))
        return loops

    async def _look_at_policy(self) -> int:
        taken = await self.policies.step()
        if taken:
            self.relay.follow(self.policy)
            self.incident_desk.follow(self.policy)
        return taken

    def _heartbeat(self, roles: Collection[Role], outages: Outages) -> Heartbeat:
        return Heartbeat(
            this_process([role.value for role in roles], now=self.clock.now()),
            self.store.processes,
            outages,
            policies=self.policies,
            clock=self.clock,
            log=self.log,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Firstline(Program):
    """The whole program in one process, as replays and tests drive it."""

    worker: Worker

    async def run(self, stop: asyncio.Event) -> None:
        """Run every loop until `stop` is set; what is in hand is finished first."""
        loops = self.loops(
            stop, roles=ALL, more={"worker": self.following(self.worker)}
        )
        await run_together(loops, stop=stop, log=self.log)


@asynccontextmanager
async def open_program(
    settings: Settings,
    *,
    folder: Path | None = None,
    clock: Clock | None = None,
    log: Log = json_log,
) -> AsyncIterator[Program]:
    """Put everything together that needs no model.

    Args:
        settings: where things are.
        folder: where store and simulator are kept; <var> if None.
        clock: the system's if None.
        log: where events go.

    Raises:
        ConfigError: policy or domain have mistakes.
        StoreUnavailable: the store cannot be started.
    """
    clock = clock or SystemClock()
    folder = folder or settings.var
    policies = PolicyWatch(settings.policy, clock=clock, log=log)
    policy = policies.current
    answers = DomainAnswers(settings.project / "domain.yml", policy)
    policies.demand(answers.check)
    async with AsyncExitStack() as stack:
        simulator = stack.enter_context(
            open_simulator(settings, folder, handle=policy.handle, clock=clock)
        )
        channels: dict[ChannelName, Channel] = {simulator.name: simulator}
        store = await stack.enter_async_context(
            open_store(
                settings,
                channels=channels,
                folder=folder / "store",
                clock=clock,
                log=log,
            )
        )
        relay = Relay(store.cases, channels, policy, answers=answers, clock=clock)
        desk = WebDesk()
        incident_desk = IncidentDesk(
            incidents=store.incidents,
            errands=store.errands,
            cases=store.cases,
            events=store.events,
            duties=store.duties,
            channels=channels,
            policy=policy,
            clock=clock,
        )
        yield Program(
            settings=settings,
            policies=policies,
            answers=answers,
            clock=clock,
            log=log,
            store=store,
            simulator=simulator,
            intake=Intake(simulator, store.inbox, policy, clock=clock, log=log),
            sender=Sender(
                outbox=store.outbox,
                cases=store.cases,
                channels=channels,
                policy=policy,
                clock=clock,
                log=log,
            ),
            timekeeper=Timekeeper(store.timers, policy, clock=clock, log=log),
            relay=relay,
            desk=desk,
            desk_feed=DeskFeed(
                desk,
                store.events,
                relay,
                log=log,
                incidents=incident_desk,
                generation=store.generation,
            ),
            incident_keeper=IncidentKeeper(
                events=store.events,
                incidents=store.incidents,
                duties=store.duties,
                policy=policy,
                clock=clock,
                log=log,
                generation=store.generation,
            ),
            incident_desk=incident_desk,
            errands=ErrandRunner(
                errands=store.errands,
                incidents=store.incidents,
                relay=relay,
                duties=store.duties,
                clock=clock,
            ),
            archivist=Archivist(store.archive, clock=clock, log=log),
        )


@contextmanager
def open_worker(program: Program, model: LoadedModel) -> Iterator[Worker]:
    """Put a worker together that reads with a loaded model.

    Raises:
        ConfigError: the dialogue's actions cannot be imported.
    """
    engine = RasaEngine(model)
    dialogue = RasaDialogue(model, orders=program.settings.orders)
    try:
        yield Worker(
            turns=program.store.turns,
            understanding=engine,
            dialogue=dialogue,
            answers=program.answers,
            channels=program.channels,
            policy=program.policy,
            clock=program.clock,
            log=program.log,
        )
    finally:
        dialogue.close()
        engine.close()


@asynccontextmanager
async def open_firstline(
    settings: Settings,
    *,
    model: Path,
    folder: Path | None = None,
    clock: Clock | None = None,
    log: Log = json_log,
) -> AsyncIterator[Firstline]:
    """Put the whole program together in this process; arguments as `open_program`.

    Raises:
        ConfigError: policy or domain have mistakes.
        ModelError: the model cannot be used.
        StoreUnavailable: the store cannot be started.
    """
    loaded = load_model(model, config=settings.project / "config.yml")
    async with open_program(settings, folder=folder, clock=clock, log=log) as program:
        with open_worker(program, loaded) as worker:
            parts = {part.name: getattr(program, part.name) for part in fields(program)}
            yield Firstline(**parts, worker=worker)
