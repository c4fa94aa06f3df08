"""A job that the page begins: apart, one at a time, told line by line."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.web.trainer.job import Job, JobState
from tests.waiting import until

NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
TELLS = """
import os, sys
print("checking the files", flush=True)
print(f"training for {sys.argv[1]}: {sys.argv[2]} in {os.environ['FIRSTLINE_VAR']}")
sys.exit(int(os.environ["CODE"]))
"""
WAITS = """
import time
print("learning", flush=True)
time.sleep(600)
"""

HAS_A_BAR = """
import sys
print("x" * 200_000, end="")
for done in range(3):
    print(end=f"\\r{done} of 3 é", flush=True)
print()
print("done")
"""


def job(tmp_path: Path, script: str, code: int = 0) -> Job:
    return Job(
        "training",
        lambda by, about: (sys.executable, "-c", script, by, about),
        folder=tmp_path,
        env={"FIRSTLINE_VAR": "here", "CODE": str(code)},
        clock=ManualClock(NOW),
        log=lambda _event, /, **_: None,
    )


async def state_when(job: Job, fits) -> JobState:
    await until(
        lambda: job.state is not None and fits(job.state), told=lambda: job.state
    )
    assert job.state is not None
    return job.state


@pytest.mark.parametrize("code", [0, 1])
async def test_it_is_told_line_by_line_and_how_it_ended(tmp_path, code):
    made = job(tmp_path, TELLS, code)
    assert made.state is None
    assert await made.start(by="Amira", about="gifts")
    state = await state_when(made, lambda state: not state.runs)
    assert state.lines == ("checking the files", "training for Amira: gifts in here")
    assert (state.code, state.by, state.ended_at) == (code, "Amira", NOW)
    assert await made.start(by="Ben", about="again")  # one after the other
    await state_when(made, lambda state: state.by == "Ben" and not state.runs)


async def test_one_runs_at_a_time_and_none_outlives_the_page(tmp_path):
    made = job(tmp_path, WAITS)
    await made.start(by="Amira", about="gifts")
    await state_when(made, lambda state: state.lines == ("learning",))
    assert not await made.start(by="Ben", about="too")
    assert made.state is not None
    assert made.state.by == "Amira"
    await made.close()
    assert made.state.code not in (None, 0)


async def test_a_line_without_end_ends_nothing(tmp_path):
    made = job(tmp_path, HAS_A_BAR)
    await made.start(by="Amira", about="gifts")
    state = await state_when(made, lambda state: not state.runs)
    long, *rest = state.lines
    assert long == "x" * 2000
    assert rest == ["0 of 3 é", "1 of 3 é", "2 of 3 é", "done"]


async def test_what_cannot_be_started_may_be_tried_again(tmp_path):
    made = job(tmp_path / "later", TELLS)
    with pytest.raises(FileNotFoundError):
        await made.start(by="Amira", about="gifts")
    assert made.state is None
    (tmp_path / "later").mkdir()
    assert await made.start(by="Amira", about="gifts")
    await state_when(made, lambda state: not state.runs)


async def test_two_who_begin_at_once_begin_one(tmp_path):
    made = job(tmp_path, TELLS)
    begun = await asyncio.gather(*(made.start(by=n, about="x") for n in ("a", "b")))
    assert sorted(begun) == [False, True]
    await state_when(made, lambda state: not state.runs)


async def test_closing_what_never_began_is_harmless(tmp_path):
    await job(tmp_path, TELLS).close()
