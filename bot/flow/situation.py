"""The facts of one decision, derived once from its arguments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from bot.flow.may_reply import may_reply, speech_of_turn
from bot.flow.watch import watched, words_of
from bot.model.case import ACTIVE, HELD, Case, CaseStatus, Priority
from bot.model.customer import Customer
from bot.model.effect import Turn
from bot.model.message import Visibility
from bot.model.outgoing import Speaker
from bot.model.policy import Handling, IntentRule, Policy
from bot.model.reading import FALLBACK, Reading, Request, Signals
from bot.model.reason import Reason
from bot.model.sign import SignKind

# Rules that count however unsure the model is: better one case too many.
_ALWAYS_PEOPLE = frozenset({Reason.ASKED_FOR_HUMAN, Reason.LEGAL_THREAT, Reason.SAFETY})
_GRAVE_SIGNS = (
    (SignKind.SAFETY, Reason.SAFETY),
    (SignKind.LEGAL, Reason.LEGAL_THREAT),
)
_SURE_ENOUGH_FOR_PEOPLE = 0.3  # below this even those are treated as not understood
_DANGER_AS_SECOND = 0.25  # danger counts also where it is only the second guess
_NEEDS_A_REPLY = 0.5
_LOOKUPS_A_DAY = 3  # failed ones, after which people take over
_DAY = timedelta(days=1)


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
    def signals(self) -> Signals:
        return self.turn.reading.signals

    @property
    def request(self) -> Request:
        return self.turn.reading.top

    @property
    def requests(self) -> tuple[Request, ...]:
        """All that the customer asks for, in the order of its weight."""
        return self.turn.reading.requests

    @property
    def several(self) -> bool:
        """Whether the customer asks for more than one thing."""
        return len(self.requests) > 1

    @property
    def rule(self) -> IntentRule:
        """What the policy says about the intent that weighs most."""
        return self.rule_of(self.request)

    def rule_of(self, request: Request) -> IntentRule:
        """Return what the policy says about one of the requests."""
        return self.policy.rule(request.intent)

    @property
    def private(self) -> bool:
        return self.turn.last.visibility is Visibility.PRIVATE

    @cached_property
    def silence(self) -> Reason | None:
        """Why the bot must not speak; None if it may."""
        speech = speech_of_turn(self.turn, self.customer, self.policy)
        return may_reply(speech, speaker=Speaker.BOT, policy=self.policy, now=self.now)

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
        if case is None or case.status is not CaseStatus.RESOLVED or case.closed_at:
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

    @cached_property
    def grave(self) -> IntentRule | None:
        """What people must see even if the model is not sure; None if nothing.

        A watchword counts most, then the intents, then danger as a second guess, then
        what the text shows whatever it is about.
        """
        watch = watched((m.text for m in self.turn.messages), self.policy)
        if watch is not None:
            return IntentRule(
                handling=Handling.HAND_OFF,
                reason=watch.reason,
                team=watch.team,
                priority=watch.priority,
            )
        for request in self.requests:
            rule = self.rule_of(request)
            sure = request.confidence >= _SURE_ENOUGH_FOR_PEOPLE
            if rule.reason in _ALWAYS_PEOPLE and sure:
                return self._graver(rule)
        for guess in self.reading.alternatives[:1]:
            rule = self.policy.rule(guess.intent)
            if rule.reason is Reason.SAFETY and guess.confidence >= _DANGER_AS_SECOND:
                return rule
        for kind, reason in _GRAVE_SIGNS:
            if self.signals.sign(kind).score >= self.policy.thresholds.grave:
                return self._graver(self._rule_for(reason))
        return None

    def _graver(self, rule: IntentRule) -> IntentRule:
        """Return `rule` with the priority of the most pressing thing beside it."""
        priority = min(self.rule_of(one).priority for one in self.requests)
        return replace(rule, priority=min(rule.priority, priority))

    def _rule_for(self, reason: Reason) -> IntentRule:
        """Return the rule of the intent that goes to people for `reason`."""
        for rule in self.policy.intents.values():
            if rule.reason is reason and rule.handling is Handling.HAND_OFF:
                return rule
        return IntentRule(
            handling=Handling.HAND_OFF, reason=reason, priority=Priority.URGENT
        )

    @property
    def needed(self) -> float:
        """How sure the model must be for what the intent's rule wants."""
        return self.needed_by(self.rule)

    def needed_by(self, rule: IntentRule) -> float:
        """Return how sure the model must be for what `rule` wants."""
        if rule.at_least is not None:
            return rule.at_least
        limits = self.policy.thresholds
        if rule.handling is Handling.ANSWER:
            return limits.answer
        if rule.handling is Handling.DIALOGUE:
            return limits.dialogue
        return limits.ignore if rule.handling is Handling.IGNORE else limits.small_talk

    def sure_of(self, request: Request) -> bool:
        """Whether the model is sure enough for what the request's rule wants.

        Who is upset or may leave us, or asks nothing, most often wants something
        else than a standard answer.
        """
        rule, signals = self.rule_of(request), self.reading.signals
        needed = self.needed_by(rule)
        careful = signals.angry or signals.show(SignKind.CHURN) or not signals.asks
        if rule.handling is Handling.ANSWER and careful:
            needed = max(needed, self.policy.thresholds.answer_careful)
        return request.intent != FALLBACK and request.confidence >= needed

    @property
    def may_look_up(self) -> bool:
        """Whether the customer may try again to prove that an order is theirs."""
        failed = [t for t in self.customer.failed_lookups if self.now - t < _DAY]
        return len(failed) < _LOOKUPS_A_DAY

    @property
    def needs_reply(self) -> bool:
        """Whether a good brand account would not let it pass in silence."""
        return self.reading.signals.needs_reply >= _NEEDS_A_REPLY

    @property
    def unheard_in_private(self) -> bool:
        """Whether they wrote to us directly in an open case and heard nothing there."""
        if not self.private or self.active is None or not self.needs_reply:
            return False
        ours = self.customer.thread(self.turn.last.thread)
        spoke = ours.spoke_at is not None and ours.spoke_at >= self.active.opened_at
        return not spoke and ours.unsent == 0

    def sure(self, threshold: float) -> bool:
        """Whether the model is at least that sure of its reading.

        Its own fallback is a way to say that it is not, however high the figure.
        """
        if self.request.intent == FALLBACK:
            return False
        return self.request.confidence >= threshold

    def words(self, text: str) -> tuple[str, ...]:
        """Return the words of `text`, without handles, links and signs."""
        return words_of(text, self.policy)
