"""What the simulation does not run, or hardly shows: with a line left out a test fails.

A test of a promise is worth what it can find: here is the proof for the scripts that
script_faults/ lists. See simulation/mutants/ for the others.
"""

from __future__ import annotations

import inspect

import pytest

from bot.store import scripts
from tests.faults.script_faults import customers, desks, networks, trainers
from tests.faults.simulation.code import Code, Mutant
from tests.integration import acting
from tests.integration import test_acts as acts

GROUPS = (desks, customers, networks, trainers)
FAULTS = tuple((group, fault) for group in GROUPS for fault in group.FAULTS)


@pytest.mark.parametrize(
    ("group", "fault"), FAULTS, ids=[str(fault) for _, fault in FAULTS]
)
async def test_its_own_test_finds_it(
    group, fault, redis, server, tmp_path, monkeypatch
):
    sound = scripts.source
    text = sound(fault.script)
    assert text.count(fault.old) == 1, "the script has changed: the fault must follow"

    def faulty(name: str) -> str:
        return (
            text.replace(fault.old, fault.new) if name == fault.script else sound(name)
        )

    monkeypatch.setattr(scripts, "source", faulty)
    given = await group.given(fault.shown_by.__module__, redis, tmp_path)
    given |= {"redis": redis, "server": server, "tmp_path": tmp_path}
    names = inspect.signature(fault.shown_by).parameters
    wanted = {name: given[name] for name in names}
    with pytest.raises((AssertionError, ValueError, AttributeError, TypeError)):
        await fault.shown_by(**wanted)


async def test_an_answer_that_is_not_kept_in_mind_is_missed(redis, tmp_path):
    """Too few runs have two answers, of which the first does not arrive."""
    fault = Mutant(
        "of several answers only the first is kept in mind",
        "flow/case_changes.py",
        "later = (*case.later_answers, now)",
        "later = case.later_answers",
        seed=0,
    )
    shown_by = acts.test_of_two_answers_the_one_that_is_not_undone_is_the_first
    with Code(fault).in_force(), pytest.raises(AssertionError):
        await shown_by(acting.first_line(redis, tmp_path))
