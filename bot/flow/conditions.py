"""What holds on the channels for the moment; asked now and then by every process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.model.conditions import Conditions
from bot.model.message import ChannelName, Visibility
from bot.model.outgoing import Purpose
from bot.model.policy import Policy
from bot.ports import Channel, Outbox, Spending
from bot.ports.wordings import Wordings


class ConditionsLook:
    """Looks at money, pace and words of the channels whose networks charge and count."""

    def __init__(
        self,
        outbox: Outbox,
        spending: Spending,
        channels: Mapping[ChannelName, Channel],
        wordings: Wordings,
    ) -> None:
        self._outbox, self._spending, self._wordings = outbox, spending, wordings
        self._names = [name for name, one in channels.items() if one.rules.paid]

    async def __call__(
        self, policy: Policy, now: datetime
    ) -> Mapping[ChannelName, Conditions]:
        """Return what holds; nothing of channels without a price."""
        found = await asyncio.gather(*(self._of(n, policy, now) for n in self._names))
        return dict(zip(self._names, found, strict=True))

    async def _of(self, name: ChannelName, policy: Policy, now: datetime) -> Conditions:
        spent = await self._spending.spent(name, now=now)
        last = Purpose.ACKNOWLEDGEMENT
        waits = {
            visibility: _rounded(
                await self._outbox.wait(name, visibility, last, now=now)
            )
            for visibility in Visibility
        }
        said = await self._wordings.lately(name, now=now)
        return Conditions(budget=policy.x.budget.state(spent), waits=waits, said=said)


def _rounded(wait: timedelta) -> timedelta:
    """Return the wait in whole minutes: what changes all the time tells nobody more."""
    return timedelta(minutes=round(wait / timedelta(minutes=1)))
