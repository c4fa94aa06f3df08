"""A claim that races the bot: what enters *sending* afterwards is nothing."""

from __future__ import annotations

import asyncio
import random

from bot.flow.relay import Relay
from bot.model.case import AgentId, CaseId
from bot.model.event import EventType
from bot.store.cases import RedisCases
from bot.store.server import connect
from tests.builders import POLICY, shipped_answers
from tests.first_line import FirstLine, on_simulator
from tests.ledger import send_all

TRIALS = 1000
AT_ONCE = 25  # claims on their way together
FEWEST = 20  # each side must win that often, or nothing was tried
ANN = AgentId("ann")


async def queued(line: FirstLine) -> list[CaseId]:
    """Bring TRIALS customers each a case, and an acknowledgement not yet sent."""
    for number in range(TRIALS):
        line.channel.network.direct(f"c{number}", "product_question 0.9")
    await line.intake.step()
    while (due := await line.turns.next_due()) is not None:
        line.clock.set(due)
        await line.worker.step()
    return [case.id for case in await line.cases.active()]


async def claim_all(relay: Relay, cases: list[CaseId]) -> None:
    for at in range(0, len(cases), AT_ONCE):
        chunk = cases[at : at + AT_ONCE]
        await asyncio.gather(*(relay.claim(case, ANN) for case in chunk))


async def test_nothing_of_the_bot_begins_to_be_sent_after_a_claim(
    redis, server, tmp_path, findings
):
    line = on_simulator(redis, tmp_path)
    other = connect(server.address)
    relay = Relay(
        RedisCases(other),
        line.channels,
        POLICY,
        answers=shipped_answers(),
        clock=line.clock,
    )
    cases = await queued(line)
    assert len(cases) == TRIALS
    random.Random(7).shuffle(cases)
    await asyncio.gather(claim_all(relay, cases), send_all(line))

    claimed: set[str] = set()
    sending: set[str] = set()
    withheld: set[str] = set()
    events, _ = await line.events.since({}, limit=100_000)
    by_place = sorted(events, key=lambda e: (e.customer, place_in_stream(e.id)))
    for event in by_place:
        if event.type is EventType.CASE_CHANGED:
            claimed.add(event.customer)
        elif event.type is EventType.REPLY_SENDING:
            assert event.customer not in claimed
            sending.add(event.customer)
        elif event.type is EventType.REPLY_WITHHELD:
            assert event.customer in claimed
            withheld.add(event.customer)
    received = {
        f"{line.channel.name}:{entry.account}"
        for entry in line.channel.network.ledger()
        if entry.received
    }
    assert received == sending
    assert len(claimed) == len(sending) + len(withheld) == TRIALS
    assert min(len(sending), len(withheld)) >= FEWEST
    findings.tell(
        f"{TRIALS:,} claims raced the bot: {len(sending):,} texts had gone before, "
        f"{len(withheld):,} were withheld, none went afterwards."
    )
    await other.close()


def place_in_stream(event_id: str) -> tuple[int, ...]:
    """Return where an event stands in its shard's stream: s03-1700000000000-5."""
    return tuple(int(part) for part in event_id.split("-")[1:])
