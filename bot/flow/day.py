"""One day's figures, added up event by event. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from statistics import median

from bot.flow.history import PEOPLE, by_the_bot, outcome_of
from bot.model.case import Act
from bot.model.event import Event, EventType, Outcome
from bot.model.figures import DayFigures
from bot.model.message import CustomerId
from bot.model.reply_history import ENDS


class Answer(Enum):
    """What a text of ours is to the customer. The first useful one is the last two."""

    ACKNOWLEDGEMENT = "acknowledgement"
    AUTOMATIC = "automatic"
    HUMAN = "human"
    USEFUL = "useful"


@dataclass(slots=True)
class _Waiting:
    """Since when one customer waits, and for what.

    Attributes:
        pending: message → when it came, of those without an outcome.
        burst: since when, of messages that are read with a later one.
        asked: since when they wait for a useful answer.
        people: since when they wait for a person.
        acknowledged: whether they were told that we have it.
        turn: message → outcome, of the last commit: its texts come right behind.
        turn_at: when that was.
    """

    pending: dict[str, datetime] = field(default_factory=dict)
    burst: datetime | None = None
    asked: datetime | None = None
    people: datetime | None = None
    acknowledged: bool = False
    turn: dict[str, Outcome] = field(default_factory=dict)
    turn_at: datetime | None = None

    @property
    def over(self) -> bool:
        return not self.pending and self.burst is self.asked is self.people is None


class DayBook:
    """Adds up what happens; knows of one day what it came to, and who waits now."""

    def __init__(self, day_of: Callable[[datetime], date], day: date) -> None:
        self._day_of, self.day = day_of, day
        self._waiting: dict[CustomerId, _Waiting] = {}
        self._texts: dict[str, tuple[Answer, str]] = {}  # on their way; with their case
        self._late: set[str] = set()  # cases whose first answer was not in time
        self.turn_to(day)

    def turn_to(self, day: date) -> None:
        """Begin a new day: the figures are empty, those who wait go on waiting."""
        self.day = day
        self._outcomes: dict[tuple[CustomerId, str], Outcome] = {}
        self._counts: Counter[str] = Counter()
        self._times: dict[Answer, list[timedelta]] = {one: [] for one in Answer}

    def figures(self) -> DayFigures:
        """Return what the day came to so far."""
        return DayFigures(
            day=self.day,
            outcomes=Counter(self._outcomes.values()),
            opened=self._counts["opened"],
            resolved=self._counts["resolved"],
            reopened=self._counts["reopened"],
            first_answers=len(self._times[Answer.HUMAN]),
            late=self._counts["late"],
            ratings=self._counts["ratings"],
            stars=self._counts["stars"],
            acknowledgement=_median(self._times[Answer.ACKNOWLEDGEMENT]),
            automatic_answer=_median(self._times[Answer.AUTOMATIC]),
            first_human_answer=_median(self._times[Answer.HUMAN]),
            first_useful_answer=_median(self._times[Answer.USEFUL]),
        )

    def add(self, event: Event) -> None:
        """Take in one more event, in the order of its customer."""
        step = _STEPS.get(event.type)
        if step is not None:
            step(self, event)

    def _is_today(self, event: Event) -> bool:
        return self._day_of(event.at) == self.day

    def _accept(self, event: Event) -> None:
        message = event.facts.get("message", "")
        if self._is_today(event):
            self._outcomes.setdefault((event.customer, message), Outcome.PENDING)
        waiting = self._waiting.setdefault(event.customer, _Waiting())
        waiting.pending.setdefault(message, event.at)

    def _handle(self, event: Event) -> None:
        message, outcome = event.facts.get("message", ""), outcome_of(event)
        if (event.customer, message) in self._outcomes:
            self._outcomes[event.customer, message] = outcome
        waiting = self._waiting.get(event.customer)
        if waiting is None:
            return
        if waiting.turn_at != event.at:
            waiting.turn, waiting.turn_at = {}, event.at
        waiting.turn[message] = outcome
        came = waiting.pending.pop(message, None)
        if outcome is Outcome.COALESCED:
            waiting.burst = _earlier(waiting.burst, came)
            return
        since, waiting.burst = _earlier(waiting.burst, came), None
        if outcome is not Outcome.IGNORED:
            waiting.asked = _earlier(waiting.asked, since)
        if outcome in PEOPLE or outcome is Outcome.DEAD:
            waiting.people = _earlier(waiting.people, since)
        self._forget_if_over(event.customer, waiting)

    def _queue(self, event: Event) -> None:
        answer = self._answer(event)
        if answer is not None:
            case = event.facts.get("case", "")
            self._texts[event.facts.get("key", "")] = (answer, case)

    def _answer(self, event: Event) -> Answer | None:
        """Return what a text is; None if it is none of these, such as a question."""
        if not by_the_bot(event):
            return Answer.HUMAN
        waiting = self._waiting.get(event.customer)
        outcome = waiting.turn.get(event.facts.get("message", "")) if waiting else None
        if outcome is Outcome.ANSWERED:
            return Answer.AUTOMATIC
        return Answer.ACKNOWLEDGEMENT if outcome in PEOPLE else None

    def _send(self, event: Event) -> None:
        answer, case = self._texts.pop(event.facts.get("key", ""), (None, ""))
        waiting = self._waiting.get(event.customer)
        if answer is None or waiting is None:
            return
        if answer is Answer.ACKNOWLEDGEMENT:
            if not waiting.acknowledged:
                self._time(answer, waiting.asked, event)
            waiting.acknowledged = True
            return
        since = waiting.people if answer is Answer.HUMAN else waiting.asked
        if self._time(answer, since, event) and answer is Answer.HUMAN:
            self._counts["late"] += case in self._late and self._is_today(event)
        self._time(Answer.USEFUL, waiting.asked, event)
        waiting.asked, waiting.acknowledged = None, False
        if answer is Answer.HUMAN:
            waiting.people = None
        self._late.discard(case)
        self._forget_if_over(event.customer, waiting)

    def _time(self, answer: Answer, since: datetime | None, event: Event) -> bool:
        if since is None:
            return False
        if self._is_today(event):
            self._times[answer].append(max(event.at - since, timedelta(0)))
        return True

    def _end(self, event: Event) -> None:
        self._texts.pop(event.facts.get("key", ""), None)

    def _open(self, event: Event) -> None:
        self._counts["opened"] += self._is_today(event)

    def _reopen(self, event: Event) -> None:
        self._counts["reopened"] += self._is_today(event)

    def _rate(self, event: Event) -> None:
        if self._is_today(event):
            self._counts["ratings"] += 1
            self._counts["stars"] += int(event.facts["rating"])

    def _miss(self, event: Event) -> None:
        self._late.add(event.facts.get("case", ""))

    def _change(self, event: Event) -> None:
        act = event.facts.get("act")
        if act == Act.RESOLVE.value:
            self._counts["resolved"] += self._is_today(event)
        if act in (Act.RESOLVE.value, Act.GIVE_BACK.value):
            self._late.discard(event.facts.get("case", ""))
            waiting = self._waiting.get(event.customer)
            if waiting is not None:  # nobody waits in what is over
                waiting.asked = waiting.people = None
                waiting.acknowledged = False
                self._forget_if_over(event.customer, waiting)

    def _forget_if_over(self, customer: CustomerId, waiting: _Waiting) -> None:
        if waiting.over:
            self._waiting.pop(customer, None)


_STEPS: dict[EventType, Callable[[DayBook, Event], None]] = {
    **dict.fromkeys(ENDS, DayBook._end),
    EventType.MESSAGE_ACCEPTED: DayBook._accept,
    EventType.MESSAGE_HANDLED: DayBook._handle,
    EventType.REPLY_QUEUED: DayBook._queue,
    EventType.REPLY_SENT: DayBook._send,
    EventType.CASE_OPENED: DayBook._open,
    EventType.CASE_REOPENED: DayBook._reopen,
    EventType.CASE_RATED: DayBook._rate,
    EventType.CASE_SLA_MISSED: DayBook._miss,
    EventType.CASE_CHANGED: DayBook._change,
}


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [moment for moment in (one, other) if moment is not None]
    return min(known, default=None)


def _median(times: Sequence[timedelta]) -> timedelta | None:
    if not times:
        return None
    return timedelta(seconds=median(one.total_seconds() for one in times))
