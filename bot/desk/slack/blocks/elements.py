"""Block Kit, as far as we use it. Everything that comes out of here fits."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk.slack.blocks import limits
from bot.desk.slack.blocks.limits import cut, one_line, tidy
from bot.desk.slack.blocks.mrkdwn import Mrkdwn, plain
from bot.desk.slack.ids import ActionId

Json = dict[str, object]
_NOTHING = "–"  # Slack refuses empty texts


def plain_text(words: str, limit: int, *, emoji: bool = False) -> Json:
    """Return a text without markup; `emoji` lets `:lock:` become one."""
    shown = cut(one_line(words), limit) or _NOTHING
    return {"type": "plain_text", "text": shown, "emoji": emoji}


def mrkdwn(words: Mrkdwn) -> Json:
    """Return a text with our own markup. Slack adds no links or mentions to it."""
    return {"type": "mrkdwn", "text": words or _NOTHING, "verbatim": True}


def header(words: str) -> Json:
    return {"type": "header", "text": plain_text(words, limits.HEADER)}


def section(
    words: Mrkdwn, *, accessory: Json | None = None, block_id: str = ""
) -> Json:
    """Return a paragraph of our own words; longer ones end in “…”."""
    block: Json = {"type": "section", "text": mrkdwn(_whole(words, limits.SECTION))}
    if accessory:
        block["accessory"] = accessory
    if block_id:
        block["block_id"] = block_id
    return block


def context(*elements: Mrkdwn | Json) -> Json:
    """Return one line of small print."""
    shown = [
        mrkdwn(_whole(one, limits.CONTEXT)) if isinstance(one, str) else one
        for one in elements
        if one
    ]
    return {"type": "context", "elements": shown[: limits.CONTEXT_ELEMENTS]}


def divider() -> Json:
    return {"type": "divider"}


def actions(elements: Sequence[Json], *, block_id: str) -> Json:
    shown = list(elements)[: limits.ACTIONS]
    return {"type": "actions", "block_id": block_id, "elements": shown}


def button(
    words: str,
    action: ActionId,
    value: str = "",
    *,
    style: str = "",
    url: str = "",
    confirm: Json | None = None,
    suffix: str = "",
) -> Json:
    """Return a button. `suffix` tells several of one action in one block apart."""
    name = f"{action.value}:{suffix}" if suffix else action.value
    made: Json = {
        "type": "button",
        "action_id": name,
        "text": plain_text(words, limits.BUTTON, emoji=True),
    }
    extras = {"value": value, "style": style, "url": url, "confirm": confirm}
    return {**made, **{name: extra for name, extra in extras.items() if extra}}


def confirm(title: str, words: str, yes: str, *, danger: bool = False) -> Json:
    """Return the question that Slack asks before a click counts."""
    asked: Json = {
        "title": plain_text(title, 100),
        "text": plain_text(words, 300),
        "confirm": plain_text(yes, 30),
        "deny": plain_text("Cancel", 30),
    }
    return {**asked, "style": "danger"} if danger else asked


def option(words: str, value: str, *, says: str = "") -> Json:
    """Return a choice. `value` is at most 150 characters: a code, never content."""
    made: Json = {"text": plain_text(words, limits.OPTION), "value": value}
    return {**made, "description": plain_text(says, limits.OPTION)} if says else made


def overflow(action: ActionId, options: Sequence[Json]) -> Json:
    """Return the “⋯” menu of up to five choices."""
    shown = list(options)[: limits.OVERFLOW_OPTIONS]
    return {"type": "overflow", "action_id": action.value, "options": shown}


def quote(content: str, limit: int = limits.SECTION) -> Json:
    """Return what somebody wrote, word by word, with a bar at its side."""
    words = cut(tidy(content), limit) or "(no words)"
    return rich({"type": "rich_text_quote", "elements": [literal(words)]})


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def rich_line(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def literal(words: str, *, bold: bool = False) -> Json:
    """Return words in a rich text: none of them means anything to Slack."""
    made: Json = {"type": "text", "text": words or _NOTHING}
    return {**made, "style": {"bold": True}} if bold else made


def emoji(name: str) -> Json:
    return {"type": "emoji", "name": name}


def _whole(words: Mrkdwn, limit: int) -> Mrkdwn:
    """Return `words`; ones too long lose their markup, so that none is cut in two."""
    return words if limits.units(words) <= limit else plain(words, limit=limit)
