"""Public replies that agents hide on the network, and what is kept of that."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.simulator import Fault, SimulatorChannel
from bot.errors import InputError
from bot.flow.audit import audit
from bot.flow.trace import trace
from bot.model.case import AgentId
from bot.model.event import EventType
from bot.model.message import MessageId
from tests.first_line import FirstLine, on_simulator

ANN = AgentId("ann")
RUDE = "product_question 0.9 your kettles explode, buy coins here"


class Hasty(SimulatorChannel):
    """Its customers may delete what we are about to hide."""

    before_it_is_kept = None

    async def hide(self, message: MessageId, *, hidden: bool = True) -> None:
        await super().hide(message, hidden=hidden)
        if self.before_it_is_kept is not None:
            await self.before_it_is_kept()


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    return on_simulator(redis, tmp_path, network=Hasty)


@pytest.fixture
async def rude(line) -> MessageId:
    network = line.channel.network
    ours = network.brand_post("Our new kettle is here!")
    posted = network.post("carol", RUDE, in_reply_to=ours)
    await line.settle()
    return MessageId(posted)


async def the_case(line):
    (found,) = await line.relay.search("carol")
    return found


async def told(line, message):
    """Return the message's line of the transcript."""
    records = await line.cases.records((await the_case(line)).customer)
    return next(one for one in records if one.id == message)


async def acts(line) -> list[tuple[str, str]]:
    events = (await line.events.since({}))[0]
    changes = [e.facts for e in events if e.type is EventType.CASE_CHANGED]
    return [(one["act"], one.get("message", "")) for one in changes]


def is_hidden(line, message) -> bool:
    return any(
        one.hidden for one in line.channel.network.timeline() if one.id == message
    )


async def test_what_is_hidden_says_by_whom_and_when_until_it_is_shown_again(line, rude):
    case = await the_case(line)
    await line.relay.hide(case.id, ANN, rude, key="h1")
    record = await told(line, rude)
    assert is_hidden(line, rude)
    assert (record.hidden_by, record.hidden_at) == (ANN, line.clock.now())
    assert record.text == RUDE
    await line.relay.hide(case.id, ANN, rude, hidden=False, key="h2")
    record = await told(line, rude)
    assert not is_hidden(line, rude)
    assert (record.hidden_by, record.hidden_at) == (None, None)
    assert await acts(line) == [("hide", rude), ("show", rude)]
    found = await trace(line.events, rude)
    assert [one.says for one in found.steps[-2:]] == [
        f"{case.id}: ann hide {rude}",
        f"{case.id}: ann show {rude}",
    ]
    assert (await audit(line.events, now=line.clock.now())).clean


async def test_a_repetition_hides_once(line, rude):
    case = await the_case(line)
    for _ in range(3):
        await line.relay.hide(case.id, ANN, rude, key="h1")
    assert await acts(line) == [("hide", rude)]


async def test_the_case_stays_as_it_was(line, rude):
    case = await the_case(line)
    after = await line.relay.hide(case.id, ANN, rude, key="h1")
    assert (after.status, after.assignee) == (case.status, case.assignee)


async def test_what_the_network_does_not_do_is_told_and_not_written_down(line, rude):
    case = await the_case(line)
    line.channel.network.faults.set(Fault.NETWORK_DOWN)
    with pytest.raises(InputError, match="down"):
        await line.relay.hide(case.id, ANN, rude)
    assert (await told(line, rude)).hidden_at is None
    assert await acts(line) == []


async def test_nobody_hides_what_stands_below_no_post_of_ours(line):
    mention = line.channel.network.post("carol", RUDE, addressed=True)
    await line.settle()
    case = await the_case(line)
    for message in (mention, "404"):
        with pytest.raises(InputError, match="cannot be hidden"):
            await line.relay.hide(case.id, ANN, MessageId(message))
    assert await acts(line) == []


async def test_hiding_brings_back_no_word_that_is_deleted_meanwhile(line, rude):
    async def delete() -> None:
        line.channel.network.delete(rude)
        await line.settle()

    line.channel.before_it_is_kept = delete
    await line.relay.hide((await the_case(line)).id, ANN, rude, key="h1")
    record = await told(line, rude)
    assert record.text == ""
    assert record.deleted_at is not None


async def test_what_a_crash_left_between_network_and_transcript_is_finished(line, rude):
    async def crash() -> None:
        raise asyncio.CancelledError

    case = await the_case(line)
    line.channel.before_it_is_kept = crash
    with pytest.raises(asyncio.CancelledError):
        await line.relay.hide(case.id, ANN, rude, key="h1")
    assert is_hidden(line, rude)
    assert await acts(line) == []
    line.channel.before_it_is_kept = None
    await line.relay.hide(case.id, ANN, rude, key="h1")
    assert (await told(line, rude)).hidden_by == ANN
    assert await acts(line) == [("hide", rude)]


async def test_an_edit_keeps_what_is_hidden_hidden(line, rude):
    await line.relay.hide((await the_case(line)).id, ANN, rude, key="h1")
    line.channel.network.edit(rude, "buy more coins")
    await line.settle()
    record = await told(line, rude)
    assert (record.text, record.hidden_by) == ("buy more coins", ANN)
