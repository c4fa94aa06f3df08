"""How much a network lets one account of ours send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `count` texts in any stretch of time as long as `per`.

    Texts whose allowances have the same `name` on one channel share it.

    It is spent as a bucket of tokens: `burst` of them at once, then one every
    `interval_us`. In the time `per` after a burst, `count - burst` more gather, so
    that no stretch holds more than `count`, and a person's text never waits longer
    than one interval because the bot had spent everything before.
    """

    name: str
    count: int
    per: timedelta

    def __post_init__(self) -> None:
        if self.count < 1 or self.per <= timedelta(0):
            raise ValueError(f"{self.name}: an allowance is at least one text")

    @property
    def burst(self) -> int:
        """The tokens that a full bucket holds: a tenth of the count."""
        return max(1, self.count // 10)

    @property
    def interval_us(self) -> int:
        """Microseconds until the next token, rounded up."""
        return -(-(self.per // MICROSECOND) // (self.count - self.burst + 1))
