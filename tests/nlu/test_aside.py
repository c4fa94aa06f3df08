"""The model in a process of its own: begun when asked, ended when idle, never missed."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.errors import ModelError, TemporaryFailure
from bot.model.quality import example_digest
from bot.nlu.aside import Aside
from bot.nlu.engine import RasaEngine
from bot.nlu.unseen_readings import digest_of, read_unseen
from tests.builders import ROOT

TEXTS = ["where is my order FH-482913?", "what does delivery cost", "", "🙂 \ud83d"]


class Log:
    def __init__(self) -> None:
        self.lines: list[tuple[str, dict]] = []

    def __call__(self, event: str, /, **fields) -> None:
        self.lines.append((event, fields))

    @property
    def events(self) -> list[str]:
        return [event for event, _ in self.lines]


@pytest.fixture
def clock():
    return ManualClock(datetime(2026, 3, 2, 9, tzinfo=timezone.utc))


@pytest.fixture
def log():
    return Log()


@pytest.fixture
async def aside(model, clock, log):
    async def which() -> Path:
        return model

    made = Aside(which, config=ROOT / "config.yml", clock=clock, log=log)
    yield made
    await made.close()


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


async def test_it_reads_as_the_workers_do_and_ends_when_nobody_asks(
    aside, loaded_model, clock, log
):
    assert aside.pid is None  # nobody has asked
    engine = RasaEngine(loaded_model)
    assert await aside.read(TEXTS) == await engine.read(TEXTS)
    engine.close()
    pid = aside.pid

    clock.advance(4 * 60)
    assert await aside.step() == 0
    await aside.read(["hello"])
    clock.advance(4 * 60)
    assert await aside.step() == 0  # it was asked meanwhile
    assert aside.pid == pid
    clock.advance(60)
    assert await aside.step() == 1
    assert gone(pid)
    assert not aside.awake
    # nothing that was read stands in the log
    assert "order" not in repr(log.lines)


async def test_a_child_that_was_killed_is_started_again_unnoticed(aside):
    (before,) = await aside.read(["what does delivery cost"])
    os.kill(aside.pid, signal.SIGKILL)
    assert await aside.read(["what does delivery cost"]) == [before]


async def test_an_answer_that_nobody_waits_for_is_given_to_nobody_else(aside):
    expected = await aside.read(["where is my order"])
    asking = asyncio.create_task(aside.read(["what does delivery cost"] * 2000))
    await asyncio.sleep(0.05)  # it is asked, and takes longer
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await aside.read(["where is my order"]) == expected


async def test_it_reads_with_the_model_that_is_live_now(model, clock, log, tmp_path):
    live = [model]

    async def which() -> Path:
        return live[0]

    aside = Aside(which, config=ROOT / "config.yml", clock=clock, log=log)
    await aside.quality()
    first = aside.pid
    live[0] = tmp_path / "model-gone.tar.gz"
    with pytest.raises(ModelError, match="model-gone"):
        await aside.read(["hello"])
    assert gone(first)
    live[0] = model
    assert len(await aside.read(["hello"])) == 1
    await aside.close()


async def test_an_answer_that_never_comes_is_given_up(model, clock, log):
    async def which() -> Path:
        return model

    aside = Aside(
        which, config=ROOT / "config.yml", clock=clock, log=log, patience_s=0.01
    )
    with pytest.raises(TemporaryFailure, match=r"no answer within 0 seconds"):
        await aside.read(["hello"])
    assert aside.pid is None
    assert "aside_failed" in log.events


async def test_what_takes_too_long_is_not_asked_a_second_time(aside, log):
    """It would take as long again, and the trainer twice as long to hear of it."""
    await aside.quality()
    aside._patience_s = 0.01
    with pytest.raises(TemporaryFailure, match="this machine is busy"):
        await aside.read(["what does delivery cost"] * 2000)
    assert log.events == ["aside_started", "aside_failed"]


async def test_it_knows_how_well_the_model_reads_each_label(aside, model):
    quality = await aside.quality()
    unseen = read_unseen(model)
    stores = quality.figures["faq/stores"]
    of_stores = [one for one in unseen if one.label == "faq/stores"]
    assert stores.there == len(of_stores)
    assert stores.right == sum(one.right for one in of_stores)
    assert 0.5 < stores.recall <= 1.0
    wrong = next(one for one in unseen if not one.right)
    assert quality.misread[wrong.digest] == wrong.read_as
    (right, read_as, often) = quality.confused[0]
    assert often == sum((o.label, o.read_as) == (right, read_as) for o in unseen)
    assert (read_as, often) in quality.mistaken(right)


def test_an_example_is_found_by_the_digest_that_training_gave_it():
    for text in (" hello ", "\ud83d", "ünï"):
        assert example_digest(text) == digest_of(text)
