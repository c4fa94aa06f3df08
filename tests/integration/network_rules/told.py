"""What a network with rules and prices is told, and what comes of it."""

from __future__ import annotations

from datetime import timedelta

from bot.model.allowance import Allowance
from bot.model.case import AgentId
from bot.model.network_rules import NetworkRules
from tests.first_line import FirstLine

ANN = AgentId("ann")
STANDARD = "faq/delivery_cost 0.9"
STRICT = NetworkRules(
    called="X", summons_bind_people=True, same_words_after=timedelta(days=1), paid=True
)
FIFTEEN = Allowance("direct_messages", 15, timedelta(minutes=15))


def follow(line: FirstLine, policy) -> None:
    for part in (line.worker, line.sender, line.relay):
        part.follow(policy)


async def the_case(line: FirstLine):
    (case,) = await line.cases.active()
    return case, await line.cases.records(case.customer)
