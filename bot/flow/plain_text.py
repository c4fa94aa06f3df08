"""A text as a reader takes it in: without disguises, and with its links told apart."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

# Letters that look Latin and are not, so that "yоur оrder" reads as "your order".
_LOOK_ALIKES: Final = str.maketrans(
    "аеорсухіјѕһԁԛԝкАВЕКМНОРСТУХІЈЅαεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧıɡ’‘ʼ′‐‑‒–—―−",
    "aeopcyxijshdqwkABEKMHOPCTYXIJSaeikvoptuxABEZHIKMNOPTYXig''''-------",
)
# Format characters such as zero-width spaces, and marks that sit on other
# characters: nobody sees them, or nobody minds them.
_UNSEEN: Final = frozenset({"Cf", "Mn", "Me"})

# A host without https:// counts with anything behind it, and alone if its end is
# one that links have: "fine.thanks" is a missing space.
_END = r"(?:[^\W\d_]{2}|com|net|org|info|biz|app|dev|shop|store|online|site|xyz|link|click|top|live|club|page|blog|cloud|example)"
_LINK: Final = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}:[/\\]\S+"
    r"|(?<![\w@-])(?<!\w\.)(?:[\w-]{1,63}\.)+"  # not inside of a handle: @ann.b.example
    rf"(?:[^\W\d_]{{2,24}}[/\\:?#][^\s,]\S*|{_END}(?![\w-]))",
    re.IGNORECASE,
)
# Every link has one of these signs, and a search for them costs next to nothing.
_SIGN_OF_LINK: Final = re.compile(r":[/\\]|\.[^\W\d_]")
_SCHEMES: Final = frozenset({"", "http", "https"})
REMEMBERED = 1024  # texts of which it is known whether they hold a link


def folded(text: str) -> str:
    """Return `text` with look-alikes as plain letters and without unseen characters.

    It is made for searching only: what is sent stays as it was written.
    """
    if text.isascii():
        return text  # nothing there looks like something else
    kept = "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c
        for c in unicodedata.normalize("NFKC", text)
        if unicodedata.category(c) not in _UNSEEN
    )
    return kept.translate(_LOOK_ALIKES)


def squeezed(text: str) -> str:
    """Fold case and drop everything but letters and digits: "BS1 4DJ" is "bs14dj"."""
    return "".join(c for c in text.casefold() if c.isalnum())


def links_in(text: str) -> list[str]:
    """Return the links in a folded text, those without "https://" too."""
    if not _SIGN_OF_LINK.search(text):
        return []
    return [match.group().rstrip(".,;:!?)]}'\"”") for match in _LINK.finditer(text)]


@lru_cache(maxsize=REMEMBERED)  # asked when a text is composed and when it goes out
def holds_link(text: str) -> bool:
    """Tell whether a network would make a link of something in the text."""
    return bool(links_in(folded(text)))


def with_readable_links(text: str) -> str:
    """Return a folded text with the escapes in its links undone: "LS6%202AB"."""
    if not _SIGN_OF_LINK.search(text):
        return text
    return _LINK.sub(lambda match: unquote(match.group().replace("+", " ")), text)


def without_links(text: str, instead: str = " ") -> str:
    """Return a folded text with a space, or something else, in place of each link."""
    return _LINK.sub(instead, text)


def host_of(link: str) -> str:
    """Return where `link` surely leads; "" if programs may read it differently.

    A backslash or an @ makes some programs see another host than others do.
    """
    try:
        parts = urlsplit(link if "://" in link else f"//{link}")
    except ValueError:  # brackets that are no address
        return ""
    if parts.scheme not in _SCHEMES or "\\" in link or "@" in link:
        return ""
    return (parts.hostname or "").rstrip(".")
