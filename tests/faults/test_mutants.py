"""The judge finds each deliberate fault, and has nothing to say about the sound code."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from tests.builders import ROOT
from tests.faults.simulation.code import Code
from tests.faults.simulation.judge import judge
from tests.faults.simulation.mutants import MUTANTS
from tests.faults.simulation.world import World
from tests.faults.test_script_faults import FAULTS

MORE_SEEDS = 60
SCRIPTS = {path.stem for path in (ROOT / "bot" / "store" / "lua").glob("*.lua")}


class SeedMovedWarning(UserWarning):
    """The engine takes other steps: the named seed is to be written anew."""


@pytest.fixture(scope="module")
def sound() -> dict[int, list]:
    """What the judge says of the sound code, by seed: many mutants share one."""
    return {}


@pytest.mark.filterwarnings("default::UserWarning")  # told also where others are not
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
async def test_the_judge_finds_it(wire, sound, mutant):
    """By its own seed; by another one if the engine takes other steps since then."""
    for seed in dict.fromkeys((mutant.seed, *range(MORE_SEEDS))):
        if await _complaints(wire, seed, mutant):
            if seed not in sound:
                sound[seed] = await _complaints(wire, seed, None)
            assert sound[seed] == []
            if seed != mutant.seed:
                stale = f"{mutant.what}: not by seed {mutant.seed} now, but by {seed}"
                warnings.warn(stale, SeedMovedWarning, stacklevel=1)
            return
    pytest.fail(f"{mutant.what}: {MORE_SEEDS} seeds do not show it")


async def _complaints(wire, seed, mutant):
    world = World(seed, wire, Code(mutant))
    await world.run()
    return await judge(world)


async def test_every_script_that_runs_has_a_mutant(wire):
    run: set[str] = set()
    for seed in range(10):
        world = World(seed, wire)
        await world.run()
        run |= {step.doing.split()[0] for step in world.schedule.trace}
    mutated = {Path(mutant.file).stem for mutant in MUTANTS}
    mutated |= {fault.script for _, fault in FAULTS}
    assert (run & SCRIPTS) - mutated == set()


def test_a_mutant_whose_passage_is_gone_says_so():
    with pytest.raises(LookupError, match="0 ×"):
        MUTANTS[0].applied("-- another text")
