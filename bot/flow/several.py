"""The decision on a message that asks for several things. Pure.

The bot answers alone only if what it says covers all that was asked; else people get
the whole message, with every request on the card.
"""

from __future__ import annotations

from bot.flow.handoff import join, to_people
from bot.flow.situation import Situation
from bot.model.case import Priority
from bot.model.effect import Decision, JoinCase, Say
from bot.model.event import Outcome
from bot.model.policy import Handling
from bot.model.reading import Request
from bot.model.reason import Reason

_BY_THE_BOT = frozenset({Handling.ANSWER, Handling.SMALL_TALK})
_MOST_ANSWERS = 3  # more is a form letter, not an answer


def several_requests(s: Situation) -> Decision | None:
    """Answer all of several requests, or let people; None for one request."""
    if not s.several:
        return None
    rules = [s.rule_of(request) for request in s.requests]
    covered = all(
        rule.handling in _BY_THE_BOT and s.sure_of(request)
        for rule, request in zip(rules, s.requests, strict=True)
    )
    answers = any(rule.handling is Handling.ANSWER for rule in rules)
    short = len(rules) <= _MOST_ANSWERS
    if covered and answers and short and not s.reading.signals.angry:
        return speak(s, *map(_said_to, s.requests), reason=Reason.STANDARD_ANSWER)
    return to_people(s, _reason(s))


def _said_to(request: Request) -> str:
    return request.label if request.faq else request.intent


def _reason(s: Situation) -> Reason:
    """Return why people decide: what weighs most says so, if it is surely theirs."""
    people_s = s.rule.handling is Handling.HAND_OFF and s.sure_of(s.request)
    return s.rule.reason if people_s else Reason.SEVERAL_REQUESTS


def speak(s: Situation, *answers: str, reason: Reason) -> Decision:
    """Say these answers, or leave it to people where the bot must, or can, say nothing.

    While a case waits for people the bot answers only in direct messages.
    """
    if s.silence:
        return to_people(s, reason)
    if not s.turn.untold.isdisjoint(answers):
        return to_people(s, Reason.NO_ANSWER)
    urgent = s.active is not None and s.active.priority is Priority.URGENT
    if s.active and (urgent or not s.private):
        return join(s, Reason.CASE_OPEN)
    joins = (JoinCase(s.active.id),) if s.active else ()
    return Decision(
        outcome=Outcome.ANSWERED, reason=reason, effects=(Say(answers), *joins)
    )
