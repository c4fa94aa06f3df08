"""What answering costs, as managers count it, with the formula beside each figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.model.message import ChannelName
from bot.model.spending import DOLLAR, Budget, Spent

_STATES = {
    Budget.NO_LINKS: "the bot posts no more links today: budget_for_links is spent",
    Budget.SPENT: "the bot posts nothing in public any more today: daily_budget is spent",
    Budget.NO_CREDIT: "out of credit: the network takes nothing of ours until more is bought",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What the channels cost that cost something, and what was done for it today.

    `handled` counts the messages of today that have an outcome, `resolved` the cases
    that were resolved today.
    """

    spent: Mapping[ChannelName, Spent]
    budgets: Mapping[ChannelName, Budget]
    daily: int | None  # for each channel, in millionths of a dollar
    handled: int
    resolved: int

    @property
    def today(self) -> int:
        return sum(one.today_micros for one in self.spent.values())

    @property
    def month(self) -> int:
        return sum(one.month_micros for one in self.spent.values())

    def figures(self) -> tuple[str, ...]:
        """Return the figures in words, those that can be told."""
        return tuple(self._figures())

    def _figures(self) -> Iterator[str]:
        of = f" of {dollars(self.daily)}" if self.daily and len(self.spent) == 1 else ""
        yield f"{dollars(self.today)}{of} today"
        yield f"{dollars(self.month)} this month"
        for count, name, told in (
            (self.handled, "message handled", "messages handled today"),
            (self.resolved, "case resolved", "cases resolved today"),
        ):
            if count:
                each = dollars(self.today / count)
                yield f"{each} per {name} (spent today / {count:,} {told})"

    def warnings(self) -> tuple[str, ...]:
        """Return what the budgets stop at the moment; nothing if all is well."""
        return tuple(
            f"{channel}: {_STATES[state]}"
            for channel, state in self.budgets.items()
            if state in _STATES
        )


def dollars(micros: float) -> str:
    """Return a sum in words: in cents, and small ones as exactly as prices are."""
    amount = micros / DOLLAR
    return f"${amount:,.2f}" if amount == 0 or amount >= 0.1 else f"${amount:.4f}"
