"""What one model makes of messages, beside what people say of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Final

from bot.flow.decide import decide
from bot.gate.frozen import Frozen
from bot.model.comparison import Guess
from bot.model.customer import Customer
from bot.model.effect import Decision, Say, Turn
from bot.model.event import Outcome
from bot.model.message import (
    DIRECT,
    ChannelName,
    CustomerId,
    Message,
    MessageId,
    ThreadId,
    Visibility,
)
from bot.model.policy import Handling, Policy
from bot.model.reading import FAQ, OUT_OF_SCOPE, Reading
from bot.nlu.evaluation import REPLY_THRESHOLD
from bot.nlu.unseen_readings import UnseenReading

# Nobody wrote it, and no opening hours apply: only the reading is to matter.
_CHANNEL: Final = ChannelName("gate")
_NOON: Final = datetime(2026, 1, 7, 12, tzinfo=timezone.utc)
_ALONE: Final = frozenset({Outcome.ANSWERED, Outcome.ASKED, Outcome.IGNORED})
_SPEAKING: Final = frozenset({Outcome.ANSWERED, Outcome.ASKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One message as one model read it.

    Attributes:
        labels: everything that it may rightly be read as, the main thing first; empty
            where nobody said.
        found: everything that the model read in it.
        alone: the bot would act without people.
        speaks: the bot would say more than an acknowledgement.
        said: the labels of the answers that it would give by itself.
        ours: how sure it is that the message is about something of ours.
        needs_reply: what people say; None where nobody did.
        would_reply: what the model says.
        kinds: the kinds of entities that the model found in it.
    """

    id: str
    text: str
    labels: tuple[str, ...]
    guess: Guess
    found: tuple[str, ...]
    alone: bool
    speaks: bool = False
    said: tuple[str, ...] = ()
    ours: float = 1.0
    needs_reply: bool | None = None
    would_reply: bool = True
    kinds: frozenset[str] = frozenset()

    @property
    def right(self) -> bool:
        return self.guess.label in self.labels

    @property
    def right_alone(self) -> bool:
        """Whether the bot would deal with it by itself, and had understood it."""
        return self.alone and self.right

    @property
    def inside(self) -> bool:
        """Whether it is about something of ours."""
        return OUT_OF_SCOPE not in self.labels

    @property
    def spoke_wrongly(self) -> bool:
        """Whether the bot would give an answer to what was not asked."""
        return self.inside and any(label not in self.labels for label in self.said)

    @property
    def spoke_outside(self) -> bool:
        """Whether the bot would take for ours what is not."""
        return not self.inside and self.speaks and set(self.said) != {OUT_OF_SCOPE}

    @property
    def reply_right(self) -> bool:
        return self.needs_reply == self.would_reply


def judge_frozen(
    messages: Sequence[Frozen], readings: Sequence[Reading], policy: Policy
) -> list[Judged]:
    """Put what a model read beside what is right, with what the bot would do.

    As in direct messages of somebody new, where it may say the most.
    """
    return [
        _judged(message, reading, policy)
        for message, reading in zip(messages, readings, strict=True)
    ]


def _judged(message: Frozen, reading: Reading, policy: Policy) -> Judged:
    decision = decision_on(message.text, reading, policy, Visibility.PRIVATE)
    return Judged(
        id=message.id,
        text=message.text,
        labels=message.labels,
        guess=Guess(reading.top.label, reading.top.confidence),
        found=tuple(request.label for request in reading.requests),
        alone=decision.outcome in _ALONE,
        speaks=decision.outcome in _SPEAKING,
        said=tuple(answers_in(decision, policy)),
        ours=reading.ours,
        needs_reply=message.needs_reply,
        would_reply=reading.signals.needs_reply >= REPLY_THRESHOLD,
        kinds=frozenset(entity.kind for entity in reading.entities),
    )


def judge_unseen(
    readings: Iterable[UnseenReading], texts: dict[str, str], policy: Policy
) -> list[Judged]:
    """Take over what was read of examples by a model that had not seen them.

    Nothing but the reading is known, so what the bot would do follows the thresholds.

    Args:
        texts: the examples' texts by their digests.
    """
    found = []
    for each in readings:
        alone = _sure(each.read_as, each.confidence, policy)
        answers = policy.rule(intent_of(each.read_as)).handling is Handling.ANSWER
        found.append(
            Judged(
                id=each.digest,
                text=texts.get(each.digest, ""),
                labels=(each.label,),
                guess=Guess(each.read_as, each.confidence),
                found=(each.read_as,),
                alone=alone,
                speaks=alone,
                said=(each.read_as,) if alone and answers else (),
                ours=each.ours,
            )
        )
    return found


def decision_on(
    text: str, reading: Reading, policy: Policy, visibility: Visibility
) -> Decision:
    """Return what the bot would do with such a message of somebody new."""
    private = visibility is Visibility.PRIVATE
    message = Message(
        channel=_CHANNEL,
        id=MessageId("1"),
        customer=CustomerId(f"{_CHANNEL}:somebody"),
        thread=DIRECT if private else ThreadId("1"),
        text=text,
        visibility=visibility,
        sent_at=_NOON,
        handle="somebody",
        summoned=True,
    )
    somebody = Customer(id=message.customer, channel=_CHANNEL, handle=message.handle)
    turn = Turn(messages=(message,), reading=reading)
    return decide(turn, somebody, policy, _NOON)


def answers_in(decision: Decision, policy: Policy) -> list[str]:
    """Return the labels of the answers in what the bot says; its own lines have none."""
    return [
        part
        for effect in decision.effects
        if isinstance(effect, Say) and decision.outcome is Outcome.ANSWERED
        for part in effect.parts
        if part in policy.intents or part.startswith(f"{FAQ}/")
    ]


def _sure(label: str, confidence: float, policy: Policy) -> bool:
    rule, limits = policy.rule(intent_of(label)), policy.thresholds
    needed = {
        Handling.ANSWER: limits.answer,
        Handling.SMALL_TALK: limits.small_talk,
        Handling.DIALOGUE: limits.dialogue,
        Handling.IGNORE: limits.ignore,
    }.get(rule.handling)
    return needed is not None and confidence >= (rule.at_least or needed)


def intent_of(label: str) -> str:
    """Return the intent of a label: "faq" of "faq/stores"."""
    return label.partition("/")[0]
