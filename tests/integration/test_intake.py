"""More comes in than can be read: what waits, what is taken first, what is lost: nothing."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

import pytest

from bot.errors import TemporaryFailure
from bot.flow.intake import Intake, Limits
from bot.flow.outcomes import count_outcomes
from bot.model.event import EventType, Outcome
from bot.model.message import CustomerId, Malformed, MessageId
from bot.model.rank import Rank
from tests.builders import POLICY, message
from tests.first_line import FirstLine, on_fake

STANDARD = "faq/delivery_cost 0.9"
LIMITS = Limits(pause_at=1000, resume_at=500, urgent=300, look=400)


@pytest.fixture
def line(redis) -> FirstLine:
    made = on_fake(redis)
    made.intake = Intake(
        made.channel,
        made.inbox,
        POLICY,
        clock=made.clock,
        log=made.log,
        limits=LIMITS,
    )
    return made


def mentions(line: FirstLine, count: int, *, prefix: str = "m", **where) -> None:
    line.channel.receive(
        *(
            message(
                f"@fernhollow {STANDARD}",
                id=f"{prefix}{n}",
                customer=CustomerId(f"simulator:{prefix}{n % 97}"),
                **where,
            )
            for n in range(count)
        )
    )


async def pending(line: FirstLine) -> int:
    return sum((await line.inbox.pending()).values())


async def outcomes_by_message(line: FirstLine) -> Counter[str]:
    cursors, found = {}, Counter[str]()
    while True:
        events, cursors = await line.events.since(cursors)
        if not events:
            return found
        found.update(
            event.facts["message"]
            for event in events
            if event.type is EventType.MESSAGE_HANDLED
        )


async def settle(line: FirstLine) -> None:
    """Read and work in turns until the channel is empty and nothing waits."""
    while True:
        new = await line.intake.step()
        line.clock.advance(20)
        done = await line.worker.step()
        if not new and not done and not await pending(line):
            return


async def test_while_too_much_waits_the_channel_keeps_the_rest(line):
    mentions(line, 5000)
    for _ in range(10):
        await line.intake.step()
    assert LIMITS.pause_at < await pending(line) <= LIMITS.pause_at + 200
    assert [event for event, _ in line.logged] == ["intake_paused"]


async def test_reading_goes_on_when_half_is_done_and_nothing_is_lost(line):
    mentions(line, 3000)
    await settle(line)
    named = [event for event, _ in line.logged]
    assert named[:2] == ["intake_paused", "intake_resumed"]
    assert named.count("intake_paused") < 6  # it does not stop and go with each batch
    assert set((await outcomes_by_message(line)).values()) == {1}
    outcomes = await count_outcomes(line.events)
    assert (outcomes.seen, outcomes.totals[Outcome.PENDING]) == (3000, 0)
    assert outcomes.adds_up


async def test_an_urgent_message_behind_a_flood_is_taken_out_of_turn_and_once(line):
    mentions(line, 4000)
    line.channel.receive(message("help", id="dm", private=True))
    for _ in range(12):
        await line.intake.step()
    assert (await line.inbox.pending())[Rank.FIRST] == 1
    line.clock.advance(20)
    await line.worker.step()
    assert "dm" in await outcomes_by_message(line)
    await settle(line)
    handled = await outcomes_by_message(line)
    assert (len(handled), set(handled.values())) == (4001, {1})
    assert await line.inbox.count_taken(line.channel.name) == 0


async def test_an_urgent_message_is_taken_although_another_source_is_away(line):
    whole = line.channel.messages

    async def in_part(*, after):
        async for pair in whole(after=after):
            yield pair
        raise TemporaryFailure("another source is away")

    mentions(line, 1300)
    line.channel.receive(message("help", id="dm", private=True))
    await line.intake.step()
    line.channel.messages = in_part
    for _ in range(9):
        with suppress(TemporaryFailure):  # the other source's
            await line.intake.step()
    assert (await line.inbox.pending())[Rank.FIRST] == 1


async def test_what_was_taken_out_of_turn_is_not_taken_again_however_much_came(line):
    """One customer writes more than the store remembers of one customer."""
    mentions(line, 1200)
    line.channel.receive(message("first", id="dm", private=True))
    await line.intake.step()
    while not (await line.inbox.pending())[Rank.FIRST]:
        await line.intake.step()
    line.channel.incoming[1200:1200] = [
        message(f"@fernhollow hello {n}", id=f"a{n}") for n in range(2500)
    ]  # by the same customer, between the cursor and what was taken
    await settle(line)
    handled = await outcomes_by_message(line)
    assert handled["dm"] == 1
    assert len(handled) == 1200 + 1 + 2500


async def test_urgent_messages_too_are_bounded(line):
    mentions(line, 1400)
    mentions(line, 3000, prefix="dm", private=True)
    for _ in range(40):
        await line.intake.step()
    assert await line.inbox.count_taken(line.channel.name) == LIMITS.urgent
    assert await pending(line) <= LIMITS.pause_at + 200 + LIMITS.urgent
    await settle(line)
    handled = await outcomes_by_message(line)
    assert (len(handled), set(handled.values())) == (4400, {1})


async def test_an_intake_that_is_replaced_in_the_middle_loses_and_doubles_nothing(line):
    mentions(line, 2500)
    line.channel.receive(message("help", id="dm", private=True))
    for _ in range(9):
        await line.intake.step()
        line.intake = Intake(
            line.channel, line.inbox, POLICY, clock=line.clock, limits=LIMITS
        )
    await settle(line)
    handled = await outcomes_by_message(line)
    assert (len(handled), set(handled.values())) == (2501, {1})


async def test_a_flood_of_what_cannot_be_decoded_is_counted_and_bounded(line, redis):
    line.channel.receive(
        *(
            Malformed(
                channel=line.channel.name,
                id=MessageId(f"bad{n}"),
                problem="not JSON",
                raw="x" * 50_000,
            )
            for n in range(3000)
        )
    )
    await line.intake.step()
    outcomes = await count_outcomes(line.events)
    assert (outcomes.seen, outcomes.totals[Outcome.DEAD]) == (3000, 3000)
    memory = int((await redis.info("memory"))["used_memory_dataset"])
    assert memory < 1000 * 12_000 + 10_000_000
