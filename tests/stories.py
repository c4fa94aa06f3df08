"""Legal histories of one customer as events, told by a model of their own.

Nothing here asks the code under test what is legal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from bot.model.event import Event, EventType
from bot.model.message import CustomerId
from tests.builders import ALICE, NOON

E = EventType


class Story:
    """Tells what happens to one customer; each method appends its events."""

    def __init__(self, customer: CustomerId = ALICE) -> None:
        self.events: list[Event] = []
        self._customer, self._now = customer, NOON
        self._messages = self._cases = self._acts = 0
        self._case: str | None = None
        self._dead: list[str] = []
        self._storms = False
        self._held = self._resolved = self._opted_out = False
        self._waiting = False  # an agent, for the customer

    def _add(self, kind: EventType, **facts: str) -> None:
        self.events.append(
            Event(id="", type=kind, at=self._now, customer=self._customer, facts=facts)
        )

    def _wait(self) -> None:
        self._now += timedelta(seconds=5)

    def _write(self, count: int) -> list[str]:
        ids = [f"m{self._messages + n}" for n in range(count)]
        self._messages += count
        for id_ in ids:
            self._wait()
            self._add(E.MESSAGE_ACCEPTED, message=id_)
        self._wait()
        for id_ in ids[:-1]:
            self._add(
                E.MESSAGE_HANDLED,
                message=id_,
                outcome="coalesced",
                reason="read_together",
            )
        return ids

    def _handle(self, message: str, outcome: str, **facts: str) -> None:
        self._add(E.MESSAGE_HANDLED, message=message, outcome=outcome, **facts)

    def _queue(self, message: str, speaker: str = "bot", key: str = "") -> str:
        key = key or f"simulator:{message}:say"
        self._add(E.REPLY_QUEUED, key=key, speaker=speaker, message=message)
        return key

    def _send(
        self,
        key: str,
        end: EventType,
        speaker: str = "bot",
        tries: tuple[str, ...] = (),
    ) -> None:
        """`tries` are those before the last: "doubt" is looked up, "busy" refused."""
        for one in tries:
            self._tell(E.REPLY_SENDING, key, speaker)
            if one == "doubt":
                self._tell(E.REPLY_IN_DOUBT, key, speaker)
            reason = "not_there" if one == "doubt" else "rate_limited"
            self._tell(E.REPLY_REQUEUED, key, speaker, reason=reason)
        self._tell(E.REPLY_SENDING, key, speaker)
        self._tell(end, key, speaker)

    def _tell(self, kind: EventType, key: str, speaker: str, **facts: str) -> None:
        self._wait()
        self._add(kind, key=key, speaker=speaker, **facts)

    # -- what may happen -----------------------------------------------------------

    def ask(
        self,
        count: int = 1,
        end: EventType = E.REPLY_SENT,
        tries: tuple[str, ...] = (),
    ) -> None:
        """A burst that the bot answers, or hands over where it must be silent."""
        last = self._write(count)[-1]
        if self._opted_out or self._held:
            self._to_people(last, speaks=False)
            return
        self._handle(last, "answered", reason="standard_answer")
        key = self._queue(last)
        self._send(key, end, tries=tries)
        if end is not E.REPLY_SENT:
            self._wait()
            self._to_people(last, speaks=False)

    def worry(self) -> None:
        """A message for people, with an acknowledgement where one is allowed."""
        last = self._write(1)[-1]
        self._to_people(last, speaks=not (self._opted_out or self._held))

    def _to_people(self, message: str, *, speaks: bool) -> None:
        fresh = self._case is None
        if self._case is None:
            self._cases += 1
            self._case = f"C-{1000 + 16 * self._cases}"
        outcome = "handed_off" if fresh or self._resolved else "joined"
        self._handle(message, outcome, reason="no_answer", case=self._case)
        kind = E.CASE_OPENED if fresh else E.CASE_JOINED
        self._add(E.CASE_REOPENED if self._resolved else kind, case=self._case)
        self._resolved = self._waiting = False
        if speaks:
            self._send(self._queue(message), E.REPLY_SENT)

    def chat(self) -> None:
        """Something that wants nothing of us."""
        self._handle(self._write(1)[-1], "ignored", reason="chatter")

    def break_it(self) -> None:
        """A message that becomes a dead letter."""
        self._dead.append(self._write(1)[-1])
        self._handle(self._dead[-1], "dead", reason="too_many_tries")

    def mend_it(self) -> None:
        """A person puts the dead letters back, and they are handled after all."""
        if not self._dead:
            return
        self._wait()
        self._add(E.LETTERS_REPLAYED, messages=json.dumps(self._dead), by="ann")
        for message in self._dead:
            self._wait()
            self._handle(message, "ignored", reason="chatter")
        self._dead.clear()

    def stop(self) -> None:
        """An opt-out, confirmed once."""
        if self._opted_out or self._held:
            return
        last = self._write(1)[-1]
        self._handle(last, "answered", reason="opt_out")
        self._add(E.CUSTOMER_OPTED_OUT)
        self._opted_out = True
        self._send(self._queue(last), E.REPLY_SENT)

    def start(self) -> None:
        """An opt-in, confirmed."""
        if not self._opted_out or self._held:
            return
        last = self._write(1)[-1]
        self._handle(last, "answered", reason="opt_in")
        self._add(E.CUSTOMER_OPTED_IN)
        self._opted_out = False
        self._send(self._queue(last), E.REPLY_SENT)

    def people(self, *acts: str) -> None:
        """An agent claims the case, if there is one to claim, and does `acts`."""
        if self._case is None or self._held or self._resolved:
            return
        self._act("claim")
        self._held, self._waiting = True, False
        for act in acts:
            if act == "undone":
                self._reply_and_undo()
                continue
            if act == "pass_on":
                self._act("assign", to="ben")
                self._act("release", by="ben")
                self._held = False
                return
            self._act(act)
            if act == "give_back":  # nothing reopens it
                self._held, self._case = False, None
                return
            if act == "reply":
                self._waiting = True
                key = f"{self._case}:{len(self.events)}"
                self._queue("m0", "agent", key)
                self._send(key, E.REPLY_SENT, "agent")
            if act in ("release", "hand_over", "resolve"):
                self._held, self._resolved = False, act == "resolve"
                return

    def _reply_and_undo(self) -> None:
        self._act("reply")
        key = f"{self._case}:{len(self.events)}"
        self._queue("m0", "agent", key)
        self._act("undo")
        self._tell(E.REPLY_WITHDRAWN, key, "agent")
        self._waiting = False  # the agent has it to do again

    def storm(self) -> None:
        """The case turns out to be one of many; a while later that is over."""
        if self._case is None or self._resolved or self._storms:
            return
        self._storms = True
        self._wait()
        self._add(E.INCIDENT_OPENED, incident="I-7")
        self._add(E.INCIDENT_JOINED, incident="I-7", case=self._case)
        for kind in (E.ERRAND_BEGUN, E.ERRAND_WENT_ON, E.ERRAND_ENDED):
            self._wait()
            self._add(kind, incident="I-7", errand="answer-all")
        if not self._held:
            self._add(E.INCIDENT_LEFT, incident="I-7", case=self._case)
        self._add(E.INCIDENT_ENDED, incident="I-7")

    def lapse(self) -> None:
        """The agent who has the case was silent for too long."""
        if self._held and self._case and not self._waiting:
            self._wait()
            self._add(E.CASE_LAPSED, case=self._case)
            self._held = False

    def _act(self, act: str, by: str = "ann", **facts: str) -> None:
        self._wait()
        case = self._case or ""
        self._add(E.CASE_CHANGED, case=case, act=act, agent=by, **facts)


def numbered(events: Iterable[Event]) -> list[Event]:
    """Give the events the numbers that a stream would, in their order."""
    return [
        replace(event, id=f"s00-1700000000000-{n}") for n, event in enumerate(events)
    ]


def a_full_day() -> list[Event]:
    """Everything that a story can tell, once."""
    story = Story()
    story.ask()
    story.ask(3)
    story.ask(1, E.REPLY_SENT, ("busy", "doubt"))
    story.ask(1, E.REPLY_REFUSED)
    story.people("reply", "note", "resolve")
    story.worry()
    story.storm()
    story.people("tag", "release")
    story.people("correct", "hand_over")
    story.people("reply")
    story.ask()
    story.lapse()
    story.chat()
    story.break_it()
    story.chat()
    story.mend_it()
    story.stop()
    story.ask()
    story.start()
    story.ask(2)
    story.worry()
    story.people("undone", "pass_on")
    story.people("undone", "reply", "give_back")
    story.worry()
    return story.events


_ENDS = (E.REPLY_SENT, E.REPLY_REFUSED, E.REPLY_UNKNOWN, E.REPLY_WITHHELD)
_ACTS = (
    *("reply", "note", "tag", "correct", "release", "hand_over", "resolve"),
    *("undone", "pass_on", "give_back"),
)
_STEPS = st.one_of(
    st.tuples(
        st.just("ask"),
        st.tuples(
            st.integers(1, 3),
            st.sampled_from(_ENDS),
            st.lists(st.sampled_from(("doubt", "busy")), max_size=2).map(tuple),
        ),
    ),
    st.tuples(st.just("people"), st.lists(st.sampled_from(_ACTS), max_size=4)),
    st.tuples(
        st.sampled_from(
            ("worry", "chat", "break_it", "mend_it", "stop", "start", "lapse", "storm")
        ),
        st.just(()),
    ),
)


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    """Any legal history."""
    story = Story()
    for name, args in draw(st.lists(_STEPS, min_size=1, max_size=12)):
        getattr(story, name)(*args)
    return story.events
