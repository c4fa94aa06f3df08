"""What is said of an order or a refund: which response, with which words in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from actions.days import spoken
from bot.knowledge.orders import OrderRecord, OrderState, RefundState

REFUND_SEEN_WITHIN_DAYS: Final = 7  # banks show a payment by then; later people look
_AWAITED = frozenset(
    {
        OrderState.CONFIRMED,
        OrderState.PACKED,
        OrderState.DISPATCHED,
        OrderState.DELAYED,
    }
)
_MONEY_BACK = frozenset({OrderState.CANCELLED, OrderState.RETURNED})


@dataclass(frozen=True, slots=True)
class Line:
    """A response of domain.yml and what fills its braces."""

    response: str
    slots: dict[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """What to tell the customer; `concern` is what people must look after, if any."""

    lines: tuple[Line, ...]
    concern: str | None = None


def order_report(order: OrderRecord, today: date) -> Report:
    """Tell where an order is. One that is overdue concerns people."""
    slots = {
        "order_number": order.number,
        "changed": spoken(order.changed_on, today),
        "expected": spoken(order.expected_on, today) if order.expected_on else "",
        "carrier": order.carrier or "",
    }
    if order.state in _AWAITED and order.expected_on and order.expected_on < today:
        late = (today - order.expected_on).days
        return Report(
            (Line("utter_order_overdue", slots),), f"delivery overdue by {late} days"
        )
    line = Line(f"utter_order_{order.state.value}", slots)
    if order.state not in _MONEY_BACK or order.refund is RefundState.NONE:
        return Report((line,))
    money = refund_report(order, today)
    return Report((line, *money.lines), money.concern)


def refund_report(order: OrderRecord, today: date) -> Report:
    """Tell where the money is. What is missing or overdue concerns people."""
    if order.refund is RefundState.NONE or order.refund_on is None:
        line = Line("utter_refund_none", {"order_number": order.number})
        return Report((line,), "no refund in the order system")
    slots = {
        "order_number": order.number,
        "refund_day": spoken(order.refund_on, today),
    }
    ago = (today - order.refund_on).days
    if order.refund is RefundState.PENDING:
        if ago > 0:
            line = Line("utter_refund_overdue", slots)
            return Report((line,), f"refund overdue by {ago} days")
        return Report((Line("utter_refund_pending", slots),))
    if ago > REFUND_SEEN_WITHIN_DAYS:
        line = Line("utter_refund_not_seen", slots)
        return Report((line,), f"refund paid {ago} days ago")
    return Report((Line("utter_refund_paid", slots),))
