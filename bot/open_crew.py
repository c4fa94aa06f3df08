"""Workers that read with one model, and what replaces it: whoever loads this reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from bot.clock import Clock
from bot.flow.model_watch import ModelWatch
from bot.flow.worker import Worker
from bot.log import Log
from bot.model.message import ChannelName
from bot.model.policy import Policy
from bot.nlu.engine import LoadedModel
from bot.nlu.serving import ServedModel
from bot.open_models import carries, live_note, open_shelf
from bot.ports import Answers, Channel
from bot.settings import Settings
from bot.store.whole import Store


class Ground(Protocol):
    """What workers stand on: the program, or what a bench puts in its place."""

    @property
    def settings(self) -> Settings: ...
    @property
    def store(self) -> Store: ...
    @property
    def answers(self) -> Answers: ...
    @property
    def channels(self) -> Mapping[ChannelName, Channel]: ...
    @property
    def policy(self) -> Policy: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def log(self) -> Log: ...


@dataclass(frozen=True, slots=True)
class Crew:
    """Workers that read with one model, and what sees to it that it is the live one."""

    workers: list[Worker]
    models: ModelWatch


@contextmanager
def open_crew(program: Ground, model: LoadedModel, *, count: int) -> Iterator[Crew]:
    """Put `count` workers together that read with one model, and what replaces it.

    Raises:
        ConfigError: the dialogue's actions cannot be imported.
    """
    settings, shelf = program.settings, open_shelf(program.settings)
    served = ServedModel(
        model,
        where=shelf.path,
        config=settings.project / "config.yml",
        orders=settings.orders,
    )
    try:
        yield Crew(
            [_worker(program, served) for _ in range(count)],
            ModelWatch(
                served,
                shelf,
                program.store.models,
                carry=carries(settings),
                remember=live_note(settings).write,
                clock=program.clock,
                log=program.log,
            ),
        )
    finally:
        served.close()


def _worker(program: Ground, served: ServedModel) -> Worker:
    hand = served.hand()
    return Worker(
        turns=program.store.turns,
        understanding=hand,
        dialogue=hand,
        answers=program.answers,
        channels=program.channels,
        policy=program.policy,
        clock=program.clock,
        log=program.log,
        begin=hand.take,
    )
