"""Which of several requests weighs most: what a good agent would act on first. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.model.policy import DEFAULT_TEAM, Handling, Policy
from bot.model.reading import Reading, Request
from bot.model.reason import Reason

_GRAVE = (Reason.SAFETY, Reason.LEGAL_THREAT)  # the gravest first
_BY_PEOPLE = frozenset({Handling.HAND_OFF, Handling.DIALOGUE})


def weighed(reading: Reading, policy: Policy) -> Reading:
    """Return `reading` with its requests in the order of their weight.

    Danger and the law first, then one's own orders, money and account by the
    policy's priority, then other matters for people, then what the bot answers.
    What weighs the same stays in the order in which it was read.
    """
    if len(reading.requests) == 1:
        return reading

    def weight(request: Request) -> tuple[int, ...]:
        rule = policy.rule(request.intent)
        if rule.reason in _GRAVE:
            return 0, _GRAVE.index(rule.reason), 0
        if rule.personal:
            return 1, rule.priority, rule.team == DEFAULT_TEAM
        if rule.handling in _BY_PEOPLE:
            return 2, 0, 0
        return (3 if rule.handling is Handling.ANSWER else 4), 0, 0

    return replace(reading, requests=tuple(sorted(reading.requests, key=weight)))
