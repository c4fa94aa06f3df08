"""What an outage of the store kept a sender from telling is told right after it."""

from __future__ import annotations

import pytest

from bot.errors import StoreUnavailable
from bot.flow.sender import LEASE
from bot.model.event import EventType
from tests.first_line import FirstLine, on_simulator
from tests.ledger import post, times_received

STANDARD = "faq/delivery_cost 0.9"
ACCOUNTS = ("alice", "bob", "carl")


@pytest.fixture
async def line(redis, tmp_path) -> FirstLine:
    """Three customers' answers, about to be sent."""
    line = on_simulator(redis, tmp_path)
    for account in ACCOUNTS:
        post(line, STANDARD, account=account)
    await line.intake.step()
    line.clock.advance(10)
    await line.worker.step()
    return line


@pytest.fixture
def looked_up(line, monkeypatch) -> list[str]:
    """Whose texts were looked for on the network."""
    whose: list[str] = []
    find_sent = line.channel.find_sent

    async def watched(outgoing, **how):
        whose.append(outgoing.customer)
        return await find_sent(outgoing, **how)

    monkeypatch.setattr(line.channel, "find_sent", watched)
    return whose


async def away(*_args: object, **_kwargs: object):
    raise StoreUnavailable("simulated: the store does not answer")


def received(line: FirstLine) -> list[int]:
    times = times_received(line)
    return [times[account] for account in ACCOUNTS]


async def counted(line: FirstLine, kind: EventType) -> int:
    return sum(event.type == kind for event in (await line.events.since({}))[0])


async def test_what_was_sent_is_recorded_and_not_looked_up(
    line, looked_up, monkeypatch
):
    monkeypatch.setattr(line.outbox, "sent", away)
    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            await line.sender.step()
    monkeypatch.undo()
    await line.sender.step()
    assert await line.outbox.next_due() is None
    assert (received(line), looked_up) == ([1, 1, 1], [])
    assert await counted(line, EventType.REPLY_SENT) == 3


@pytest.mark.parametrize(
    ("part", "name"), [("cases", "private_facts"), ("quiet", "quiet")]
)
async def test_what_did_not_get_as_far_as_the_network_goes_out_at_once(
    line, looked_up, monkeypatch, part, name
):
    monkeypatch.setattr(getattr(line, part), name, away)
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await line.sender.step()
        assert received(line) == [0, 0, 0]
    monkeypatch.undo()
    await line.sender.step()
    assert (received(line), looked_up) == ([1, 1, 1], [])


async def test_a_look_up_that_was_kept_is_a_look_up_still(line, looked_up, monkeypatch):
    """One that an outage put back must not become a first send."""
    monkeypatch.setattr(line.outbox, "_end", away)
    with pytest.raises(StoreUnavailable):
        await line.sender.step()  # all went out, and the store knows of none
    monkeypatch.undo()
    second = line.new_sender()
    line.clock.advance(LEASE.total_seconds() + 1)
    monkeypatch.setattr(line.quiet, "quiet", away)
    with pytest.raises(StoreUnavailable):
        await second.step()
    monkeypatch.undo()
    await second.step()
    await line.settle()
    assert received(line) == [1, 1, 1]
    assert await counted(line, EventType.REPLY_SENT) == 3


async def test_an_end_whose_answer_was_lost_counts_once(line, monkeypatch):
    sent = line.outbox.sent

    async def deaf(*args: object, **kwargs: object):
        await sent(*args, **kwargs)
        await away()

    monkeypatch.setattr(line.outbox, "sent", deaf)
    with pytest.raises(StoreUnavailable):
        await line.sender.step()
    monkeypatch.undo()
    await line.settle()
    assert received(line) == [1, 1, 1]
    assert await counted(line, EventType.REPLY_SENT) == 3


async def test_an_end_that_comes_after_another_sender_has_the_text_changes_nothing(
    line, monkeypatch
):
    monkeypatch.setattr(line.cases, "private_facts", away)
    with pytest.raises(StoreUnavailable):
        await line.sender.step()
    monkeypatch.undo()
    line.clock.advance(LEASE.total_seconds() + 1)
    second = line.new_sender()
    await second.step()  # looks them up: not there
    await line.sender.step()
    await line.settle()
    assert received(line) == [1, 1, 1]
