"""What `firstline audit` proves: rules, each with a name and one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.flow import offences
from bot.flow.history import History
from bot.model.case_history import CASE_EVENTS
from bot.model.event import Event, EventType
from bot.model.reply_history import REPLY_EVENTS


@dataclass(frozen=True, slots=True)
class Rule:
    """`find` sees the past and the next event, of the types in `reads`."""

    name: str
    proves: str
    reads: frozenset[EventType]
    find: Callable[[History, Event], Iterator[str]]


@dataclass(frozen=True, slots=True)
class LastRule:
    """`find` sees everything that happened to one customer."""

    name: str
    proves: str
    find: Callable[[History], Iterator[str]]


INCIDENTS = "incidents add up"  # the one rule that also looks across customers
_QUEUED = EventType.REPLY_QUEUED
_EVERY = frozenset(EventType)
_HANDLED = frozenset({EventType.MESSAGE_HANDLED})
_TOUCHES_A_CUSTOMER = frozenset({EventType.REPLY_QUEUED, EventType.REPLY_SENDING})

RULES: tuple[Rule, ...] = (
    Rule(
        "events are readable",
        "none is of another version, or damaged",
        _EVERY,
        offences.not_readable,
    ),
    Rule(
        "accepted once",
        "what was delivered twice was stored once",
        frozenset({EventType.MESSAGE_ACCEPTED}),
        offences.accepted_again,
    ),
    Rule(
        "accepted first",
        "the outcomes add up to what was accepted",
        _HANDLED,
        offences.never_accepted,
    ),
    Rule(
        "outcomes in order",
        "one outcome each, and legal changes of it",
        _HANDLED,
        offences.outcome_out_of_order,
    ),
    Rule(
        "nobody is overtaken",
        "a customer's messages were handled in order",
        _EVERY,
        offences.overtaken,
    ),
    Rule(
        "bursts have an end",
        "what was read together has one outcome",
        _EVERY,
        offences.burst_without_outcome,
    ),
    Rule(
        "people have it",
        "what was handed over or joined names a case",
        _HANDLED,
        offences.handed_to_nobody,
    ),
    Rule(
        "texts queued once",
        "no cause made the same text twice",
        frozenset({_QUEUED}),
        offences.queued_again,
    ),
    Rule(
        "texts have a cause",
        "the bot replies to what was handled",
        frozenset({_QUEUED}),
        offences.text_without_cause,
    ),
    Rule(
        "texts end once",
        "each text was sent at most once",
        REPLY_EVENTS,
        offences.ended_before,
    ),
    Rule(
        "texts in order",
        "queued, sending, then one of the ends",
        REPLY_EVENTS,
        offences.step_out_of_order,
    ),
    Rule(
        "silence after a claim",
        "no bot text began while an agent had it",
        frozenset({EventType.REPLY_SENDING}),
        offences.spoke_over_an_agent,
    ),
    Rule(
        "silence after an opt-out",
        "nothing of the bot but one confirmation",
        _TOUCHES_A_CUSTOMER,
        offences.spoke_after_opt_out,
    ),
    Rule(
        "cases opened once",
        "no number was given to two cases",
        frozenset({EventType.CASE_OPENED}),
        offences.opened_again,
    ),
    Rule(
        "cases in order",
        "each act was legal where the case stood",
        CASE_EVENTS,
        offences.case_out_of_order,
    ),
    Rule(
        INCIDENTS,
        "each, and its errands, began, ended once",
        frozenset({EventType.INCIDENT_JOINED, EventType.INCIDENT_LEFT}),
        offences.not_its_incident,
    ),
    Rule(
        "events in order",
        "no event is in the stream twice",
        _EVERY,
        offences.id_not_rising,
    ),
    Rule(
        "time runs forward",
        "clocks differ by little, and nobody hung long",
        _EVERY,
        offences.time_runs_back,
    ),
)
LAST_RULES: tuple[LastRule, ...] = (
    LastRule(
        "nobody is overtaken",
        "a customer's messages were handled in order",
        offences.left_behind,
    ),
    LastRule(
        "bursts have an end",
        "what was read together has one outcome",
        offences.burst_left_over,
    ),
    LastRule(
        "answers have words",
        "what was answered or asked has a text",
        offences.answer_without_words,
    ),
    LastRule(
        "cases exist",
        "each case that an outcome names was opened",
        offences.promised_case_missing,
    ),
)
