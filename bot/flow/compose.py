"""From what the bot wants to say to the words: one text for one turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeGuard

from bot.flow.may_reply import Speech, may_reply
from bot.flow.plain_text import holds_link
from bot.flow.problem import Problem
from bot.flow.public_check import problems_of
from bot.model.customer import Customer, fingerprint, same_words
from bot.model.effect import Decision, Effect, Say, SayText
from bot.model.message import Visibility
from bot.model.network_rules import NetworkRules
from bot.model.outgoing import Speaker
from bot.model.policy import Policy
from bot.model.reading import FAQ
from bot.model.reason import Reason
from bot.model.spending import Budget
from bot.ports import Answers, Channel

SAFE = "safe_fallback"
ACKNOWLEDGEMENT = "acknowledge"
INTRODUCTION = "introduction"
WORDINGS_TRIED = 12  # before a text may come again


@dataclass(frozen=True, slots=True)
class Composed:
    """The text, and what was wrong with the one it replaces.

    With `withheld` it must not be said, whatever it says. `left_out`: there was room
    for the first of several answers only, and people answer the rest.
    """

    text: str
    stopped: tuple[Problem, ...] = ()
    withheld: Reason | None = None
    generated: bool = False
    invites: bool = False  # to write a direct message
    left_out: bool = False


class Composer:
    """Chooses wordings, joins parts and checks the whole."""

    def __init__(self, answers: Answers, policy: Policy) -> None:
        self._answers, self._policy = answers, policy

    def compose(
        self,
        effects: Sequence[Effect],
        visibility: Visibility,
        *,
        customer: Customer,
        channel: Channel,
        seed: str,
        wait: str,
        introduce: bool,
        now: datetime,
    ) -> Composed | None:
        """Return the one text that these effects want said; None if they want none.

        Parts are joined to one text, since a second post in public would break the
        networks' rules; where several answers are too long for that, the first is
        said and that a person will answer. What this customer has lately heard, or our
        account has lately posted, comes in another wording if there is one; so does
        what holds a link when the budget has none left. A text that fails the check is
        replaced by a safe one.
        """
        shortened = self._shortened(effects, visibility, channel, seed=seed, wait=wait)
        effects = shortened or effects
        text = unsaid = ""
        lately = self._lately(customer, visibility)
        budget = self._policy.conditions_on(customer.channel).budget
        no_links = budget is Budget.NO_LINKS
        for attempt in range(WORDINGS_TRIED):
            parts = self._parts(
                effects, visibility, seed=f"{seed}:{attempt}", wait=wait
            )
            if not parts:
                return None
            text = (" " if visibility is Visibility.PUBLIC else "\n\n").join(parts)
            if fingerprint(text) in customer.said or (no_links and holds_link(text)):
                continue
            unsaid = text
            if not lately or same_words(text) not in lately:
                break
        text = unsaid or text
        if introduce and self._answers.has(INTRODUCTION, visibility):
            words = self._word(INTRODUCTION, visibility, seed, wait)
            text = f"{self._introduced(words, channel.rules)}\n\n{text}"
        problems = problems_of(
            text,
            visibility,
            facts=customer.facts,
            rules=self._policy.public,
            length=channel.length,
            limit=channel.limit(visibility),
        )
        if problems:
            return Composed(self._word(SAFE, visibility, seed, wait), problems)
        generated = any(isinstance(one, SayText) and one.generated for one in effects)
        speech = Speech(
            channel=customer.channel,
            visibility=visibility,
            repeats=fingerprint(text) in customer.said,
            generated=generated,
            link=holds_link(text),
            budget=budget,
        )
        withheld = may_reply(
            speech,
            speaker=Speaker.BOT,
            policy=self._policy,
            now=now,
            rules=channel.rules,
        )
        return Composed(
            text,
            withheld=withheld,
            generated=generated,
            invites=_invites(effects),
            left_out=shortened is not None,
        )

    def _shortened(
        self,
        effects: Sequence[Effect],
        visibility: Visibility,
        channel: Channel,
        *,
        seed: str,
        wait: str,
    ) -> tuple[Effect, ...] | None:
        """Return what is said in place of several answers that may be too long.

        None if they are not several, or fit in whatever words they come.
        """
        several = next((one for one in effects if _is_several_answers(one)), None)
        if visibility is Visibility.PRIVATE or several is None:
            return None
        texts = [
            " ".join(
                self._parts(effects, visibility, seed=f"{seed}:{attempt}", wait=wait)
            )
            for attempt in range(WORDINGS_TRIED)
        ]
        if max(map(channel.length, texts)) <= channel.limit(visibility):
            return None
        return (Say((several.parts[0], ACKNOWLEDGEMENT)),)

    def _lately(self, customer: Customer, visibility: Visibility) -> frozenset[str]:
        """Return the words that our account should not post again so soon."""
        said = self._policy.conditions_on(customer.channel).said
        return said if visibility is Visibility.PUBLIC else frozenset()

    def _introduced(self, words: str, rules: NetworkRules) -> str:
        """Return the words that say that a bot speaks, with a link if it has to be."""
        link = self._policy.x.privacy_link if rules.wants_privacy_link else ""
        return words if link in words else f"{words} {link}"

    def _parts(
        self, effects: Sequence[Effect], visibility: Visibility, *, seed: str, wait: str
    ) -> list[str]:
        parts: list[str] = []
        for effect in effects:
            if isinstance(effect, Say):
                parts += [self._word(p, visibility, seed, wait) for p in effect.parts]
            elif isinstance(effect, SayText):
                parts.append(effect.text)
        return parts

    def _word(self, name: str, visibility: Visibility, seed: str, wait: str) -> str:
        return self._answers.text(name, visibility, seed=seed, wait=wait)


def invites(decision: Decision) -> bool:
    """Tell whether what is said asks the customer for a direct message."""
    return _invites(decision.effects)


def _is_several_answers(effect: Effect) -> TypeGuard[Say]:
    if not isinstance(effect, Say) or len(effect.parts) == 1:
        return False
    return sum(part.startswith(f"{FAQ}/") for part in effect.parts) > 1


def _invites(effects: Sequence[Effect]) -> bool:
    parts = [part for one in effects if isinstance(one, Say) for part in one.parts]
    return "invite_to_direct" in parts
