"""What Slack takes, written down a second time: strict, and by nobody's own constants."""

from __future__ import annotations

import json
import re

OURS = re.compile(
    r"<!date\^\d+\^[^|<>^]+\|[^|<>]+>"
    r"|<@[UW][A-Z0-9]+>"
    r"|<!here>"
    r"|<https://[^|<>\s]+\|[^|<>]+>"
)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def check_message(payload: dict, *, here: bool = False) -> None:
    """Fail unless Slack would take the message, and show it as we meant."""
    assert set(payload) == {"text", "blocks"}
    check_markup(payload["text"], here=here)
    assert 1 <= units(payload["text"]) <= 4000
    assert "\n" not in payload["text"]
    check_blocks(payload["blocks"], most=50, here=here)
    total = json.dumps(payload["blocks"], ensure_ascii=False, separators=(",", ":"))
    assert units(total) <= 13_200


def check_view(view: dict) -> None:
    """Fail unless Slack would open the dialogue, or publish the Home."""
    kind = view["type"]
    assert kind in ("modal", "home")
    check_blocks(view["blocks"], most=100)
    if kind == "home":
        assert set(view) <= {"type", "blocks", "private_metadata"}
        return
    assert set(view) <= {
        *("type", "blocks", "private_metadata", "callback_id", "title", "submit"),
        *("close", "notify_on_close"),
    }
    assert 1 <= len(view["callback_id"]) <= 255
    assert units(view["private_metadata"]) <= 3000
    for part in ("title", "submit", "close"):
        if part in view:
            check_text(view[part], 24, kinds=("plain_text",))
    inputs = any(block["type"] == "input" for block in view["blocks"])
    assert not inputs or "submit" in view, "a field needs a way to hand it in"


def check_blocks(blocks: list[dict], *, most: int, here: bool = False) -> None:
    assert isinstance(blocks, list)
    assert 1 <= len(blocks) <= most
    json.dumps(blocks, ensure_ascii=False).encode()  # no halves of characters
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(ids) == len(set(ids))
    assert all(1 <= units(one) <= 255 for one in ids)
    for block in blocks:
        BLOCKS[block["type"]](block, here)


def check_text(
    text: dict, limit: int, *, kinds: tuple[str, ...], here: bool = False
) -> None:
    assert text["type"] in kinds, text
    assert 1 <= units(text["text"]) <= limit, (limit, text["text"])
    assert text["text"].strip(), "Slack refuses empty texts"
    if text["type"] == "mrkdwn":
        assert set(text) == {"type", "text", "verbatim"}
        assert text["verbatim"] is True, "else Slack adds links and mentions"
        check_markup(text["text"], here=here)
    else:
        assert set(text) == {"type", "text", "emoji"}


def check_markup(text: str, *, here: bool = False) -> None:
    """Fail if any markup stands in `text` that is not of our making."""
    if not here:
        assert "<!here>" not in text
    rest = OURS.sub("", text)
    assert "<" not in rest, text
    assert ">" not in rest, text
    assert not re.search(r"&(?!amp;|lt;|gt;)", rest), text


def _fields(made: dict, needed: set[str], allowed: set[str] = frozenset()) -> None:
    assert needed <= set(made), f"{needed - set(made)} is missing in {made}"
    assert set(made) <= needed | allowed, f"unknown: {set(made) - needed - allowed}"


def _section(block: dict, here: bool) -> None:
    _fields(block, {"type", "text"}, {"block_id", "accessory"})
    check_text(block["text"], 3000, kinds=("mrkdwn", "plain_text"), here=here)
    if "accessory" in block:
        check_element(block["accessory"])


def _context(block: dict, here: bool) -> None:
    _fields(block, {"type", "elements"})
    assert 1 <= len(block["elements"]) <= 10
    for one in block["elements"]:
        check_text(one, 2000, kinds=("mrkdwn", "plain_text"), here=here)


def _header(block: dict, _here: bool) -> None:
    _fields(block, {"type", "text"})
    check_text(block["text"], 150, kinds=("plain_text",))


def _divider(block: dict, _here: bool) -> None:
    _fields(block, {"type"})


def _actions(block: dict, _here: bool) -> None:
    _fields(block, {"type", "elements", "block_id"})
    assert 1 <= len(block["elements"]) <= 25
    ids = [one["action_id"] for one in block["elements"]]
    assert len(ids) == len(set(ids))
    for one in block["elements"]:
        check_element(one)


def _input(block: dict, _here: bool) -> None:
    _fields(
        block,
        {"type", "label", "element", "block_id"},
        {"hint", "optional", "dispatch_action"},
    )
    check_text(block["label"], 2000, kinds=("plain_text",))
    if "hint" in block:
        check_text(block["hint"], 2000, kinds=("plain_text",))
    check_element(block["element"], field=True)


def _rich_text(block: dict, _here: bool) -> None:
    _fields(block, {"type", "elements"}, {"block_id"})
    assert block["elements"]
    for part in block["elements"]:
        assert part["type"] in ("rich_text_section", "rich_text_quote")
        _fields(part, {"type", "elements"})
        assert part["elements"]
        for one in part["elements"]:
            if one["type"] == "emoji":
                _fields(one, {"type", "name"})
            else:
                assert one["type"] == "text"
                _fields(one, {"type", "text"}, {"style"})
                assert one["text"]


BLOCKS = {
    "section": _section,
    "context": _context,
    "header": _header,
    "divider": _divider,
    "actions": _actions,
    "input": _input,
    "rich_text": _rich_text,
}

IN_MESSAGES = {"button", "overflow"}
CHOICES = {"static_select", "multi_static_select", "radio_buttons", "checkboxes"}
FIELDS = CHOICES | {"plain_text_input", "users_select", "datetimepicker"}


def check_element(one: dict, *, field: bool = False) -> None:
    kind = one["type"]
    assert kind in (FIELDS if field else IN_MESSAGES | CHOICES), kind
    assert 1 <= len(one["action_id"]) <= 255
    if "placeholder" in one:
        check_text(one["placeholder"], 150, kinds=("plain_text",))
    ELEMENTS[kind](one)


def _button(one: dict) -> None:
    _fields(one, {"type", "action_id", "text"}, {"value", "style", "url", "confirm"})
    check_text(one["text"], 75, kinds=("plain_text",))
    assert units(one.get("value", "")) <= 2000
    assert one.get("style", "primary") in ("primary", "danger")
    assert len(one.get("url", "")) <= 3000
    if "confirm" in one:
        _confirm(one["confirm"])


def _confirm(asked: dict) -> None:
    _fields(asked, {"title", "text", "confirm", "deny"}, {"style"})
    limits = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
    for part, limit in limits.items():
        check_text(asked[part], limit, kinds=("plain_text",))


def _option(one: dict) -> None:
    _fields(one, {"text", "value"}, {"description"})
    check_text(one["text"], 75, kinds=("plain_text",))
    assert 1 <= units(one["value"]) <= 150
    if "description" in one:
        check_text(one["description"], 75, kinds=("plain_text",))


def _options(options: list[dict], *, most: int) -> None:
    assert 1 <= len(options) <= most
    for one in options:
        _option(one)
    values = [one["value"] for one in options]
    assert len(values) == len(set(values))


def _overflow(one: dict) -> None:
    _fields(one, {"type", "action_id", "options"})
    _options(one["options"], most=5)


def _choice(one: dict) -> None:
    _fields(
        one,
        {"type", "action_id"},
        {
            "options",
            "option_groups",
            "placeholder",
            "initial_option",
            "initial_options",
        },
    )
    assert ("options" in one) != ("option_groups" in one)
    offered = list(one.get("options", ()))
    most = 10 if one["type"] in ("radio_buttons", "checkboxes") else 100
    if "options" in one:
        _options(one["options"], most=most)
    groups = one.get("option_groups", ())
    assert len(groups) <= 100
    for group in groups:
        _fields(group, {"label", "options"})
        check_text(group["label"], 75, kinds=("plain_text",))
        _options(group["options"], most=100)
        offered += group["options"]
    chosen = [one["initial_option"]] if "initial_option" in one else []
    for each in [*chosen, *one.get("initial_options", ())]:
        assert each in offered, "what is chosen must be on offer"


def _text_input(one: dict) -> None:
    _fields(
        one,
        {"type", "action_id"},
        {
            *("multiline", "max_length", "min_length", "initial_value", "placeholder"),
            *("dispatch_action_config", "focus_on_load"),
        },
    )
    assert 1 <= one.get("max_length", 3000) <= 3000
    assert units(one.get("initial_value", "")) <= one.get("max_length", 3000)


def _picker(one: dict) -> None:
    _fields(
        one,
        {"type", "action_id"},
        {"initial_user", "initial_date_time", "placeholder", "focus_on_load"},
    )


ELEMENTS = {
    "button": _button,
    "overflow": _overflow,
    "static_select": _choice,
    "multi_static_select": _choice,
    "radio_buttons": _choice,
    "checkboxes": _choice,
    "plain_text_input": _text_input,
    "users_select": _picker,
    "datetimepicker": _picker,
}
