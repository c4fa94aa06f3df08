"""Compares what the engine says with what the network and the agents know.

The network's ledger and the agents' clicks are the test's own. From the engine the
judge takes the event streams as they are stored, the desk's port and what is left
in the store; each of them must agree with the ledgers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from unittest.mock import patch

from bot.errors import CaseConflict
from bot.flow.audit import audit
from bot.model.case import CaseId
from bot.ports import CaseView
from bot.store import keys
from tests.consistency import misfits
from tests.faults.simulation import judge_cases, judge_messages
from tests.faults.simulation.evidence import Complaint, Evidence
from tests.faults.simulation.judge_agents import AGENT_CHECKS
from tests.faults.simulation.judge_cases import CASE_CHECKS
from tests.faults.simulation.judge_desk import DESK_CHECKS
from tests.faults.simulation.judge_messages import MESSAGE_CHECKS
from tests.faults.simulation.judge_silence import (
    SILENCE_CHECKS,
    who_said_stop_last_is_silenced,
)
from tests.faults.simulation.judge_store import STORE_CHECKS
from tests.faults.simulation.judge_texts import TEXT_CHECKS, nothing_is_said_twice
from tests.faults.simulation.judge_time import BY_RIGHT_CLOCKS, TIME_CHECKS
from tests.faults.simulation.world import SHARDS, World

CHECKS = (
    *MESSAGE_CHECKS,
    *TEXT_CHECKS,
    *SILENCE_CHECKS,
    *AGENT_CHECKS,
    *CASE_CHECKS,
    *STORE_CHECKS,
    *TIME_CHECKS,
    *DESK_CHECKS,
)

# What was done in the moments that are lost is done again; the rest of the promises
# compare events with books that go back further than they do.
AFTER_A_FAILOVER = (
    nothing_is_said_twice,
    who_said_stop_last_is_silenced,
    *judge_messages.AFTER_A_FAILOVER_TOO,
    *judge_cases.AFTER_A_FAILOVER_TOO,
    *STORE_CHECKS,
    *DESK_CHECKS,
)


async def judge(world: World) -> list[Complaint]:
    """Return every promise that was broken."""
    with patch.object(keys, "SHARDS", SHARDS):
        evidence = await _evidence(world)
        checks = AFTER_A_FAILOVER if world.failed_over else CHECKS
        if world.clocks_wrong_by is not None:
            checks = tuple(one for one in checks if one not in BY_RIGHT_CLOCKS)
        found = [one for check in checks for one in check(evidence)]
        found += [one async for one in _audited(world)]
        unfit = await misfits(world.hands().redis)
        return found + [Complaint("-", says) for says in unfit]


async def _audited(world: World) -> AsyncIterator[Complaint]:
    """Ask the engine's own audit too: it must see what the books show."""
    events = world.hands().store("events.RedisEvents")
    result = await audit(events, now=world.schedule.clock.now())
    for finding in result.findings:
        yield Complaint(finding.customer, f"audit: {finding.rule}: {finding.id}")
    for late in (*result.late_messages, *result.late_replies):
        yield Complaint("-", f"audit: {late} is late")


async def _evidence(world: World) -> Evidence:
    process = world.hands()
    events = [
        dict(zip(fields[::2], fields[1::2], strict=True))
        for shard in SHARDS
        for _, fields in world.wire.call(
            "XRANGE", keys.in_shard(shard, "events"), "-", "+"
        )
    ]
    named = {event["case"]: event for event in events if event.get("case")}
    clicked = {str(c.case): None for agent in world.agents for c in agent.clicks}
    views: dict[str, CaseView] = {}
    for case in (*named, *clicked):
        with suppress(CaseConflict):  # there is none: the checks will say so
            views[case] = await process.relay.view(CaseId(case))
    active = await process.store("cases.RedisCases").active()
    opened = frozenset(str(case.id) for case in active)
    dead = process.store("dead.RedisDeadLetters")
    letters = {
        str(one.customer): await dead.of(one.customer) for one in await dead.every()
    }
    incidents = {
        str(view.incident.id): view for view in await process.incident_desk.incidents()
    }
    return Evidence(world, events, views, opened, incidents, letters)
