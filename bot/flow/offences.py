"""The offences that an audit looks for, each as one small pure function.

It sees one customer's past, and their next event or the end, and yields the ids
that offend. Order is that of the customer's stream; time stamps prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.flow.history import PEOPLE, History, by_the_bot, outcome_of
from bot.model.case_history import may_follow
from bot.model.event import Event, EventType, Outcome
from bot.model.reply_history import ReplyStage, reply_may_follow

SKEW = timedelta(seconds=60)  # by which the clocks of two machines may differ
# A machine that stops between reading its clock and its command writes an old time.
# That harms nothing: the scripts ask what is there, not when it was decided.
STOPPED = timedelta(minutes=5)

# outcome → what may become of the same message later. A text that was stopped, or
# did not arrive, takes its message to people.
_LATER: dict[Outcome, frozenset[Outcome]] = {
    Outcome.PENDING: frozenset(Outcome) - {Outcome.PENDING},
    Outcome.ANSWERED: frozenset({Outcome.HANDED_OFF, Outcome.JOINED, Outcome.IGNORED}),
    Outcome.ASKED: frozenset({Outcome.HANDED_OFF, Outcome.JOINED, Outcome.IGNORED}),
    Outcome.HANDED_OFF: PEOPLE,
    Outcome.JOINED: PEOPLE,
    Outcome.COALESCED: frozenset(),
    Outcome.IGNORED: frozenset(),
    Outcome.DEAD: frozenset(),  # until it is replayed, when it is pending anew
}


_QUEUED = EventType.REPLY_QUEUED


def not_readable(_: History, event: Event) -> Iterator[str]:
    if event.type is EventType.UNREADABLE:
        yield event.id


# -- messages --------------------------------------------------------------------


def accepted_again(past: History, event: Event) -> Iterator[str]:
    message = event.facts.get("message", "")
    if not message or message in past.messages:
        yield message or event.id


def never_accepted(past: History, event: Event) -> Iterator[str]:
    message = event.facts.get("message", "")
    if message not in past.messages:
        yield message or event.id


def outcome_out_of_order(past: History, event: Event) -> Iterator[str]:
    message = event.facts.get("message", "")
    if outcome_of(event) not in _LATER[past.messages.get(message, Outcome.PENDING)]:
        yield message or event.id


def overtaken(past: History, event: Event) -> Iterator[str]:
    """One commit handles several messages: what it leaves behind shows at its end."""
    if event.type is EventType.MESSAGE_HANDLED and event.at == past.handled_at:
        return
    for message in past.waiting:
        if past.arrivals[message] > past.furthest:
            return
        yield message


def burst_without_outcome(past: History, event: Event) -> Iterator[str]:
    """The rest of a burst stands in the same commit: the customer's next events."""
    together = event.type is EventType.MESSAGE_HANDLED
    if not together or any(at != event.at for at in past.burst.values()):
        yield from past.burst


def burst_left_over(past: History) -> Iterator[str]:
    yield from past.burst


def answer_without_words(past: History) -> Iterator[str]:
    yield from past.owed


def left_behind(past: History) -> Iterator[str]:
    for message in past.waiting:
        if past.arrivals[message] < past.furthest:
            yield message


def handed_to_nobody(_: History, event: Event) -> Iterator[str]:
    if outcome_of(event) in PEOPLE and not event.facts.get("case"):
        yield event.facts.get("message") or event.id


def promised_case_missing(past: History) -> Iterator[str]:
    yield from past.promised


# -- our texts -------------------------------------------------------------------


def queued_again(past: History, event: Event) -> Iterator[str]:
    key = event.facts.get("key", "")
    if not key or key in past.replies:
        yield key or event.id


def text_without_cause(past: History, event: Event) -> Iterator[str]:
    if not by_the_bot(event):
        return
    message = event.facts.get("message", "")
    if past.messages.get(message, Outcome.PENDING) is Outcome.PENDING:
        yield event.facts.get("key") or event.id


def ended_before(past: History, event: Event) -> Iterator[str]:
    key = event.facts.get("key", "")
    if past.replies.get(key) is ReplyStage.ENDED and event.type is not _QUEUED:
        yield key


def step_out_of_order(past: History, event: Event) -> Iterator[str]:
    key = event.facts.get("key", "")
    stage = past.replies.get(key)
    others = stage is ReplyStage.ENDED or event.type is _QUEUED  # rules find these
    if not others and not reply_may_follow(stage, event):
        yield key or event.id


def spoke_over_an_agent(past: History, event: Event) -> Iterator[str]:
    if by_the_bot(event) and past.held:
        yield event.facts.get("key") or event.id


def spoke_after_opt_out(past: History, event: Event) -> Iterator[str]:
    """The confirmation is queued in the commit that obeys the opt-out."""
    if past.opted_out_at is None or not by_the_bot(event):
        return
    key = event.facts.get("key", "")
    confirms = past.confirmation is None and past.opted_out_at == event.at
    if key != past.confirmation and not (confirms and event.type is _QUEUED):
        yield key or event.id


# -- cases -----------------------------------------------------------------------


def opened_again(past: History, event: Event) -> Iterator[str]:
    if event.facts.get("case", "") in past.cases:
        yield event.facts["case"]


def case_out_of_order(past: History, event: Event) -> Iterator[str]:
    case = event.facts.get("case", "")
    opens = event.type is EventType.CASE_OPENED  # another rule's
    if not opens and not may_follow(past.cases.get(case), event):
        yield case or event.id


def not_its_incident(past: History, event: Event) -> Iterator[str]:
    """A case joins an incident when it is in none, and leaves the one that it is in."""
    case = event.facts.get("case", "")
    joins = event.type is EventType.INCIDENT_JOINED
    if joins == (case in past.in_incident) or not event.facts.get("incident"):
        yield case or event.id


# -- the stream ------------------------------------------------------------------


def id_not_rising(past: History, event: Event) -> Iterator[str]:
    if past.last is not None and place(event) <= place(past.last):
        yield event.id


def time_runs_back(past: History, event: Event) -> Iterator[str]:
    if past.last is not None and event.at < past.last.at - SKEW - STOPPED:
        yield event.id


def place(event: Event) -> tuple[int, int]:
    """Return where the event stands in its shard's stream: "s03-<ms>-<number>"."""
    _, ms, number = event.id.rsplit("-", 2)
    return int(ms), int(number)
