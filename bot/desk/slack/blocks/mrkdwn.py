"""Slack's markup, so that what others wrote can never become any.

`Mrkdwn` is text that may stand in a mrkdwn object: our own words, and `plain` of
everything else. Where content is long or matters literally, blocks use plain text or
rich text instead, which know no markup at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NewType

from bot.desk.slack.blocks.limits import cut, one_line, units

Mrkdwn = NewType("Mrkdwn", str)

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Signs that format what stands between two of them, and ones that look alike.
_LIKE = {"*": "∗", "~": "∼", "`": "ˋ", "_": "ˍ", ":": "∶"}
# A sign inside of a word, as in jules_k, formats nothing, nor does a lone colon.
_FORMATS = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])|:(?=[\w+'-]+:)")
_WEB_PAGE = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[\w.~!$&'()+,;=:@/?#%-]{0,900})?")
_SOON = timedelta(hours=18)
_USER = re.compile(r"[UW][A-Z0-9]{5,}")


def plain(content: str, *, limit: int = 300) -> Mrkdwn:
    """Return what others wrote as one line without any meaning to Slack."""
    dull = _FORMATS.sub(lambda sign: _LIKE[sign.group()], one_line(content))
    return Mrkdwn(escaped(cut(dull, limit, cost=lambda text: units(escaped(text)))))


def escaped(text: str) -> str:
    """Return `text` with the three signs replaced that Slack's markup is made of."""
    return "".join(_ESCAPES.get(sign, sign) for sign in text)


def bold(words: str) -> Mrkdwn:
    return Mrkdwn(f"*{words}*")


def joined(parts: Iterable[str], separator: str = " · ") -> Mrkdwn:
    """Return the parts that say something, one behind the other."""
    return Mrkdwn(separator.join(part for part in parts if part))


def clock(moment: datetime) -> Mrkdwn:
    """Return a time of day, in the zone of whoever reads it."""
    return _date(moment, "{time}")


def day_and_clock(moment: datetime) -> Mrkdwn:
    """Return "today at 14:02", "Friday, 4 December at 08:00", in the reader's zone."""
    return _date(moment, "{date_short_pretty} at {time}")


def deadline(moment: datetime, now: datetime) -> Mrkdwn:
    """Return a time to come; with its day, unless the next such time is meant."""
    return clock(moment) if moment - now < _SOON else day_and_clock(moment)


def is_user(text: str) -> bool:
    """Tell whether `text` is the id of a Slack user."""
    return _USER.fullmatch(text) is not None


def mention(user: str) -> Mrkdwn:
    """Return markup that taps a person on the shoulder; `user` is their Slack id."""
    return Mrkdwn(f"<@{user}>")


def link(url: str, words: Mrkdwn) -> Mrkdwn:
    """Return a link. `url` is Slack's or the program's own."""
    shown = words.replace("|", "¦") or "there"
    return Mrkdwn(f"<{escaped(url).replace('|', '%7C')}|{shown}>")


def outside(url: str | None, words: Mrkdwn) -> Mrkdwn:
    """Return a link to a page of somebody else's; nothing if it is not plainly one."""
    if url is None or not _WEB_PAGE.fullmatch(url):
        return Mrkdwn("")
    return link(url, words)


def _date(moment: datetime, form: str) -> Mrkdwn:
    spoken = moment.strftime("%d %b %Y, %H:%M %Z")
    return Mrkdwn(f"<!date^{int(moment.timestamp())}^{form}|{spoken}>")
