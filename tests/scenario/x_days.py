"""Days on a local X, in a clock that only the test moves: customers, agents, weather."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from bot.channels.x import XChannel
from bot.clock import ManualClock
from bot.errors import CaseConflict, TemporaryFailure, UnsafeText
from bot.model.case import AgentId
from bot.model.policy import Policy
from bot.model.spending import BudgetRule
from bot.sim.x import LocalX
from bot.sim.x.people import CannotDo
from bot.store.quota import RedisQuota
from bot.store.spending import RedisSpending
from tests.builders import NOON, POLICY
from tests.contract.x_harness import session_of
from tests.first_line import FirstLine

if TYPE_CHECKING:
    from redis.asyncio import Redis

ANN = AgentId("ann")
STEP = timedelta(seconds=2)  # the least that time moves while something is due
TEXTS = (  # as tests.first_line reads them, and how often
    ("faq/delivery_cost 0.9 what does delivery cost", 30),
    ("faq/payment_methods 0.9 do you take cards", 20),
    ("product_question 0.9 is the kettle loud", 10),
    ("complaint 0.9 it came broken", 5),
    ("out_of_scope 0.9 nice weather", 10),
    ("chatter 0.9 look at this", 25),
)
POSTS, DIRECTS = (
    "POST /2/tweets",
    "POST /2/dm_conversations/with/:participant_id/messages",
)


def policy_of_days(poll_every: timedelta) -> Policy:
    """Return the policy, without the money's limit: the days show what they cost."""
    free = BudgetRule(daily=None, for_links=1.0)
    desk = replace(POLICY.desk, undo=timedelta())
    return replace(
        POLICY, desk=desk, x=replace(POLICY.x, budget=free, poll_every=poll_every)
    )


@dataclass(frozen=True)
class Written:
    """One thing that a customer does, and when."""

    at: datetime
    who: str
    private: bool
    text: str
    kind: str  # new, reply, quote


class XDays:
    """A first line on the real channel, over the real tweepy, beside a local X."""

    def __init__(
        self,
        redis: Redis[str],
        x: LocalX,
        clock: ManualClock,
        *,
        seed: int,
        poll_every: timedelta,
    ) -> None:
        self.x, self.clock, self.random = x, clock, random.Random(seed)
        self.spending = RedisSpending(redis)
        self.session = session_of(x)
        policy, self._look = policy_of_days(poll_every), poll_every
        self.channel = XChannel(
            self.session,
            policy.x,
            quota=RedisQuota(redis),
            spending=self.spending,
            clock=clock,
            log=lambda event, **fields: None,
        )
        self.line = FirstLine(redis, self.channel, clock, policy=policy)
        self.apart = policy.x.same_words_after - timedelta(milliseconds=1)
        self.outages = 0
        self._keys = 0
        self._wake = self._look_at = clock.now()

    def plan(self, *, mentions: int, directs: int, days: float) -> list[Written]:
        """Return what customers do: more by day than by night, often in bursts."""
        planned = [
            *self._times(mentions, days, False),
            *self._times(directs, days, True),
        ]
        return sorted(planned, key=lambda one: one.at)

    def _times(self, count: int, days: float, private: bool) -> Iterator[Written]:
        made = 0
        while made < count:
            at = NOON + timedelta(days=self.random.random() * days)
            if self.random.random() > (0.9 if 7 <= at.hour < 22 else 0.2):
                continue
            who = f"c{self.random.randrange(count // 2 + 1)}"
            for _ in range(1 if self.random.random() < 0.8 else 2):
                text = self.random.choices(
                    [t for t, _ in TEXTS], [n for _, n in TEXTS]
                )[0]
                kind = self.random.choices(["new", "reply", "quote"], [70, 25, 5])[0]
                made += 1
                yield Written(at, who, private, f"{text} {made}", kind)
                at += timedelta(seconds=self.random.uniform(1, 15))

    def write(self, one: Written) -> None:
        """Let a customer do it; some change their mind a little later."""
        person = self.x.person(one.who)
        if one.private:
            person.message(self.x.brand, one.text, at=one.at)
            return
        timeline = self.x.core.world.timeline(self.x.brand.id)
        ours = list(islice(timeline, 40)) if one.kind != "new" else []
        above = self.random.choice(ours) if ours else None
        text = f"@{self.x.brand.username} {one.text}"
        try:
            made = person.post(
                text,
                at=one.at,
                reply_to=above if one.kind == "reply" else None,
                quoting=above if one.kind == "quote" else None,
            )
        except CannotDo:
            return
        if self.random.random() < 0.01:
            person.delete(made)

    def weather(self, days: float) -> dict[datetime, str]:
        """Return when what goes wrong, and when it ends."""
        found: dict[datetime, str] = {}
        for _ in range(max(1, round(2 * days))):
            at = NOON + timedelta(days=self.random.random() * days)
            found[at] = "away"
            found[at + timedelta(minutes=self.random.uniform(2, 40))] = "back"
        for kind in ("lose_post", "lose_direct", "after_post", "slow_down", "html"):
            for _ in range(max(2, round(6 * days))):
                found[NOON + timedelta(days=self.random.random() * days)] = kind
        return dict(sorted(found.items()))

    def change(self, kind: str) -> None:
        """Let the weather turn."""
        faults = self.x.faults
        if kind == "away":
            self.outages += 1
            faults.fail("*", times=None)
        elif kind == "back":
            faults.queue.clear()
        elif kind == "lose_post":
            faults.lose_answer(POSTS)
        elif kind == "lose_direct":
            faults.lose_answer(DIRECTS)
        elif kind == "after_post":
            faults.fail(POSTS, after=True)
        elif kind == "slow_down":
            faults.limit("GET /2/users/:id/mentions", headers=False)
        else:
            faults.fail("*", times=3)

    # -- time ----------------------------------------------------------------------

    async def live(self, planned: list[Written], weather: dict[datetime, str]) -> None:
        """Let it all happen, then wait until nothing is left to do but for people."""
        turns, work_at = list(weather.items()), NOON + timedelta(hours=1)
        for one in planned:
            while turns and turns[0][0] <= one.at:
                at, kind = turns.pop(0)
                await self._until(at)
                self.change(kind)
            if one.at > work_at:
                await self.agents()
                work_at += timedelta(hours=1)
            await self._until(one.at)
            self.write(one)
        self.x.faults.clear()
        await self._until(self.clock.now() + timedelta(hours=3))

    async def _until(self, moment: datetime) -> None:
        """Let the first line work whenever something is due, and come to `moment`."""
        while self._wake <= moment:
            self.clock.set(self._wake)
            await self._work()
            self._wake = await self._next()
        self.clock.set(moment)

    async def _next(self) -> datetime:
        """Return when to work next: when something is due, or X is to be looked at."""
        dues = (await self.line.turns.next_due(), await self.line.outbox.next_due())
        due = min((d for d in dues if d is not None), default=self._look_at)
        return min(max(due, self.clock.now() + STEP), self._look_at)

    async def _work(self) -> None:
        line, now = self.line, self.clock.now()
        if now >= self._look_at:
            self._look_at = now + self._look
            await self._drained(line.intake.step)
            await self._drained(line.timekeeper.step)
        await self._drained(line.worker.step)
        await self._drained(line.sender.step)

    async def _drained(self, step) -> None:
        try:
            while await step():
                pass
        except TemporaryFailure:
            pass  # that is the weather: the next look goes on

    async def agents(self) -> None:
        """Let an agent answer and resolve some of what is open."""
        for view in (await self.line.relay.open_cases(limit=20)).views:
            self._keys += 1
            case, thread = view.case.id, view.case.thread
            says = f"We look into it, number {self._keys}."
            try:
                await self.line.relay.claim(case, ANN)
                await self.line.relay.reply(
                    case, ANN, says, thread=thread, key=f"a{self._keys}"
                )
                await self.line.relay.resolve(case, ANN, resolution="answered")
            except (CaseConflict, UnsafeText):
                continue  # somebody was faster, or X would not take it
        self._wake = self.clock.now()
