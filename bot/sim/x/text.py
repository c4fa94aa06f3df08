"""How X counts, and what it finds in a text: names, tags, links."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable
from functools import lru_cache

from twitter_text import extract_urls_with_indices, parse_tweet

from bot.sim.x.wire import Json

LONGEST_POST = 280  # weighted
LONGEST_DIRECT = 10_000
NAME = re.compile(r"(?<![\w@＠])[@＠]([A-Za-z0-9_]{1,15})(?![\w@])")
_TAG = re.compile(r"(?<![\w&])#(\w*[^\W\d]\w*)")
_CASHTAG = re.compile(r"(?<!\S)\$([A-Za-z]{1,6})(?!\w)")
_SHORT = "https://t.co/{:010x}"


@lru_cache(maxsize=4096)
def weighted_length(text: str) -> int:
    """Return X's own count: CJK and emoji 2, a link 23, after NFC."""
    normal = unicodedata.normalize("NFC", text)
    return int(parse_tweet(normal).weightedLength)


def names_in(text: str) -> list[str]:
    """Return the handles that a text names, in small letters, each once."""
    return list(dict.fromkeys(name.lower() for name in NAME.findall(text)))


def cashtags_in(text: str) -> list[str]:
    return _CASHTAG.findall(text)


def without_leading(text: str, names: Iterable[str]) -> str:
    """Return `text` without those of `names` that it begins with."""
    known = {name.lower() for name in names}
    while (found := NAME.match(text)) and found[1].lower() in known:
        text = text[found.end() :].lstrip()
    return text


def links_in(text: str) -> list[str]:
    return [link for link, _, _ in _links(text)]


@lru_cache(maxsize=4096)  # the library takes a millisecond, and pages repeat
def _links(text: str) -> tuple[tuple[str, int, int], ...]:
    """Return the links of a text, each with where it begins and ends."""
    if "." not in text:
        return ()
    found = extract_urls_with_indices(text)
    return tuple((link["url"], *link["indices"]) for link in found)


def escaped(text: str) -> str:
    """Return `text` as X gives it out: three signs stand as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shortened(link: str) -> str:
    """Return the t.co address that stands for a link, always the same."""
    return _SHORT.format(zlib.crc32(link.encode()))


def given_out(text: str, pictures: Iterable[tuple[str, str]] = ()) -> tuple[str, Json]:
    """Return a text as X gives it out, and the entities in it.

    Args:
        text: as it was written.
        pictures: media keys with their addresses, which X adds as links.
    """
    shown, links, done = "", [], 0
    for link, start, end in _links(text):
        shown += escaped(text[done:start])
        links.append(_link(len(shown), link))
        shown += links[-1]["url"]
        done = end
    shown += escaped(text[done:])
    for key, address in pictures:
        shown += " " if shown else ""
        links.append({**_link(len(shown), address), "media_key": key})
        shown += links[-1]["url"]
    return shown, _entities(shown, links)


def _link(start: int, link: str) -> Json:
    full = link if "://" in link else f"http://{link}"
    short = shortened(full)
    return {
        "start": start,
        "end": start + len(short),
        "url": short,
        "expanded_url": full,
        "display_url": full.split("://", 1)[1],
    }


def _entities(shown: str, links: list[Json]) -> Json:
    found: Json = {}
    if links:
        found["urls"] = links
    for kind, pattern, name in (
        ("mentions", NAME, "username"),
        ("hashtags", _TAG, "tag"),
        ("cashtags", _CASHTAG, "tag"),
    ):
        hits = [
            {"start": hit.start(), "end": hit.end(), name: hit[1]}
            for hit in pattern.finditer(shown)
        ]
        if hits:
            found[kind] = hits
    return found
