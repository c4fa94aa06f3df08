"""What answering costs today, read when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.model.event import Outcome
from bot.model.message import ChannelName
from bot.model.money import Money
from bot.model.policy import Policy
from bot.ports import Channel, Figures, Spending

_UNHANDLED = frozenset({Outcome.PENDING, Outcome.DEAD})


class MoneyLook:
    """Puts together what networks charge and what was done for it."""

    def __init__(
        self,
        spending: Spending,
        figures: Figures,
        channels: Mapping[ChannelName, Channel],
        policy: Callable[[], Policy],
    ) -> None:
        self._spending, self._figures, self._policy = spending, figures, policy
        self._names = [name for name, one in channels.items() if one.rules.paid]

    async def __call__(self, now: datetime) -> Money | None:
        """Return the figures; None if no network charges anything.

        Raises:
            StoreUnavailable: they cannot be read now.
        """
        if not self._names:
            return None
        rule = self._policy().x.budget
        spent = {
            name: await self._spending.spent(name, now=now) for name in self._names
        }
        day = await self._figures.today(now)
        return Money(
            spent=spent,
            budgets={name: rule.state(one) for name, one in spent.items()},
            daily=rule.daily,
            handled=sum(
                count
                for outcome, count in day.outcomes.items()
                if outcome not in _UNHANDLED
            ),
            resolved=day.resolved,
        )
