"""Short ways to make what most tests need. Everything can be overridden by name."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from bot.knowledge.answers import DomainAnswers
from bot.model.case import AgentId, Case, CaseId, CaseStatus, Priority
from bot.model.customer import Customer
from bot.model.effect import Turn
from bot.model.message import (
    DIRECT,
    ChannelName,
    CustomerId,
    Message,
    MessageId,
    Nature,
    ThreadId,
    Visibility,
)
from bot.model.policy import Policy
from bot.model.reading import Entity, Reading, Request, Signals
from bot.model.sign import Cue, Sign, SignKind
from bot.policy_file import load_policy

ROOT = Path(__file__).parents[1]
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=timezone.utc)  # a Wednesday
CHANNEL = ChannelName("simulator")
ALICE = CustomerId("simulator:alice")
THREAD = ThreadId("p1:alice")
SILENT = ("chatter", "spam", "thanks", "goodbye", "affirm", "deny")
POLICY: Policy = load_policy(ROOT / "data" / "policy.yml")


@cache
def _shipped_answers() -> DomainAnswers:
    """To read them takes a quarter of a second, which is most of many a test."""
    return DomainAnswers(ROOT / "domain.yml", POLICY)


def shipped_answers(policy: Policy = POLICY) -> DomainAnswers:
    """Return the project's own texts, seen to have all that `policy` needs."""
    answers = copy(_shipped_answers())
    answers.check(policy)
    return answers


def message(
    text: str = "hello there",
    *,
    id: str = "m1",  # noqa: A002 - the word of the domain
    private: bool = False,
    at: datetime = NOON,
    customer: CustomerId = ALICE,
    thread: ThreadId | None = None,
    summoned: bool = True,
    nature: Nature = Nature.WRITTEN,
) -> Message:
    return Message(
        channel=CHANNEL,
        id=MessageId(id),
        customer=customer,
        thread=thread or (DIRECT if private else THREAD),
        text=text,
        visibility=Visibility.PRIVATE if private else Visibility.PUBLIC,
        sent_at=at,
        handle=customer.partition(":")[2],
        summoned=summoned,
        nature=nature,
    )


ANGER = (Sign(SignKind.ANGER, 0.9, Cue.WORDS),)
URGENCY = (Sign(SignKind.URGENCY, 0.9, Cue.WORDS),)


def reading(
    label: str = "greet",
    confidence: float = 0.95,
    *,
    entities: tuple[Entity, ...] = (),
    **signals: object,
) -> Reading:
    intent, _, faq = label.partition("/")
    signals.setdefault("asks", label.startswith("faq/"))
    signals.setdefault("needs_reply", 0.0 if label in SILENT else 1.0)
    shown = ANGER * bool(signals.pop("angry", False))
    shown += URGENCY * bool(signals.pop("urgent", False))
    signals["signs"] = (*shown, *signals.get("signs", ()))
    found = Signals(**{"language": "en", **signals})
    return Reading(
        requests=(Request(intent, confidence, faq or None),),
        entities=entities,
        signals=found,
    )


def order_number(value: str = "FH-482913") -> Entity:
    return Entity("order_number", value, 0, len(value))


def turn(
    label: str = "greet",
    confidence: float = 0.95,
    *,
    text: str = "some words",
    private: bool = False,
    at: datetime = NOON,
    summoned: bool = True,
    nature: Nature = Nature.WRITTEN,
    entities: tuple[Entity, ...] = (),
    **signals: object,
) -> Turn:
    return Turn(
        messages=(
            message(text, private=private, at=at, summoned=summoned, nature=nature),
        ),
        reading=reading(label, confidence, entities=entities, **signals),
    )


def case(status: CaseStatus = CaseStatus.OPEN, **changes: object) -> Case:
    held = status in (CaseStatus.CLAIMED, CaseStatus.WAITING)
    made = Case(
        id=CaseId("C-1000"),
        customer=ALICE,
        handle="alice",
        channel=CHANNEL,
        thread=THREAD,
        visibility=Visibility.PUBLIC,
        status=status,
        team="care",
        reason="low_confidence",
        label="order_status",
        confidence=0.4,
        priority=Priority.NORMAL,
        priority_reasons=(),
        opened_at=NOON - timedelta(minutes=5),
        changed_at=NOON - timedelta(minutes=5),
        assignee=AgentId("ann") if held else None,
        resolved_at=NOON - timedelta(minutes=1)
        if status is CaseStatus.RESOLVED
        else None,
    )
    return replace(made, **changes)


def customer(status: CaseStatus | None = None, **changes: object) -> Customer:
    made = Customer(
        id=ALICE,
        channel=CHANNEL,
        handle="alice",
        case=case(status) if status else None,
    )
    return replace(made, **changes)
