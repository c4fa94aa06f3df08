"""The last look at a text before it goes out, for the bot and for agents alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from bot.model.message import Visibility
from bot.model.policy import PublicRules

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_DIGITS = re.compile(r"(?:\+|\b)\d(?:[\s().-]{0,2}\d){8,18}\b")  # phones and cards
_LINK = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
_SHORTEST_FACT = 4  # characters; shorter ones would match by chance


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is stable; `says` is for the person who wrote the text."""

    code: str
    says: str


def problems_of(
    text: str,
    visibility: Visibility,
    *,
    facts: tuple[str, ...],
    rules: PublicRules,
    length: Callable[[str], int],
    limit: int,
) -> tuple[Problem, ...]:
    """Return everything that speaks against sending `text`; empty if it may go.

    `facts` are private values of the customer, such as an order number or a
    postcode. A private text is only measured.
    """
    found = [*_measured(text, length(text), limit)]
    if visibility is Visibility.PUBLIC:
        found += [
            *_personal_data(text, rules),
            *_private_facts(text, facts),
            *_confirmations(text, rules),
            *_links(text, rules),
        ]
    return tuple(found)


def _measured(text: str, length: int, limit: int) -> list[Problem]:
    if not text.strip():
        return [Problem("empty_text", "The text is empty.")]
    if length > limit:
        return [Problem("too_long", f"The text counts {length} of {limit} characters.")]
    return []


def _personal_data(text: str, rules: PublicRules) -> list[Problem]:
    without_links = _LINK.sub(" ", text)
    checks = (
        ("email", _EMAIL, "an email address"),
        ("number", _DIGITS, "a phone, card or account number"),
        ("order_number", _pattern(rules.order_number), "an order number"),
    )
    return [
        Problem(f"personal_data:{code}", f"It holds {what}, which must stay private.")
        for code, pattern, what in checks
        if pattern.search(without_links)
    ]


def _private_facts(text: str, facts: tuple[str, ...]) -> list[Problem]:
    squeezed = _squeeze(text)
    if any(
        len(fact) >= _SHORTEST_FACT and fact in squeezed
        for fact in map(_squeeze, facts)
    ):
        return [
            Problem(
                "private_fact",
                "It holds something that the customer told us in private.",
            )
        ]
    return []


def _confirmations(text: str, rules: PublicRules) -> list[Problem]:
    for pattern in rules.confirming:
        match = _pattern(pattern).search(text)
        if match:
            return [
                Problem(
                    "confirms_customer",
                    f"“{match.group()}” tells everybody whether this person is a "
                    "customer. Say it in a direct message.",
                )
            ]
    return []


def _links(text: str, rules: PublicRules) -> list[Problem]:
    for link in _LINK.findall(text):
        host = urlsplit(link if "//" in link else f"//{link}").hostname or ""
        domains = rules.allowed_domains
        if not any(host == d or host.endswith(f".{d}") for d in domains):
            return [
                Problem(
                    "foreign_link",
                    f"Links to {host} are not allowed in public: {', '.join(sorted(domains))} are.",
                )
            ]
    return []


def _squeeze(text: str) -> str:
    """Fold case and drop everything but letters and digits: "BS1 4DJ" is "bs14dj"."""
    return "".join(c for c in text.casefold() if c.isalnum())


@lru_cache(maxsize=256)
def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)
