"""What one customer's events add up to so far: the past that the audit's rules see."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from bot.model.case_history import CASE_EVENTS, Standing, standing_after
from bot.model.event import Event, EventType, Outcome
from bot.model.message import CustomerId
from bot.model.outgoing import Speaker
from bot.model.reply_history import REPLY_EVENTS, ReplyStage, stage_after

# Whoever comes back does not come back as one of many.
_OUT_OF_INCIDENTS = frozenset({EventType.INCIDENT_LEFT, EventType.CASE_REOPENED})
SAID = frozenset({Outcome.ANSWERED, Outcome.ASKED})  # these promise a text of ours
PEOPLE = frozenset({Outcome.HANDED_OFF, Outcome.JOINED})  # these promise a case


@dataclass(slots=True)
class History:
    """Small on purpose: one a customer, for as long as their shard is read.

    Attributes:
        last: the customer's latest event.
        messages: message id → its latest outcome; PENDING until it is handled.
        waiting: message id → when it was accepted, of those that are pending, in
            the order of their arrival.
        arrivals: message id → its place in that order, of those that are pending;
            `arrived` counts them, `furthest` is the furthest place that was
            handled, `handled_at` when that was.
        burst: messages read together with a later one, which is still to come.
        owed: messages whose outcome promises a text that was not queued yet.
        replies: key → where the text is; `unfinished` says since when.
        cases: case id → where it stands; `promised` are named and not yet opened.
        in_incident: cases that belong to an incident.
        opted_out_at: when the customer asked us to stop; None if they did not.
        confirmation: the one text that an opt-out may have.
    """

    customer: CustomerId
    last: Event | None = None
    messages: dict[str, Outcome] = field(default_factory=dict)
    waiting: dict[str, datetime] = field(default_factory=dict)
    arrivals: dict[str, int] = field(default_factory=dict)
    furthest: int = -1
    handled_at: datetime | None = None
    arrived: int = 0
    burst: dict[str, datetime] = field(default_factory=dict)
    owed: set[str] = field(default_factory=set)
    replies: dict[str, ReplyStage] = field(default_factory=dict)
    unfinished: dict[str, datetime] = field(default_factory=dict)
    cases: dict[str, Standing] = field(default_factory=dict)
    promised: set[str] = field(default_factory=set)
    in_incident: set[str] = field(default_factory=set)
    opted_out_at: datetime | None = None
    confirmation: str | None = None

    @property
    def held(self) -> bool:
        """Whether an agent has a case of this customer."""
        return any(case.held for case in self.cases.values())

    def add(self, event: Event) -> None:
        """Take in one more event, legal or not."""
        if event.type is EventType.MESSAGE_ACCEPTED:
            if event.facts.get("message", "") not in self.messages:
                self._arrive(event.facts.get("message", ""), event.at)
        elif event.type is EventType.MESSAGE_HANDLED:
            self._handle(event)
        elif event.type in REPLY_EVENTS:
            self._reply(event)
        elif event.type in CASE_EVENTS:
            case = event.facts.get("case", "")
            self.cases[case] = standing_after(self.cases.get(case), event)
            self.promised.discard(case)
            if event.type is EventType.INCIDENT_JOINED:
                self.in_incident.add(case)
            elif event.type in _OUT_OF_INCIDENTS:
                self.in_incident.discard(case)
        elif event.type is EventType.LETTERS_REPLAYED:
            for message in letters_of(event):
                self._arrive(message, event.at)
        elif event.type is EventType.CUSTOMER_OPTED_OUT:
            self.opted_out_at, self.confirmation = event.at, None
        elif event.type is EventType.CUSTOMER_OPTED_IN:
            self.opted_out_at = None
        self.last = event

    def _arrive(self, message: str, at: datetime) -> None:
        """Put a message, or a dead letter that is to be handled again, at the end."""
        self.messages[message] = Outcome.PENDING
        self.waiting[message] = at
        self.arrivals[message] = self.arrived
        self.arrived += 1

    def _handle(self, event: Event) -> None:
        message, outcome = event.facts.get("message", ""), outcome_of(event)
        self.messages[message] = outcome
        if self.waiting.pop(message, None) is not None:
            self.furthest = max(self.furthest, self.arrivals.pop(message))
        self.handled_at = event.at
        self.owed.discard(message)
        if outcome is Outcome.COALESCED:
            self.burst[message] = event.at
            return
        self.burst.clear()
        if outcome in SAID:
            self.owed.add(message)
        case = event.facts.get("case")
        if outcome in PEOPLE and case and case not in self.cases:
            self.promised.add(case)

    def _reply(self, event: Event) -> None:
        key = event.facts.get("key", "")
        stage = self.replies[key] = stage_after(event.type)
        if stage is ReplyStage.ENDED:
            self.unfinished.pop(key, None)
        else:
            self.unfinished.setdefault(key, event.at)
        if event.type is EventType.REPLY_QUEUED:
            self._queue(key, event)

    def _queue(self, key: str, event: Event) -> None:
        if not by_the_bot(event):
            return
        self.owed.discard(event.facts.get("message", ""))
        if self.opted_out_at == event.at:
            self.confirmation = self.confirmation or key


def outcome_of(event: Event) -> Outcome:
    """Return the outcome that a message_handled names; PENDING if it names none."""
    try:
        return Outcome(event.facts.get("outcome", ""))
    except ValueError:
        return Outcome.PENDING


def by_the_bot(event: Event) -> bool:
    """Tell whether a reply's event is about the bot's own words."""
    return event.facts.get("speaker") != Speaker.AGENT.value


def letters_of(event: Event) -> list[str]:
    """Return the messages that an event about dead letters names; none if damaged."""
    try:
        found: list[str] = json.loads(event.facts.get("messages", "[]"))
    except ValueError:
        return []
    return found
