"""What stands in a view's inputs, as Slack reports it."""

from __future__ import annotations

from tests.slack_double.errors import CannotDo
from tests.slack_double.wire import Json, elements_in

# The field of an element's state -> the field that it starts with.
START = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
}
FIELD = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "file_input": "files",
}
STATELESS = {"button", "overflow"}


def kept(blocks: list[Json], before: Json) -> Json:
    """Return the state of `blocks`, with what was put in before."""
    made: Json = {}
    for block_id, element in elements_in(blocks):
        if element["type"] in STATELESS:
            continue
        action = element["action_id"]
        old = before.get(block_id, {}).get(action)
        same = old if old and old["type"] == element["type"] else None
        made.setdefault(block_id, {})[action] = same or _start(element)
    return made


def _start(element: Json) -> Json:
    field = FIELD[element["type"]]
    many = field in {"selected_options", "files"}
    first = element.get(START.get(field, ""), [] if many else None)
    return {"type": element["type"], field: first}


def chosen(element: Json, given: object) -> Json:
    """Return the state of `element` after a person put `given` in.

    Raises:
        CannotDo: that is not among what is offered, or does not fit.
    """
    field = FIELD[element["type"]]
    if field == "selected_option":
        return {"type": element["type"], field: _option(element, given)}
    if field == "selected_options":
        several = given if isinstance(given, (list, tuple, set)) else [given]
        picked = [_option(element, one) for one in several]
        return {"type": element["type"], field: picked}
    if field == "files":
        given = _files(element, given)
    if field == "value":
        given = _typed(element, given)
    return {"type": element["type"], field: given}


def _files(element: Json, given: object) -> list[Json]:
    """A field for files takes as many as it says, with the endings that it names."""
    several = given if isinstance(given, (list, tuple)) else []
    files = [one for one in several if isinstance(one, dict)]
    endings = element.get("filetypes")
    if len(files) > element.get("max_files", 10):
        raise CannotDo(f"{element['action_id']} takes no {len(files)} files")
    for file in files:
        if endings and file["filetype"] not in endings:
            raise CannotDo(f"{element['action_id']} takes no {file['name']}")
    return files


def _typed(element: Json, given: object) -> str | None:
    """An input holds no more than it says, and empty is nothing."""
    text = "" if given is None else str(given)
    if len(text) > element.get("max_length", 3000):
        raise CannotDo(f"{element['action_id']} takes no text of {len(text)}")
    return text or None


def _option(element: Json, given: object) -> Json:
    """Find an option by its value or by the text that one reads."""
    if isinstance(given, dict) and element["type"].endswith("external_select"):
        return given  # one that the app has suggested
    offered = options_of(element)
    for option in offered:
        if given in {option["value"], option["text"]["text"]}:
            return option
    values = [option["value"] for option in offered]
    raise CannotDo(f"{element['action_id']} does not offer {given!r} but {values}")


def options_of(element: Json) -> list[Json]:
    grouped = [one for g in element.get("option_groups", []) for one in g["options"]]
    return [*element.get("options", []), *grouped]


def is_empty(state: Json) -> bool:
    """Tell whether nothing stands in an input."""
    return all(value in (None, "", []) for key, value in state.items() if key != "type")
