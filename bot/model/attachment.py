"""A file that goes with a message: linked, never kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

MOST_ATTACHMENTS = 10  # of one message; networks allow four to ten
MOST_SENT = 4  # files of one reply
LARGEST_SENT = 5_000_000  # bytes of one of them
LONGEST_URL = 2_000  # characters; a longer one is not linked
LONGEST_NAME = 100
LONGEST_ALT = 1_000
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # Unicode's categories


class AttachmentKind(str, Enum):
    """What people see before they open it. What a network does not say is a file."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file. `size` is in bytes, None if not known; `alt` describes it in words.

    Make it by `attachment_of`, which trusts nothing that a network says.
    """

    kind: AttachmentKind
    name: str
    url: str
    size: int | None = None
    alt: str = ""


def attachment_of(
    *, kind: object, name: object, url: object, size: object = None, alt: object = ""
) -> Attachment | None:
    """Return what a network says of a file, made harmless; None without a safe link.

    A link is safe over HTTP and with a host. A name has no folders and nothing that
    people cannot see, such as marks that turn it round; a long one keeps its ending.
    """
    if not isinstance(url, str) or not _is_link(url):
        return None
    known = size if isinstance(size, int) and not isinstance(size, bool) else None
    return Attachment(
        kind=_kind(kind),
        name=_name(name),
        url=url,
        size=known if known is not None and known >= 0 else None,
        alt=_seen(alt)[:LONGEST_ALT],
    )


def _is_link(url: str) -> bool:
    if len(url) > LONGEST_URL or _seen(url) != url or re.search(r"[\s<>|\"]", url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # a bracket or a port that is none
        return False


def _kind(kind: object) -> AttachmentKind:
    try:
        return AttachmentKind(kind)
    except ValueError:
        return AttachmentKind.FILE


def _name(name: object) -> str:
    last = re.split(r"[/\\]", _seen(name))[-1].strip(" .")
    stem, dot, ending = last.rpartition(".")
    if not dot or len(ending) >= LONGEST_NAME // 2:
        return last[:LONGEST_NAME] or "file"
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def _seen(text: object) -> str:
    """Return what people can see of a text, on one line."""
    if not isinstance(text, str):
        return ""
    return "".join(c for c in text if unicodedata.category(c) not in _UNSEEN)
