"""A model goes live in a program as people start it: taken, kept, and come back to."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.bench.processes import family_of
from bot.clock import SystemClock
from bot.flow.heartbeat import FORGET_AFTER
from bot.flow.promotion import Promotion
from bot.model.manifest import pack
from bot.model.trained import MODEL_PARTS, ModelName
from bot.nlu.shelf import ModelShelf, name_of
from bot.open_store import open_store
from bot.roles import Role
from bot.settings import Settings
from bot.store.whole import Store
from tests.builders import ROOT
from tests.faults.started import Run
from tests.machines import BETTER
from tests.waiting import PATIENCE_S, until

OTHER = ModelName("model-00000000000b")


@pytest.fixture
def run(tmp_path, model):
    """A program with a shelf of its own: the model of the files, and another one."""
    shelf, name = ModelShelf(ROOT, model.parent), name_of(model)
    known = shelf.note(name, by="tara", why="tests", at=SystemClock().now())
    made = Run(tmp_path / "var", model)
    folder = made.folder / "models"
    folder.unlink()
    folder.mkdir()
    for part in MODEL_PARTS:
        source = shelf.path(name, part)
        for each in (name, OTHER):
            shutil.copy(source, folder / source.name.replace(name, each))
    for each in (name, OTHER):
        judged = replace(known, name=each, judgement=BETTER)
        (folder / f"{each}.json").write_text(pack(judged))
    yield made
    if made.process.poll() is None:
        made.stop()


@asynccontextmanager
async def opened(run: Run) -> AsyncIterator[tuple[Store, Promotion]]:
    settings = Settings.from_env(ROOT, {"FIRSTLINE_VAR": str(run.folder)})
    async with open_store(settings) as store:
        yield (
            store,
            Promotion(
                ModelShelf(ROOT, settings.models),
                store.models,
                store.processes,
                carry=False,
                clock=SystemClock(),
            ),
        )


async def reading_with(store: Store) -> dict[int, str]:
    alive = await store.processes.alive(now=SystemClock().now(), ttl=FORGET_AFTER)
    return {p.pid: p.model for p in alive if Role.WORKER.value in p.roles}


def start_again(run: Run) -> None:
    (run.folder / "log").write_text("")
    run.start()
    run.until_ready()


def workers(run: Run) -> list[int]:
    family = family_of(run.process.pid)
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in family}
    return [pid for pid, command in commands.items() if b"\0work\0" in command]


async def put_live_and_stopped(run) -> None:
    """Let a run put the other model live, remember that, and stop."""
    run.start()
    run.until_ready()
    async with opened(run) as (_, promotion):
        await promotion.promote(OTHER, by="tara", why="better")
        await promotion.until_taken(within_s=PATIENCE_S)
    run.until(lambda: OTHER in (run.folder / "live-model.json").read_text())
    assert run.stop() == 0


async def test_both_workers_take_it_and_so_does_one_that_is_started_again(
    run, model, findings
):
    run.start("--workers", "2")
    run.until_ready()
    async with opened(run) as (store, promotion):

        async def begun() -> bool:
            return {*(await reading_with(store)).values()} == {name_of(model)}

        await until(begun, told=run.said)
        run.until(lambda: "model_introduced" in run.said())
        assert (await promotion.standing()).live.model == name_of(model)
        began = time.monotonic()
        await promotion.promote(OTHER, by="tara", why="better")
        uptake = await promotion.until_taken(within_s=PATIENCE_S)
        findings.tell(
            f"two workers read with a promoted model after {time.monotonic() - began:.1f} s"
        )
        assert {p.pid for p in uptake.taken} == set(workers(run))
        os.kill(workers(run)[0], signal.SIGKILL)
        run.until(lambda: "child_ended" in run.said() and len(workers(run)) == 2)

        async def all_read_with_it() -> bool:
            models = await reading_with(store)
            return all(models.get(pid) == OTHER for pid in workers(run))

        await until(all_read_with_it, told=run.said)
    assert run.stop() == 0
    assert "step_failed" not in run.said()


async def test_a_start_reads_with_the_live_model_and_says_that_the_files_differ(
    run, model
):
    await put_live_and_stopped(run)
    start_again(run)
    assert f"{OTHER} is live; the files have changed since" in run.said()
    async with opened(run) as (store, promotion):
        assert set((await reading_with(store)).values()) == {OTHER}
        assert await promotion.roll_back(by="tara", why="") == name_of(model)
        assert (await promotion.until_taken(within_s=PATIENCE_S)).taken
    assert run.stop() == 0


async def test_a_live_model_that_is_gone_is_replaced_by_that_of_the_files(run, model):
    await put_live_and_stopped(run)
    (run.folder / "models" / f"{OTHER}.tar.gz").unlink()
    start_again(run)
    assert f"The live model {OTHER} cannot be used" in run.said()
    run.until(lambda: "model_introduced" in run.said())
    async with opened(run) as (_, promotion):
        run.until(lambda: "model_introduced" in run.said())
        standing = await promotion.standing()
    assert standing.live.model == name_of(model)
    assert standing.live.why.startswith(f"instead of {OTHER}")
    assert run.stop() == 0
