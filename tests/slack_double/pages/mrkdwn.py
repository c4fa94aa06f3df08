"""Slack's own mark-up as HTML."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from tests.slack_double.emoji import signs
from tests.slack_double.wire import unescaped
from tests.slack_double.workspace import Workspace

STYLES = (
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"<b>\1</b>"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"), r"<i>\1</i>"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])"), r"<s>\1</s>"),
)
PIECES = re.compile(r"```(?P<pre>.+?)```|`(?P<code>[^`\n]+)`|<(?P<tag>[^<>\n]+)>", re.S)
QUOTE = re.compile(r"(?:^&gt;[^\n]*(?:\n|$))+", re.M)
DAY = {
    "date_num": "%Y-%m-%d",
    "date": "%B %-d, %Y",
    "date_short": "%b %-d, %Y",
    "date_long": "%A, %B %-d, %Y",
    "date_pretty": "%B %-d, %Y",
    "date_short_pretty": "%b %-d, %Y",
    "date_long_pretty": "%A, %B %-d, %Y",
    "time": "%H:%M",
    "time_secs": "%H:%M:%S",
    "ago": "%H:%M",
}


NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}


class Writer:
    """Turns texts into HTML for one reader, in the reader's time zone."""

    def __init__(self, space: Workspace, tz: str) -> None:
        self._space, self._tz = space, ZoneInfo(tz)

    def text(self, made: object) -> Markup:
        """Return a text object as HTML."""
        if not isinstance(made, dict):
            return Markup("")
        if made["type"] == "plain_text":
            return Markup(signs(str(escape(unescaped(made["text"])))))
        return self.mrkdwn(made["text"])

    def mrkdwn(self, text: str) -> Markup:
        """Return marked-up text as HTML; nothing in it can break out."""
        kept: list[str] = []

        def keep(piece: re.Match[str]) -> str:
            kept.append(self._piece(piece))
            return f"\x00{len(kept) - 1}\x00"

        body = PIECES.sub(keep, text.replace("\x00", ""))
        body = str(escape(unescaped(body)))
        for pattern, made in STYLES:
            body = pattern.sub(made, body)
        body = QUOTE.sub(_quoted, signs(body)).replace("\n", "<br>")
        return Markup(re.sub(r"\x00(\d+)\x00", lambda m: kept[int(m[1])], body))

    def _piece(self, piece: re.Match[str]) -> str:
        if piece["pre"] is not None:
            return f"<pre>{escape(unescaped(piece['pre'].strip()))}</pre>"
        if piece["code"] is not None:
            return f"<code>{escape(unescaped(piece['code']))}</code>"
        return self._tag(piece["tag"])

    def _tag(self, tag: str) -> str:
        target, _, label = tag.partition("|")
        kinds: dict[str, Callable[[str, str], str]] = {
            "@": self._person,
            "#": self._channel,
            "!": self._special,
        }
        if target[0] in kinds:
            return kinds[target[0]](target[1:], label)
        if not target.startswith(("http://", "https://", "mailto:")):
            return str(escape(unescaped(tag)))
        shown = escape(unescaped(label or target))
        return f'<a href="{escape(unescaped(target))}">{shown}</a>'

    def _person(self, user_id: str, label: str) -> str:
        user = self._space.users.get(user_id)
        return f'<span class="at">@{escape(user.real_name if user else label)}</span>'

    def _channel(self, channel_id: str, label: str) -> str:
        channel = self._space.channels.get(channel_id)
        return f'<span class="at">#{escape(channel.name if channel else label)}</span>'

    def _special(self, what: str, label: str) -> str:
        if not what.startswith("date^"):
            return f'<span class="at at--all">@{escape(what)}</span>'
        _, seconds, form, *_ = what.split("^")
        moment = datetime.fromtimestamp(int(seconds), self._tz)
        today = datetime.fromtimestamp(self._space.now(), self._tz)
        days = (moment.date() - today.date()).days
        return str(escape(re.sub(r"\{(\w+)\}", lambda m: _date(m, moment, days), form)))

    def clock(self, ts: str) -> str:
        return self.moment(ts).strftime("%H:%M")

    def day(self, ts: str) -> str:
        return self.moment(ts).strftime("%A, %-d %B")

    def moment(self, ts: str) -> datetime:
        return datetime.fromtimestamp(float(ts), self._tz)


def _date(token: re.Match[str], moment: datetime, days: int) -> str:
    """Return a part of a date; pretty ones have words for the days around today."""
    if token[1].endswith("_pretty") and days in NEAR:
        return NEAR[days]
    return moment.strftime(DAY[token[1]]) if token[1] in DAY else token[0]


def _quoted(lines: re.Match[str]) -> str:
    inside = [line.removeprefix("&gt;").strip() for line in lines[0].splitlines()]
    return f"<blockquote>{'<br>'.join(inside)}</blockquote>"
