"""What happened, by the local X's own account: the tests' ground truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.sim.x.wire import Json


@dataclass
class Call:
    """One request.

    Attributes:
        endpoint: e.g. `POST /2/tweets`.
        status: what was answered, or would have been.
        error: a short name of ours for a refusal: `not_summoned`, `credit`, …
        effect: the id of what it made, if it made something.
        answered: False if the answer was lost on its way.
        forced: the trouble was ordered by a test, not earned.
        micros: what it cost, in millionths of a US dollar.
    """

    number: int
    at: datetime
    endpoint: str
    path: str
    query: dict[str, str]
    body: Json
    status: int = 0
    answer: Json = field(default_factory=dict)
    error: str = ""
    effect: str = ""
    answered: bool = True
    forced: bool = False
    micros: int = 0
    principal: str = ""


@dataclass(frozen=True)
class Violation:
    """Something that a client which keeps X's rules never does."""

    at: datetime
    endpoint: str
    kind: str
    says: str


class WrongAnswer(AssertionError):
    """The local X was about to say something that is not of X's form."""


class Ledger:
    """Every request with its effect and every broken rule, oldest first."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.violations: list[Violation] = []
        self.spent: Counter[str] = Counter()  # item -> millionths of a US dollar
        self.units: Counter[str] = Counter()  # item -> how many were paid
        self.mistakes: list[str] = []  # of the local X: answers not of X's form
        self.keeps_answers = True  # a long run may forget what was answered

    def begin(self, at: datetime, endpoint: str, path: str) -> Call:
        call = Call(len(self.calls), at, endpoint, path, {}, {})
        self.calls.append(call)
        return call

    def check(self, what: str, faults: Iterable[str]) -> None:
        """Hold what is about to be said against its shape.

        Raises:
            WrongAnswer: the local X has a mistake; it is remembered, too.
        """
        for fault in faults:
            self.mistakes.append(f"{what}: {fault}")
            raise WrongAnswer(self.mistakes[-1])

    def violate(self, call: Call, kind: str, says: str) -> None:
        self.violations.append(Violation(call.at, call.endpoint, kind, says))

    def of(self, endpoint: str, *, effect: bool | None = None) -> list[Call]:
        """Return the requests of one endpoint, on wish only those that worked."""
        return [
            call
            for call in self.calls
            if call.endpoint == endpoint
            and (effect is None or bool(call.effect) == effect)
        ]

    def refusals(self, *, forced: bool = False) -> Counter[str]:
        """Count refusals by their name; those that tests ordered only on wish."""
        return Counter(c.error for c in self.calls if c.error and c.forced == forced)

    @property
    def micros(self) -> int:
        """What everything cost, in millionths of a US dollar."""
        return sum(self.spent.values())
