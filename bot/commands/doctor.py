"""`firstline doctor`: is everything there, and if not, what to do."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from bot.clock import SystemClock
from bot.errors import FirstlineError
from bot.flow.heartbeat import FORGET_AFTER
from bot.knowledge.answers import DomainAnswers
from bot.model.process import Process
from bot.nlu.model_file import check_model
from bot.nlu.shelf import name_of
from bot.nlu.training import check_project
from bot.open_store import open_store
from bot.policy_file import load_policy
from bot.roles import ALL
from bot.settings import Settings
from bot.starting import model_to_start_with
from bot.store.statistics import Keeping, ServerStatistics
from bot.store.whole import Store

RIGHT, WRONG = "✓", "✗"
FREE_BYTES = 500_000_000  # below this the store may soon stop


class _Finding(Exception):
    """Something is not as it should be; the message says what to do."""


async def doctor(project: Path, env: Mapping[str, str]) -> int:
    """Examine each part, print a line for it, and return 1 if one is wrong."""
    console = Console()
    try:
        settings = Settings.load(project, env)
    except FirstlineError as error:
        console.print(escape(f"{WRONG} settings: {error}"))
        return 1
    checks: dict[str, Callable[[Settings], Awaitable[str]]] = {
        "Python": _python,
        "disk": _disk,
        "data": _data,
        "policy and texts": _policy,
        "orders": _orders,
        "model": _model,
        "store": _store,
        "processes": _processes,
        "money": _money,
        "quota": _quota,
        "port": _port,
    }
    found: list[str] = []
    for name, look in checks.items():
        found.append(await _examine(name, look(settings)))
        console.print(escape(found[-1]))
    return 1 if any(line.startswith(WRONG) for line in found) else 0


async def _examine(name: str, look: Awaitable[str]) -> str:
    try:
        return f"{RIGHT} {name}: {await look}"
    except (_Finding, FirstlineError, OSError) as error:
        return f"{WRONG} {name}: {error}"


async def _python(_: Settings) -> str:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] != (3, 10):
        raise _Finding(f"{version}, but Rasa 3.6 needs 3.10: run `make run`")
    return version


async def _disk(settings: Settings) -> str:
    settings.make_var()
    free = shutil.disk_usage(settings.var).free
    if free < FREE_BYTES:
        raise _Finding(
            f"only {free / 1e6:.0f} MB free under {settings.var}: the store stops "
            "when it cannot write. Free some space or set FIRSTLINE_VAR."
        )
    return f"{free / 1e9:.1f} GB free under {settings.var}"


async def _data(settings: Settings) -> str:
    check_project(settings.project)
    return "config.yml, domain.yml and data/ can be read"


async def _policy(settings: Settings) -> str:
    policy = load_policy(settings.policy)
    DomainAnswers(settings.project / "domain.yml", policy)
    return f"{policy.brand}, {len(policy.intents)} intents, {len(policy.teams)} teams"


async def _model(settings: Settings) -> str:
    """Look at the model that a start would read with, and at who refuses the live one."""
    start = await model_to_start_with(settings)
    if not start.model.exists():
        raise _Finding(f"{start.told} Not trained yet: run `firstline train`".strip())
    check_model(start.model)
    return f"{name_of(start.model)}. {start.told}".strip()


async def _store(settings: Settings) -> str:
    async with open_store(settings) as store:
        await store.events.since({}, limit=1)
        await _write(store)
        warning = await _how_it_keeps(store.address)
        place = "FIRSTLINE_REDIS_URL" if settings.redis_url else "embedded server"
    return f"answers ({place}){warning}"


async def _how_it_keeps(address: str) -> str:
    """Say what may be lost; a server that drops data is a finding."""
    statistics = ServerStatistics(address)
    try:
        keeps = await statistics.keeping()
    finally:
        await statistics.close()
    if keeps is Keeping.DROPS:
        raise _Finding(
            "it drops data when it is full: set its maxmemory-policy to noeviction"
        )
    if keeps is Keeping.NOT_ON_DISK:
        return "; it writes no append-only file: what it has not copied ends with it"
    return ""


async def _write(store: Store) -> None:
    """Beat once as a process without roles: a replica or a full server refuses."""
    now, host, pid = SystemClock().now(), socket.gethostname(), os.getpid()
    me = Process(id=f"{host}:{pid}:doctor", roles=(), pid=pid, host=host, since=now)
    await store.processes.beat(me, now=now, ttl=FORGET_AFTER)
    await store.processes.leave(me.id)


async def _orders(settings: Settings) -> str:
    if settings.orders is None:
        return "the demo's"
    if not settings.orders.is_file():
        raise _Finding(f"{settings.orders} is not there: correct FIRSTLINE_ORDERS")
    return str(settings.orders)


async def _processes(settings: Settings) -> str:
    """Say who is alive, and who waits for what."""
    async with open_store(settings) as store:
        alive = await store.processes.alive(now=SystemClock().now(), ttl=FORGET_AFTER)
    if not alive:
        return "none runs"
    lines = [_described(process) for process in alive]
    running = {role for process in alive for role in process.roles}
    missing = sorted(role.value for role in ALL if role.value not in running)
    if missing:
        lines.append(f"nobody has the role {', '.join(missing)}")
    told = "".join(f"\n    {line}" for line in lines)
    if missing or any(p.outages or p.policy_refused or p.model_refused for p in alive):
        raise _Finding(told)
    return told


def _described(process: Process) -> str:
    told = (
        f"{', '.join(process.roles)}: process {process.pid} on {process.host}, since "
        f"{process.since:%Y-%m-%d %H:%M:%S} UTC, event loop at most "
        f"{process.loop_delay_ms:g} ms late"
    )
    if process.policy:
        told += f", policy {process.policy}"
    if process.policy_refused:
        told += (
            f", since {process.policy_refused} cannot be used (see policy and texts)"
        )
    if process.model:
        told += f", reads with {process.model}"
    if process.model_refused:
        told += f" and refuses {process.model_refused}: see `firstline model list`"
    return "; waits: ".join([told, *process.outages])


async def _money(settings: Settings) -> str:
    from bot.commands.doctor_x import x_money  # X takes a while to import

    return await x_money(settings) if settings.x else "no network charges anything"


async def _quota(settings: Settings) -> str:
    from bot.commands.doctor_x import x_quota

    return await x_quota(settings) if settings.x else "no network counts our calls"


async def _port(settings: Settings) -> str:
    with socket.socket() as probe:
        if probe.connect_ex((settings.host, settings.port)) == 0:
            return f"{settings.port} is in use: by a running Firstline, or set FIRSTLINE_PORT"
    return f"{settings.port} is free"
