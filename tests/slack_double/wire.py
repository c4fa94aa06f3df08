"""JSON as it goes over the wire, and Slack's ways of writing text in it."""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]  # what comes in is checked in `shapes`, not by types

LINK = re.compile(r"https?://[^\s<>|]+")


def units(text: str) -> int:
    """Count as JavaScript does: the largest of the counts that Slack may mean."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escaped(text: str) -> str:
    """Return `text` as Slack keeps what a person typed."""
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, entity)
    return LINK.sub(lambda link: f"<{link[0]}>", text)


def unescaped(text: str) -> str:
    for sign, entity in ((">", "&gt;"), ("<", "&lt;"), ("&", "&amp;")):
        text = text.replace(entity, sign)
    return text


RUNS = {"rich_text_section", "rich_text_quote", "rich_text_preformatted"}
CLOSED = {"confirm", "options", "option_groups"}  # shown only after a click


def texts_in(value: object, *, hidden: bool = True) -> list[str]:
    """Return every text of blocks in their order, with that of closed menus."""
    if isinstance(value, list):
        return [text for item in value for text in texts_in(item, hidden=hidden)]
    if not isinstance(value, dict):
        return []
    if value.get("type") in RUNS:
        return ["".join(_run(run) for run in value.get("elements", []))]
    own = value.get("text")
    found = [own] if isinstance(own, str) else []
    return found + [
        text
        for key, item in value.items()
        if not (key == "text" and isinstance(item, str))
        and (hidden or key not in CLOSED)
        for text in texts_in(item, hidden=hidden)
    ]


def _run(run: Json) -> str:
    """Return a run of rich text as one reads it, but for what has no words."""
    kinds = {"emoji": "name", "link": "url", "user": "user_id", "broadcast": "range"}
    shown = run.get("text") or run.get(kinds.get(str(run.get("type")), ""), "")
    return f":{shown}:" if run.get("type") == "emoji" else str(shown)


def shown_in(blocks: list[Json]) -> list[str]:
    """Return the texts that one reads without opening a menu."""
    return texts_in(blocks, hidden=False)


def elements_in(blocks: list[Json]) -> list[tuple[str, Json]]:
    """Return every interactive element with the id of the block it is in."""
    found: list[tuple[str, Json]] = []
    for block in blocks:
        inside = [block.get("accessory"), block.get("element")]
        if block.get("type") == "actions":
            inside += block["elements"]
        found += [
            (block["block_id"], item)
            for item in inside
            if item and item.get("type") != "image"
        ]
    return found
