"""What `firstline doctor` says of X: money, and what is left of its limits. Asks X nothing."""

from __future__ import annotations

from datetime import datetime

from bot.channels.x.channel import NAME
from bot.channels.x.limits import ALL, Endpoint
from bot.clock import SystemClock
from bot.errors import PermanentFailure
from bot.model.money import dollars
from bot.model.spending import Budget
from bot.open_store import open_store
from bot.policy_file import load_policy
from bot.settings import Settings
from bot.store.whole import Store

_SAYS = {
    Budget.WITHIN: "",
    Budget.NO_LINKS: ", the bot posts no more links today",
    Budget.SPENT: ", the bot posts nothing in public any more today",
}


async def x_money(settings: Settings) -> str:
    """Say what was spent.

    Raises:
        PermanentFailure: there is no credit left.
    """
    rule, now = load_policy(settings.policy).x.budget, SystemClock().now()
    async with open_store(settings) as store:
        spent = await store.spending.spent(NAME, now=now)
    state = rule.state(spent)
    if state is Budget.NO_CREDIT:
        since = f"{spent.no_credit_since:%Y-%m-%d %H:%M} UTC"
        raise PermanentFailure(
            f"X has taken no call since {since}: buy credit in its developer console"
        )
    of = "" if rule.daily is None else f" of {dollars(rule.daily)}"
    today, month = dollars(spent.today_micros), dollars(spent.month_micros)
    return f"X: {today}{of} today, {month} this month{_SAYS[state]}"


async def x_quota(settings: Settings) -> str:
    """Say which of X's limits are touched, and until when."""
    now = SystemClock().now()
    async with open_store(settings) as store:
        lines = [line for one in ALL for line in await _touched(store, one, now)]
    return "X: " + ("; ".join(lines) or "no limit is touched")


async def _touched(store: Store, endpoint: Endpoint, now: datetime) -> list[str]:
    found = await store.quota.left(NAME, endpoint.windows, now=now)
    counts = {window.name: window.count for window in endpoint.windows}
    return [
        f"{name} {left} of {counts[name]} left"
        + (f", more at {more_at:%H:%M:%S} UTC" if not left and more_at else "")
        for name, (left, more_at) in found.items()
        if left < counts[name]
    ]
