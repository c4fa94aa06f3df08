"""Cases under random acts, messages and time, on the real scripts against a model."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import count

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bot.channels.simulator import SimulatorChannel
from bot.clock import ManualClock, from_ms, to_ms
from bot.errors import CaseConflict
from bot.flow.relay import Relay
from bot.model.case import (
    TIMED_TRANSITIONS,
    TRANSITIONS,
    Act,
    AgentId,
    CaseId,
    CaseStatus,
)
from bot.model.event import EventType
from bot.model.message import DIRECT, CustomerId
from bot.store import keys
from bot.store.cases import RedisCases
from tests.builders import NOON, POLICY, shipped_answers
from tests.first_line import FirstLine
from tests.integration.case_model import AGENTS, MINUTE, CaseModel, next_to
from tests.integration.place import Place

ACTS = st.sampled_from(
    [
        *("claim", "claim", "reply", "reply", "release", "hand_over", "note"),
        *("resolve", "assign", "give_back", "block"),
    ]
)
AGENT = st.sampled_from(AGENTS)
WORDS = st.sampled_from(["product_question 0.9", "legal_threat 0.9"])
SPANS = st.sampled_from([1, 5, 14, 20, 31, 46, 110, 241, 1500, 5000, 11000])
NOTED = {
    "near": "sla_near_at",
    "missed": "sla_missed_at",
    "unclaimed": "unclaimed_at",
    "follow_up": "followed_up_at",
    "closed": "closed_at",
}


class Cases(RuleBasedStateMachine):
    """One customer, three agents, and time."""

    place: Place

    @initialize(words=WORDS)
    def begin(self, words: str) -> None:
        self.keys = count()
        name = f"c{next(self.place.numbers)}"
        self.customer = CustomerId(f"simulator:{name}")
        clock = ManualClock(NOON)
        channel = SimulatorChannel(
            self.place.folder / f"{name}.db", brand_handle=POLICY.handle, clock=clock
        )
        self.name, self.channel = name, channel
        self.place.run(self.place.redis.flushall())
        self.line = FirstLine(self.place.redis, channel, clock)
        self.second = Relay(
            RedisCases(self.place.other),
            {channel.name: channel},
            POLICY,
            answers=shipped_answers(),
            clock=clock,
        )
        self.ids: list[CaseId] = []
        self.case: CaseModel | None = None
        self.write(words)

    def teardown(self) -> None:
        if hasattr(self, "channel"):
            self.history_is_legal()
            self.channel.network.close()

    @property
    def now(self) -> int:
        return to_ms(self.line.clock.now())

    # -- what happens -------------------------------------------------------------

    @rule(words=WORDS)
    def customer_writes(self, words: str) -> None:
        self.write(words)

    def write(self, words: str) -> None:
        self.channel.network.direct(self.name, words)
        self.place.run(self._handle())
        before = self.case
        known = before is not None and "closed" not in before.noted
        if before is not None and before.status != "resolved":
            found = self.stored()
            priority = found.priority.name.lower()  # which one is not the matter here
            self.case = before.joined(priority, self.now)
        elif before is not None and known:
            found = self.stored()
            self.case = self._begun(before.id, found, last=before.last)
            self.case = replace(self.case, claims=before.claims)
        else:
            fields = self.place.run(
                self.place.redis.hgetall(keys.of_customer(self.customer, "customer"))
            )
            assert fields["case"] not in self.ids
            self.ids.append(CaseId(fields["case"]))
            number = before.id + 1 if before else 0
            self.case = self._begun(number, self.stored())
            self.case = replace(self.case, claims=before.claims if before else 0)

    def _begun(self, number: int, found, last: str = "") -> CaseModel:
        priority = found.priority.name.lower()
        return CaseModel(number, self.now, priority, turn_since=self.now, last=last)

    async def _handle(self) -> None:
        """One turn, at one moment; then whatever is said to it goes out."""
        await self.line.intake.step()
        due = await self.line.turns.next_due()
        assert due is not None
        self.line.clock.set(due)
        await self.line.worker.step()
        await self.line.sender.step()

    @rule(act=ACTS, agent=AGENT)
    def agent_acts(self, act: str, agent: str) -> None:
        after, expected = self.case.act(act, agent, self.now)
        assert self.place.run(self._do(self.line.relay, act, agent)) in (
            {"", "repeated"} if expected in ("", "repeated") else {expected}
        )
        self.case = after

    @rule(agent=AGENT, minutes=SPANS)
    def agent_puts_it_aside(self, agent: str, minutes: int) -> None:
        until = self.now + minutes * MINUTE
        refused = self.case._refusal("snooze", agent)
        found = self.place.run(self._snooze(agent, until))
        assert found == refused
        if not refused:
            case = self.case._note(agent, self.now)
            self.case = replace(case, snoozed=until)

    @rule(first=ACTS, second=ACTS, one=AGENT, other=AGENT)
    def two_agents_act_at_once(self, first, second, one, other) -> None:
        """Over two connections: the end is that of one order or the other."""

        async def both():
            return await asyncio.gather(
                self._do(self.line.relay, first, one),
                self._do(self.second, second, other),
            )

        ends = self.place.run(both())
        orders = []
        for turns in (((first, one), (second, other)), ((second, other), (first, one))):
            case, answers = self.case, []
            for act, agent in turns:
                case, answer = case.act(act, agent, self.now)
                answers.append("" if answer == "repeated" else answer)
            orders.append((case, answers))
        (a, answers_a), (b, answers_b) = orders
        fitting = [
            case
            for case, answers in ((a, answers_a), (b, answers_b[::-1]))
            if answers == ends and self.same(case)
        ]
        assert fitting, (ends, orders)
        self.case = fitting[0]

    @rule(minutes=SPANS)
    def time_passes(self, minutes: int) -> None:
        self.line.clock.advance(minutes * 60)
        self.place.run(self._ring())
        self.case = self.case.after(self.now)

    @rule(minutes=SPANS, act=ACTS, agent=AGENT)
    def an_agent_is_faster_than_a_timer(
        self, minutes: int, act: str, agent: str
    ) -> None:
        """What a timer would do was derived from the case before the act."""
        self.line.clock.advance(minutes * 60)
        now, timers = self.line.clock.now(), self.line.timers
        due = self.place.run(timers.due(now=now, limit=100))
        rings = [(timer, self.line.timekeeper._change(timer, now)) for timer in due]
        after, expected = self.case.act(act, agent, self.now)
        found = self.place.run(self._do(self.line.relay, act, agent))
        assert found == expected.replace("repeated", "")
        self.place.run(timers.ring(rings, now=now))
        self.place.run(self._ring())
        self.case = after.after(self.now)

    async def _ring(self) -> None:
        while await self.line.timekeeper.step():
            pass

    async def _snooze(self, agent: str, until: int) -> str:
        try:
            await self.line.relay.snooze(self.ids[-1], AgentId(agent), from_ms(until))
        except CaseConflict as conflict:
            return conflict.code
        return ""

    async def _do(self, relay: Relay, act: str, agent: str) -> str:
        case, who, key = self.ids[-1], AgentId(agent), f"k{next(self.keys)}"
        works = {
            "claim": lambda: relay.claim(case, who),
            "release": lambda: relay.release(case, who),
            "reply": lambda: relay.reply(case, who, "Yes.", thread=DIRECT, key=key),
            "hand_over": lambda: relay.hand_over(case, who, "press"),
            "note": lambda: relay.note(case, who, "hm", key=key),
            "resolve": lambda: relay.resolve(case, who, "answered"),
            "assign": lambda: relay.assign(case, who, AgentId(next_to(agent))),
            "give_back": lambda: relay.give_back(case, who),
            "block": lambda: relay.block(case, who),
        }
        try:
            await works[act]()
        except CaseConflict as conflict:
            return conflict.code
        return ""

    # -- what must be so ------------------------------------------------------------

    @invariant()
    def the_case_is_what_the_model_says(self) -> None:
        if self.ids:
            assert self.same(self.case), (self.case, self.stored())

    def stored(self):
        return self.place.run(self.line.cases.get(self.ids[-1]))

    def same(self, model: CaseModel) -> bool:
        found = self.stored()
        noted = {name for name, field in NOTED.items() if getattr(found, field)}
        epoch = self.place.run(
            self.place.redis.hget(keys.of_customer(self.customer, "customer"), "epoch")
        )
        active = [case.id for case in self.place.run(self.line.cases.active())]
        return (
            found.status.value == model.status
            and (found.assignee or "") == model.holder
            and (found.answered_at is not None) == model.answered
            and noted == model.noted
            and (found.lapsed_from or "") == model.lapsed_from
            and int(epoch or 0) == model.claims
            and active == [found.id] * (model.status != "resolved")
            and self.stored_timers() == model.timers()
        )

    def stored_timers(self) -> dict[str, int]:
        name = keys.in_shard(keys.shard_of(self.customer), "timers")
        rows = self.place.run(self.place.redis.zrange(name, 0, -1, withscores=True))
        members = ((member.split("|"), int(score)) for member, score in rows)
        return {kind: score for (kind, case), score in members if case == self.ids[-1]}

    def history_is_legal(self) -> None:
        """Each event of a case must have been allowed in the state before it."""
        events = self.place.run(self.line.events.since({}, limit=10_000))[0]
        states: dict[str, CaseStatus] = {}
        for event in events:
            case = event.facts.get("case", "")
            if event.type in (EventType.CASE_OPENED, EventType.CASE_REOPENED):
                reopened = event.type is EventType.CASE_REOPENED
                before = CaseStatus.RESOLVED if reopened else None
                assert states.get(case) is before
                states[case] = CaseStatus.OPEN
            elif event.type is EventType.CASE_JOINED:
                assert states[case] is not CaseStatus.RESOLVED
                if states[case] is CaseStatus.WAITING:
                    states[case] = CaseStatus.CLAIMED
            elif (
                event.type is EventType.CASE_CHANGED or event.type in TIMED_TRANSITIONS
            ):
                act = event.facts.get("act")
                allowed = (
                    TRANSITIONS[Act(act)] if act else TIMED_TRANSITIONS[event.type]
                )
                assert states[case] in allowed.allowed_from
                states[case] = allowed.to or states[case]


def test_cases_change_as_the_model_says(place, proof):
    Cases.place = place
    run_state_machine_as_test(
        Cases,
        settings=settings(
            max_examples=300 if proof else 10,
            stateful_step_count=20,
            deadline=None,
            derandomize=not proof,
            suppress_health_check=list(HealthCheck),
        ),
    )
