"""A model goes live while hundreds write each second: nobody waits, nothing is lost."""

from __future__ import annotations

import asyncio
import gc
import os
import weakref
from dataclasses import replace
from pathlib import Path

import pytest

from bot.bench.load import Load
from bot.bench.processes import own_mb
from bot.bench.rig import Rig, open_rig
from bot.bench.texts import Writer
from bot.clock import SystemClock
from bot.errors import ModelError
from bot.flow.loop import pause
from bot.flow.model_travel import offer
from bot.model.trained import MODEL_PARTS, ModelName, TrainedModel
from bot.nlu.engine import RasaEngine, load_model
from bot.nlu.serving import ServedModel
from bot.nlu.shelf import ModelShelf, name_of
from bot.settings import Settings
from tests.builders import ROOT

CONFIG = ROOT / "config.yml"
A, B = ModelName("model-00000000000a"), ModelName("model-00000000000b")
REST_S = 3.0  # between two promotions
MOST_ROUNDS = 20  # of messages until a model is taken
ROUNDS = 9
# What a model left behind would take each time is about 65 MB; what the C library holds back
# goes up and down by half of that.
MAY_GROW_MB = 65
TEXTS = ["Where is my order FH-482913?", "How much is delivery?", "You lot are useless"]


@pytest.fixture(scope="module")
def known(model) -> TrainedModel:
    """The model's manifest."""
    shelf, name = ModelShelf(ROOT, model.parent), name_of(model)
    return shelf.note(name, by="firstline", why="tests", at=SystemClock().now())


@pytest.fixture
def shelf(tmp_path, model, known) -> ModelShelf:
    """Two models of different names that read alike: what differs is when they load."""
    made = ModelShelf(ROOT, tmp_path / "models")
    source = ModelShelf(ROOT, model.parent)
    for name in (A, B):
        with made.receive(replace(known, name=name, judgement=None)) as receiving:
            for part in MODEL_PARTS:
                for piece in source.pieces(known, part, 1 << 20):
                    receiving.take(part, piece)
            receiving.finish()
    return made


class Promoter:
    """Puts one of two models live after the other, until it is told to stop."""

    def __init__(self, rig: Rig, shelf: ModelShelf, log: Path) -> None:
        self._rig, self._shelf, self._log = rig, shelf, log
        self.promoted = 0

    async def run(self, stop: asyncio.Event) -> None:
        clock = SystemClock()
        while not stop.is_set():
            name = (B, A)[self.promoted % 2]
            shared = self._rig.store.models
            await offer(
                self._shelf.model(name), self._shelf, shared, carry=False, clock=clock
            )
            await shared.promote(name, by="tara", why="load", now=clock.now())
            self.promoted += 1
            while self.taken() < self.promoted and not stop.is_set():
                await pause(stop, 0.1)
            await pause(stop, REST_S)

    def taken(self) -> int:
        return self._log.read_text().count('"event": "model_taken"')


async def test_nothing_is_lost_and_nobody_waits_while_models_change(
    shelf, tmp_path, proof, findings
):
    rate, count = (500.0, 10_000) if proof else (150.0, 1_500)
    settings, writer = Settings.from_env(ROOT, {}), Writer.of_project(ROOT, seed=1)
    rigged = open_rig(settings, folder=tmp_path, model=shelf.path(A))
    async with rigged as rig:
        await rig.run(Load(name="warm", count=300, rate=100.0), writer)
        calm = await rig.run(Load(name="calm", count=count, rate=rate), writer)
        promoter, stop = Promoter(rig, shelf, tmp_path / "worker.log"), asyncio.Event()
        promoting = asyncio.create_task(promoter.run(stop))
        rounds = []
        while not promoter.taken():  # loading takes long on a busy machine
            assert len(rounds) < MOST_ROUNDS, "no model is taken"
            load = Load(name=f"busy{len(rounds)}", count=count, rate=rate)
            rounds.append(await rig.run(load, writer))
        stop.set()
        await promoting
    assert [p for each in (calm, *rounds) for p in each.verdict.problems] == []
    busy, among = rounds[-1], count * len(rounds)
    findings.tell(
        f"{promoter.taken()} models went live among {among:,} messages at {rate:.0f}/s: "
        f"nothing lost, nothing twice; the way of a message took {busy.latency.p99:.0f} "
        f"ms at the 99th percentile and {busy.latency.max:.0f} at most, without that "
        f"{calm.latency.p99:.0f} and {calm.latency.max:.0f}."
    )


async def test_memory_does_not_grow_with_each_model(model, shelf, proof, findings):
    served = ServedModel(
        load_model(model, config=CONFIG), where=shelf.path, config=CONFIG
    )
    hand, used = served.hand(), list[float]()
    left = list[weakref.ref[RasaEngine]]()
    for number in range(30 if proof else ROUNDS):
        left.append(weakref.ref(hand._pair.engine))
        await served.use((A, B)[number % 2])
        hand.take()
        await hand.read(TEXTS)
        served.tidy()
        used.append(own_mb(os.getpid()))
    gc.collect()
    assert [engine() for engine in left if engine() is not None] == []
    served.close()
    findings.tell(
        f"memory after models went live: {', '.join(f'{n:.0f}' for n in used)} MB"
    )
    assert min(used[-3:]) < min(used[:3]) + MAY_GROW_MB


async def test_a_batch_ends_with_the_model_that_it_began_with(model, shelf):
    """Reading and dialogue alike: no turn mixes two models."""
    served = ServedModel(
        load_model(model, config=CONFIG), where=shelf.path, config=CONFIG
    )
    hand, other = served.hand(), served.hand()
    before = hand._pair
    await served.use(B)
    assert hand._pair is before
    other.take()
    assert other._pair.engine is not before.engine
    assert other._pair.dialogue._model is other._pair.engine._model
    assert [r.requests for r in await hand.read(TEXTS)] == [
        r.requests for r in await other.read(TEXTS)
    ]
    served.close()


async def test_a_model_that_fails_to_load_leaves_the_present_one(
    model, shelf, tmp_path
):
    served = ServedModel(
        load_model(model, config=CONFIG), where=shelf.path, config=CONFIG
    )
    hand = served.hand()
    shelf.path(B).write_bytes(shelf.path(B).read_bytes()[:5000])
    with pytest.raises(ModelError):
        await served.use(B)
    hand.take()
    assert served.name == name_of(model)
    assert len(await hand.read(TEXTS)) == len(TEXTS)
    served.close()
