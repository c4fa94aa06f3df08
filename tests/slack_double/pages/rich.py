"""Rich text blocks as HTML. Words in them are literal: none of them is mark-up."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape

from tests.slack_double.wire import Json

STYLES = (("bold", "b"), ("italic", "i"), ("strike", "s"), ("code", "code"))
Mrkdwn = Callable[[str], Markup]


def rich_html(block: Json, mrkdwn: Mrkdwn) -> Markup:
    """Return the block; `mrkdwn` writes what is more than words: people, dates, emoji."""
    return Markup("").join(_part(part, mrkdwn) for part in block["elements"])


def _part(part: Json, mrkdwn: Mrkdwn) -> Markup:
    inside = Markup("").join(_one(one, mrkdwn) for one in part["elements"])
    if part["type"] == "rich_text_quote":
        return Markup("<blockquote>{}</blockquote>").format(inside)
    if part["type"] == "rich_text_preformatted":
        return Markup("<pre>{}</pre>").format(inside)
    if part["type"] == "rich_text_list":
        items = (_part(item, mrkdwn) for item in part["elements"])
        made = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
        tag = "ol" if part.get("style") == "ordered" else "ul"
        return Markup(f"<{tag}>{{}}</{tag}>").format(made)
    return Markup("<div>{}</div>").format(inside)


def _one(one: Json, mrkdwn: Mrkdwn) -> Markup:
    kind = one["type"]
    marks = {
        "emoji": lambda: f":{one['name']}:",
        "user": lambda: f"<@{one['user_id']}>",
        "broadcast": lambda: f"<!{one['range']}>",
        "date": lambda: f"<!date^{one['timestamp']}^{one['format']}|date>",
        "link": lambda: f"<{one['url']}|{one.get('text', one['url'])}>",
    }
    if kind in marks:
        return mrkdwn(marks[kind]())
    if kind != "text":
        return Markup("")
    made = Markup(str(escape(one["text"])).replace("\n", "<br>"))
    for style, tag in STYLES:
        if one.get("style", {}).get(style):
            made = Markup(f"<{tag}>{{}}</{tag}>").format(made)
    return made
