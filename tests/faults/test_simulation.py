"""Random customers, agents and processes under faults, judged by the network's books.

Each seed is one run on a real server under a virtual clock; see simulation/README.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from tests.builders import ROOT
from tests.faults.simulation.judge import judge
from tests.faults.simulation.report import report
from tests.faults.simulation.world import World

SEEDS, WRONG_SEEDS = 100, 20
PROOF_SEEDS, WRONG_PROOF_SEEDS = 1000, 200


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = metafunc.config.getoption("--seed")
    proof = metafunc.config.getoption("--proof")
    plain, wrong = (PROOF_SEEDS, WRONG_PROOF_SEEDS) if proof else (SEEDS, WRONG_SEEDS)
    for name, count in (("seed", plain), ("wrong_seed", wrong)):
        if name in metafunc.fixturenames:
            seeds = range(count) if chosen is None else [chosen]
            metafunc.parametrize(name, seeds)


async def test_every_promise_is_kept(wire, seed, findings):
    world = World(seed, wire)
    await world.run()
    complaints = await judge(world)
    if complaints:
        pytest.fail(report(world, complaints), pytrace=False)
    findings.count("seeds of the simulation kept every promise.")


async def test_clocks_that_are_wrong_and_jump_lose_and_double_nothing(
    wire, wrong_seed, findings
):
    """By as much as the engine allows for: two differ by less than a minute."""
    world = World(wrong_seed, wire, clocks_wrong_by=timedelta(seconds=29))
    await world.run()
    complaints = await judge(world)
    if complaints:
        pytest.fail(report(world, complaints), pytrace=False)
    findings.count("seeds of the simulation with wrong clocks kept every promise.")


async def test_the_same_seed_is_the_same_run(wire):
    """Also in another program, where sets and dictionaries may have another order."""
    first, second = World(7, wire), World(7, wire)
    await first.run()
    await second.run()
    assert first.schedule.digest() == second.schedule.digest()
    assert _digest_elsewhere(7, wire) == first.schedule.digest()


def _digest_elsewhere(seed, wire) -> str:
    code = (
        "import asyncio, sys\n"
        "from tests.faults.simulation.wire import Wire\n"
        "from tests.faults.simulation.world import World\n"
        "world = World(int(sys.argv[1]), Wire(sys.argv[2]))\n"
        "asyncio.run(world.run())\n"
        "print(world.schedule.digest())\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "12345"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(seed), wire.path],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout.strip()


async def test_another_seed_is_another_run(wire):
    first, second = World(7, wire), World(8, wire)
    await first.run()
    await second.run()
    assert first.schedule.digest() != second.schedule.digest()
