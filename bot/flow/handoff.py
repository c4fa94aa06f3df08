"""From the bot to people: a new case, or one more message in the open one."""

from __future__ import annotations

from dataclasses import replace

from bot.flow.situation import Situation
from bot.model.case import CaseStatus, Priority
from bot.model.customer import Customer
from bot.model.effect import (
    Decision,
    Effect,
    EndDialogue,
    JoinCase,
    OpenCase,
    Say,
    Turn,
)
from bot.model.event import Outcome
from bot.model.language import language_name
from bot.model.policy import IntentRule
from bot.model.reason import Reason
from bot.model.sign import SignKind

_SPECIAL_LINES = {
    Reason.SAFETY: "acknowledge_safety",
    Reason.LEGAL_THREAT: "acknowledge_legal",
    Reason.PRESS: "acknowledge_press",
    Reason.BUSINESS: "acknowledge_business",
}
# Reasons that say nothing against what was understood: team and priority follow it.
_UNDERSTOOD = (Reason.PERSONAL_DATA, Reason.PEOPLE_ONLY, Reason.SEVERAL_REQUESTS)
_REPEATED = 3  # contacts after which the next one weighs more


def to_people(s: Situation, reason: Reason, *, say: str | None = None) -> Decision:
    """Acknowledge and open a case, or join the open one.

    `say` replaces the acknowledgement that fits the reason.
    """
    if s.active:
        return join(s, Reason.CASE_OPEN, because=reason)
    effects: tuple[Effect, ...] = (EndDialogue(),) if s.customer.dialogue else ()
    if s.silence is None:
        acknowledgement = say or _acknowledgement(s, reason)
        invitation = ("invite_to_direct",) if _invites(s, reason) else ()
        effects = (*effects, Say((acknowledgement, *invitation)))
    return Decision(
        outcome=Outcome.HANDED_OFF,
        reason=reason,
        effects=(*effects, new_case(s, reason)),
        withheld=s.silence,
    )


def join(
    s: Situation,
    reason: Reason,
    *,
    because: Reason | None = None,
    ends: tuple[Effect, ...] = (),
) -> Decision:
    """Add to the case people have; a graver message lifts its priority and team.

    A case that an agent holds keeps its team: nobody loses it out of their hands,
    and the bot says nothing. Before that it acknowledges what is graver than the
    case was, and the first direct message of somebody who was asked to write one.
    """
    case = s.active
    if case is None:
        raise ValueError("there is no case to join")
    rule = s.grave or s.rule
    joining = JoinCase(case.id)
    priority, why = priority_of(rule.priority, s.turn, s.customer)
    lifts = (s.grave or because is rule.reason) and priority < case.priority
    if lifts:
        team = rule.team if case.status is CaseStatus.OPEN else None
        joining = replace(joining, priority=priority, priority_reasons=why, team=team)
    says: tuple[Effect, ...] = ()
    if s.silence is None and not s.held:
        if s.grave and lifts:
            says = (Say((_acknowledgement(s, s.grave.reason),)),)
        elif s.unheard_in_private:
            says = (Say((_acknowledgement(s, Reason.CASE_OPEN),)),)
    return Decision(
        outcome=Outcome.JOINED, reason=reason, effects=(*ends, *says, joining)
    )


def priority_of(
    base: Priority, turn: Turn, customer: Customer
) -> tuple[Priority, tuple[str, ...]]:
    """Return the priority with its reasons, which the card shows.

    One step up for anger, urgency, somebody who may leave us or a repeated contact,
    whichever occur, and never above URGENT. Law and danger have their own rules.
    """
    signals = turn.reading.signals
    repeated = customer.contacts >= _REPEATED
    why = tuple(
        words
        for applies, words in (
            (base < Priority.NORMAL, "kind of request"),
            (signals.urgent, "says it is urgent"),
            (signals.show(SignKind.SAFETY), "somebody may be hurt"),
            (signals.show(SignKind.LEGAL), "speaks of the law"),
            (signals.show(SignKind.CHURN), "may leave us"),
            (signals.show(SignKind.ANGER), "upset"),
            (signals.show(SignKind.SARCASM), "mocks us"),
            (repeated, f"contact no. {customer.contacts + 1}"),
        )
        if applies
    )
    churn = signals.show(SignKind.CHURN)
    lifted = signals.urgent or signals.angry or churn or repeated
    level = Priority(max(Priority.URGENT, base - 1)) if lifted else base
    return level, why


def new_case(s: Situation, reason: Reason) -> OpenCase:
    """Return the case for people, with the team and priority of what was understood."""
    rule = s.grave or s.rule
    understood = reason in (rule.reason, *_UNDERSTOOD)
    base = _priority_of_all(s, rule) if understood else Priority.NORMAL
    priority, why = priority_of(base, s.turn, s.customer)
    if reason is Reason.OTHER_LANGUAGE:
        why = (f"written in {language_name(s.signals.language)}", *why)
    return OpenCase(
        reason=reason,
        team=rule.team if understood else "care",
        priority=priority,
        priority_reasons=why,
        reopen=s.reopens.id if s.reopens else None,
    )


def _priority_of_all(s: Situation, rule: IntentRule) -> Priority:
    """Return the priority of the most pressing request; `rule` is what weighs most."""
    return min(rule.priority, *(s.rule_of(one).priority for one in s.requests))


def _invites(s: Situation, reason: Reason) -> bool:
    """Whether to ask in public for a direct message, beside the acknowledgement."""
    if s.private or reason in _SPECIAL_LINES:
        return False
    known = reason in (s.rule.reason, Reason.SEVERAL_REQUESTS)
    about_them = known and any(s.rule_of(one).personal for one in s.requests)
    return about_them or bool(s.reading.signals.personal_data)


def _acknowledgement(s: Situation, reason: Reason) -> str:
    if reason in _SPECIAL_LINES:
        return _SPECIAL_LINES[reason]
    complains = any(one.intent == "complaint_service" for one in s.requests)
    upset = s.reading.signals.angry or complains
    return "acknowledge_upset" if upset else "acknowledge"
