"""What to do after the world has answered: a dialogue's turn, a send that failed."""

from __future__ import annotations

from bot.flow.handoff import priority_of
from bot.model.case import ACTIVE, Case, Priority
from bot.model.customer import Customer
from bot.model.effect import (
    Decision,
    Effect,
    EndDialogue,
    JoinCase,
    OpenCase,
    Say,
    SayText,
    Turn,
)
from bot.model.event import Outcome
from bot.model.message import Visibility
from bot.model.outgoing import Speaker
from bot.model.policy import Policy
from bot.model.reason import Reason
from bot.model.work import Buried, SendFailure
from bot.ports import DialogueTurn

FAILED = "failed"  # DialogueTurn.handoff after too many tries


def after_dialogue(
    spoken: DialogueTurn, turn: Turn, customer: Customer, policy: Policy
) -> Decision:
    """Turn what the dialogue said into a decision; people take over if it says so."""
    says: tuple[Effect, ...] = tuple(
        SayText(text, generated=spoken.generated) for text in spoken.texts
    )
    if spoken.handoff is None:
        return Decision(
            outcome=Outcome.ASKED if spoken.asked else Outcome.ANSWERED,
            reason=Reason.FACT_MISSING if spoken.asked else Reason.LOOKED_UP,
            effects=says,
        )
    rule = policy.rule(turn.reading.top.intent)
    reason = (
        Reason.DIALOGUE_FAILED if spoken.handoff == FAILED else Reason.DIALOGUE_HANDOFF
    )
    priority, why = priority_of(rule.priority, turn, customer)
    opened = OpenCase(
        reason=reason,
        team=rule.team,
        priority=priority,
        priority_reasons=why,
        learned=spoken.learned,
    )
    return Decision(
        outcome=Outcome.HANDED_OFF,
        reason=reason,
        effects=(*says, EndDialogue(), Say(("acknowledge",)), opened),
    )


def after_failure(failure: SendFailure, customer: Customer) -> Decision:
    """Hand a text that did not reach the customer to people.

    The bot's own words that a check stopped are replaced by a safe line in public.
    """
    case = customer.case
    if case is not None and case.status in ACTIVE:
        return Decision(
            outcome=Outcome.JOINED, reason=failure.reason, effects=(JoinCase(case.id),)
        )
    safe = (
        failure.reason is Reason.UNSAFE_TEXT
        and failure.outgoing.speaker is Speaker.BOT
        and failure.outgoing.visibility is Visibility.PUBLIC
        and not customer.opted_out
    )
    says: tuple[Effect, ...] = (Say(("safe_fallback",)),) if safe else ()
    return Decision(
        outcome=Outcome.HANDED_OFF,
        reason=failure.reason,
        effects=(*says, _case_for(failure, case)),
    )


def after_burial(buried: Buried, customer: Customer) -> Decision:
    """Tell people of what could not be handled; the bot adds no words to it."""
    case = customer.case
    if case is not None and case.status in ACTIVE:
        return Decision(
            outcome=Outcome.JOINED, reason=buried.reason, effects=(JoinCase(case.id),)
        )
    opened = OpenCase(
        reason=buried.reason,
        team=case.team if case else "care",
        priority=Priority.HIGH,
        priority_reasons=("a message could not be handled",),
    )
    return Decision(outcome=Outcome.HANDED_OFF, reason=buried.reason, effects=(opened,))


def _case_for(failure: SendFailure, case: Case | None) -> OpenCase:
    own = case if case and case.id == failure.outgoing.case else None
    again = own if own and own.closed_at is None else None
    return OpenCase(
        reason=failure.reason,
        team=case.team if case else "care",
        priority=Priority.HIGH,
        priority_reasons=("a text of ours did not arrive",),
        reopen=again.id if again else None,  # what has closed stays closed
    )
