"""Emoji: Slack keeps them as `:names:`, whatever was typed."""

from __future__ import annotations

import re
import unicodedata

EMOJI = {
    "+1": "👍",
    "-1": "👎",
    "alarm_clock": "⏰",
    "arrow_right": "➡️",
    "ballot_box_with_check": "☑️",
    "bell": "🔔",
    "bulb": "💡",
    "calendar": "📅",
    "chart_with_downwards_trend": "📉",
    "chart_with_upwards_trend": "📈",
    "clock3": "🕒",
    "crescent_moon": "🌙",
    "email": "📧",
    "envelope": "✉️",
    "eyes": "👀",
    "fire": "🔥",
    "globe_with_meridians": "🌐",
    "heart": "❤️",
    "hourglass": "⌛",
    "hourglass_flowing_sand": "⏳",
    "inbox_tray": "📥",
    "information_source": "ℹ️",
    "large_blue_circle": "🔵",
    "large_green_circle": "🟢",
    "large_orange_circle": "🟠",
    "large_red_circle": "🔴",
    "large_yellow_circle": "🟡",
    "leftwards_arrow_with_hook": "↩️",
    "link": "🔗",
    "lock": "🔒",
    "mag": "🔍",
    "memo": "📝",
    "mute": "🔇",
    "no_entry": "⛔",
    "no_entry_sign": "🚫",
    "paperclip": "📎",
    "pencil2": "✏️",
    "raised_hand": "✋",
    "raised_hands": "🙌",
    "red_circle": "🔴",
    "repeat": "🔁",
    "robot_face": "🤖",
    "rotating_light": "🚨",
    "slightly_smiling_face": "🙂",
    "smile": "😄",
    "speaker": "🔈",
    "speech_balloon": "💬",
    "star": "⭐",
    "tada": "🎉",
    "warning": "⚠️",
    "wave": "👋",
    "white_check_mark": "✅",
    "white_circle": "⚪",
    "x": "❌",
    "zzz": "💤",
}
# A name of ours for what the table lacks: Unicode's own, which leads back to it.
NAMES = {sign.rstrip("\ufe0f"): name for name, sign in reversed(EMOJI.items())}
ONE = "[\U0001f300-\U0001f3fa\U0001f400-\U0001faff\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff]"
TYPED = re.compile(f"({ONE})(\ufe0f?)([\U0001f3fb-\U0001f3ff]?)")
NAMED = re.compile(r":([a-z0-9_+-]+):(?::skin-tone-([2-6]):)?")
TONE = 0x1F3F9  # the first tone, number 2, is two above


def parts(text: str) -> list[str | re.Match[str]]:
    """Split a text into words and emoji. A bare sign of the old kind is a word."""
    found: list[str | re.Match[str]] = []
    end = 0
    for one in TYPED.finditer(text):
        if not is_emoji(one):
            continue
        found += [text[end : one.start()], one]
        end = one.end()
    return [part for part in (*found, text[end:]) if part]


def is_emoji(one: re.Match[str]) -> bool:
    """Tell emoji from signs like a check mark, which are text unless they say so."""
    return bool(one[2] or one[3] or one[1] in NAMES or ord(one[1]) > 0xFFFF)


def name_of(one: re.Match[str]) -> str:
    own = unicodedata.name(one[1], f"u{ord(one[1]):x}").lower().replace(" ", "_")
    return NAMES.get(one[1], own)


def tone_of(one: re.Match[str]) -> int | None:
    return ord(one[3]) - TONE if one[3] else None


def named(text: str) -> str:
    """Return `text` with names for its emoji, as Slack keeps it."""
    made = ""
    for part in parts(text):
        if isinstance(part, str):
            made += part
            continue
        tone = tone_of(part)
        made += f":{name_of(part)}:" + (f":skin-tone-{tone}:" if tone else "")
    return made


def signs(text: str) -> str:
    """Return `text` with the signs for the names that are known."""
    return NAMED.sub(_sign, text)


def _sign(name: re.Match[str]) -> str:
    try:
        sign = EMOJI.get(name[1]) or unicodedata.lookup(name[1].replace("_", " "))
    except KeyError:
        return name[0]
    return sign + (chr(TONE + int(name[2])) if name[2] else "")
