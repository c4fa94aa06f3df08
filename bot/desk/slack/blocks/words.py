"""Codes, numbers and times as agents read them. Plain British English, no markup."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.model.case import CaseStatus, Priority
from bot.model.message import Visibility
from bot.model.reading import FALLBACK, FAQ
from bot.model.reason import Reason
from bot.model.record import Delivery

STATUS: Mapping[CaseStatus, str] = {
    CaseStatus.OPEN: "unclaimed",
    CaseStatus.CLAIMED: "claimed",
    CaseStatus.WAITING: "waiting for the customer",
    CaseStatus.RESOLVED: "resolved",
}
PRIORITY_SIGN: Mapping[Priority, str] = {
    Priority.URGENT: "red_circle",
    Priority.HIGH: "large_orange_circle",
    Priority.NORMAL: "large_blue_circle",
    Priority.LOW: "white_circle",
}
PLACE: Mapping[Visibility, str] = {
    Visibility.PUBLIC: "In public",
    Visibility.PRIVATE: "In a direct message",
}
PLACE_SIGN: Mapping[Visibility, str] = {
    Visibility.PUBLIC: ":globe_with_meridians:",
    Visibility.PRIVATE: ":lock:",
}
DELIVERY: Mapping[Delivery, str] = {
    Delivery.QUEUED: "waiting to be sent",
    Delivery.SENDING: "on its way",
    Delivery.SENT: "delivered",
    Delivery.REFUSED: "refused by the network",
    Delivery.UNKNOWN: "nobody can tell whether it arrived",
    Delivery.WITHHELD: "stopped before it was sent",
    Delivery.EXPIRED: "not sent: it would have come too late",
    Delivery.WITHDRAWN: "taken back before it was sent",
}
_REASONS: Mapping[str, str] = {one.value: one.says for one in Reason}
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_BY_FIVE = 10  # from so many minutes on, five make a difference


def lasting(span: timedelta) -> str:
    """Return a span, rounded down to what matters: "8 min", "25 min", "3 h", "2 days".

    What is shown live must not change more often than people care.
    """
    if span < _MINUTE:
        return "under a minute"
    if span < _HOUR:
        minutes = span // _MINUTE
        return f"{minutes if minutes < _BY_FIVE else minutes // 5 * 5} min"
    if span < 6 * _HOUR:
        hours, rest = divmod(span, _HOUR)
        return f"{hours} h 30 min" if rest >= _HOUR / 2 else f"{hours} h"
    if span < 2 * _DAY:
        return f"{span // _HOUR} h"
    return f"{span // _DAY} days"


def intent_name(label: str) -> str:
    """Return an intent as people say it: "Delivery late", "Question: return policy"."""
    intent, _, faq = label.partition("/")
    if intent == FALLBACK or not intent:
        return "Not understood"
    if intent == FAQ and faq:
        return f"Question: {faq.replace('_', ' ')}"
    return capital(intent.replace("_", " "))


def reason_says(code: str | None) -> str:
    """Return why a case came, in words; the code itself if it is not one of ours."""
    unknown = (code or "no reason was noted").replace("_", " ")
    return _REASONS.get(code or "", unknown)


def problem_says(problem: str | None) -> str:
    """Return a channel's code for what went wrong, readable."""
    return (problem or "").replace("_", " ").replace(":", ": ").strip()


def percent(share: float) -> str:
    return f"{share:.0%}"


def plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def times(count: int) -> str:
    """Return how often: "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]
