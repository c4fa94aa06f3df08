"""What the model made of a text."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.sign import SHOWS, Sign, SignKind

FAQ = "faq"  # the retrieval intent
FALLBACK = "nlu_fallback"
OUT_OF_SCOPE = "out_of_scope"

_NO_SIGNS = {kind: Sign(kind) for kind in SignKind}


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that the customer wants. `confidence` lies between 0.0 and 1.0.

    `faq` is the standard answer's name ("delivery_times") if `intent` is "faq".
    """

    intent: str
    confidence: float
    faq: str | None = None

    @property
    def label(self) -> str:
        """The full name, as in the NLU data: "refund_status" or "faq/delivery_times"."""
        return f"{self.intent}/{self.faq}" if self.faq else self.intent


@dataclass(frozen=True, slots=True)
class Entity:
    """A piece of the text with a meaning; `start` and `end` count characters.

    Kinds: order_number, email, phone, card, postcode, amount, date, link, handle,
    product, carrier.
    `value` is normalised (an order number is always "FH-482913").
    """

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Signals:
    """What else the text tells, beside the intent.

    `needs_reply` is a probability. `known_words` is the share of the text's words
    that occur in the training data. `personal_data` names the kinds of entities
    that identify a person or an order. `language` is an ISO 639-1 code, or "und"
    where the text is too short to tell. `asks` says that it has a question's form.
    `signs` holds what the text shows of each `SignKind`; what is absent shows nothing.
    """

    needs_reply: float = 1.0
    known_words: float = 1.0
    language: str = "und"
    asks: bool = True
    signs: tuple[Sign, ...] = ()
    personal_data: tuple[str, ...] = ()

    def sign(self, kind: SignKind) -> Sign:
        """Return what the text shows of `kind`, with a score of 0.0 if nothing."""
        for sign in self.signs:  # a dozen times a message: no generator
            if sign.kind is kind:
                return sign
        return _NO_SIGNS[kind]

    def show(self, kind: SignKind) -> bool:
        """Tell whether `kind` is more likely than not."""
        return self.sign(kind).score >= SHOWS

    @property
    def urgent(self) -> bool:
        return self.show(SignKind.URGENCY)

    @property
    def angry(self) -> bool:
        """Whether they are upset, said plainly or in mockery."""
        return self.show(SignKind.ANGER) or self.show(SignKind.SARCASM)


@dataclass(frozen=True, slots=True)
class Reading:
    """The model's view of one text: plain data, so it can cross a process border.

    `requests` come in order of weight and are never empty; `alternatives` are the
    next best labels, best first. `ours` is the probability that the text is about
    something of ours: neither out of scope nor in unknown words.
    """

    requests: tuple[Request, ...]
    alternatives: tuple[Request, ...] = ()
    entities: tuple[Entity, ...] = ()
    signals: Signals = Signals()
    ours: float = 1.0

    def __post_init__(self) -> None:
        if not self.requests:
            raise ValueError("a reading needs at least one request")

    @property
    def top(self) -> Request:
        """The request that weighs most."""
        return self.requests[0]

    def values(self, kind: str) -> tuple[str, ...]:
        """Return the normalised values of all entities of one kind, in text order."""
        return tuple(e.value for e in self.entities if e.kind == kind)
