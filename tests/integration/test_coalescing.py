"""What belongs to one burst, whatever happens between its messages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model.event import EventType
from tests.builders import NOON, POLICY, message
from tests.first_line import FirstLine, on_fake

STANDARD = "faq/delivery_cost 0.9"
QUIET, AT_MOST = POLICY.burst, POLICY.burst_at_most
LEASE = timedelta(seconds=30)


@pytest.fixture
def line(redis) -> FirstLine:
    return on_fake(redis)


async def arrive(line: FirstLine, number: int, *, text: str = "hm", ago: int = 0):
    sent_at = line.clock.now() - timedelta(seconds=ago)
    line.channel.receive(
        message(f"{text} {number}", id=f"m{number}", private=True, at=sent_at)
    )
    await line.intake.step()


async def take(line: FirstLine):
    leases = await line.turns.lease(now=line.clock.now(), length=LEASE, limit=5)
    return await line.turns.load(leases)


async def handled(line: FirstLine) -> list[str]:
    return [
        event.facts["message"]
        for event in (await line.events.since({}))[0]
        if event.type is EventType.MESSAGE_HANDLED
    ]


async def test_who_keeps_writing_is_read_after_the_longest_time_allowed(line):
    number = 0
    while line.clock.now() - NOON < 3 * AT_MOST:
        await arrive(line, number)
        number += 1
        if await line.turns.next_due() <= line.clock.now():
            break
        line.clock.advance(QUIET.total_seconds() / 2)
    assert line.clock.now() - NOON <= AT_MOST + QUIET / 2


async def test_what_arrives_while_a_worker_has_the_customer_is_the_next_turn(line):
    await arrive(line, 1)
    line.clock.set(await line.turns.next_due())
    read = line.readings._one

    arrived = []

    def write_meanwhile(text: str):
        arrived.append(text)
        return read(text)

    line.readings._one = write_meanwhile
    (work,) = await take(line)
    await arrive(line, 2)
    assert await take(line) == []  # one customer, one thing at a time
    await line.turns.give_back(work.lease, due=line.clock.now(), failed=False)
    await line.worker.step()
    assert arrived == ["hm 1\nhm 2"]
    assert await handled(line) == ["m1", "m2"]


async def test_what_arrived_during_the_turn_waits_a_quiet_time_but_no_longer(line):
    await arrive(line, 1)
    line.clock.set(await line.turns.next_due())
    commit = line.turns.commit

    async def late(commits, *, again_at):
        await arrive(line, 2)
        line.turns.commit = commit
        return await commit(commits, again_at=again_at)

    line.turns.commit = late
    await line.worker.step()
    ended = line.clock.now()
    assert await line.turns.next_due() == ended + QUIET
    number = 3
    while await line.turns.next_due() > line.clock.now():
        line.clock.advance(QUIET.total_seconds() / 2)
        await arrive(line, number)
        number += 1
    assert line.clock.now() - ended <= AT_MOST + QUIET / 2


async def test_new_mail_does_not_shorten_the_wait_after_a_failure(line):
    await arrive(line, 1, text="order_status 0.9 poison")
    line.clock.set(await line.turns.next_due())
    await line.worker.step()
    due = await line.turns.next_due()
    await arrive(line, 2)
    assert await line.turns.next_due() == due


async def test_a_message_that_comes_late_is_read_where_it_was_written(line):
    await arrive(line, 2)
    await arrive(line, 1, ago=20)  # written before, shown to us after
    line.clock.advance(60)
    await line.worker.step()
    assert line.readings.batches == [["hm 1\nhm 2"]]
