"""The decision. Pure: the same arguments always give the same effects.

The questions are asked in this order, and the first that applies decides:
stop or start words · a case that an agent holds · nothing to read · an earlier
message that failed · a running dialogue · what the intent's rule in the policy says.
What then is handed to people joins a case that is already open.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.flow.silence import silence
from bot.model.case import ACTIVE, HELD, Case, CaseStatus, Priority
from bot.model.customer import Customer
from bot.model.effect import (
    Converse,
    Decision,
    Effect,
    EndDialogue,
    JoinCase,
    OpenCase,
    Say,
    SetOptOut,
    Turn,
)
from bot.model.event import Outcome
from bot.model.message import Visibility
from bot.model.policy import Handling, IntentRule, Policy
from bot.model.reading import Reading, Request
from bot.model.reason import Reason

# Rules that count however unsure the model is: better one case too many.
_ALWAYS_PEOPLE = frozenset({Reason.ASKED_FOR_HUMAN, Reason.LEGAL_THREAT, Reason.SAFETY})
_SURE_ENOUGH_FOR_PEOPLE = 0.3  # below this even those are treated as not understood
_NEEDS_A_REPLY = 0.5


def decide(turn: Turn, customer: Customer, policy: Policy, now: datetime) -> Decision:
    """Choose what to do with one turn of one customer.

    The effects come in the order in which they must happen. `Converse` is the one
    effect that needs the world; what came of it goes to `after_dialogue`.
    """
    return _Turn(turn, customer, policy, now).decide()


class _Turn:
    """The arguments of one decision, so that the steps below read like sentences."""

    def __init__(
        self, turn: Turn, customer: Customer, policy: Policy, now: datetime
    ) -> None:
        self.turn, self.customer, self.policy = turn, customer, policy
        self.reading: Reading = turn.reading
        self.request: Request = turn.reading.top
        self.rule: IntentRule = policy.rule(self.request.intent)
        self.silence = silence(turn, customer, policy, now)
        self.private = turn.last.visibility is Visibility.PRIVATE
        case = customer.case
        self.active: Case | None = case if case and case.status in ACTIVE else None
        self.resolved: Case | None = (
            case
            if case
            and case.status is CaseStatus.RESOLVED
            and case.resolved_at is not None
            and now - case.resolved_at <= policy.reopen_within
            else None
        )
        self.dialogue_is_live = (
            customer.dialogue is not None
            and customer.dialogue_at is not None
            and now - customer.dialogue_at <= policy.dialogue_timeout
        )

    # -- the order of the questions ------------------------------------------

    def decide(self) -> Decision:
        for step in (
            self._control_words,
            self._held_case,
            self._nothing_to_read,
            self._earlier_failure,
            self._running_dialogue,
            self._foreign_language,
            self._public_personal_data,
        ):
            decision = step()
            if decision is not None:
                return decision
        return self._by_rule()

    def _control_words(self) -> Decision | None:
        handling = self._control()
        if handling is Handling.OPT_OUT and self.customer.opted_out:
            return Decision(outcome=Outcome.IGNORED, reason=Reason.OPTED_OUT_REPEAT)
        if handling is Handling.OPT_OUT:
            return self._confirm(Reason.OPT_OUT, opted_out=True)
        if handling is Handling.OPT_IN and self.customer.opted_out:
            return self._confirm(Reason.OPT_IN, opted_out=False)
        return None

    def _control(self) -> Handling | None:
        words = " ".join(_words(self.turn.last.text, self.policy.handle))
        if words in self.policy.opt_out_words:
            return Handling.OPT_OUT
        if words in self.policy.opt_in_words:
            return Handling.OPT_IN
        sure = self.request.confidence >= self.policy.thresholds.small_talk
        if sure and self.rule.handling in (Handling.OPT_OUT, Handling.OPT_IN):
            return self.rule.handling
        return None

    def _confirm(self, reason: Reason, *, opted_out: bool) -> Decision:
        """Confirm once, except where an agent holds the case: then nobody talks over."""
        effects: list[Effect] = [SetOptOut(opted_out), EndDialogue()]
        if self.active:
            effects.append(JoinCase(self.active.id))
        held = self.active is not None and self.active.status in HELD
        withheld = Reason.CASE_CLAIMED if held else self._silence_of_confirmation()
        if withheld is None:
            effects.append(Say((reason.value,)))
        outcome = Outcome.JOINED if held else Outcome.ANSWERED
        if withheld and not held:
            outcome = Outcome.IGNORED
        return Decision(
            outcome=outcome, reason=reason, effects=tuple(effects), withheld=withheld
        )

    def _silence_of_confirmation(self) -> Reason | None:
        """Having opted out is no reason to keep silent about opting in again."""
        return None if self.silence is Reason.OPTED_OUT else self.silence

    def _held_case(self) -> Decision | None:
        if self.active is None or self.active.status not in HELD:
            return None
        return self._join(Reason.CASE_CLAIMED, ends=(EndDialogue(),))

    def _nothing_to_read(self) -> Decision | None:
        texts = (message.text for message in self.turn.messages)
        if any(_words(text, self.policy.handle) for text in texts):
            return None
        return Decision(outcome=Outcome.IGNORED, reason=Reason.EMPTY)

    def _earlier_failure(self) -> Decision | None:
        if not self.customer.earlier_dead:
            return None
        return self._to_people(Reason.EARLIER_DEAD)

    def _running_dialogue(self) -> Decision | None:
        """A question of ours is open in this direct-message thread."""
        if not (self.private and self.dialogue_is_live) or self.silence:
            return None
        leaves = self._sure(self.policy.thresholds.answer) and (
            self.rule.handling is Handling.HAND_OFF
            or self.rule.handling is Handling.ANSWER
        )
        if self.rule.reason in _ALWAYS_PEOPLE and self._sure(_SURE_ENOUGH_FOR_PEOPLE):
            leaves = True
        if leaves and not self.reading.values("order_number"):
            return None
        return self._converse(self.request.intent)

    def _foreign_language(self) -> Decision | None:
        language = self.reading.signals.language
        if language == "und" or language in self.policy.languages:
            return None
        return self._to_people(Reason.OTHER_LANGUAGE, say="acknowledge_language")

    def _public_personal_data(self) -> Decision | None:
        """Answer such a message without a word about the person, and ask for a DM."""
        if self.private or not self.reading.signals.personal_data:
            return None
        if self.rule.handling in (Handling.DIALOGUE, Handling.HAND_OFF):
            return None  # their own rules say the same, and more
        if self.rule.handling is Handling.IGNORE and self._sure(
            self.policy.thresholds.ignore
        ):
            return None
        return self._to_people(Reason.PERSONAL_DATA, say="invite_to_direct")

    # -- by the intent's rule ------------------------------------------------

    def _by_rule(self) -> Decision:
        limits = self.policy.thresholds
        if self.rule.reason in _ALWAYS_PEOPLE and self._sure(_SURE_ENOUGH_FOR_PEOPLE):
            return self._to_people(self.rule.reason)
        if self.private and self._follows_invitation():
            return self._converse(self.customer.invited_for or self.request.intent)
        if self.reading.signals.known_words < limits.known_words:
            return self._to_people(Reason.UNKNOWN_WORDS)
        needed = {
            Handling.ANSWER: limits.answer,
            Handling.SMALL_TALK: limits.small_talk,
            Handling.IGNORE: limits.ignore,
            Handling.DIALOGUE: limits.dialogue,
        }.get(self.rule.handling, limits.answer)
        if not self._sure(needed):
            return self._to_people(Reason.LOW_CONFIDENCE)
        return self._handle()

    def _handle(self) -> Decision:
        handling = self.rule.handling
        if handling is Handling.ANSWER:
            return self._speak(self.request.label, Reason.STANDARD_ANSWER)
        if handling is Handling.SMALL_TALK:
            return self._small_talk()
        if handling is Handling.IGNORE:
            return Decision(outcome=Outcome.IGNORED, reason=self.rule.reason)
        if handling is Handling.DIALOGUE:
            return self._look_up()
        if handling in (Handling.OPT_IN, Handling.OPT_OUT):
            # "you may write to me" from somebody who never forbade it
            return Decision(outcome=Outcome.IGNORED, reason=self.rule.reason)
        return self._to_people(self.rule.reason)

    def _small_talk(self) -> Decision:
        needs_reply = self.reading.signals.needs_reply >= _NEEDS_A_REPLY
        if self.active:
            return self._join(Reason.CASE_OPEN)
        if self.silence and not needs_reply:
            return Decision(
                outcome=Outcome.IGNORED, reason=self.rule.reason, withheld=self.silence
            )
        return self._speak(self.request.intent, self.rule.reason)

    def _speak(self, answer: str, reason: Reason) -> Decision:
        """Say one thing, or leave it to people where the bot must keep silent.

        While a case waits for people the bot answers only in direct messages.
        """
        if self.silence:
            return self._to_people(reason)
        if self.active and not self.private:
            return self._join(Reason.CASE_OPEN)
        joins = (JoinCase(self.active.id),) if self.active else ()
        return Decision(
            outcome=Outcome.ANSWERED, reason=reason, effects=(Say((answer,)), *joins)
        )

    def _look_up(self) -> Decision:
        """About one's own order: in a direct message the dialogue, in public a way there."""
        if self.active:
            return self._join(Reason.CASE_OPEN)
        if self.silence:
            return self._to_people(self.rule.reason)
        if self.private:
            return self._converse(self.request.intent)
        if self.customer.thread(self.turn.last.thread).invited:
            return self._to_people(Reason.PEOPLE_ONLY)
        return Decision(
            outcome=Outcome.ASKED,
            reason=Reason.INVITED,
            effects=(Say(("invite_to_direct",)),),
        )

    def _follows_invitation(self) -> bool:
        """The first direct message after "please write us directly"."""
        if self.customer.invited_for is None or self.active or self.silence:
            return False
        if self.reading.values("order_number"):
            return True
        return (
            not self._sure(self.policy.thresholds.answer)
            or self.rule.handling is Handling.SMALL_TALK
            or self.request.intent in ("affirm", self.customer.invited_for)
        )

    def _converse(self, intent: str) -> Decision:
        if self.active:
            return self._join(Reason.CASE_OPEN)
        return Decision(
            outcome=Outcome.ASKED,
            reason=Reason.FACT_MISSING,
            effects=(Converse(intent),),
        )

    # -- to people -----------------------------------------------------------

    def _to_people(self, reason: Reason, *, say: str | None = None) -> Decision:
        if self.active:
            return self._join(Reason.CASE_OPEN, because=reason)
        spoken = say or self._acknowledgement(reason)
        effects: tuple[Effect, ...] = (EndDialogue(),) if self.customer.dialogue else ()
        if self.silence is None:
            effects = (*effects, Say((spoken,)))
        return Decision(
            outcome=Outcome.HANDED_OFF,
            reason=reason,
            effects=(*effects, self._new_case(reason)),
            withheld=self.silence,
        )

    def _new_case(self, reason: Reason) -> OpenCase:
        understood = reason is self.rule.reason or reason in (
            Reason.PERSONAL_DATA,
            Reason.PEOPLE_ONLY,
        )
        priority, why = priority_of(
            self.rule.priority if understood else Priority.NORMAL,
            self.turn,
            self.customer,
        )
        return OpenCase(
            reason=reason,
            team=self.rule.team if understood else "care",
            priority=priority,
            priority_reasons=why,
            reopen=self.resolved.id if self.resolved else None,
        )

    def _acknowledgement(self, reason: Reason) -> str:
        if not self.private and self.rule.personal and reason is self.rule.reason:
            return "invite_to_direct"
        special = {
            Reason.SAFETY: "acknowledge_safety",
            Reason.LEGAL_THREAT: "acknowledge_legal",
            Reason.PRESS: "acknowledge_press",
            Reason.BUSINESS: "acknowledge_business",
        }
        if reason in special:
            return special[reason]
        upset = self.reading.signals.angry or self.request.intent == "complaint_service"
        return "acknowledge_upset" if upset else "acknowledge"

    def _join(
        self,
        reason: Reason,
        *,
        because: Reason | None = None,
        ends: tuple[Effect, ...] = (),
    ) -> Decision:
        """Add to the case people have; a graver message lifts its priority and team."""
        case = self.active
        if case is None:
            raise ValueError("there is no case to join")
        join = JoinCase(case.id)
        grave = self.rule.reason in _ALWAYS_PEOPLE and self._sure(
            _SURE_ENOUGH_FOR_PEOPLE
        )
        priority, why = priority_of(self.rule.priority, self.turn, self.customer)
        if (grave or because is self.rule.reason) and priority < case.priority:
            moved = self.rule.team if case.status is CaseStatus.OPEN else None
            join = replace(join, priority=priority, priority_reasons=why, team=moved)
        return Decision(outcome=Outcome.JOINED, reason=reason, effects=(*ends, join))

    def _sure(self, threshold: float) -> bool:
        return self.request.confidence >= threshold


def priority_of(
    base: Priority, turn: Turn, customer: Customer
) -> tuple[Priority, tuple[str, ...]]:
    """Return the priority with its reasons, which the card shows.

    One step up for anger, urgency or a repeated contact, whichever occur, and
    never above URGENT.
    """
    signals = turn.reading.signals
    why = tuple(
        words
        for applies, words in (
            (base < Priority.NORMAL, "kind of request"),
            (signals.urgent, "says it is urgent"),
            (signals.angry, "upset"),
            (customer.contacts >= 3, f"contact no. {customer.contacts + 1}"),
        )
        if applies
    )
    lifted = signals.urgent or signals.angry or customer.contacts >= 3
    level = max(Priority.URGENT, Priority(base - 1)) if lifted and base > 1 else base
    return Priority(level), why


def _words(text: str, handle: str) -> list[str]:
    """Return the words of `text` without our handle, links and signs."""
    cleaned = "".join(c.casefold() if c.isalnum() else " " for c in _bare(text))
    return [word for word in cleaned.split() if word != handle.casefold()]


def _bare(text: str) -> str:
    kept = (w for w in text.split() if not w.startswith(("@", "http://", "https://")))
    return " ".join(kept)
