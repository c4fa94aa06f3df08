"""The last look at a text before it goes out, for the bot and for agents alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from bot.flow.file_check import problems_of_files
from bot.flow.plain_text import (
    folded,
    host_of,
    links_in,
    squeezed,
    with_readable_links,
)
from bot.flow.problem import Problem
from bot.model.message import Visibility
from bot.model.outgoing import Outgoing
from bot.model.policy import PublicRules
from bot.ports import Channel

# "nell@mail.example", "nell (at) mail.example", "nell at mail dot example"
_EMAIL = re.compile(
    r"[\w.+-]{1,64}(?:@|\s?[(\[{]\s?(?:at|@)\s?[)\]}]\s?)[\w-]{1,63}"
    r"(?:(?:\.|\s?[(\[{]\s?dot\s?[)\]}]\s?|\sdot\s)[\w-]{1,63})+"
    r"|\b[\w.+-]{1,64}\sat\s[\w-]{1,63}(?:\sdot\s[\w-]{1,63})+",
    re.IGNORECASE,
)
# phones and cards
_DIGITS = re.compile(r"(?:\+|(?<![^\W_]))\d(?:(?:[\s()._-]{0,2}|\s/\s)\d){8,18}\b")
_SHORTEST_FACT = 4  # characters; shorter ones would match by chance
REMEMBERED = 1024  # texts whose check is kept
_TELLING_DIGITS = 6  # a fact with as many is known by its digits alone


def problems_of_outgoing(
    outgoing: Outgoing, facts: tuple[str, ...], channel: Channel, rules: PublicRules
) -> tuple[Problem, ...]:
    """Return everything that speaks against sending `outgoing` on its channel."""
    posts = channel.posts(outgoing.text, outgoing.visibility, outgoing.speaker)
    of_text = problems_of(
        outgoing.text,
        outgoing.visibility,
        facts=facts,
        rules=rules,
        length=channel.length,
        limit=channel.limit(outgoing.visibility) * len(posts),
    )
    if not outgoing.files:
        return of_text
    takes = channel.takes_files(outgoing.visibility)
    words = " ".join(f"{file.name} {file.alt}" for file in outgoing.files)
    of_words = problems_of(
        words,
        outgoing.visibility,
        facts=facts,
        rules=rules,
        length=len,
        limit=len(words),
    )
    return (*of_text, *of_words, *problems_of_files(outgoing.files, takes))


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
    postcode. A private text is only measured. A public one is searched as people
    read it, so that invisible characters and foreign letters hide nothing.
    """
    look = _look(text)
    found = _measured(look.plain, length(text), limit)
    if visibility is Visibility.PUBLIC:
        personal, others = _in_public(look, rules)
        found += [*personal, *_private_facts(look.squeezed, facts), *others]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Look:
    """A text as it is searched: folded, with links readable, and squeezed."""

    plain: str
    readable: str
    squeezed: str


# Most of what the bot says it says to many people, and each text is looked at twice:
# when it is composed and when it goes out. What depends on the customer stays outside.


@lru_cache(maxsize=REMEMBERED)
def _look(text: str) -> _Look:
    plain = folded(text)
    readable = with_readable_links(plain)
    return _Look(plain, readable, squeezed(readable))


@lru_cache(maxsize=REMEMBERED)
def _in_public(
    look: _Look, rules: PublicRules
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Return the problems that come before the private facts, and those after."""
    others = (*_confirmations(look.plain, rules), *_links(look.plain, rules))
    return tuple(_personal_data(look.readable, rules)), others


def _measured(text: str, length: int, limit: int) -> list[Problem]:
    if not text.strip():
        return [Problem("empty_text", "The text is empty.")]
    if length > limit:
        return [Problem("too_long", f"The text counts {length} of {limit} characters.")]
    return []


def _personal_data(text: str, rules: PublicRules) -> list[Problem]:
    checks = (
        ("email", _EMAIL, "an email address"),
        ("number", _DIGITS, "a phone, card or account number"),
        ("order_number", _pattern(rules.order_number), "an order number"),
        ("postcode", _pattern(rules.postcode), "a postcode"),
    )
    return [
        Problem(f"personal_data:{code}", f"It holds {what}, which must stay private.")
        for code, pattern, what in checks
        if pattern.search(text)
    ]


def _private_facts(within: str, facts: tuple[str, ...]) -> list[Problem]:
    if any(telling in within for fact in facts for telling in _telling(fact)):
        return [
            Problem(
                "private_fact",
                "It holds something that the customer told us in private.",
            )
        ]
    return []


def _telling(fact: str) -> list[str]:
    """Return the spellings that give `fact` away: "FH-482913" is known by "482913"."""
    whole = squeezed(folded(fact))
    digits = "".join(c for c in whole if c.isdecimal())
    spellings = [whole] if len(whole) >= _SHORTEST_FACT else []
    return [*spellings, digits] if len(digits) >= _TELLING_DIGITS else spellings


def _confirmations(text: str, rules: PublicRules) -> list[Problem]:
    for pattern in rules.general:
        text = _pattern(pattern).sub("…", text)
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
    domains = rules.allowed_domains
    for link in links_in(text):
        host = host_of(link)
        if not any(host == d or host.endswith(f".{d}") for d in domains):
            return [
                Problem(
                    "foreign_link",
                    f"Links to {host or link} are not allowed in public: "
                    f"{', '.join(sorted(domains))} are.",
                )
            ]
    return []


@lru_cache(maxsize=256)
def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)
