"""What calls cost, and the credit they are paid from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timezone

from bot.sim.x.ledger import Call, Ledger
from bot.sim.x.refusals import out_of_credit

# Millionths of a US dollar, of X's price list of 2026.
PRICES: Mapping[str, int] = {
    "mention_read": 1_000,
    "post_read": 5_000,
    "user_read": 10_000,
    "dm_event_read": 10_000,
    "dm_send": 15_000,
    "post": 15_000,
    "summoned_reply": 10_000,
    "post_with_url": 200_000,
}
ACCOUNT = "1993402714582908928"


class Credit:
    """The prepaid credit of the app's account.

    Each thing that is read is paid once a day of UTC, however often it is read.

    Attributes:
        left: millionths of a US dollar; None never ends.
        links_cost: whether a summoned reply with a link costs as a post with one.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.left: int | None = None
        self.links_cost = True
        self.prices = dict(PRICES)
        self.daily: dict[date, int] = {}
        self.reads: dict[date, int] = {}  # posts, for GET /2/usage/tweets
        self._ledger = ledger
        self._paid: set[tuple[str, str]] = set()
        self._day = date.min

    def check(self) -> None:
        """Let a call pass.

        Raises:
            Refused: there is no credit left.
        """
        if self.left is not None and self.left <= 0:
            raise out_of_credit(ACCOUNT)

    def charge(
        self, call: Call, items: Iterable[tuple[str, str]], now: datetime
    ) -> None:
        """Pay for `items`: pairs of a price's name and what was read or made."""
        today = now.astimezone(timezone.utc).date()
        if today != self._day:
            self._paid.clear()
            self._day = today
        for item, thing in items:
            kind = "post" if item in {"mention_read", "post_read"} else item
            if item.endswith("_read"):
                if (kind, thing) in self._paid:
                    continue
                self._paid.add((kind, thing))
            self._pay(call, item, today)

    def _pay(self, call: Call, item: str, today: date) -> None:
        price = self.prices[item]
        call.micros += price
        self._ledger.spent[item] += price
        self._ledger.units[item] += 1
        self.daily[today] = self.daily.get(today, 0) + price
        if item in {"mention_read", "post_read"}:
            self.reads[today] = self.reads.get(today, 0) + 1
        if self.left is not None:
            self.left -= price
