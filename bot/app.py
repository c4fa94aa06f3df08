"""The composition root: the only file that knows every class."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.channels.simulator import SimulatorChannel
from bot.clock import Clock, SystemClock
from bot.desk.web import WebDesk
from bot.flow.archivist import Archivist
from bot.flow.desk_feed import DeskFeed
from bot.flow.intake import Intake
from bot.flow.loop import keep_stepping
from bot.flow.relay import Relay
from bot.flow.sender import Sender
from bot.flow.worker import Worker
from bot.knowledge.answers import DomainAnswers
from bot.log import Log, json_log
from bot.model.message import ChannelName
from bot.model.policy import Policy
from bot.nlu.dialogue import RasaDialogue
from bot.nlu.engine import RasaEngine, load_model
from bot.policy_file import load_policy
from bot.ports import Channel
from bot.settings import Settings
from bot.store.archive import RedisArchive
from bot.store.cases import RedisCases
from bot.store.dead import RedisDeadLetters
from bot.store.events import RedisEvents
from bot.store.inbox import RedisInbox
from bot.store.outbox import RedisOutbox
from bot.store.server import EmbeddedServer, connect
from bot.store.turns import RedisTurns


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Everything that is kept in Redis, on one connection pool."""

    inbox: RedisInbox
    turns: RedisTurns
    outbox: RedisOutbox
    cases: RedisCases
    events: RedisEvents
    archive: RedisArchive
    dead: RedisDeadLetters
    server: EmbeddedServer | None  # None if Redis runs elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Firstline:
    """The whole program, put together and not yet running."""

    settings: Settings
    policy: Policy
    store: Store
    simulator: SimulatorChannel
    intake: Intake
    worker: Worker
    sender: Sender
    relay: Relay
    desk: WebDesk
    desk_feed: DeskFeed
    archivist: Archivist
    log: Log

    async def run(self, stop: asyncio.Event) -> None:
        """Run every loop until `stop` is set; what is in hand is finished first."""
        steps = {
            "intake": self.intake.step,
            "worker": self.worker.step,
            "sender": self.sender.step,
            "desk": self.desk_feed.step,
            "archivist": self.archivist.step,
        }
        loops = [
            keep_stepping(name, step, stop=stop, log=self.log)
            for name, step in steps.items()
        ]
        if self.store.server is not None:
            loops.append(self.store.server.keep_running(stop))
        await asyncio.gather(*loops)


@asynccontextmanager
async def open_store(
    settings: Settings, *, folder: Path | None = None, log: Log = json_log
) -> AsyncIterator[Store]:
    """Connect to Redis, or start the embedded server in `folder` (<var>/store).

    Raises:
        StoreUnavailable: the server cannot be started.
    """
    server = None
    address = settings.redis_url
    if address is None:
        server = EmbeddedServer(folder or settings.var / "store", log=log)
        await server.start()
        address = server.address
    redis = connect(address)
    events = (folder.parent if folder else settings.var) / "events"
    try:
        yield Store(
            inbox=RedisInbox(redis),
            turns=RedisTurns(redis),
            outbox=RedisOutbox(redis),
            cases=RedisCases(redis),
            events=RedisEvents(redis, events),
            archive=RedisArchive(redis, events),
            dead=RedisDeadLetters(redis),
            server=server,
        )
    finally:
        await redis.close()
        if server is not None:
            await server.stop()


@asynccontextmanager
async def open_firstline(
    settings: Settings,
    *,
    model: Path,
    folder: Path | None = None,
    clock: Clock | None = None,
    log: Log = json_log,
) -> AsyncIterator[Firstline]:
    """Put the program together.

    Args:
        settings: where things are.
        model: the trained model's file.
        folder: where store and simulator are kept; <var> if None.
        clock: the system's if None.
        log: where events go.

    Raises:
        ConfigError: policy or domain have mistakes.
        ModelError: the model cannot be used.
        StoreUnavailable: the store cannot be started.
    """
    clock = clock or SystemClock()
    folder = folder or settings.var
    policy = load_policy(settings.policy)
    answers = DomainAnswers(settings.project / "domain.yml", policy)
    loaded = load_model(model, config=settings.project / "config.yml")
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(
            open_store(settings, folder=folder / "store", log=log)
        )
        engine = RasaEngine(loaded)
        stack.callback(engine.close)
        dialogue = RasaDialogue(loaded, orders=settings.orders)
        stack.callback(dialogue.close)
        simulator = SimulatorChannel(
            folder / "simulator.db", brand_handle=policy.handle, clock=clock
        )
        stack.callback(simulator.network.close)
        channels: dict[ChannelName, Channel] = {simulator.name: simulator}
        relay = Relay(store.cases, channels, policy, answers=answers, clock=clock)
        desk = WebDesk()
        yield Firstline(
            settings=settings,
            policy=policy,
            store=store,
            simulator=simulator,
            intake=Intake(simulator, store.inbox, policy, clock=clock),
            worker=Worker(
                turns=store.turns,
                understanding=engine,
                dialogue=dialogue,
                answers=answers,
                channels=channels,
                policy=policy,
                clock=clock,
                log=log,
            ),
            sender=Sender(
                outbox=store.outbox,
                cases=store.cases,
                channels=channels,
                policy=policy,
                clock=clock,
                log=log,
            ),
            relay=relay,
            desk=desk,
            desk_feed=DeskFeed(desk, store.events, relay, log=log),
            archivist=Archivist(store.archive, clock=clock, log=log),
            log=log,
        )
