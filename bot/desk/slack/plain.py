"""What people type in Slack, as the plain words that they meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from bot.desk.slack.reading import Json, rows, text

_REPLY: Final = re.compile(r"\s*reply\s*:\s*", re.IGNORECASE)
# <@U012>, <#C012|name>, <!here>, <https://example.com|words>, <mailto:a@b.c|a@b.c>
_MARKUP: Final = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


def is_reply(written: str) -> bool:
    """Tell whether something in a thread is meant for the customer."""
    return _REPLY.match(written) is not None


def without_reply(words: str) -> str:
    """Return what stands behind `reply:`."""
    found = _REPLY.match(words)
    return words[found.end() :] if found else words


def plain(written: str, emoji: Mapping[str, str] | None = None) -> str:
    """Undo Slack's escapes, links and names of emoji: what people see is meant."""
    named = emoji or {}
    for name in sorted(named, key=len, reverse=True):  # the toned before the plain
        written = written.replace(f":{name}:", named[name])
    return _unescaped(_MARKUP.sub(_meant, written)).strip()


def emoji_in(message: Json) -> dict[str, str]:
    """Return the emoji of a message by name; a workspace's own have no sign."""
    return dict(_emoji(message))


def _emoji(element: Json) -> Iterator[tuple[str, str]]:
    code = text(element, "unicode")
    if text(element, "type") == "emoji" and code:
        sign = "".join(chr(int(c, 16)) for c in code.split("-"))
        yield text(element, "name") + _tone(element), sign
    for inside in (*rows(element, "blocks"), *rows(element, "elements")):
        yield from _emoji(inside)


def _tone(element: Json) -> str:
    """Return what Slack writes behind the name of 👋🏼: `:wave::skin-tone-3:`."""
    tone = element.get("skin_tone")
    return f"::skin-tone-{tone}" if isinstance(tone, int) else ""


def _meant(found: re.Match[str]) -> str:
    kind, target, words = found[1], found[2], found[3]
    if kind:
        sign = "#" if kind == "#" else "@"
        return sign + (words or target.partition("^")[0]).lstrip("#@")
    address = target.removeprefix("mailto:").removeprefix("tel:")
    if not words or _same(words, address):
        return words or address
    return f"{words} ({address})"


def _same(words: str, address: str) -> bool:
    """Slack makes links of bare domains: "example.com" leads to http://example.com."""
    return words.rstrip("/") in (address, address.partition("://")[2].rstrip("/"))


def _unescaped(written: str) -> str:
    return written.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
