"""The map's places, computed in a process of its own."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import TemporaryFailure
from bot.nlu import spreading
from bot.nlu.spread import spread
from bot.nlu.spreading import Spreading
from tests.waiting import PATIENCE_S

GROUPS = {
    "parcel": ["where is my parcel", "my parcel is late", "parcel late again"],
    "courier": ["where is my parcel courier", "courier is late with my parcel"],
    "card": ["my card was declined", "card payment declined twice"],
    "pay": ["payment with my card declined", "pay by card declined"],
    "hello": ["good morning there", "hello good evening 🙂 \ud83d"],
}


class Log:
    def __init__(self) -> None:
        self.lines: list[tuple[str, dict]] = []

    def __call__(self, event: str, /, **fields) -> None:
        self.lines.append((event, fields))


@pytest.fixture
def log():
    return Log()


async def longest_pause(during) -> float:
    """Return for how long the event loop stood still while something was awaited."""
    loop, worst = asyncio.get_running_loop(), 0.0
    task = asyncio.ensure_future(during)
    while not task.done():
        before = loop.time()
        await asyncio.sleep(0.01)
        worst = max(worst, loop.time() - before)
    await task
    return worst


async def begun(made: Spreading) -> None:
    for _ in iter(lambda: bool(made._children), True):
        await asyncio.sleep(0.01)


async def test_groups_that_use_the_same_words_lie_near_each_other(log):
    made = Spreading(log=log)
    placed = await made.spread(GROUPS)
    assert placed == spread(GROUPS)

    def apart(one: str, other: str) -> float:
        (x, y), (u, v) = placed[one], placed[other]
        return (x - u) ** 2 + (y - v) ** 2

    assert apart("parcel", "courier") < apart("parcel", "card")
    assert apart("card", "pay") < apart("card", "courier")
    assert log.lines == []


async def test_the_event_loop_does_not_stand_still_for_it(log):
    many = {f"group {at}": [f"word{at} word{at // 2} and more"] for at in range(150)}
    assert await longest_pause(Spreading(log=log).spread(many)) < 0.5


async def test_what_takes_too_long_is_given_up_and_leaves_no_process(log):
    made = Spreading(log=log, patience_s=0.01)
    with pytest.raises(TemporaryFailure, match="not ready after 0 seconds"):
        await made.spread(GROUPS)
    assert [event for event, _ in log.lines] == ["spreading_given_up"]
    assert made._children == set()


async def test_a_process_that_fails_is_told_with_its_code_and_no_words(
    log, monkeypatch
):
    monkeypatch.setattr(spreading, "_SCRIPT", "raise SystemExit(7)")
    with pytest.raises(TemporaryFailure, match="ended with code 7"):
        await Spreading(log=log).spread(GROUPS)
    ((event, fields),) = log.lines
    assert (event, fields["code"]) == ("spreading_failed", 7)
    assert "parcel" not in repr(log.lines)


async def test_what_is_computed_ends_with_the_program(log, monkeypatch):
    monkeypatch.setattr(spreading, "_SCRIPT", "import time; time.sleep(600)")
    made = Spreading(log=log)
    drawing = asyncio.create_task(made.spread(GROUPS))
    await asyncio.wait_for(begun(made), PATIENCE_S)
    (child,) = made._children
    await made.close()
    assert child.returncode == -9
    with pytest.raises(TemporaryFailure):
        await drawing
