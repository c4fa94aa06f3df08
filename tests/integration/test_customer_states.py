"""A customer under random mail, turns, sends, people and time, on the real scripts.

Several workers, senders and agents act on what they read a while ago, as they do when
one of them was slow or lost. The texts and outcomes are drawn here, not decided: it is
the store's scripts that are held against a model.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.channels.simulator import SimulatorChannel
from bot.clock import ManualClock, from_ms
from bot.errors import CaseConflict
from bot.flow.case_changes import acted_case
from bot.model.case import Act, AgentId
from bot.model.rank import Rank
from bot.model.reason import Reason
from bot.model.work import Buried, CaseChange, Work
from bot.store import dead, inbox, payload, turns
from bot.store.dead import RedisDeadLetters
from tests.builders import ALICE, NOON, POLICY, message
from tests.first_line import FirstLine
from tests.integration import customer_model
from tests.integration.case_model import CaseModel
from tests.integration.customer_model import AT_MOST, QUIET, CustomerModel, Text
from tests.integration.customer_senders import MS, ONE, Senders
from tests.integration.customer_store import Kept
from tests.integration.customer_turns import customer_line, plan, text_of

LEASE = 30_000
SPANS = st.sampled_from([0, 1, 1_000, 3_000, 31_000, 61_000, 700_000])
WHAT = st.sampled_from(
    ["answer", "answer", "acknowledge", "ignore", "opt_out", "opt_in"]
)
ACTS = st.sampled_from(["claim", "claim", "reply", "release", "resolve", "note"])
AGENT = st.sampled_from(["ann", "ben"])


class Customers(Senders):
    """One customer; workers, senders and agents who may be late."""

    @initialize(known=st.sampled_from([True, True, False]))
    def begin(self, known: bool) -> None:
        """`known`: people have a case of the customer's already."""
        clock = ManualClock(NOON)
        self.channel = SimulatorChannel(
            self.place.folder / f"u{next(self.place.numbers)}.db",
            brand_handle=POLICY.handle,
            clock=clock,
            allowances={},
        )
        self.place.run(self.place.redis.flushall())
        self.line = FirstLine(self.place.redis, self.channel, clock)
        self.dead = RedisDeadLetters(self.place.redis)
        self.kept = Kept(self.place.redis, ALICE, self.line.events)
        self.model = CustomerModel()
        self.works: list[Work] = []  # in the hands of workers, who may have lost them
        self.tasks = []
        self.readings: list = []  # cases as agents have read them
        self.number = 0
        self.epochs = [0]
        if known:
            self.messages_come(2, 1)
            self.a_worker_takes_the_customer(patient=True)
            self.a_worker_commits(0, "acknowledge", again=False)
            self.place.run(self.kept.read())

    def teardown(self) -> None:
        if hasattr(self, "channel"):
            self.channel.network.close()

    # -- mail ------------------------------------------------------------------------

    @rule(rank=st.sampled_from([1, 2, 3]), count=st.integers(1, 4))
    def messages_come(self, rank: int, count: int) -> None:
        for _ in range(count):
            id_ = self.next("m")
            assert self._accept(id_, rank) == 1
            self.model.accept(id_, rank, self.now)

    @precondition(lambda self: self.model.accepted)
    @rule(one=ONE, rank=st.sampled_from([1, 2, 3]))
    def a_message_comes_again(self, one: int, rank: int) -> None:
        """One of the newest is refused; of an old one nothing is promised."""
        id_ = self.model.accepted[-1 - one % len(self.model.accepted)]
        new = self._accept(id_, rank)
        assert not (new and self.model.recognised(id_)), f"{id_} was accepted twice"
        if new:
            self.model.accept(id_, rank, self.now)

    def _accept(self, id_: str, rank: int) -> int:
        return self.place.run(
            self.line.inbox.accept(
                [message(id=id_, private=True, at=self.line.clock.now())],
                now=self.line.clock.now(),
                quiet=QUIET * MS,
                at_most=AT_MOST * MS,
                rank=lambda _: Rank(rank),
            )
        )

    @rule(span=SPANS)
    def time_passes(self, span: int) -> None:
        self.line.clock.advance(span / 1000)

    # -- turns -----------------------------------------------------------------------

    @rule(patient=st.booleans())
    def a_worker_takes_the_customer(self, patient: bool) -> None:
        """`patient`: it waits until there is somebody."""
        if patient and self.model.place != "idle":
            self.line.clock.set(from_ms(self.model.due))
        leases = self.place.run(
            self.line.turns.lease(now=self.line.clock.now(), length=LEASE * MS, limit=2)
        )
        assert len(leases) == self.model.is_due(self.now)
        if leases:
            self.model.take(self.now, LEASE)
            (work,) = self.place.run(self.line.turns.load(leases))
            self._is_as_the_model_says(work)
            self.works.append(work)

    @precondition(lambda self: self.works)
    @rule(one=ONE, what=WHAT, again=st.booleans())
    def a_worker_commits(self, one: int, what: str, again: bool) -> None:
        """Under whatever lease and state it has; `again`: a text with an old key."""
        work = self.works.pop(one % len(self.works))
        old = min(self.model.effects, default="") if again else ""
        turn = plan(work, what, now=self.line.clock.now(), key=old)
        quiet = self.line.clock.now() + QUIET * MS
        (done,) = self.place.run(self.line.turns.commit([turn.commit], again_at=quiet))
        case = turn.commit.case
        assert done == self.model.commit(
            token=int(work.lease.token),
            version=int(work.version),
            count=len(work.mails),
            outcomes=turn.outcomes,
            texts=turn.texts,
            lines=turn.lines,
            opted_out=turn.commit.customer.opted_out,
            case=self._case_after(turn) if case else None,
            now=self.now,
        )
        if not done:
            self.works.append(work)  # and it may try that again

    def _case_after(self, turn) -> CaseModel:
        if turn.opens:
            return CaseModel(0, self.now, "normal")
        return self.model.case and self.model.case.joined("normal", self.now)

    @precondition(lambda self: self.works)
    @rule(one=ONE, failed=st.booleans(), wait=st.sampled_from([2_000, 8_000]))
    def a_worker_gives_the_customer_back(
        self, one: int, failed: bool, wait: int
    ) -> None:
        lease = self.works.pop(one % len(self.works)).lease
        due = self.now + wait
        self.place.run(
            self.line.turns.give_back(lease, due=from_ms(due), failed=failed)
        )
        self.model.give_back(int(lease.token), due, failed=failed)

    @precondition(lambda self: self.works)
    @rule(one=ONE)
    def a_worker_reads_the_customer_alone(self, one: int) -> None:
        lease = self.works[one % len(self.works)].lease
        until = self.now + LEASE
        found = self.place.run(self.line.turns.isolate(lease, until=from_ms(until)))
        assert found == self.model.isolate(int(lease.token), until)

    # -- dead letters ----------------------------------------------------------------

    @precondition(lambda self: any(work.mails for work in self.works))
    @rule(one=ONE, count=st.integers(1, 3))
    def a_worker_buries_mails(self, one: int, count: int) -> None:
        works = [work for work in self.works if work.mails]
        work = works[one % len(works)]
        self.works.remove(work)
        dead_mails = work.mails[:count]
        notice = Buried(
            channel=work.customer.channel,
            handle=work.customer.handle,
            thread=message(private=True).thread,
            visibility=message(private=True).visibility,
            reason=Reason.TOO_MANY_TRIES,
        )
        records = [customer_line(m) for m in dead_mails if hasattr(m, "id")]
        self.place.run(
            self.line.turns.bury(
                work.lease,
                mails=len(dead_mails),
                records=records,
                notice=notice,
                now=self.line.clock.now(),
            )
        )
        self.model.bury(int(work.lease.token), len(dead_mails), self.now)

    @precondition(lambda self: self.model.buried)
    @rule(some=st.sets(ONE, min_size=1), replays=st.booleans())
    def a_person_deals_with_dead_letters(self, some: set[int], replays: bool) -> None:
        """By numbers, of which some may be gone."""
        numbers = sorted({1 + one % self.model.buried for one in some})
        change = self.dead.replay if replays else self.dead.drop
        count = self.place.run(
            change(ALICE, now=self.line.clock.now(), by="ann", numbers=numbers)
        )
        expected = (
            self.model.replay(numbers, self.now)
            if replays
            else self.model.drop(numbers)
        )
        assert count == expected

    # -- people ------------------------------------------------------------------------

    @precondition(lambda self: self.model.case)
    @rule()
    def an_agent_reads_the_case(self) -> None:
        case = self.place.run(self.line.cases.get(self.kept.case()))
        self.readings.append((case, self.model.revision, self.model.case.opened))

    @precondition(lambda self: self.model.case)
    @rule(act=ACTS, agent=AGENT, late=st.booleans(), again=st.booleans())
    def an_agent_acts(self, act: str, agent: str, late: bool, again: bool) -> None:
        """`late`: on the case as it was read before; `again`: with an old key."""
        if not (late and self.readings):
            self.an_agent_reads_the_case()
        case, revision, _ = self.readings.pop(0 if late else -1)
        if case.id != self.kept.case():
            return  # it has been closed, and another one opened
        key = min(self.model.effects, default="") if again else ""
        key = (key or self.next("r")) if act == "reply" else ""
        found = self.place.run(self._act(case, act, agent, key))
        reply = Text(key, bot=False, epoch=0) if act == "reply" else None
        answer = self.model.act(act, agent, read=revision, now=self.now, reply=reply)
        assert found == answer.replace("repeated", "")

    @precondition(lambda self: self.model.case)
    @rule(act=ACTS, agent=AGENT, what=WHAT)
    def an_agent_acts_during_a_turn(self, act: str, agent: str, what: str) -> None:
        self.messages_come(2, 1)
        self.a_worker_takes_the_customer(patient=True)
        self.an_agent_acts(act, agent, late=False, again=False)
        if self.works:
            self.a_worker_commits(len(self.works) - 1, what, again=False)

    @precondition(lambda self: self.model.case)
    @rule(first=ACTS, second=ACTS, one=AGENT, other=AGENT)
    def two_agents_act_on_the_same_reading(
        self, first: str, second: str, one: str, other: str
    ) -> None:
        self.readings.clear()
        self.an_agent_reads_the_case()
        self.an_agent_reads_the_case()
        self.an_agent_acts(first, one, late=True, again=False)
        self.an_agent_acts(second, other, late=True, again=False)

    async def _act(self, case, act: str, agent: str, key: str) -> str:
        now, who = self.line.clock.now(), AgentId(agent)
        after = acted_case(case, Act(act), who, now=now)
        text, record = text_of(case, key, who, now=now) if key else (None, None)
        try:
            await self.line.cases.act(
                CaseChange(before=case, after=after, timers=()),
                Act(act),
                who,
                now=now,
                key=key,
                text=text,
                record=record,
            )
        except CaseConflict as conflict:
            return conflict.code
        return ""


@pytest.fixture
def small(monkeypatch) -> None:
    """Bounds so small that a few steps reach them."""
    monkeypatch.setattr(inbox, "SEEN_KEPT", customer_model.KEPT)
    monkeypatch.setattr(turns, "MAILS_AT_ONCE", customer_model.MAILS)
    monkeypatch.setattr(payload, "MAILS_AT_ONCE", customer_model.MAILS)
    monkeypatch.setattr(payload, "HISTORY_MAX", customer_model.LINES)
    monkeypatch.setattr(dead, "MAX_IN_SHARD", customer_model.LETTERS)


def test_a_customer_changes_as_the_model_says(place, small, proof):
    Customers.place = place
    run_state_machine_as_test(
        Customers,
        settings=settings(
            max_examples=400 if proof else 30,
            stateful_step_count=40,
            deadline=None,
            derandomize=not proof,
            suppress_health_check=list(HealthCheck),
        ),
    )
