"""How what X gives out becomes what was written."""

from __future__ import annotations

import html
import re
import unicodedata

from bot.channels.counting import whole
from bot.channels.x.raw import Fields, items_of, text_in, within

_LEADING_NAMES = re.compile(r"(?:@\w{1,15}(?:\s+|$))+")
_OWN_PAGE = re.compile(r"https://(?:x|twitter)\.com/\w+/status/(\d+)(/\w+/\d+)?/?")


def written_text(post: Fields) -> str:
    """Return what the author of a post wrote.

    X puts the names of those who are answered before a reply, links of its own
    behind it (to the post that is quoted, to pictures), a short link in the place
    of every link, and entities for three signs. A long post is cut in `text`.
    """
    long = within(post, "note_tweet") or within(post, "note_post")
    source = long if text_in(long, "text") is not None else post
    text = text_in(source, "text") or ""
    text = _without_names(text, post)
    return whole(html.unescape(_with_links(text, source)))


def said(text: str) -> str:
    """Return what stays of a text of ours on X, for comparing it with another."""
    squeezed = unicodedata.normalize("NFC", whole(text)).replace("\r\n", "\n")
    return squeezed.strip()


def direct_text(event: Fields) -> str:
    """Return what the author of a direct message wrote."""
    return whole(html.unescape(_with_links(text_in(event, "text") or "", event)))


def _without_names(text: str, post: Fields) -> str:
    """Cut the names that X put before a reply; those that were written stay."""
    shown = post.get("display_text_range")
    start = shown[0] if isinstance(shown, list) and shown else 0
    if not isinstance(start, int) or start <= 0:
        return text
    names = _LEADING_NAMES.match(text[:start])
    return text[names.end() :] if names else text


def _with_links(text: str, source: Fields) -> str:
    """Put the links that were written in the place of X's short ones."""
    for link in items_of(within(source, "entities").get("urls")):
        short, full = text_in(link, "url"), text_in(link, "expanded_url")
        if not short or not full:
            continue
        added = _OWN_PAGE.fullmatch(full) and text.endswith(short)
        if added or link.get("media_key"):
            text = text.removesuffix(short).rstrip(" ")
        else:
            text = text.replace(short, html.escape(full, quote=False), 1)
    return text
