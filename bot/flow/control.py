"""Stop and start: what customers say about being written to at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.flow.handoff import new_case, to_people
from bot.flow.situation import Situation
from bot.model.customer import Customer
from bot.model.effect import (
    Decision,
    Effect,
    EndDialogue,
    JoinCase,
    Say,
    SetOptOut,
    Turn,
)
from bot.model.event import Outcome
from bot.model.message import Nature
from bot.model.policy import Handling, Policy
from bot.model.reason import Reason


def control_words(s: Situation) -> Decision | None:
    """Stop and start are obeyed in every state, in any message of a burst.

    Start counts by exact words only: consent is never guessed. Stop is also
    believed to the model; then people get the message too, since who is angry
    that nobody answers may use the same words.
    """
    if s.turn.last.nature is not Nature.WRITTEN:
        return None
    said = [_control(s, message.text) for message in s.turn.messages]
    control = next((one for one in reversed(said) if one), None)
    if control is Handling.OPT_IN:
        return _set_opt_out(s, Reason.OPT_IN) if s.customer.opted_out else None
    if control is Handling.OPT_OUT:
        more = any(
            one is None and s.words(message.text)
            for one, message in zip(said, s.turn.messages, strict=True)
        )
        return _opt_out(s, for_people=(more and _is_a_matter(s)) or _unsaid(s))
    guessed = s.rule.handling is Handling.OPT_OUT and s.sure(s.needed)
    if guessed and not s.reading.signals.asks and not s.grave:
        return _opt_out(s, for_people=True)
    return None


def opts_out(turn: Turn, customer: Customer, policy: Policy, now: datetime) -> bool:
    """Whether this turn stops what the bot would say in other threads as well."""
    decision = control_words(Situation(turn, customer, policy, now))
    effects = decision.effects if decision else ()
    return any(isinstance(one, SetOptOut) and one.opted_out for one in effects)


def _control(s: Situation, text: str) -> Handling | None:
    words = " ".join(s.words(text))
    if words in s.policy.opt_out_words:
        return Handling.OPT_OUT
    return Handling.OPT_IN if words in s.policy.opt_in_words else None


def _is_a_matter(s: Situation) -> bool:
    """Whether the rest of a burst with a stop word is more than small talk."""
    light = (Handling.SMALL_TALK, Handling.IGNORE, Handling.OPT_OUT, Handling.OPT_IN)
    return s.grave is not None or s.rule.handling not in light


def _unsaid(s: Situation) -> bool:
    """Whether an answer is still on its way, which will not be said now."""
    unsent = any(thread.unsent for thread in s.customer.threads.values())
    return unsent and not s.customer.opted_out


def _opt_out(s: Situation, *, for_people: bool) -> Decision:
    if s.customer.opted_out and not for_people:
        return Decision(outcome=Outcome.IGNORED, reason=Reason.OPTED_OUT_REPEAT)
    if s.customer.opted_out:
        return to_people(s, s.grave.reason if s.grave else Reason.LOW_CONFIDENCE)
    decision = _set_opt_out(s, Reason.OPT_OUT)
    if not for_people or s.active:
        return decision
    reason = s.grave.reason if s.grave else Reason.OPT_OUT
    return replace(
        decision,
        outcome=Outcome.HANDED_OFF,
        effects=(*decision.effects, new_case(s, reason)),
    )


def _set_opt_out(s: Situation, reason: Reason) -> Decision:
    """Confirm once, unless an agent holds the case: nobody talks over people."""
    effects: list[Effect] = [SetOptOut(reason is Reason.OPT_OUT), EndDialogue()]
    if s.active:
        effects.append(JoinCase(s.active.id))
    if s.held:
        return Decision(
            outcome=Outcome.JOINED,
            reason=reason,
            effects=tuple(effects),
            withheld=Reason.CASE_CLAIMED,
        )
    # Having opted out is no reason to keep silent about opting in again.
    withheld = None if s.silence is Reason.OPTED_OUT else s.silence
    if withheld is None:
        effects.append(Say((reason.value,)))
    return Decision(
        outcome=Outcome.IGNORED if withheld else Outcome.ANSWERED,
        reason=reason,
        effects=tuple(effects),
        withheld=withheld,
    )
