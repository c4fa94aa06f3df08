"""What one batch of sends may still cost: so that many at once overdraw no budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.flow.plain_text import holds_link
from bot.model.message import ChannelName, Visibility
from bot.model.outgoing import Outgoing, Speaker
from bot.model.policy import Policy
from bot.model.spending import Budget, Spent
from bot.ports import Channel, Spending


class Purse:
    """Knows what was spent when the batch began, and what has been planned since.

    Channels whose networks charge nothing are always within their budget.
    """

    def __init__(self, spent: Mapping[ChannelName, Spent], policy: Policy) -> None:
        self._spent, self._policy = spent, policy
        self._planned = Counter[ChannelName]()

    def budget(self, outgoing: Outgoing) -> Budget:
        """Return how the budget stands before this text is sent, and plan its price.

        Whoever speaks, what it costs counts for the texts after it.
        """
        spent = self._spent.get(outgoing.channel)
        if spent is None:
            return Budget.WITHIN
        x, planned = self._policy.x, self._planned[outgoing.channel]
        state = x.budget.state(spent, planned=planned)
        button = x.deep_link and affordable(outgoing, state).invites
        self._planned[outgoing.channel] += x.price_of_text(
            private=outgoing.visibility is Visibility.PRIVATE,
            reply=outgoing.reply_to is not None,
            link=button or holds_link(outgoing.text),
        )
        return state


def affordable(outgoing: Outgoing, budget: Budget) -> Outgoing:
    """Return a text without the way to a direct message that costs as a link does.

    Only while there is money for links it has one: its words say what to do.
    """
    return outgoing if budget is Budget.WITHIN else replace(outgoing, invites=False)


async def opened_purse(
    spending: Spending | None,
    batch: Iterable[Outgoing],
    channels: Mapping[ChannelName, Channel],
    *,
    policy: Policy,
    now: datetime,
) -> Purse:
    """Ask what was spent on the channels that charge for something of this batch."""
    names = {one.channel for one in batch if one.speaker is Speaker.BOT}
    here = [name for name in names if name in channels]  # the others are looked up
    paid = [name for name in here if channels[name].rules.paid]
    if spending is None:
        return Purse({}, policy)
    return Purse({name: await spending.spent(name, now=now) for name in paid}, policy)
