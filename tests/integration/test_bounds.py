"""What is kept of one customer has an end, however long they write to us."""

from __future__ import annotations

import pytest

from bot.flow.outcomes import count_outcomes
from bot.model.case import AgentId
from bot.model.customer import MAX_THREADS
from bot.model.event import Outcome
from bot.model.message import ThreadId
from bot.store import inbox, keys
from bot.store.inbox import SEEN_KEPT
from bot.store.payload import HISTORY_MAX
from tests.builders import ALICE, POLICY, message
from tests.first_line import FirstLine, on_fake

STANDARD = "faq/delivery_cost 0.9"


@pytest.fixture
def line(redis) -> FirstLine:
    return on_fake(redis)


async def write(line: FirstLine, count: int, *, first: int = 0) -> None:
    """Let Alice write in a thread of its own each time, and hear an answer."""
    for number in range(first, first + count):
        line.channel.receive(
            message(
                f"@fernhollow {STANDARD} {number}",
                id=f"m{number}",
                thread=ThreadId(f"p{number}:alice"),
                at=line.clock.now(),
            )
        )
        await line.settle()
        line.clock.advance(60)


async def test_threads_that_are_forgotten_leave_nothing_behind(line, redis):
    await write(line, MAX_THREADS + 30)
    fields = await redis.hkeys(keys.of_customer(ALICE, "customer"))
    threads = [name for name in fields if name.startswith(("spoke:", "bot:"))]
    assert len(threads) <= 2 * (MAX_THREADS + 1)
    assert f"spoke:p{MAX_THREADS + 29}:alice" in threads


async def test_what_is_known_of_a_text_goes_with_its_line(line, redis):
    await write(line, HISTORY_MAX // 2 + 40)
    history = await redis.llen(keys.of_customer(ALICE, "history"))
    delivery = await redis.hlen(keys.of_customer(ALICE, "delivery"))
    assert history == HISTORY_MAX
    assert delivery == HISTORY_MAX // 2
    records = await line.cases.records(ALICE)
    assert all(r.delivery.value == "sent" for r in records if r.delivery)


async def accept(line: FirstLine, ids: range) -> int:
    made = [message("x", id=f"m{n}", private=True) for n in ids]
    return await line.inbox.accept(
        made, now=line.clock.now(), quiet=POLICY.burst, at_most=POLICY.burst_at_most
    )


async def outcomes(line: FirstLine) -> dict[str, Outcome | None]:
    """Return what the transcript says of each of Alice's messages."""
    return {record.id: record.outcome for record in await line.cases.records(ALICE)}


async def test_the_newest_messages_are_recognised_and_the_oldest_forgotten(line, redis):
    for start in range(0, 4 * SEEN_KEPT, 100):
        assert await accept(line, range(start, start + 100)) == 100
        await line.settle()
    names = ("seen", "seen_old")
    kept = [await redis.hlen(keys.of_customer(ALICE, name)) for name in names]
    assert SEEN_KEPT <= sum(kept) <= 2 * SEEN_KEPT + 100
    assert await accept(line, range(3 * SEEN_KEPT, 4 * SEEN_KEPT)) == 0


async def test_what_waits_is_recognised_however_much_it_is(line, redis):
    waiting = range(5 * SEEN_KEPT)
    assert await accept(line, waiting) == len(waiting)
    assert await accept(line, waiting) == 0
    await line.settle()
    outcomes = await count_outcomes(line.events)
    assert (outcomes.seen, outcomes.adds_up) == (len(waiting), True)


async def test_what_waits_is_recognised_while_older_messages_are_handled(
    line, monkeypatch
):
    """Outcomes are noted beside new ids, and must not push out what still waits."""
    monkeypatch.setattr(inbox, "SEEN_KEPT", 100)
    for new in (range(101), range(101, 102)):
        await accept(line, new)
        line.clock.set(await line.turns.next_due())
        await line.worker.step()
    await accept(line, range(102, 152))
    assert await accept(line, range(100, 152)) == 0


async def test_a_claim_takes_an_answer_back_however_many_messages_came_after_it(
    line, monkeypatch
):
    monkeypatch.setattr(inbox, "SEEN_KEPT", 3)
    texts = ("product_question 0.9", "faq/delivery_cost 0.9")
    for number, text in enumerate(texts):
        one = message(text, id=f"first{number}", private=True)
        await line.inbox.accept(
            [one], now=line.clock.now(), quiet=POLICY.burst, at_most=POLICY.burst
        )
        line.clock.set(await line.turns.next_due())
        await line.worker.step()
    assert (await outcomes(line))["first1"] is Outcome.ANSWERED
    await accept(line, range(2))  # the ids before them are the older ones now
    (case,) = await line.cases.active()
    await line.relay.claim(case.id, AgentId("ann"))
    await line.sender.step()
    await line.sender.step()
    assert (await outcomes(line))["first1"] is Outcome.JOINED
