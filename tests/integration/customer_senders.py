"""Senders of a customer's texts, some of them late: they begin, end, and try again."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bot.clock import from_ms, to_ms
from bot.model.reason import Reason
from bot.model.work import SendFailure, SendTask
from tests.integration.customer_checks import CheckedCustomer

MS = timedelta(milliseconds=1)
SEND_LEASE = 60_000
ONE = st.integers(min_value=0, max_value=7)  # of those there are, counted round
ENDS = st.sampled_from(["sent", "sent", "refused", "unknown", "withheld"])
FAILURES = {
    "refused": Reason.REPLY_REFUSED,
    "unknown": Reason.REPLY_UNCERTAIN,
    "withheld": Reason.UNSAFE_TEXT,
}


class Senders(CheckedCustomer):
    """Several senders. `tasks` are in their hands, and may have been lost meanwhile."""

    tasks: list[SendTask]

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
