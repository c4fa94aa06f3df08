"""A trace finds what any id names, wherever its events are."""

from __future__ import annotations

from bot.flow.trace import Kind, trace
from bot.model.event import EventType
from bot.store import keys
from tests.builders import ALICE, POLICY


async def test_what_any_id_names_is_found(line):
    for account in ("alice", "bob", "eve"):
        line.channel.network.post(account, f"@{POLICY.handle} product_question 0.9")
    await line.settle()
    (case,) = [c for c in await line.cases.active() if c.customer == ALICE]
    asked, said = await line.cases.records(ALICE)
    for id_, kind in (
        (asked.id, Kind.MESSAGE),
        (said.id, Kind.TEXT),
        (case.id, Kind.CASE),
        (ALICE, Kind.CUSTOMER),
    ):
        found = await trace(line.events, id_)
        assert (found.kind, found.customer) == (kind, ALICE)
        assert EventType.REPLY_SENT in {step.event.type for step in found.steps}
    assert await trace(line.events, "nobody") is None


async def test_customers_and_cases_are_found_without_reading_every_shard(line):
    line.channel.network.post("alice", f"@{POLICY.handle} product_question 0.9")
    await line.settle()
    (case,) = await line.cases.active()
    looked: list[str] = []
    await trace(line.events, case.id, progress=looked.append)
    await trace(line.events, ALICE, progress=looked.append)
    assert set(looked) == {keys.shard_of(ALICE)}
