"""A customer under random mail, turns, sends, people and time, on the real scripts.

Several workers, senders and agents act on what they read a while ago, as they do when
one of them was slow or lost. The texts and outcomes are drawn here, not decided: it is
the store's scripts that are held against a model.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.channels.simulator import SimulatorChannel
from bot.clock import ManualClock, from_ms, to_ms
from bot.errors import CaseConflict
from bot.flow.case_changes import acted_case
from bot.model.case import Act, AgentId
from bot.model.outgoing import Speaker
from bot.model.rank import Rank
from bot.model.reason import Reason
from bot.model.work import Buried, CaseChange, SendFailure, Work
from bot.store import dead, inbox, payload, turns
from bot.store.dead import RedisDeadLetters
from tests.builders import ALICE, NOON, POLICY, message
from tests.first_line import FirstLine
from tests.integration import customer_model
from tests.integration.case_model import CaseModel
from tests.integration.customer_model import AT_MOST, QUIET, CustomerModel, Text
from tests.integration.customer_store import Kept, Seen
from tests.integration.customer_turns import customer_line, plan, text_of
from tests.integration.place import Place

MS = timedelta(milliseconds=1)
LEASE, SEND_LEASE = 30_000, 60_000
ONE = st.integers(min_value=0, max_value=7)  # of those there are, counted round
SPANS = st.sampled_from([0, 1, 1_000, 3_000, 31_000, 61_000, 700_000])
WHAT = st.sampled_from(
    ["answer", "answer", "acknowledge", "ignore", "opt_out", "opt_in"]
)
ACTS = st.sampled_from(["claim", "claim", "reply", "release", "resolve", "note"])
AGENT = st.sampled_from(["ann", "ben"])
ENDS = st.sampled_from(["sent", "sent", "refused", "unknown", "withheld"])
FAILURES = {
    "refused": Reason.REPLY_REFUSED,
    "unknown": Reason.REPLY_UNCERTAIN,
    "withheld": Reason.UNSAFE_TEXT,
}


class Customers(RuleBasedStateMachine):
    """One customer; workers, senders and agents who may be late."""

    place: Place

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
        self.tasks: list = []  # of senders, likewise
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

    @property
    def now(self) -> int:
        return to_ms(self.line.clock.now())

    def next(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}{self.number}"

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

    def _is_as_the_model_says(self, work: Work) -> None:
        model = self.model
        mails = [self.kept.mail_of(mail) for mail in work.mails]
        whole = [replace(mail, rank=2) for mail in model.mails[: customer_model.MAILS]]
        assert mails == whole
        assert (work.lease.token, work.version) == (
            str(model.token),
            str(model.version),
        )
        assert (work.tries, work.suspect) == (model.tries, model.suspect)
        assert work.customer.epoch == model.epoch
        assert work.customer.earlier_dead == model.parked
        assert work.customer.opted_out == model.opted_out
        assert sum(t.unsent for t in work.customer.threads.values()) == len(model.queue)
        case = work.customer.case
        assert (case.status.value if case else None) == (
            model.case.status if model.case else None
        )

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

    # -- texts -------------------------------------------------------------------------

    @rule(patient=st.booleans())
    def a_sender_begins(self, patient: bool) -> None:
        if patient and self.model.queue:
            at = self.model.look_at if self.model.sending else self.model.send_at
            self.line.clock.set(from_ms(at))
        found = self.place.run(
            self.line.outbox.begin(
                now=self.line.clock.now(), lease=SEND_LEASE * MS, limit=4
            )
        )
        tries, waits = self.model.send_tries, self.model.send_waits
        expected = self.model.begin(self.now, self.now + SEND_LEASE)
        whats = [("look_up" if t.look_up else "send", t.outgoing.key) for t in found]
        assert whats == ([expected] if expected else [])
        for task in found:
            self._may_go_out(task)
            if self.model.send_tries == tries and self.model.send_waits == waits:
                assert (task.tries, task.waits) == (tries, waits)
        self.tasks += found

    def _may_go_out(self, task) -> None:
        """After a claim nothing of the bot begins; after an opt-out one last line."""
        bots = task.outgoing.speaker is Speaker.BOT and not task.look_up
        assert not (bots and self.model.held), "the bot spoke over an agent"
        confirms = task.outgoing.text == "opt_out"
        assert not (bots and self.model.opted_out and not confirms)

    @precondition(lambda self: self.tasks)
    @rule(one=ONE, end=ENDS)
    def a_sender_knows_the_end(self, one: int, end: str) -> None:
        task = self.tasks[one % len(self.tasks)]  # stays: it may say so twice
        now = self.line.clock.now()
        if end == "sent":
            work = self.line.outbox.sent(
                task.outgoing,
                channel_id=self.next("p"),
                at=now,
                now=now,
                until=task.until,
            )
        else:
            failure = SendFailure(task.outgoing, FAILURES[end], "no")
            work = self.line.outbox.failed(failure, now=now, until=task.until)
        self.place.run(work)
        self._settled(task, end, due=self.now, waits=False)

    @precondition(lambda self: self.tasks)
    @rule(
        one=ONE,
        code=st.sampled_from(["no_answer", "rate_limited"]),
        looks=st.booleans(),
    )
    def a_sender_must_try_again(self, one: int, code: str, looks: bool) -> None:
        task = self.tasks[one % len(self.tasks)]
        due = self.now + 2_000
        self.place.run(
            self.line.outbox.again(
                task.outgoing,
                code=code,
                now=self.line.clock.now(),
                due=from_ms(due),
                until=task.until,
                look_up=looks,
            )
        )
        state = "look_up" if looks else "again"
        self._settled(task, state, due=due, waits=code == "rate_limited")

    def _settled(self, task, state: str, *, due: int, waits: bool) -> None:
        key, until = task.outgoing.key, to_ms(task.until)
        self.model.settle(key, state, until=until, now=self.now, due=due, waits=waits)

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

    # -- what must be so ---------------------------------------------------------------

    @invariant()
    def the_store_is_as_the_model_says(self) -> None:
        if hasattr(self, "kept"):
            seen = self.place.run(self.kept.read())
            self._mail_is_conserved(seen)
            self._texts_are_in_order(seen)
            self._people_are_obeyed(seen)
            self._it_is_read_in_time(seen)

    def _mail_is_conserved(self, seen: Seen) -> None:
        model = self.model
        assert seen.mails == model.mails
        assert seen.told == model.outcomes  # by the events
        waiting = {id_ for id_, end in seen.told.items() if end == "pending"}
        assert waiting == {mail.id for mail in seen.mails if mail.kind == "message"}
        assert seen.pending == len(waiting)
        for id_ in {*model.accepted[-customer_model.KEPT :], *waiting}:
            assert seen.outcomes.get(id_) == model.outcomes[id_], id_
        assert len(seen.outcomes) <= 4 * customer_model.KEPT + len(waiting)
        letters = [(one.number, one.mail.id) for one in model.letters]
        assert seen.letters == letters
        assert seen.numbers == [number for number, _ in letters]
        assert seen.parked == model.parked

    def _texts_are_in_order(self, seen: Seen) -> None:
        model = self.model
        assert seen.queue == [text.key for text in model.queue]
        assert len(set(seen.queue)) == len(seen.queue) == seen.unsent
        assert seen.lines == model.lines
        known = set(model.lines) & set(model.delivery)  # it goes with its line
        assert {key: seen.delivery.get(key, "queued") for key in known} == {
            key: model.delivery[key] for key in known
        }
        waits = bool(model.queue) and not model.sending
        assert seen.lanes == ([model.send_at] if waits else [])
        assert seen.sending == ([model.look_at] if model.sending else [])
        ends = [t.expires for t in model.queue if t.expires and t.key != model.sending]
        assert seen.expiring == sorted(ends)[:1]

    def _people_are_obeyed(self, seen: Seen) -> None:
        self.epochs.append(seen.epoch)
        assert seen.epoch == self.model.epoch >= self.epochs[-2]
        assert seen.version == self.model.version
        case = self.model.case
        if case:
            found = self.place.run(self.line.cases.get(self.kept.case()))
            assert (found.status.value, found.assignee or "") == (
                case.status,
                case.holder,
            )
            assert found.revision == self.model.revision

    def _it_is_read_in_time(self, seen: Seen) -> None:
        model = self.model
        assert bool(seen.mails) <= bool(seen.ready or seen.leased)
        assert seen.leased == ([model.due] if model.place == "leased" else [])
        assert seen.ready == ([model.due] if model.place == "ready" else [])


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
            max_examples=500 if proof else 30,
            stateful_step_count=40,
            deadline=None,
            derandomize=not proof,
            suppress_health_check=list(HealthCheck),
        ),
    )
