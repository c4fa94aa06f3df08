"""Hold every sentence of the bot against the brand's voice and the public rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from twitter_text import extract_emojis_with_indices, parse_tweet

from bot.knowledge.domain_file import PREFIX, Responses, Wording
from bot.model.message import Visibility
from bot.model.policy import Policy
from bot.yaml_reader import Problem

PUBLIC_LIMIT: Final = 280  # weighted characters of the tightest network
FEWEST_PUBLIC: Final = 2  # the same text in bulk gets an account suspended
SLOT_ROOM: Final = "from 10:00 on Wednesday"  # as long as a slot's value gets

_ADDRESS = re.compile(r"\b(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})\b", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
_PHONE = re.compile(r"(?:\+|\b)\d(?:[\s()-]*\d){8,}\b")

Check = Callable[[str, Policy], Iterator[tuple[str, str]]]


def check_voice(responses: Responses, policy: Policy) -> tuple[Problem, ...]:
    """Return what is wrong with the sentences of a sound domain, in its order.

    Every text: banned words, exclamation marks, emoji, links to other domains.
    Public ones too: length, any link, email or phone number, words that confirm
    that somebody is a customer, and the number of wordings.
    """
    found = [
        Problem(responses.path, wording.line, f"{PREFIX}{name} {what}", expected)
        for name, wordings in responses.wordings.items()
        for wording in wordings
        for what, expected in _faults(wording, policy)
    ]
    return tuple(sorted([*found, *_too_few(responses)]))


def weighted_length(text: str) -> int:
    """Return the length of `text` as X counts it: emoji are 2, any link is 23."""
    return int(parse_tweet(text).weightedLength)


def _faults(wording: Wording, policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield (what is wrong, what is expected) for one text, its slots filled."""
    text = wording.text.format_map(dict.fromkeys(wording.slots, SLOT_ROOM))
    checks = _EVERYWHERE
    if wording.visibility is Visibility.PUBLIC:
        checks = (*_EVERYWHERE, *_IN_PUBLIC)
    for check in checks:
        yield from check(text, policy)


def _too_few(responses: Responses) -> Iterator[Problem]:
    for name, line in responses.lines.items():
        count = len({w.text for w in responses.of(name, Visibility.PUBLIC)})
        if 0 < count < FEWEST_PUBLIC:
            what = f"{PREFIX}{name} has only one public wording"
            expected = f"at least {FEWEST_PUBLIC} that differ"
            yield Problem(responses.path, line, what, expected)


def _banned(text: str, policy: Policy) -> Iterator[tuple[str, str]]:
    for word in policy.voice.banned_words:
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", _plain(text), re.IGNORECASE):
            yield f"says “{word}”", "none of voice.banned_words in the policy"


def _exclamations(text: str, policy: Policy) -> Iterator[tuple[str, str]]:
    most = policy.voice.max_exclamation_marks
    if text.count("!") > most:
        yield f"has {text.count('!')} exclamation marks", f"at most {most}"


def _emoji(text: str, policy: Policy) -> Iterator[tuple[str, str]]:
    most, count = policy.voice.max_emoji, len(extract_emojis_with_indices(text))
    if count > most:
        yield f"has {count} emoji", f"at most {most}"


def _foreign_links(text: str, policy: Policy) -> Iterator[tuple[str, str]]:
    for domain in _ADDRESS.findall(text):
        if not _is_allowed(domain.casefold(), policy):
            yield f"links to {domain}", "a domain of public.allowed_domains"


def _is_allowed(domain: str, policy: Policy) -> bool:
    allowed = policy.public.allowed_domains
    return any(domain == ours or domain.endswith(f".{ours}") for ours in allowed)


def _length(text: str, _policy: Policy) -> Iterator[tuple[str, str]]:
    length = weighted_length(text)
    if length > PUBLIC_LIMIT:
        yield f"is {length} weighted characters long", f"at most {PUBLIC_LIMIT}"


def _contacts(text: str, policy: Policy) -> Iterator[tuple[str, str]]:
    patterns = {
        "a link": _ADDRESS,
        "an email address": _EMAIL,
        "a phone number": _PHONE,
        "an order number": re.compile(policy.public.order_number, re.IGNORECASE),
    }
    for kind, pattern in patterns.items():
        if pattern.search(text):
            yield f"holds {kind} in public", "to say it in private only"


def _confirming(text: str, policy: Policy) -> Iterator[tuple[str, str]]:
    for pattern in policy.public.confirming:
        if match := re.search(pattern, text, re.IGNORECASE):
            yield (
                f"says “{match[0]}” in public",
                "words that confirm nothing (public.confirming)",
            )


def _plain(text: str) -> str:
    """Return `text` with straight apostrophes, as the policy writes its words."""
    return text.replace("’", "'")


_EVERYWHERE: tuple[Check, ...] = (_banned, _exclamations, _emoji, _foreign_links)
_IN_PUBLIC: tuple[Check, ...] = (_length, _contacts, _confirming)
