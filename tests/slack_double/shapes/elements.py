"""Block elements: buttons, menus, inputs."""

from __future__ import annotations

import re

from tests.slack_double.shapes.report import (
    Check,
    Report,
    boolean,
    integer,
    list_of,
    one_of,
    plain,
    string,
    text,
)
from tests.slack_double.wire import Json

ACTION_ID = string(255, least=1)
URL = string(3000, least=1)


def confirm(report: Report, value: object, at: str) -> None:
    """Check a dialogue that asks "are you sure?"."""
    made = report.a_dict(value, at)
    if made is not None:
        needed = {"title": plain(100), "text": text(300)}
        needed |= {"confirm": plain(30), "deny": plain(30)}
        report.fields(made, at, needed, {"style": one_of("primary", "danger")})


def option(*, formatted: bool = False, linked: bool = False) -> Check:
    """Return a check for an option; only lists of boxes may format its text."""

    def check(report: Report, value: object, at: str) -> None:
        made = report.a_dict(value, at)
        if made is None:
            return
        label = text(75) if formatted else plain(75)
        allowed = {"description": label} | ({"url": URL} if linked else {})
        report.fields(made, at, {"text": label, "value": string(150, least=1)}, allowed)

    return check


def group(report: Report, value: object, at: str) -> None:
    made = report.a_dict(value, at)
    if made is not None:
        options = list_of(option(), most=100)
        report.fields(made, at, {"label": plain(75), "options": options}, {})


def matching(pattern: str) -> Check:
    def check(report: Report, value: object, at: str) -> None:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            report.fault(f"failed to match {pattern}", at)

    return check


def dispatch(report: Report, value: object, at: str) -> None:
    made = report.a_dict(value, at)
    if made is not None:
        kinds = one_of("on_enter_pressed", "on_character_entered")
        triggers = list_of(kinds, most=2)
        report.fields(made, at, {}, {"trigger_actions_on": triggers})


def is_dict(report: Report, value: object, at: str) -> None:
    report.a_dict(value, at)


ID = string(255, least=1)
BASE: dict[str, Check] = {"action_id": ACTION_ID, "confirm": confirm}
FOCUS: dict[str, Check] = {"focus_on_load": boolean}
MENU = BASE | FOCUS | {"placeholder": plain(150)}
MANY = MENU | {"max_selected_items": integer(1, 1000)}
OPTIONS = {
    "options": list_of(option(), most=100),
    "option_groups": list_of(group, most=100),
}
TYPED = (
    BASE
    | FOCUS
    | {
        "placeholder": plain(150),
        "initial_value": string(3000),
        "dispatch_action_config": dispatch,
    }
)
LENGTHS = {"min_length": integer(0, 3000), "max_length": integer(1, 3000)}
IDS = list_of(ID, least=0, most=1000)
FILTER = {"filter": is_dict, "default_to_current_conversation": boolean}
BOXES = list_of(option(formatted=True), most=10)
DATE, TIME = r"\d{4}-\d\d-\d\d", r"([01]\d|2[0-3]):[0-5]\d"

Shape = tuple[dict[str, Check], dict[str, Check]]  # what it needs, what it may have
ELEMENTS: dict[str, Shape] = {
    "button": (
        {"text": plain(75)},
        BASE
        | {
            "url": URL,
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
    ),
    "static_select": ({}, MENU | OPTIONS | {"initial_option": option()}),
    "multi_static_select": (
        {},
        MANY | OPTIONS | {"initial_options": list_of(option(), most=100)},
    ),
    "external_select": (
        {},
        MENU | {"min_query_length": integer(0, 100), "initial_option": option()},
    ),
    "multi_external_select": (
        {},
        MANY
        | {
            "min_query_length": integer(0, 100),
            "initial_options": list_of(option(), most=100),
        },
    ),
    "users_select": ({}, MENU | {"initial_user": ID}),
    "multi_users_select": ({}, MANY | {"initial_users": IDS}),
    "conversations_select": (
        {},
        MENU | FILTER | {"initial_conversation": ID, "response_url_enabled": boolean},
    ),
    "multi_conversations_select": ({}, MANY | FILTER | {"initial_conversations": IDS}),
    "channels_select": (
        {},
        MENU | {"initial_channel": ID, "response_url_enabled": boolean},
    ),
    "multi_channels_select": ({}, MANY | {"initial_channels": IDS}),
    "overflow": ({"options": list_of(option(linked=True), most=5)}, BASE),
    "checkboxes": ({"options": BOXES}, BASE | FOCUS | {"initial_options": BOXES}),
    "radio_buttons": (
        {"options": BOXES},
        BASE | FOCUS | {"initial_option": option(formatted=True)},
    ),
    "datepicker": ({}, MENU | {"initial_date": matching(DATE)}),
    "timepicker": ({}, MENU | {"initial_time": matching(TIME), "timezone": string(80)}),
    "datetimepicker": (
        {},
        BASE | FOCUS | {"initial_date_time": integer(1_000_000_000, 9_999_999_999)},
    ),
    "plain_text_input": ({}, TYPED | LENGTHS | {"multiline": boolean}),
    "email_text_input": ({}, TYPED),
    "url_text_input": ({}, TYPED),
    "number_input": (
        {"is_decimal_allowed": boolean},
        TYPED | {"min_value": string(40), "max_value": string(40)},
    ),
    "file_input": (
        {},
        {
            "action_id": ACTION_ID,
            "filetypes": list_of(string(20), most=100),
            "max_files": integer(1, 10),
        },
    ),
    "image": (
        {"alt_text": string(2000)},
        {"image_url": string(3000, least=1), "slack_file": is_dict},
    ),
}
MENUS = {"static_select", "external_select", "users_select", "conversations_select"}
MENUS |= {"channels_select"}
MULTI = {f"multi_{name}" for name in MENUS}
BOTH = MENUS | {"checkboxes", "radio_buttons", "datepicker", "timepicker"}
INPUTS = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
PLACES = {
    "actions": BOTH | {"button", "overflow", "datetimepicker"},
    "section": BOTH | MULTI | {"button", "overflow", "image"},
    "input": BOTH | MULTI | INPUTS | {"datetimepicker", "file_input"},
}


def element(report: Report, value: object, at: str, *, place: str) -> None:
    """Check an element that stands in a block of the kind `place`."""
    made = report.a_dict(value, at)
    if made is None:
        return
    kind = made.get("type")
    if kind not in ELEMENTS or kind not in PLACES[place]:
        report.fault(f"unsupported type: {kind}", f"{at}/type")
        return
    report.fields(made, at, *ELEMENTS[kind])
    if kind in {"static_select", "multi_static_select"}:
        _one_list(report, made, at)
    _chosen(report, made, at)


def _one_list(report: Report, made: Json, at: str) -> None:
    if ("options" in made) == ("option_groups" in made):
        report.fault("either options or option_groups is required", at)


def _chosen(report: Report, made: Json, at: str) -> None:
    """An option that is chosen at first must be one of those that are offered."""
    offered = list(made.get("options", []))
    for one in made.get("option_groups", []):
        offered += one.get("options", [])
    if not offered:
        return
    chosen = made.get("initial_options", []) + [
        made[name] for name in ("initial_option",) if name in made
    ]
    if any(one not in offered for one in chosen):
        report.fault("initial option is not among the options", at)
    values = [one.get("value") for one in offered if isinstance(one, dict)]
    if len(set(values)) < len(values):
        report.fault("values of options must be unique", f"{at}/options")
