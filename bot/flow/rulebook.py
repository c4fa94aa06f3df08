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


_QUEUED = EventType.REPLY_QUEUED
_EVERY = frozenset(EventType)
_HANDLED = frozenset({EventType.MESSAGE_HANDLED})
_TOUCHES_A_CUSTOMER = frozenset({EventType.REPLY_QUEUED, EventType.REPLY_SENDING})

RULES: tuple[Rule, ...] = (
    Rule(
        "accepted once",
        "a message that was delivered twice was stored once",
        frozenset({EventType.MESSAGE_ACCEPTED}),
        offences.accepted_again,
    ),
    Rule(
        "accepted first",
        "nothing was handled that was never accepted: the outcomes add up",
        _HANDLED,
        offences.never_accepted,
    ),
    Rule(
        "outcomes in order",
        "each message has one outcome, and a later one follows from it",
        _HANDLED,
        offences.outcome_out_of_order,
    ),
    Rule(
        "nobody is overtaken",
        "a customer's messages were handled in the order of their arrival",
        _EVERY,
        offences.overtaken,
    ),
    Rule(
        "bursts have an end",
        "what was read together has a later message with the outcome",
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
        "what the bot says replies to a message that was handled",
        frozenset({_QUEUED}),
        offences.text_without_cause,
    ),
    Rule(
        "texts end once",
        "each text was sent at most once and has one end",
        REPLY_EVENTS,
        offences.ended_before,
    ),
    Rule(
        "texts in order",
        "queued, sending, then sent, unknown, refused, withheld or expired",
        REPLY_EVENTS,
        offences.step_out_of_order,
    ),
    Rule(
        "silence after a claim",
        "nothing of the bot entered sending while an agent had the case",
        frozenset({EventType.REPLY_SENDING}),
        offences.spoke_over_an_agent,
    ),
    Rule(
        "silence after an opt-out",
        "nothing of the bot was queued or sent but one confirmation",
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
        "every act and every timer was legal where the case stood",
        CASE_EVENTS,
        offences.case_out_of_order,
    ),
    Rule(
        "events in order",
        "the numbers of a customer's events rise: none is there twice",
        _EVERY,
        offences.id_not_rising,
    ),
    Rule(
        "time runs forward",
        f"a customer's events go back by {offences.SKEW.seconds} s at most",
        _EVERY,
        offences.time_runs_back,
    ),
)
LAST_RULES: tuple[LastRule, ...] = (
    LastRule(
        "nobody is overtaken",
        "a customer's messages were handled in the order of their arrival",
        offences.left_behind,
    ),
    LastRule(
        "bursts have an end",
        "what was read together has a later message with the outcome",
        offences.burst_left_over,
    ),
    LastRule(
        "answers have words",
        "what was answered or asked has a text of ours",
        offences.answer_without_words,
    ),
    LastRule(
        "cases exist",
        "every case that an outcome names was opened",
        offences.promised_case_missing,
    ),
)
