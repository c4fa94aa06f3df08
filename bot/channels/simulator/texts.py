"""How the network counts and cleans texts: as X does."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from twitter_text import extract_urls, parse_tweet

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
    """Return X's count: CJK and emoji 2, a link 23, everything after NFC."""
    normal = unicodedata.normalize("NFC", clean(text))
    if not _PLAIN.fullmatch(normal):
        return int(parse_tweet(normal).weightedLength)
    lines = normal.replace("\r\n", "\n")
    links = extract_urls(lines) if _PERHAPS_A_LINK.search(lines) else []
    return len(lines) + sum(_LINK - len(link) for link in links)


def clean(text: str) -> str:
    """Return `text` as valid Unicode.

    Surrogates come in pairs from some JSON encoders and are joined; half of a
    pair, which no file or network can carry, becomes U+FFFD.
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def names(handle: str, text: str) -> bool:
    """Tell whether `text` names @handle; an e-mail address does not."""
    pattern = rf"(?<![\w@＠])[@＠]{re.escape(handle)}(?!\w)"
    return re.search(pattern, text, re.IGNORECASE) is not None
