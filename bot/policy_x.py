"""The part of the policy about X."""

from __future__ import annotations

from bot.model.spending import DOLLAR, BudgetRule
from bot.model.x_policy import PRICED, XPolicy
from bot.yaml_reader import Node

_MOST_POSTS = 100_000  # of one check, at half a cent each
_MOST = 1_000_000  # dollars; more is a slip of the keyboard
_LINK = r"https://[^\s/]+\.[^\s]+"
_LONGEST_QUERY = 512  # characters that X takes of a search


def read_x(node: Node) -> XPolicy:
    keys = node.fields(
        (
            "prices",
            "links_cost",
            "daily_budget",
            "budget_for_links",
            "poll_every",
            "overlap",
            "first_start",
            "deep_link",
            "listen",
            "privacy_link",
            "generated_approved",
            "same_words_after",
            "check_kept_every",
            "check_kept_at_most",
        )
    )
    prices = keys["prices"].fields(PRICED)
    privacy = keys["privacy_link"]
    return XPolicy(
        prices={item: _micros(prices[item]) for item in PRICED},
        links_cost=keys["links_cost"].flag(),
        budget=BudgetRule(
            daily=None if _off(keys["daily_budget"]) else _micros(keys["daily_budget"]),
            for_links=keys["budget_for_links"].number(low=0, high=1),
        ),
        poll_every=keys["poll_every"].duration(),
        overlap=keys["overlap"].duration(),
        first_start=keys["first_start"].duration(),
        deep_link=keys["deep_link"].flag(),
        listen="" if _off(keys["listen"]) else _query(keys["listen"]),
        privacy_link=""
        if _off(privacy)
        else privacy.matching(_LINK, expected="a link with https://"),
        generated_approved=keys["generated_approved"].flag(),
        same_words_after=keys["same_words_after"].duration(),
        check_kept_every=keys["check_kept_every"].duration(),
        check_kept_at_most=round(
            keys["check_kept_at_most"].number(low=0, high=_MOST_POSTS)
        ),
    )


def _micros(node: Node) -> int:
    return round(node.number(low=0, high=_MOST) * DOLLAR)


def _off(node: Node) -> bool:
    """Tell whether it says off, which YAML may read as false."""
    return node.given and node.value in (False, "off")


def _query(node: Node) -> str:
    query = node.text()
    if len(query) > _LONGEST_QUERY:
        node.wrong("is too long", expected=f"{_LONGEST_QUERY} characters at the most")
    return query
