"""One training at a time, and whoever waits knows for whom."""

from __future__ import annotations

import os
import threading

import pytest

from bot.clock import ManualClock
from bot.nlu.turn import turn
from tests.builders import NOON


@pytest.fixture
def file(tmp_path):
    return tmp_path / ".training"


def take(file, *, by="nell", told=None):
    told = [] if told is None else told
    return turn(file, by=by, clock=ManualClock(NOON), tell=told.append)


def test_who_comes_alone_waits_for_nobody(file):
    told = []
    for _ in range(2):
        with take(file, told=told):
            pass
    assert told == []


def test_who_waits_is_told_who_trains_since_when_and_comes_next(file):
    told, order, waits = [], [], threading.Event()

    def tell(line):
        told.append(line)
        waits.set()

    def second():
        with turn(file, by="umit", clock=ManualClock(NOON), tell=tell):
            order.append("second")

    other = threading.Thread(target=second)
    with take(file, by="Nell\nAshworth"):
        other.start()
        assert waits.wait(30)
        order.append("first")
    other.join(30)
    assert order == ["first", "second"]
    assert told == [
        "waiting for the training that Nell Ashworth began at "
        f"{NOON:%Y-%m-%d %H:%M:%S} UTC (process {os.getpid()})"
    ]


def test_a_turn_ends_with_a_mistake_as_well(file):
    told = []
    with pytest.raises(ValueError, match="broken"), take(file):
        raise ValueError("broken")
    with take(file, told=told):
        assert told == []


def test_what_a_killed_holder_has_left_is_not_told_of_the_next_one(file):
    file.write_text("the training that somebody long ago began at some time or other")
    with take(file, by="umit"):
        assert file.read_text().startswith("the training that umit began")
    assert file.read_text() == ""
