"""A first line with agents who are known by name, for tests of what they do and see."""

from __future__ import annotations

from dataclasses import replace

from bot.model.agent import Agent, Signature
from bot.model.case import AgentId
from bot.model.event import EventType
from tests.builders import POLICY
from tests.first_line import FirstLine, on_simulator
from tests.ledger import post

ANN, BEN = AgentId("ann"), AgentId("ben")
STANDARD, ODD = "faq/delivery_cost 0.97", "product_question 0.9"
TEAM = {ANN: Agent(id=ANN, name="Ann Bell", initials="AB", teams=("press",))}
UNDO_S = POLICY.desk.undo.total_seconds()


def first_line(redis, tmp_path) -> FirstLine:
    """Return a line whose desk signs with initials."""
    desk = replace(POLICY.desk, signature=Signature.INITIALS)
    policy = replace(POLICY, agents=TEAM, desk=desk)
    return on_simulator(redis, tmp_path, policy=policy)


async def case_of(line: FirstLine, account: str, text: str = ODD, *, public=False):
    """Return the case that `account` has after writing."""
    if public:
        post(line, text, account=account)
    else:
        line.channel.network.direct(account, text)
    await line.settle()
    found = await line.relay.search(account)
    return found[0]


async def replied(line: FirstLine, case, text="We look into it.", *, agent=ANN):
    """Claim and answer; return the id of the reply's record."""
    await line.relay.claim(case.id, agent)
    await line.relay.reply(case.id, agent, text, thread=case.thread, key="1")
    return f"{case.id}:1"


async def record(line: FirstLine, case, reply: str):
    (found,) = [r for r in await line.cases.records(case.customer) if r.id == reply]
    return found


async def happened(line: FirstLine, kind: EventType):
    return [e for e in (await line.events.since({}))[0] if e.type is kind]
