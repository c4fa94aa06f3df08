"""The judge finds each deliberate fault, and has nothing to say about the sound code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import ROOT
from tests.faults.simulation.code import Code
from tests.faults.simulation.judge import judge
from tests.faults.simulation.mutants import MUTANTS
from tests.faults.simulation.world import World

SCRIPTS = {path.stem for path in (ROOT / "bot" / "store" / "lua").glob("*.lua")}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
async def test_the_judge_finds_it(wire, mutant):
    world = World(mutant.seed, wire, Code(mutant))
    await world.run()
    assert await judge(world)


@pytest.mark.parametrize("seed", sorted({mutant.seed for mutant in MUTANTS}))
async def test_the_sound_code_passes_with_the_same_seed(wire, seed):
    world = World(seed, wire)
    await world.run()
    assert await judge(world) == []


async def test_every_script_that_runs_has_a_mutant(wire):
    run: set[str] = set()
    for seed in range(10):
        world = World(seed, wire)
        await world.run()
        run |= {step.doing.split()[0] for step in world.schedule.trace}
    mutated = {Path(mutant.file).stem for mutant in MUTANTS}
    assert (run & SCRIPTS) - mutated == set()


def test_a_mutant_whose_passage_is_gone_says_so():
    with pytest.raises(LookupError, match="0 ×"):
        MUTANTS[0].applied("-- another text")
