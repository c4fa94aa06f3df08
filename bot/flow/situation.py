"""The facts of one decision, derived once from its arguments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.flow.silence import silence
from bot.model.case import ACTIVE, HELD, Case, CaseStatus
from bot.model.customer import Customer
from bot.model.effect import Turn
from bot.model.message import Visibility
from bot.model.policy import IntentRule, Policy
from bot.model.reading import FALLBACK, Reading, Request
from bot.model.reason import Reason

# Rules that count however unsure the model is: better one case too many.
_ALWAYS_PEOPLE = frozenset({Reason.ASKED_FOR_HUMAN, Reason.LEGAL_THREAT, Reason.SAFETY})
_SURE_ENOUGH_FOR_PEOPLE = 0.3  # below this even those are treated as not understood


@dataclass(frozen=True)
class Situation:
    """What a decision is about. Every property is a question with a plain answer."""

    turn: Turn
    customer: Customer
    policy: Policy
    now: datetime

    @property
    def reading(self) -> Reading:
        return self.turn.reading

    @property
    def request(self) -> Request:
        return self.turn.reading.top

    @property
    def rule(self) -> IntentRule:
        """What the policy says about the intent that weighs most."""
        return self.policy.rule(self.request.intent)

    @property
    def private(self) -> bool:
        return self.turn.last.visibility is Visibility.PRIVATE

    @property
    def silence(self) -> Reason | None:
        """Why the bot must not speak; None if it may."""
        return silence(self.turn, self.customer, self.policy, self.now)

    @property
    def active(self) -> Case | None:
        """The case that people have not resolved."""
        case = self.customer.case
        return case if case and case.status in ACTIVE else None

    @property
    def held(self) -> bool:
        """Whether an agent has the case."""
        return self.active is not None and self.active.status in HELD

    @property
    def reopens(self) -> Case | None:
        """The case that was resolved so lately that a new matter reopens it."""
        case = self.customer.case
        if case is None or case.status is not CaseStatus.RESOLVED:
            return None
        ended = case.resolved_at
        lately = ended and self.now - ended <= self.policy.reopen_within
        return case if lately else None

    @property
    def in_dialogue(self) -> bool:
        """Whether a question of ours is open in the direct messages."""
        since = self.customer.dialogue_at
        return (
            self.private
            and self.customer.dialogue is not None
            and since is not None
            and self.now - since <= self.policy.dialogue_timeout
        )

    @property
    def grave(self) -> bool:
        """Whether people must see it even if the model is not sure."""
        return self.rule.reason in _ALWAYS_PEOPLE and self.sure(_SURE_ENOUGH_FOR_PEOPLE)

    def sure(self, threshold: float) -> bool:
        """Whether the model is at least that sure of its reading.

        Its own fallback is a way to say that it is not, however high the figure.
        """
        if self.request.intent == FALLBACK:
            return False
        return self.request.confidence >= threshold

    def words(self, text: str) -> list[str]:
        """Return the words of `text`, without handles, links and signs."""
        kept = (
            word
            for word in text.split()
            if not word.startswith(("@", "http://", "https://"))
        )
        letters = (c.casefold() if c.isalnum() else " " for c in " ".join(kept))
        return [w for w in "".join(letters).split() if w != self.policy.handle]
