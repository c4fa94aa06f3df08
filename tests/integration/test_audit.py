"""Real runs audit clean, whatever the network and the agents do."""

from __future__ import annotations

import pytest

from bot.channels.simulator import Fault
from bot.flow.audit import audit
from bot.flow.outcomes import count_outcomes
from bot.model.case import AgentId
from bot.model.message import DIRECT
from tests.builders import POLICY
from tests.first_line import FirstLine

ANN, BEN = AgentId("ann"), AgentId("ben")
STANDARD, ODD = "faq/delivery_cost 0.9", "product_question 0.9"


async def audited(line: FirstLine):
    found = await audit(line.events, now=line.clock.now())
    assert found.findings == []
    assert found.clean
    assert found.outcomes == (await count_outcomes(line.events)).totals
    return found


async def write(line: FirstLine, account: str, text: str) -> None:
    line.channel.network.post(account, f"@{POLICY.handle} {text}")
    await line.settle()


async def work_on(line: FirstLine, view, agent: AgentId) -> None:
    """Claim, answer, give back, take again, hand over, take again, resolve."""
    case, thread = view.case.id, view.case.thread
    await line.relay.claim(case, agent)
    await line.relay.reply(case, agent, "We look into it.", thread=thread, key="1")
    await line.settle()
    await line.relay.release(case, agent)
    await line.relay.note(case, agent, "Waits for the shop.", key="1")
    await line.relay.claim(case, BEN)
    await line.relay.hand_over(case, BEN, view.case.team)
    await line.relay.claim(case, agent)
    await line.relay.resolve(case, agent, "answered")
    await line.settle()


async def test_a_day_of_customers_and_agents_audits_clean(line):
    for account in ("alice", "bob", "eve"):
        await write(line, account, STANDARD)
        await write(line, account, ODD)
        line.channel.network.direct(account, "hello")
        line.channel.network.direct(account, STANDARD)
        await line.settle()
    for view in (await line.relay.open_cases()).views:
        await work_on(line, view, ANN)
    await write(line, "alice", ODD)  # reopens
    await write(line, "bob", "stop")
    await write(line, "bob", STANDARD)
    found = await audited(line)
    assert found.counts["customers"] == 3
    assert found.counts["cases"] >= 3
    assert found.checked["silence after a claim"] > 0


@pytest.mark.parametrize("fault", [f for f in Fault if f is not Fault.NETWORK_DOWN])
async def test_a_network_with_faults_audits_clean(line, fault):
    options = {"code": "gone", "permanent": True} if fault is Fault.REFUSE else {}
    line.channel.network.faults.set(fault, times=3, **options)
    for account in ("alice", "bob"):
        await write(line, account, STANDARD)
        await write(line, account, ODD)
    await audited(line)


async def test_a_claim_and_a_failure_in_between_audit_clean(line):
    await write(line, "alice", ODD)
    (view,) = (await line.relay.open_cases()).views
    line.channel.network.direct("alice", STANDARD)
    await line.intake.step()
    line.clock.set(await line.turns.next_due())
    await line.worker.step()
    await line.relay.claim(view.case.id, ANN)
    line.channel.network.faults.set(Fault.REFUSE, times=1, code="gone", permanent=True)
    await line.relay.reply(view.case.id, ANN, "Hello!", thread=DIRECT, key="1")
    await line.settle()
    await audited(line)


async def test_dead_letters_audit_clean_before_and_after_they_are_replayed(line):
    line.channel.network.direct("alice", "order_status 0.95")
    await line.settle()
    line.channel.network.direct("alice", "poison order_status 0.95")
    await line.settle()
    await audited(line)
