"""The decision. Pure: the same arguments always give the same effects.

The questions are asked in the order of `_QUESTIONS`, and the first that applies
decides; else it is what the intent's rule in the policy says. What is handed to
people joins a case that is already open.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.flow.control import control_words
from bot.flow.handoff import join, to_people
from bot.flow.several import several_requests, speak
from bot.flow.situation import Situation
from bot.model.customer import Customer
from bot.model.effect import (
    Converse,
    Decision,
    EndDialogue,
    Say,
    Turn,
)
from bot.model.event import Outcome
from bot.model.message import Nature
from bot.model.policy import Handling, Policy
from bot.model.reading import FALLBACK
from bot.model.reason import Reason

_SHORT = 4  # words: with a digit among them, most likely a mistyped fact
_FOLLOWS = 8  # words of an unclear first message that still follows an invitation
_NOT_TO_US = {
    Nature.OWN: Reason.OWN_POST,
    Nature.REPOST: Reason.REPOST,
    Nature.MACHINE: Reason.MACHINE,
}
_FACTS = frozenset({"order_number", "email", "postcode"})  # that dialogues ask for
_THANKS = "thanks"  # need no reply, unless somebody goes on behind them


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


def _not_to_us(s: Situation) -> Decision | None:
    """Nobody wrote it to us: our own posts, reposts and other bots' words."""
    reason = _NOT_TO_US.get(s.turn.last.nature)
    return Decision(outcome=Outcome.IGNORED, reason=reason) if reason else None


def _held_case(s: Situation) -> Decision | None:
    """An agent has the case: the bot is silent, and a dialogue is over."""
    return join(s, Reason.CASE_CLAIMED, ends=(EndDialogue(),)) if s.held else None


def _encrypted(s: Situation) -> Decision | None:
    """It can be read in the network's own app only: by people, without a word of ours."""
    unreadable = s.turn.last.nature is Nature.ENCRYPTED
    return to_people(s, Reason.ENCRYPTED) if unreadable else None


def _nothing_to_read(s: Situation) -> Decision | None:
    if any(s.words(message.text) for message in s.turn.messages):
        return None
    if s.active:
        return join(s, Reason.CASE_OPEN)
    if s.in_dialogue and not s.silence:
        return _converse(s, s.request.intent)
    asks = s.private and any("?" in message.text for message in s.turn.messages)
    picture = any(m.attachments or "://" in m.text for m in s.turn.messages)
    if picture or asks or s.reading.signals.angry:
        return to_people(s, Reason.EMPTY)
    return Decision(outcome=Outcome.IGNORED, reason=Reason.EMPTY)


def _earlier_failure(s: Situation) -> Decision | None:
    return to_people(s, Reason.EARLIER_DEAD) if s.customer.earlier_dead else None


def _running_dialogue(s: Situation) -> Decision | None:
    """A question of ours is open: the message most likely answers it.

    An order number or a postcode is an answer, whatever intent its few letters
    resemble; a clear change of topic, or a grave matter, leaves the dialogue.
    """
    if not s.in_dialogue or s.silence or s.several:
        return None  # the dialogue would answer one of several things
    words = s.words(s.turn.last.text)
    short = len(words) <= _SHORT and any(c.isdigit() for c in s.turn.last.text)
    answers = short or any(entity.kind in _FACTS for entity in s.reading.entities)
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
    personal = s.rule.personal or s.rule.handling is Handling.IGNORE
    if personal and s.sure(s.needed):
        return None  # their own rules say the same, or it is spam
    return to_people(s, Reason.PERSONAL_DATA)


def _grave_matter(s: Situation) -> Decision | None:
    return to_people(s, s.grave.reason) if s.grave else None


def _first_after_invitation(s: Situation) -> Decision | None:
    """The customer follows "please write to us directly"."""
    intent, since = s.customer.invited_for, s.customer.invited_at
    if intent is None or not s.private or s.active or s.silence or s.several:
        return None
    if since is None or s.now - since > s.policy.backlog_limit:
        return None
    brief = len(s.words(s.turn.last.text)) <= _FOLLOWS
    follows = (
        s.reading.values("order_number")
        or (brief and not s.sure(s.policy.thresholds.answer))
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
    _not_to_us,
    control_words,
    _held_case,
    _encrypted,
    _nothing_to_read,
    _earlier_failure,
    _running_dialogue,
    _grave_matter,
    _foreign_language,
    _public_personal_data,
    _first_after_invitation,
    _unknown_words,
    several_requests,
)


# -- by the intent's rule --------------------------------------------------------


def _by_rule(s: Situation) -> Decision:
    if not s.sure(s.needed):
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
    if not s.sure_of(s.request):
        return to_people(s, Reason.LOW_CONFIDENCE)
    return speak(s, s.request.label, reason=Reason.STANDARD_ANSWER)


def _small_talk(s: Situation) -> Decision:
    if s.active:
        return join(s, Reason.CASE_OPEN)
    if s.reading.signals.angry or _goes_on(s):
        return to_people(s, Reason.LOW_CONFIDENCE)  # "thanks for nothing"
    if s.silence and not s.needs_reply:
        return Decision(
            outcome=Outcome.IGNORED, reason=s.rule.reason, withheld=s.silence
        )
    return speak(s, s.request.intent, reason=s.rule.reason)


def _goes_on(s: Situation) -> bool:
    """Tell whether thanks are not all: "same here, could you help me?" resembles them."""
    return s.request.intent == _THANKS and s.needs_reply


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
    if not s.may_look_up:
        return to_people(s, Reason.DIALOGUE_FAILED)
    return Decision(
        outcome=Outcome.ASKED, reason=Reason.FACT_MISSING, effects=(Converse(intent),)
    )


def _hand_off(s: Situation) -> Decision:
    return to_people(s, s.rule.reason)


def _unclear(s: Situation) -> Decision:
    """Something about stopping or starting that is not plainly that."""
    return to_people(s, Reason.LOW_CONFIDENCE)


def _ignore(s: Situation) -> Decision:
    """Say nothing, unless more than these words is meant: "is that true?"."""
    if s.needs_reply:
        return to_people(s, Reason.LOW_CONFIDENCE)
    return Decision(outcome=Outcome.IGNORED, reason=s.rule.reason)


_HANDLINGS: dict[Handling, Callable[[Situation], Decision]] = {
    Handling.ANSWER: _answer,
    Handling.SMALL_TALK: _small_talk,
    Handling.DIALOGUE: _look_up,
    Handling.HAND_OFF: _hand_off,
    Handling.IGNORE: _ignore,
    Handling.OPT_OUT: _unclear,
    Handling.OPT_IN: _unclear,
}
