"""What an outage of the store kept a sender from telling is told right after it."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from bot.channels.simulator import SimulatorChannel
from bot.clock import to_ms
from bot.errors import PermanentFailure, StoreUnavailable
from bot.flow.sender import LEASE, LOOK_UP_AFTER
from bot.model.case import AgentId
from bot.model.event import EventType
from bot.model.message import CustomerId
from bot.model.outgoing import Refused
from bot.store import keys
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


async def deaf(call, *args: object, **kwargs: object):
    """The store has it, but its answer is lost."""
    await call(*args, **kwargs)
    await away()


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
    monkeypatch.setattr(line.outbox, "sent", partial(deaf, line.outbox.sent))
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


async def test_an_end_that_is_told_again_is_told_of_its_own_lease_alone(
    line, monkeypatch
):
    """Here another sender takes the texts in the very same millisecond."""
    monkeypatch.setattr(line.quiet, "quiet", away)
    with pytest.raises(StoreUnavailable):
        await line.sender.step()
    monkeypatch.undo()
    monkeypatch.setattr(line.outbox, "again", partial(deaf, line.outbox.again))
    for _ in ACCOUNTS:
        with pytest.raises(StoreUnavailable):
            await line.sender.step()
    monkeypatch.undo()
    begun, may_go_on, send = asyncio.Event(), asyncio.Event(), line.channel.send
    whose: list[str] = []

    async def slow(outgoing):
        whose.append(outgoing.customer)
        begun.set()
        await may_go_on.wait()
        return await send(outgoing)

    monkeypatch.setattr(line.channel, "send", slow)
    second = asyncio.create_task(line.new_sender().step())
    await begun.wait()
    first = asyncio.create_task(line.sender.step())
    await asyncio.sleep(0.2)
    may_go_on.set()
    await asyncio.gather(first, second)
    assert sorted(whose) == [who(account) for account in ACCOUNTS]


async def test_what_was_put_back_counts_as_neither_tried_nor_waited_for(
    line, redis, monkeypatch
):
    for _ in range(3):
        monkeypatch.setattr(line.cases, "private_facts", away)
        with pytest.raises(StoreUnavailable):
            await line.sender.step()
        monkeypatch.undo()
    monkeypatch.setattr(line.channel, "send", away)
    await line.sender.step()
    fields = await redis.hgetall(keys.of_customer(who("alice"), "customer"))
    assert (fields.get("send_tries"), fields.get("send_waits")) == ("1", None)


async def test_an_end_that_was_kept_is_the_only_one(line, monkeypatch):
    """A text that may not go out is not put back as well."""
    again = []

    async def put_back(outgoing, **_kwargs: object):
        again.append(outgoing.key)

    monkeypatch.setattr(line.outbox, "again", put_back)
    monkeypatch.setattr(line.outbox, "failed", away)
    await line.quiet.pause("everything", AgentId("ann"), now=line.clock.now())
    with pytest.raises(StoreUnavailable):
        await line.sender.step()
    monkeypatch.setattr(line.outbox, "failed", rejected)
    for _ in ACCOUNTS:
        with pytest.raises(PermanentFailure):
            await line.sender.step()
    await line.sender.step()
    assert again == []


async def rejected(*_args: object, **_kwargs: object):
    raise PermanentFailure("simulated: the store rejects a command")


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_channel_that_lost_the_store_while_it_sent_is_soon_asked(
    line, looked_up, monkeypatch, arrives
):
    """As X's, which asks the store how many calls are left."""
    lost = partial(deaf, line.channel.send) if arrives else away
    monkeypatch.setattr(line.channel, "send", lost)
    await line.sender.step()
    monkeypatch.setattr(
        line.channel, "send", SimulatorChannel.send.__get__(line.channel)
    )
    line.clock.advance(LOOK_UP_AFTER.total_seconds())
    await line.sender.step()
    assert len(looked_up) == 3
    await line.settle()
    assert received(line) == [1, 1, 1]


async def test_a_look_up_that_lost_the_store_is_taken_up_at_once(line, monkeypatch):
    monkeypatch.setattr(line.outbox, "_end", away)
    with pytest.raises(StoreUnavailable):
        await line.sender.step()
    monkeypatch.undo()
    second = line.new_sender()
    line.clock.advance(LEASE.total_seconds() + 1)
    monkeypatch.setattr(line.channel, "find_sent", away)
    with pytest.raises(StoreUnavailable):
        await second.step()
    monkeypatch.undo()
    await second.step()
    assert await line.outbox.next_due() is None
    assert received(line) == [1, 1, 1]


async def test_what_was_never_sent_goes_out_as_soon_as_that_is_known(line, monkeypatch):
    """Its sender died, or was not told that it had it."""
    monkeypatch.setattr(line.outbox, "begin", partial(deaf, line.outbox.begin))
    with pytest.raises(StoreUnavailable):
        await line.sender.step()
    monkeypatch.undo()
    line.clock.advance(LEASE.total_seconds())
    for _ in range(2):
        await line.sender.step()
    assert received(line) == [1, 1, 1]


async def test_what_was_looked_for_after_one_failover_is_so_after_the_next(
    line, redis, looked_up, monkeypatch
):
    """The first look says nothing of what the second server has forgotten."""
    shard = keys.in_shard(keys.shard_of(who("alice")), "generation")
    for count in (1, 2):
        line.clock.advance(5)
        await redis.hset(shard, "replaced_at", to_ms(line.clock.now()))
        line.clock.advance(5)
        monkeypatch.setattr(line.channel, "send", busy)
        await line.sender.step()
        await line.sender.step()
        monkeypatch.setattr(
            line.channel, "send", SimulatorChannel.send.__get__(line.channel)
        )
        assert looked_up.count(who("alice")) == count
    await line.settle()
    assert received(line) == [1, 1, 1]


async def busy(_outgoing: object):
    return Refused("unreachable", permanent=False)


def who(account: str) -> CustomerId:
    return CustomerId(f"simulator:{account}")
