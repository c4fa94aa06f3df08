"""`firstline run`: everything, or some roles, until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bot.errors import ConfigError, TemporaryFailure
from bot.flow.heartbeat import FORGET_AFTER
from bot.flow.loop import keep_what_is_loaded, pause, run_together
from bot.log import json_log
from bot.nlu.shelf import name_of
from bot.open_models import live_note
from bot.roles import LIGHT, Role
from bot.settings import Settings
from bot.starting import model_to_start_with, note_trained
from bot.store.server import EmbeddedServer
from bot.supervisor import STOP_S, Supervisor

if TYPE_CHECKING:
    from bot.program import Program

LOOK_S = 0.05  # between two looks whether a worker is there
GRACE_S = STOP_S + 0.25  # the children's time, and a moment more
LAST_S = 9.5  # after a signal nothing of the process is left

console = Console(stderr=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What is to run in this process, and how many workers beside it.

    Neither means: one worker, in this process.
    """

    roles: frozenset[Role]
    workers: int


def what_to_run(roles: Collection[Role], workers: int) -> Running:
    """Turn the command's options into what runs: nothing named means everything.

    Workers run in processes of their own beside the other roles, so that reading
    delays nothing else; on its own, `--role worker` runs in this one.

    Raises:
        ConfigError: there are to be workers, and the roles leave them out.
    """
    named = frozenset(roles)
    if not named:
        return Running(roles=LIGHT, workers=workers)
    if Role.WORKER not in named and workers != 1:
        raise ConfigError("--workers needs the role worker.")
    if named == {Role.WORKER} and workers == 1:
        return Running(roles=frozenset(), workers=0)
    if Role.WORKER not in named:
        return Running(roles=named, workers=0)
    return Running(roles=named - {Role.WORKER}, workers=workers)


async def run(settings: Settings, running: Running) -> int:
    """Run until SIGINT or SIGTERM; what is in hand is finished first, within 10 s.

    Raises:
        ConfigError: the port, the policy, the texts or the model cannot be used.
        StoreUnavailable: the embedded server cannot be started.
    """
    stop = stop_at_signals()
    listener = _listener(settings) if Role.WEB in running.roles else None
    start = await model_to_start_with(settings)
    model = start.model
    if running.workers:
        if start.told:
            console.print(start.told, soft_wrap=True)
        if not await _trained(model, stop):
            return 1
        await note_trained(settings, model)
    workers = _workers(settings, running.workers, model)
    supervising = asyncio.create_task(workers.run(stop))  # they start the slowest
    try:
        # In a thread, while the event loop starts the workers.
        app = await asyncio.to_thread(import_module, "bot.app")
        async with app.open_program(settings) as program:
            beside = _Beside(program, running.roles, listener, model)
            await beside.run(workers, supervising, stop)
    finally:
        stop.set()
        await asyncio.gather(supervising, return_exceptions=True)
    console.print("Stopped. Nothing is lost; the next run continues from here.")
    return 0


def stop_at_signals() -> asyncio.Event:
    """Return what SIGINT and SIGTERM set from now on.

    The process ends LAST_S later at the latest: Python would wait for each thread, and
    one may wait for a network that never ends its answer. What that was about is
    leased, as after a kill.
    """
    stop = asyncio.Event()

    def obey() -> None:
        stop.set()
        last = threading.Timer(LAST_S, _end_now)
        last.daemon = True  # who ends in time does not wait for it
        last.start()

    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, obey)
    return stop


def _end_now() -> None:
    json_log("stop_cut_short")
    os._exit(0)


def _listener(settings: Settings) -> socket.socket:
    """Take the page's port before anything else starts."""
    from bot.web.serve import listen

    return listen(settings.host, settings.port)


async def _trained(model: Path, stop: asyncio.Event) -> bool:
    """Train the model if it is not there, in a process that takes Rasa with it."""
    if model.is_file():  # noqa: ASYNC240 - nothing runs yet
        return True
    command = (sys.executable, "-m", "bot", "nlu", "train")
    training = await asyncio.create_subprocess_exec(*command)
    ending = asyncio.create_task(training.wait())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({ending, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if training.returncode is None:
        training.terminate()
    return await ending == 0


def _workers(settings: Settings, count: int, model: Path) -> Supervisor:
    """Return the worker processes: on this store, with the model as it is now."""
    command = (sys.executable, "-m", "bot", "work", str(model))
    embedded = EmbeddedServer(settings.var / "store", log=json_log)
    env = {"FIRSTLINE_REDIS_URL": settings.redis_url or embedded.address}
    return Supervisor(command, count=count, env=env, log=json_log)


class _Beside:
    """What this process does beside its workers."""

    def __init__(
        self,
        program: Program,
        roles: Collection[Role],
        listener: socket.socket | None,
        model: Path,
    ) -> None:
        self._program, self._roles = program, roles
        self._listener, self._model = listener, model

    async def run(
        self, workers: Supervisor, supervising: asyncio.Task[None], stop: asyncio.Event
    ) -> None:
        loops = self._program.loops(stop, roles=self._roles)
        if self._listener is not None:
            loops.append(self._serving(self._listener, stop))
        loops.append(self._announcing(workers, stop))
        keep_what_is_loaded()
        await run_together(
            [*loops, supervising], stop=stop, log=json_log, grace_s=GRACE_S
        )

    async def _serving(self, listener: socket.socket, stop: asyncio.Event) -> None:
        from bot.open_trainer import open_trainer
        from bot.web.app import create_app
        from bot.web.serve import serve

        program, settings = self._program, self._program.settings
        put_together = partial(
            create_app,
            network=program.simulator.network,
            desk=program.desk,
            work=program.relay,
            incidents=program.incident_desk,
            cases=program.store.cases,
            events=program.store.events,
            policy=lambda: program.policy,
            quiet=program.store.quiet,
            money=program.money,
            drift=program.drift,
            clock=program.clock,
            labels=lambda: program.answers.labels(program.policy),
            model_name=lambda: live_note(settings).live() or name_of(self._model),
            address=(settings.host, settings.port),
            log=program.log,
        )
        async with open_trainer(program) as trainer:
            await serve(put_together(trainer=trainer), listener, stop)

    async def _announcing(self, workers: Supervisor, stop: asyncio.Event) -> None:
        """Say `ready` when a message that came now would be answered."""
        while workers.count and not stop.is_set():
            ready = await self._working() & set(workers.pids)
            for pid in ready:
                workers.prove(pid)
            if ready:
                break
            await pause(stop, LOOK_S)
        if not stop.is_set():
            self._announce()
        await stop.wait()

    async def _working(self) -> set[int]:
        """Return the workers of this machine that take messages."""
        program, host = self._program, socket.gethostname()
        try:
            alive = await program.store.processes.alive(
                now=program.clock.now(), ttl=FORGET_AFTER
            )
        except TemporaryFailure:
            return set()
        return {p.pid for p in alive if p.host == host and Role.WORKER in p.roles}

    def _announce(self) -> None:
        if self._listener is not None:
            brand, settings = self._program.policy.brand, self._program.settings
            console.print(
                f"\n  {brand}'s first line is at "
                f"[bold]http://{settings.host}:{settings.port}[/]   (Ctrl-C stops it)\n"
            )
        console.print("ready")
