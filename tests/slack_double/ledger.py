"""The double's own books: every request, with what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.slack_double.wire import Json


@dataclass
class Call:
    """One request to the Web API."""

    method: str
    args: Json
    at: float
    verb: str = "POST"  # as it came, which the description has a word on
    sent: Json = field(default_factory=dict)  # before types were read
    answer: Json = field(default_factory=dict)
    status: int = 200
    answered: bool = True  # False: the answer was lost on its way
    effect: bool = False

    @property
    def ok(self) -> bool:
        return bool(self.answer.get("ok"))

    @property
    def error(self) -> str:
        return str(self.answer.get("error", ""))


@dataclass
class Violation:
    """A request that breaks the platform's description."""

    method: str
    code: str
    faults: list[str]

    def __str__(self) -> str:
        return f"{self.method}: {self.code}: {'; '.join(self.faults)}"


class Ledger:
    """All calls and violations, in their order."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.violations: list[Violation] = []

    def of(self, method: str, *, effect: bool | None = None) -> list[Call]:
        """Return the calls of a method, on wish only those with an effect."""
        return [
            call
            for call in self.calls
            if call.method == method and effect in {None, call.effect}
        ]
