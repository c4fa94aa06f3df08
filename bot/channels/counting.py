"""How X counts texts, and the simulated network like it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.model.message import Visibility

LIMITS = {Visibility.PUBLIC: 280, Visibility.PRIVATE: 10_000}

# Characters that count 1 each wherever they stand, after NFC; two old emoji do not.
_PLAIN = re.compile(
    "[\\x00-\\xa8\\xaa-\\xad\\xaf-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]*"
)
_LINK = 23  # what any link counts
_PERHAPS_A_LINK = re.compile(r"\.\S")


@lru_cache(maxsize=1024)  # the library takes its time, and replies repeat
def weighted_length(text: str) -> int:
    """Return X's count: CJK and emoji 2, a link 23, everything after NFC.

    The names that X itself puts before a reply are free, and no text of ours
    has them.
    """
    normal = unicodedata.normalize("NFC", whole(text))
    if _PLAIN.fullmatch(normal):
        lines = normal.replace("\r\n", "\n")
        return len(lines) + sum(_LINK - len(link) for link in _links(lines))
    from twitter_text import parse_tweet  # noqa: PLC0415 - as in `_links`

    return int(parse_tweet(normal).weightedLength)


def has_link(text: str) -> bool:
    """Tell whether X would see a link in a text of ours."""
    return bool(_links(whole(text)))


def whole(text: str) -> str:
    """Return `text` as valid Unicode.

    Surrogates come in pairs from some JSON encoders and are joined; half of a
    pair, which no file or network can carry, becomes U+FFFD.
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _links(text: str) -> list[str]:
    if not _PERHAPS_A_LINK.search(text):
        return []
    # A third of a program's start, which most texts and most programs do without.
    from twitter_text import extract_urls  # noqa: PLC0415 - as just said

    return list(extract_urls(text))
