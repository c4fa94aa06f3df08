"""One thing that is out of the ordinary stops nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import TemporaryFailure
from bot.flow.desk_feed import DeskFeed
from bot.flow.outcomes import count_outcomes
from bot.model.event import Outcome
from bot.model.message import Malformed, MessageId
from bot.ports import CaseView
from tests.builders import CHANNEL, NOON, POLICY, message
from tests.first_line import FirstLine

HALF = "\ud83d"  # of a surrogate pair
NO_TIME = timedelta(0)


async def accept(line: FirstLine, *messages) -> int:
    return await line.inbox.accept(messages, now=NOON, quiet=NO_TIME, at_most=NO_TIME)


async def test_half_a_character_in_a_text_stops_nobody(line):
    odd = message(f"product_question 0.9 {HALF}", private=True)
    line.channel.network.direct("alice", "hello")  # opens the thread there
    assert await accept(line, odd, message("hi", id="m2", private=True)) == 2
    await line.worker.step()
    outcomes = await count_outcomes(line.events)
    assert outcomes.totals[Outcome.PENDING] == 0
    first, *_ = await line.cases.records(odd.customer)
    assert first.text.endswith("\ufffd")


async def test_a_message_whose_id_cannot_be_stored_is_parked_and_the_others_go_on(line):
    parts = (
        message(id=f"m1{HALF}"),
        message(id="m2", customer=f"simulator:eve{HALF}"),
        message(id="m3", thread=f"p1{HALF}"),
        Malformed(
            channel=CHANNEL, id=MessageId(f"e{HALF}"), problem="not JSON", raw=HALF
        ),
        message(id="m4"),
    )
    assert await accept(line, *parts) == 5
    totals = (await count_outcomes(line.events)).totals
    assert (totals[Outcome.DEAD], totals[Outcome.PENDING]) == (4, 1)


async def test_what_the_network_garbles_does_not_hold_up_the_channel(line):
    network = line.channel.network
    network.post("ann", f"@{POLICY.handle} hello")
    with network._database.transaction():
        network.deliveries._show("e1", '{"id":' + "1" * 5_000 + "}")
    network.post("bob", f"@{POLICY.handle} hello")
    assert await line.intake.step() == 3
    totals = (await count_outcomes(line.events)).totals
    assert (totals[Outcome.DEAD], totals[Outcome.PENDING]) == (1, 2)


class ChoosyDesk:
    """Shows every case but eve's."""

    name = "choosy"

    def __init__(self, trouble: Exception) -> None:
        self.trouble = trouble
        self.shown: list[str] = []

    async def show(self, view: CaseView) -> None:
        if view.case.customer.endswith("eve"):
            raise self.trouble
        self.shown.append(view.case.customer)


@pytest.fixture
async def three_cases(line) -> FirstLine:
    for account in ("ann", "eve", "bob"):
        line.channel.network.direct(account, "product_question 0.9")
    await line.settle()
    return line


async def test_a_card_that_a_desk_cannot_show_does_not_stop_the_others(three_cases):
    desk, line = ChoosyDesk(ValueError("invalid blocks: her words")), three_cases
    feed = DeskFeed(desk, line.events, line.relay, log=line.log)
    assert await feed.step() == 3
    assert sorted(desk.shown) == ["simulator:ann", "simulator:bob"]
    assert await feed.step() == 0  # the bookmark has moved
    failed = [fields for name, fields in line.logged if name == "card_failed"]
    assert [fields["error"] for fields in failed] == ["ValueError"]
    assert "her words" not in str(line.logged)


async def test_a_desk_that_is_away_is_shown_everything_again(three_cases):
    desk, line = ChoosyDesk(TemporaryFailure("away")), three_cases
    feed = DeskFeed(desk, line.events, line.relay, log=line.log)
    with pytest.raises(TemporaryFailure):
        await feed.step()
    desk.trouble = ValueError()
    assert await feed.step() == 3
