"""What a network charges us, and what that leaves the bot to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

DOLLAR = 1_000_000  # prices and sums are whole millionths


class Budget(str, Enum):
    """How much of the day's money is left. Spending it never stops people."""

    WITHIN = "within"
    NO_LINKS = "no_links"  # no automatic public text with a link: they cost most
    SPENT = "spent"  # no automatic public text at all
    NO_CREDIT = "no_credit"  # the network takes no call, people's neither


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRule:
    """How much a day may cost, in millionths of a US dollar; None: whatever it costs.

    `for_links` is the share of it, from 0.0 to 1.0, that leaves automatic public texts
    with a link.
    """

    daily: int | None
    for_links: float

    def state(self, spent: Spent, *, planned: int = 0) -> Budget:
        """Return how it stands after `spent`, with `planned` about to be added."""
        if spent.no_credit_since is not None:
            return Budget.NO_CREDIT
        total = spent.today_micros + planned
        if self.daily is None or total < self.daily * self.for_links:
            return Budget.WITHIN
        return Budget.NO_LINKS if total < self.daily else Budget.SPENT


@dataclass(frozen=True, slots=True)
class Spent:
    """Millionths of a US dollar by item, today and this month, both in UTC.

    Items are names of the policy's price table. `no_credit_since` is set from the
    first call that the network refused for want of credit to the next that it took.
    """

    today: Mapping[str, int] = field(default_factory=dict)
    month: Mapping[str, int] = field(default_factory=dict)
    no_credit_since: datetime | None = None

    @property
    def today_micros(self) -> int:
        return sum(self.today.values())

    @property
    def month_micros(self) -> int:
        return sum(self.month.values())
