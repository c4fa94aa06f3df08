"""A day on X, and a week in the proof: every message accounted for, no rule broken."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from bot.clock import ManualClock
from bot.flow.audit import audit
from bot.flow.outcomes import count_outcomes
from bot.model.event import EventType, Outcome
from bot.model.spending import DOLLAR
from bot.sim.x import LocalX
from tests.builders import NOON
from tests.scenario.x_days import XDays

DAY = {"mentions": 400, "directs": 40, "days": 1.0}
WEEK = {"mentions": 20_000, "directs": 2_000, "days": 7.0}
POLL, POLL_OF_PROOF = timedelta(minutes=3), timedelta(minutes=2)


async def happened(days: XDays) -> list:
    return [
        event
        for shard in days.line.events.shards
        async for event in days.line.events.every(shard)
    ]


async def test_everything_that_is_written_to_us_on_x_is_accounted_for(
    redis, proof, findings
):
    size, clock = (WEEK if proof else DAY), ManualClock(NOON)
    async with LocalX(brand="fernhollow", clock=clock) as x:
        x.ledger.keeps_answers = False
        every = POLL_OF_PROOF if proof else POLL
        days = XDays(redis, x, clock, seed=5, poll_every=every)
        x.faults.late = late
        # the strictest that X may be about an account's same words
        x.rules.names_count, x.rules.same_again = False, days.apart
        planned = days.plan(**size)
        await days.live(planned, days.weather(size["days"]))
        events = await happened(days)
        all_accepted(days, events)
        nothing_twice(days, events)
        assert x.violations == []
        assert x.ledger.refusals()["rate"] == 0, x.ledger.refusals()
        found = await audit(days.line.events, now=clock.now(), limit=timedelta(hours=1))
        assert found.clean, found.findings
        table = await count_outcomes(days.line.events)
        assert table.adds_up
        assert table.totals[Outcome.PENDING] == 0
        assert table.totals[Outcome.DEAD] == 0
        await money_agrees(days)
        findings.tell(
            f"X, {size['days']:g} days: {table.seen:,} messages, {days.outages} outages, "
            f"{len(x.ledger.calls):,} calls, {len(x.posts()):,} posts, "
            f"{len(x.sent_directs()):,} direct messages, ${x.ledger.micros / DOLLAR:.2f}"
        )
        days.channel.close()


def late(number: int) -> timedelta:
    """Let X show one post in thirty some minutes late."""
    return timedelta(minutes=number % 8) if number % 30 == 0 else timedelta()


def all_accepted(days: XDays, events: list) -> None:
    """Each post that names us and stands was taken in once, and each message to us."""
    taken = Counter(
        e.facts["message"] for e in events if e.type is EventType.MESSAGE_ACCEPTED
    )
    world, us = days.x.core.world, days.x.brand.id
    name = f"@{days.x.brand.username}"
    posts = [
        post.id
        for post in world.posts.values()
        if post.author_id != us
        and name in post.full_text
        and post.id not in world.deleted
    ]
    directs = [d.id for d in world.directs.values() if d.recipient_id == us]
    missing = [id_ for id_ in (*posts, *directs) if not taken[id_]]
    assert missing == []
    assert [id_ for id_, count in taken.items() if count > 1] == []


def nothing_twice(days: XDays, events: list) -> None:
    """What we said is on X exactly once: by X's own account, and by ours."""
    said = [e.facts["channel_id"] for e in events if e.type is EventType.REPLY_SENT]
    there = [p.id for p in days.x.posts()] + [d.id for d in days.x.sent_directs()]
    assert len(said) == len(set(said))
    assert sorted(said) == sorted(there)
    answers = Counter(p.replied_to for p in days.x.posts() if "number" not in p.text)
    assert [post for post, count in answers.items() if count > 1] == []


async def money_agrees(days: XDays) -> None:
    """What we think that we have spent is what X charged."""
    spent = await days.spending.spent(days.channel.name, now=days.clock.now())
    charged = days.x.ledger.micros
    assert abs(spent.month_micros - charged) <= charged * 0.05
