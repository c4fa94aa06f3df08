"""Under overload: who is read first, who still is, and what the figures say."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from bot.commands.outcomes import waiting_line
from bot.flow.outcomes import count_outcomes
from bot.model.event import EventType, Outcome
from bot.model.message import CustomerId
from bot.model.rank import Rank, Waiting
from bot.store import keys
from tests.builders import NOON, POLICY, message
from tests.first_line import FirstLine
from tests.ledger import post

STANDARD = "faq/delivery_cost 0.9"
HALF_A_MINUTE = timedelta(seconds=30)


async def lease(line: FirstLine, limit: int):
    line.clock.advance(20)
    return await line.turns.lease(
        now=line.clock.now(), length=HALF_A_MINUTE, limit=limit
    )


async def accept(line: FirstLine, count: int, rank: Rank, *, prefix: str) -> None:
    made = [
        message(STANDARD, id=f"{prefix}{n}", customer=CustomerId(f"x:{prefix}{n}"))
        for n in range(count)
    ]
    await line.inbox.accept(
        made,
        now=line.clock.now(),
        quiet=POLICY.burst,
        at_most=POLICY.burst_at_most,
        rank=lambda _: rank,
    )


async def test_a_direct_message_overtakes_a_flood_of_noise_in_every_shard(line):
    await accept(line, 400, Rank.LAST, prefix="noise")
    line.clock.advance(30)
    line.channel.network.direct("alice", STANDARD)
    await line.intake.step()
    taken = await lease(line, 10)
    assert "simulator:alice" in {one.customer for one in taken}
    assert len(taken) == 10


async def test_noise_still_gets_its_share_while_better_ones_keep_coming(line):
    await accept(line, 20, Rank.LAST, prefix="noise")
    noise = 0
    for round_ in range(5):
        await accept(line, 40, Rank.FIRST, prefix=f"dm{round_}-")
        noise += sum(
            one.customer.startswith("x:noise") for one in await lease(line, 32)
        )
    assert noise >= 5 * 2


async def test_a_customer_goes_with_the_best_of_what_they_wrote_and_in_order(line):
    await accept(line, 50, Rank.MIDDLE, prefix="m")
    post(line, "https://example.com/a", account="alice")  # noise
    await line.intake.step()
    post(line, "my lamp caught fire", account="alice")
    await line.intake.step()
    (first,) = await lease(line, 1)
    (work,) = await line.turns.load([first])
    assert first.customer == "simulator:alice"
    assert [rank.name for rank in work.ranks] == ["LAST", "FIRST"]
    others = await line.turns.lease(
        now=line.clock.now(), length=HALF_A_MINUTE, limit=100
    )
    assert len(others) == 50
    assert first.customer not in {one.customer for one in others}


async def test_who_goes_back_to_wait_keeps_their_rank(line):
    line.channel.network.direct("alice", STANDARD)
    await line.intake.step()
    (first,) = await lease(line, 1)
    await line.turns.give_back(first, due=line.clock.now(), failed=False)
    await accept(line, 50, Rank.MIDDLE, prefix="m")
    (again,) = await lease(line, 1)
    assert again.customer == first.customer


async def test_the_figures_say_what_waits_in_each_rank_and_since_when(line):
    await accept(line, 3, Rank.LAST, prefix="noise")
    line.clock.advance(60)
    line.channel.network.direct("alice", STANDARD)
    await line.intake.step()
    waiting = await line.inbox.waiting()
    assert {rank.name: w.messages for rank, w in waiting.items()} == {
        "FIRST": 1,
        "MIDDLE": 0,
        "LAST": 3,
    }
    assert waiting[Rank.LAST].due_since == NOON + POLICY.burst
    assert waiting[Rank.MIDDLE].due_since is None
    ranks = Counter(
        event.facts["rank"]
        for event in (await line.events.since({}))[0]
        if event.type is EventType.MESSAGE_ACCEPTED
    )
    assert ranks == {"last": 3, "first": 1}


async def test_nothing_is_pending_when_everything_has_its_outcome(line):
    for number in range(40):
        line.channel.network.direct(f"c{number % 7}", STANDARD)
        post(line, "🙃", account=f"c{number % 5}")
    await line.settle()
    assert {w.messages for w in (await line.inbox.waiting()).values()} == {0}
    outcomes = await count_outcomes(line.events)
    assert (outcomes.seen, outcomes.totals[Outcome.PENDING]) == (80, 0)


async def test_two_workers_that_race_handle_each_customer_once(line, redis, tmp_path):
    other = FirstLine(redis, line.channel, line.clock)
    for number in range(300):
        line.channel.network.direct(f"c{number}", STANDARD)
    await line.intake.step()
    line.clock.advance(20)
    while any(await asyncio.gather(line.worker.step(), other.worker.step())):
        pass
    handled = Counter(
        event.facts["message"]
        for event in (await line.events.since({}))[0]
        if event.type is EventType.MESSAGE_HANDLED
    )
    assert len(handled) == 300
    assert set(handled.values()) == {1}


async def test_a_customer_with_thousands_of_messages_holds_nobody_up(line):
    flood = [message(f"{STANDARD} {n}", id=f"f{n}", private=True) for n in range(3000)]
    await line.inbox.accept(
        flood,
        now=line.clock.now(),
        quiet=POLICY.burst,
        at_most=POLICY.burst_at_most,
        rank=lambda _: Rank.FIRST,
    )
    await accept(line, 30, Rank.MIDDLE, prefix="m")
    line.clock.advance(20)
    await line.worker.step()
    waiting = await line.inbox.waiting()
    assert waiting[Rank.MIDDLE].messages == 0
    assert waiting[Rank.FIRST].messages == 3000 - 50
    await line.settle()
    assert (await line.inbox.waiting())[Rank.FIRST].messages == 0
    outcomes = await count_outcomes(line.events)
    assert (outcomes.seen, outcomes.adds_up) == (3030, True)


async def test_what_a_full_turn_left_is_read_without_another_quiet_time(line):
    flood = [message(f"{STANDARD} {n}", id=f"f{n}", private=True) for n in range(60)]
    await line.inbox.accept(
        flood, now=line.clock.now(), quiet=POLICY.burst, at_most=POLICY.burst_at_most
    )
    line.clock.advance(20)
    await line.worker.step()
    assert await line.turns.next_due() == line.clock.now()


async def test_a_number_that_two_workers_hold_makes_one_case_not_two(line, redis):
    """As after a failover that forgot a reservation."""
    other = FirstLine(redis, line.channel, line.clock)
    shard = keys.shard_of(CustomerId("simulator:alice"))
    twin = next(
        f"t{n}"
        for n in range(1000)
        if keys.shard_of(CustomerId(f"simulator:t{n}")) == shard
    )
    for account, party in (("alice", line), (twin, other)):
        line.channel.network.direct(account, "product_question 0.9")
        await line.intake.step()
        line.clock.advance(20)
        await redis.delete(keys.in_shard(shard, "case_count"))
        await party.worker.step()
    await other.settle()
    cases = await line.cases.active()
    assert sorted(case.customer for case in cases) == [
        "simulator:alice",
        f"simulator:{twin}",
    ]
    assert len({case.id for case in cases}) == 2


@pytest.mark.parametrize(
    ("due_since", "expected"),
    [
        (
            NOON - timedelta(seconds=7),
            "4 of the last rank wait, the oldest due for 7 s.",
        ),
        (
            NOON + timedelta(seconds=3),
            "4 of the last rank wait, the oldest due in 3 s.",
        ),
        (None, "4 of the last rank wait, all in hand."),
    ],
)
def test_the_table_of_outcomes_says_who_waits_for_how_long(due_since, expected):
    waiting = Waiting(messages=4, due_since=due_since)
    assert waiting_line(Rank.LAST, waiting, NOON) == expected
