"""The decision. Pure: the same arguments always give the same effects.

The questions are asked in the order of `_QUESTIONS`, and the first that applies
decides; else it is what the intent's rule in the policy says. What is handed to
people joins a case that is already open.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.flow.handoff import join, to_people
from bot.flow.situation import Situation
from bot.model.customer import Customer
from bot.model.effect import (
    Converse,
    Decision,
    Effect,
    EndDialogue,
    JoinCase,
    Say,
    SetOptOut,
    Turn,
)
from bot.model.event import Outcome
from bot.model.policy import Handling, Policy
from bot.model.reading import FALLBACK
from bot.model.reason import Reason

_NEEDS_A_REPLY = 0.5
_FACTS = frozenset({"order_number", "email", "postcode"})  # that dialogues ask for


def decide(turn: Turn, customer: Customer, policy: Policy, now: datetime) -> Decision:
    """Choose what to do with one turn of one customer.

    The effects come in the order in which they must happen. `Converse` is the one
    effect that needs the world; what came of it goes to `after_dialogue`.
    """
    s = Situation(turn, customer, policy, now)
    for question in _QUESTIONS:
        decision = question(s)
        if decision is not None:
            return decision
    return _by_rule(s)


# -- the questions that come before the intent ---------------------------------


def _control_words(s: Situation) -> Decision | None:
    """Stop and start are obeyed in every state."""
    control = _control(s)
    if control is Handling.OPT_OUT and s.customer.opted_out:
        return Decision(outcome=Outcome.IGNORED, reason=Reason.OPTED_OUT_REPEAT)
    if control is Handling.OPT_OUT:
        return _set_opt_out(s, Reason.OPT_OUT, opted_out=True)
    if control is Handling.OPT_IN and s.customer.opted_out:
        return _set_opt_out(s, Reason.OPT_IN, opted_out=False)
    return None


def _control(s: Situation) -> Handling | None:
    words = " ".join(s.words(s.turn.last.text))
    if words in s.policy.opt_out_words:
        return Handling.OPT_OUT
    if words in s.policy.opt_in_words:
        return Handling.OPT_IN
    controls = (Handling.OPT_OUT, Handling.OPT_IN)
    if s.rule.handling in controls and s.sure(s.policy.thresholds.small_talk):
        return s.rule.handling
    return None


def _set_opt_out(s: Situation, reason: Reason, *, opted_out: bool) -> Decision:
    """Confirm once, unless an agent holds the case: nobody talks over people."""
    effects: list[Effect] = [SetOptOut(opted_out), EndDialogue()]
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


def _held_case(s: Situation) -> Decision | None:
    """An agent has the case: the bot is silent, and a dialogue is over."""
    return join(s, Reason.CASE_CLAIMED, ends=(EndDialogue(),)) if s.held else None


def _nothing_to_read(s: Situation) -> Decision | None:
    if any(s.words(message.text) for message in s.turn.messages):
        return None
    if s.active:
        return join(s, Reason.CASE_OPEN)
    if any("://" in message.text for message in s.turn.messages):
        return to_people(s, Reason.EMPTY)  # a bare link is most often a picture
    return Decision(outcome=Outcome.IGNORED, reason=Reason.EMPTY)


def _earlier_failure(s: Situation) -> Decision | None:
    return to_people(s, Reason.EARLIER_DEAD) if s.customer.earlier_dead else None


def _running_dialogue(s: Situation) -> Decision | None:
    """A question of ours is open: the message most likely answers it.

    An order number or a postcode is an answer, whatever intent its few letters
    resemble; a clear change of topic, or a grave matter, leaves the dialogue.
    """
    if not s.in_dialogue or s.silence:
        return None
    answers = any(entity.kind in _FACTS for entity in s.reading.entities)
    elsewhere = s.rule.handling in (Handling.HAND_OFF, Handling.ANSWER)
    changes_topic = elsewhere and s.sure(s.policy.thresholds.leave_dialogue)
    if not answers and (changes_topic or s.grave):
        return None
    return _converse(s, s.request.intent)


def _foreign_language(s: Situation) -> Decision | None:
    language = s.reading.signals.language
    if language == "und" or language in s.policy.languages:
        return None
    return to_people(s, Reason.OTHER_LANGUAGE, say="acknowledge_language")


def _public_personal_data(s: Situation) -> Decision | None:
    """Not a word about the person in public: ask for a direct message."""
    if s.private or not s.reading.signals.personal_data:
        return None
    if s.rule.handling in (Handling.DIALOGUE, Handling.HAND_OFF):
        return None  # their own rules say the same, and more
    ignored = s.rule.handling is Handling.IGNORE
    if ignored and s.sure(s.policy.thresholds.ignore):
        return None
    return to_people(s, Reason.PERSONAL_DATA, say="invite_to_direct")


def _grave_matter(s: Situation) -> Decision | None:
    return to_people(s, s.rule.reason) if s.grave else None


def _first_after_invitation(s: Situation) -> Decision | None:
    """The customer follows "please write to us directly"."""
    intent = s.customer.invited_for
    if intent is None or not s.private or s.active or s.silence:
        return None
    follows = (
        s.reading.values("order_number")
        or not s.sure(s.policy.thresholds.answer)
        or s.rule.handling is Handling.SMALL_TALK
        or s.request.intent in ("affirm", intent)
    )
    return _converse(s, intent) if follows else None


def _unknown_words(s: Situation) -> Decision | None:
    known = s.reading.signals.known_words
    if known >= s.policy.thresholds.known_words and s.request.intent != FALLBACK:
        return None
    return to_people(s, Reason.UNKNOWN_WORDS)


_QUESTIONS: tuple[Callable[[Situation], Decision | None], ...] = (
    _control_words,
    _held_case,
    _nothing_to_read,
    _earlier_failure,
    _running_dialogue,
    _foreign_language,
    _public_personal_data,
    _grave_matter,
    _first_after_invitation,
    _unknown_words,
)


# -- by the intent's rule --------------------------------------------------------


def _by_rule(s: Situation) -> Decision:
    limits = s.policy.thresholds
    needed = {
        Handling.SMALL_TALK: limits.small_talk,
        Handling.IGNORE: limits.ignore,
        Handling.DIALOGUE: limits.dialogue,
    }.get(s.rule.handling, limits.answer)
    if s.rule.at_least is not None:
        needed = s.rule.at_least
    if not s.sure(needed):
        if _asks_nothing(s):
            return Decision(outcome=Outcome.IGNORED, reason=Reason.NO_REPLY_NEEDED)
        return to_people(s, Reason.LOW_CONFIDENCE)
    return _HANDLINGS[s.rule.handling](s)


def _asks_nothing(s: Situation) -> bool:
    """Unsure which, but sure that it is one of the intents without a reply.

    Only in public and with no case open: who writes to us directly wants something.
    """
    silent = 1 - s.reading.signals.needs_reply
    return not s.private and not s.active and silent >= s.policy.thresholds.ignore


def _answer(s: Situation) -> Decision:
    """Upset people, and texts that ask nothing, most often want something else."""
    signals = s.reading.signals
    careful = signals.angry or not signals.asks
    if careful and not s.sure(s.policy.thresholds.answer_careful):
        return to_people(s, Reason.LOW_CONFIDENCE)
    return _speak(s, s.request.label, Reason.STANDARD_ANSWER)


def _small_talk(s: Situation) -> Decision:
    if s.active:
        return join(s, Reason.CASE_OPEN)
    if s.silence and s.reading.signals.needs_reply < _NEEDS_A_REPLY:
        return Decision(
            outcome=Outcome.IGNORED, reason=s.rule.reason, withheld=s.silence
        )
    return _speak(s, s.request.intent, s.rule.reason)


def _speak(s: Situation, answer: str, reason: Reason) -> Decision:
    """Say one thing, or leave it to people where the bot must keep silent.

    While a case waits for people the bot answers only in direct messages.
    """
    if s.silence:
        return to_people(s, reason)
    if s.active and not s.private:
        return join(s, Reason.CASE_OPEN)
    joins = (JoinCase(s.active.id),) if s.active else ()
    return Decision(
        outcome=Outcome.ANSWERED, reason=reason, effects=(Say((answer,)), *joins)
    )


def _look_up(s: Situation) -> Decision:
    """About one's own order: the dialogue in private, in public the way there."""
    if s.active:
        return join(s, Reason.CASE_OPEN)
    if s.silence:
        return to_people(s, s.rule.reason)
    if s.private:
        return _converse(s, s.request.intent)
    if s.customer.thread(s.turn.last.thread).invited:
        return to_people(s, Reason.PEOPLE_ONLY)
    return Decision(
        outcome=Outcome.ASKED,
        reason=Reason.INVITED,
        effects=(Say(("invite_to_direct",)),),
    )


def _converse(s: Situation, intent: str) -> Decision:
    if s.active:
        return join(s, Reason.CASE_OPEN)
    return Decision(
        outcome=Outcome.ASKED, reason=Reason.FACT_MISSING, effects=(Converse(intent),)
    )


def _hand_off(s: Situation) -> Decision:
    return to_people(s, s.rule.reason)


def _ignore(s: Situation) -> Decision:
    """Also "you may write to me again" from somebody who never forbade it."""
    return Decision(outcome=Outcome.IGNORED, reason=s.rule.reason)


_HANDLINGS: dict[Handling, Callable[[Situation], Decision]] = {
    Handling.ANSWER: _answer,
    Handling.SMALL_TALK: _small_talk,
    Handling.DIALOGUE: _look_up,
    Handling.HAND_OFF: _hand_off,
    Handling.IGNORE: _ignore,
    Handling.OPT_OUT: _ignore,
    Handling.OPT_IN: _ignore,
}
