"""Stop and start: what customers say about being written to at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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

    Start counts by exact words only, and if nothing newer says stop: consent is never
    guessed. Stop is also believed to the model; then people get the message too,
    since who is angry that nobody answers may use the same words.
    """
    wish = _wish(s)
    if wish is None:
        return None
    if wish.handling is Handling.OPT_IN and not s.customer.opted_out:
        return None
    if wish.handling is Handling.OPT_IN and not _is_taken_back(s, wish.at):
        return _set_opt_out(s, Reason.OPT_IN, wish.at)
    more = wish.guessed or _holds_more(s) or _unsaid(s)
    return _opt_out(s, wish.at, for_people=more)


def by_wish(
    turns: Sequence[Turn], customer: Customer, policy: Policy, now: datetime
) -> tuple[list[Turn], list[Turn]]:
    """Return the turns of all threads that stop us, and the others, in their order.

    Who asks us to stop is obeyed at once; who lets us write again comes after that,
    and before what they ask.
    """
    wishes = [_wish(Situation(turn, customer, policy, now)) for turn in turns]
    said = [wish.handling if wish else None for wish in wishes]

    def those(handling: Handling | None) -> list[Turn]:
        return [turn for turn, one in zip(turns, said, strict=True) if one is handling]

    return those(Handling.OPT_OUT), [*those(Handling.OPT_IN), *those(None)]


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a turn says about being written to: OPT_OUT or OPT_IN, and when."""

    handling: Handling
    at: datetime
    guessed: bool = False  # by the model, not by exact words


def _wish(s: Situation) -> _Wish | None:
    if s.turn.last.nature is not Nature.WRITTEN:
        return None
    for message in reversed(s.turn.messages):
        control = _control(s, message.text)
        if control is not None:
            return _Wish(control, message.sent_at)
    guessed = s.rule.handling is Handling.OPT_OUT and s.sure(s.needed)
    if guessed and not s.reading.signals.asks and not s.grave:
        return _Wish(Handling.OPT_OUT, s.turn.last.sent_at, guessed=True)
    return None


def _is_taken_back(s: Situation, at: datetime) -> bool:
    """Whether they have asked us to stop since they wrote so."""
    stopped = s.customer.stopped_at
    return stopped is not None and at <= stopped


def _control(s: Situation, text: str) -> Handling | None:
    words = " ".join(s.words(text))
    if words in s.policy.opt_out_words:
        return Handling.OPT_OUT
    return Handling.OPT_IN if words in s.policy.opt_in_words else None


def _holds_more(s: Situation) -> bool:
    """Whether the rest of a burst with a control word is more than small talk."""
    texts = [message.text for message in s.turn.messages]
    if not any(_control(s, text) is None and s.words(text) for text in texts):
        return False
    light = (Handling.SMALL_TALK, Handling.IGNORE, Handling.OPT_OUT, Handling.OPT_IN)
    return s.grave is not None or s.rule.handling not in light


def _unsaid(s: Situation) -> bool:
    """Whether an answer is still on its way, which will not be said now."""
    unsent = any(thread.unsent for thread in s.customer.threads.values())
    return unsent and not s.customer.opted_out


def _opt_out(s: Situation, at: datetime, *, for_people: bool) -> Decision:
    if s.customer.opted_out:
        return _opt_out_again(s, SetOptOut(True, at), for_people=for_people)
    decision = _set_opt_out(s, Reason.OPT_OUT, at)
    if not for_people or s.active:
        return decision
    reason = s.grave.reason if s.grave else Reason.OPT_OUT
    return replace(
        decision,
        outcome=Outcome.HANDED_OFF,
        effects=(*decision.effects, new_case(s, reason)),
    )


def _opt_out_again(s: Situation, effect: SetOptOut, *, for_people: bool) -> Decision:
    """Silence is the answer; but from now on only a newer start counts."""
    if not for_people:
        return Decision(
            outcome=Outcome.IGNORED, reason=Reason.OPTED_OUT_REPEAT, effects=(effect,)
        )
    decision = to_people(s, s.grave.reason if s.grave else Reason.LOW_CONFIDENCE)
    return replace(decision, effects=(effect, *decision.effects))


def _set_opt_out(s: Situation, reason: Reason, at: datetime) -> Decision:
    """Confirm once, unless an agent holds the case: nobody talks over people."""
    effects: list[Effect] = [SetOptOut(reason is Reason.OPT_OUT, at), EndDialogue()]
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
