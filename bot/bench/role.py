"""One process of the bot on the bench's network: some of its roles, until SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import uvloop

from bot.bench.channel import BenchChannel
from bot.clock import Clock, SystemClock
from bot.commands.work import HANDS, SWITCH_S
from bot.flow.intake import Intake
from bot.flow.loop import keep_stepping, keep_what_is_loaded
from bot.flow.sender import Sender
from bot.flow.worker import Worker
from bot.knowledge.answers import DomainAnswers
from bot.log import json_log
from bot.model.policy import Policy
from bot.open_store import open_store
from bot.policy_file import load_policy
from bot.settings import Settings
from bot.store.whole import Store

ROLES = ("intake", "worker", "sender")


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
    ) -> list[Callable[[], Awaitable[int]]]:
        """Return the steps of a role, side by side; `stack` closes what they need."""
        if role == "worker":
            return [worker.step for worker in self.workers(model, stack)]
        return [self.intake().step if role == "intake" else self.sender().step]

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

    def workers(self, model: Path, stack: AsyncExitStack) -> list[Worker]:
        from bot.nlu.dialogue import RasaDialogue  # noqa: PLC0415 - only workers
        from bot.nlu.engine import RasaEngine, load_model  # noqa: PLC0415 - need Rasa

        settings = self._settings
        loaded = load_model(model, config=settings.project / "config.yml")
        engine = RasaEngine(loaded)
        stack.callback(engine.close)
        dialogue = RasaDialogue(loaded, orders=settings.orders)
        stack.callback(dialogue.close)
        sys.setswitchinterval(SWITCH_S)
        answers = DomainAnswers(settings.project / "domain.yml", self._policy)
        return [
            Worker(
                turns=self._store.turns,
                understanding=engine,
                dialogue=dialogue,
                answers=answers,
                channels={self._channel.name: self._channel},
                policy=self._policy,
                clock=self._clock,
                log=json_log,
            )
            for _ in range(HANDS)
        ]


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
            )
            for name in roles
            for step in parts.steps(name, model, stack)
        ]
        loops.append(store.wakes.listen(stop, SystemClock()))
        keep_what_is_loaded()
        print("ready", flush=True)  # noqa: T201 - the parent reads it
        await asyncio.gather(*loops)


def main() -> None:
    """Read the command line, which `bot.bench.rig` writes."""
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
