"""One process of the bot on the bench's network: some of its roles, until SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import uvloop

from bot.bench.channel import BenchChannel
from bot.clock import Clock, SystemClock
from bot.commands.work import HANDS
from bot.flow.intake import Intake
from bot.flow.loop import Step, keep_stepping, keep_what_is_loaded
from bot.flow.sender import Sender
from bot.knowledge.answers import DomainAnswers
from bot.log import Log, json_log
from bot.model.message import ChannelName
from bot.model.policy import Policy
from bot.open_store import open_store
from bot.policy_file import load_policy
from bot.ports import Channel
from bot.settings import Settings
from bot.store.whole import Store

ROLES = ("intake", "worker", "sender")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What workers stand on; see bot.open_crew."""

    settings: Settings
    store: Store
    answers: DomainAnswers
    channels: Mapping[ChannelName, Channel]
    policy: Policy
    clock: Clock
    log: Log


class Parts:
    """The bot's roles as the program has them, on the bench's network."""

    def __init__(
        self,
        store: Store,
        channel: BenchChannel,
        policy: Policy,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._store, self._channel = store, channel
        self._policy, self._settings = policy, settings
        self._clock = clock

    def steps(
        self, role: str, model: Path, stack: AsyncExitStack
    ) -> list[tuple[str, Step]]:
        """Return the steps of a role, side by side; `stack` closes what they need."""
        if role == "worker":
            return self.workers(model, stack)
        return [(role, self.intake().step if role == "intake" else self.sender().step)]

    def intake(self) -> Intake:
        return Intake(self._channel, self._store.inbox, self._policy, clock=self._clock)

    def sender(self) -> Sender:
        return Sender(
            outbox=self._store.outbox,
            cases=self._store.cases,
            channels={self._channel.name: self._channel},
            policy=self._policy,
            clock=self._clock,
            log=json_log,
            quiet=self._store.quiet,
        )

    def workers(self, model: Path, stack: AsyncExitStack) -> list[tuple[str, Step]]:
        from bot.nlu.engine import load_model  # noqa: PLC0415 - only workers need Rasa
        from bot.open_crew import open_crew  # noqa: PLC0415 - likewise

        settings = self._settings
        loaded = load_model(model, config=settings.project / "config.yml")
        ground = Ground(
            settings=settings,
            store=self._store,
            answers=DomainAnswers(settings.project / "domain.yml", self._policy),
            channels={self._channel.name: self._channel},
            policy=self._policy,
            clock=self._clock,
            log=json_log,
        )
        crew = stack.enter_context(open_crew(ground, loaded, count=HANDS))
        workers = [("worker", worker.step) for worker in crew.workers]
        return [*workers, ("models", crew.models.step)]


async def run(
    settings: Settings,
    roles: list[str],
    *,
    network: str,
    model: Path,
    quiet: timedelta,
) -> None:
    """Run `roles` until SIGTERM; print "ready" when they begin."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    policy = replace(load_policy(settings.policy), burst=quiet)
    channel = BenchChannel(network)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(
            open_store(settings, channels={channel.name: channel})
        )
        stack.push_async_callback(channel.close)
        parts = Parts(store, channel, policy, settings, SystemClock())
        bells = {"worker": store.wakes.workers, "sender": store.wakes.senders}
        loops = [
            keep_stepping(
                name,
                step,
                stop=stop,
                log=json_log,
                bell=bells.get(name),
                rarely=name == "models",
            )
            for role in roles
            for name, step in parts.steps(role, model, stack)
        ]
        loops.append(store.wakes.listen(stop, SystemClock()))
        keep_what_is_loaded()
        print("ready", flush=True)  # noqa: T201 - the parent reads it
        await asyncio.gather(*loops)


def main() -> None:
    """Read the command line, which `bot.bench.rig` writes."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    logging.getLogger("firstline").setLevel(logging.INFO)
    parser = argparse.ArgumentParser()
    parser.add_argument("--role", action="append", choices=ROLES, required=True)
    parser.add_argument("--project", type=Path, required=True)
    parser.add_argument("--var", type=Path, required=True)
    parser.add_argument("--store", required=True)
    parser.add_argument("--network", required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--quiet-ms", type=int, required=True)
    given = parser.parse_args()
    settings = Settings.from_env(
        given.project,
        {"FIRSTLINE_VAR": str(given.var), "FIRSTLINE_REDIS_URL": given.store},
    )
    uvloop.run(
        run(
            settings,
            given.role,
            network=given.network,
            model=given.model,
            quiet=timedelta(milliseconds=given.quiet_ms),
        )
    )


if __name__ == "__main__":
    main()
