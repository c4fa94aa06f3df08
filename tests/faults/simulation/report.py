"""What a failing seed prints: the complaints, the command, and how it came about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.faults.simulation.evidence import Complaint
from tests.faults.simulation.world import World

LAST_STEPS = 60


def report(world: World, complaints: Sequence[Complaint]) -> str:
    """Return all complaints, and the last steps that concern the first customer."""
    customers = [c.customer for c in complaints if c.customer != "-"]
    steps = _steps_of(world, customers[0]) if customers else world.schedule.trace
    return "\n".join(
        [
            f"seed {world.seed}: {len(complaints)} promises were broken",
            *(f"  {complaint}" for complaint in complaints),
            "To see it again:",
            f"  .venv/bin/python -m pytest tests/faults/test_simulation.py --seed {world.seed}",
            f"The last steps{' of ' + customers[0] if customers else ''}:",
            *(f"  {step}" for step in steps[-LAST_STEPS:]),
        ]
    )


def _steps_of(world: World, customer: str) -> list[object]:
    """Return the steps that name the customer, their messages or their cases."""
    names = {customer}
    names |= {str(m.id) for m in world.network.written if m.customer == customer}
    clicks = [click for agent in world.agents for click in agent.clicks]
    names |= {str(click.case) for click in clicks if click.customer == customer}
    mentioned = re.compile(rf"\b({'|'.join(map(re.escape, sorted(names)))})\b")
    return [step for step in world.schedule.trace if mentioned.search(str(step))]
