"""Dialogues and their fields. What is in `facts` comes back when one is handed in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from bot.desk.slack.blocks import limits
from bot.desk.slack.blocks.elements import Json, option, plain_text
from bot.desk.slack.blocks.limits import cut, tidy, units
from bot.desk.slack.ids import ActionId, Dialogue, field_block, packed
from bot.model.attachment import MOST_SENT, AttachmentKind

Facts = Mapping[str, str]

_ENDINGS: Mapping[AttachmentKind, Sequence[str]] = {
    AttachmentKind.IMAGE: ("gif", "jpeg", "jpg", "png", "webp"),
    AttachmentKind.VIDEO: ("mov", "mp4"),
    AttachmentKind.AUDIO: ("m4a", "mp3"),
}


def modal(
    dialogue: Dialogue,
    title: str,
    blocks: Sequence[Json],
    facts: Facts,
    *,
    submit: str = "",
    close: str = "Cancel",
) -> Json:
    """Return a dialogue. `facts` are codes and ids, never what somebody wrote."""
    view: Json = {
        "type": "modal",
        "callback_id": dialogue.value,
        "title": plain_text(title, limits.VIEW_TITLE),
        "close": plain_text(close, limits.VIEW_TITLE),
        "private_metadata": packed(**facts),
        "blocks": list(blocks)[: limits.VIEW_BLOCKS],
    }
    return {**view, "submit": plain_text(submit, limits.VIEW_TITLE)} if submit else view


def field(
    action: ActionId,
    label: str,
    element: Json,
    *,
    hint: str = "",
    optional: bool = False,
    live: bool = False,
    version: str = "",
) -> Json:
    """Return a labelled field. `live`: each change is told while it is filled in."""
    made: Json = {
        "type": "input",
        "block_id": field_block(action, version),
        "label": plain_text(label, limits.LABEL),
        "element": {"action_id": action.value, **element},
    }
    extras: Json = {"optional": optional, "dispatch_action": live}
    made |= {name: True for name, wanted in extras.items() if wanted}
    return {**made, "hint": plain_text(hint, limits.LABEL)} if hint else made


def text_input(
    *, initial: str = "", placeholder: str = "", live: bool = False, lines: bool = True
) -> Json:
    """Return a field to write in. A longer `initial` ends in “…”."""
    made: Json = {
        "type": "plain_text_input",
        "multiline": lines,
        "max_length": limits.INPUT,
    }
    if live:
        told = {"trigger_actions_on": ["on_character_entered"]}
        made["dispatch_action_config"] = told
    if initial:
        made["initial_value"] = cut(tidy(initial), limits.INPUT)
    return _with_placeholder(made, placeholder)


def select(
    options: Sequence[Json], *, placeholder: str = "", chosen: Json | None = None
) -> Json:
    offered = list(options)[: limits.OPTIONS]
    made: Json = {"type": "static_select", "options": offered}
    if chosen in offered:
        made["initial_option"] = chosen
    return _with_placeholder(made, placeholder)


def radio(options: Sequence[Json], *, chosen: Json | None = None) -> Json:
    made: Json = {"type": "radio_buttons", "options": list(options)[:10]}
    return {**made, "initial_option": chosen} if chosen else made


def file_input(kinds: Collection[AttachmentKind]) -> Json:
    """Return a field for files of these kinds."""
    made: Json = {"type": "file_input", "max_files": MOST_SENT}
    if AttachmentKind.FILE in kinds:
        return made
    endings = [ending for kind in kinds for ending in _ENDINGS[kind]]
    return {**made, "filetypes": sorted(endings)}


def options_of(names: Iterable[tuple[str, str]]) -> list[Json]:
    """Return choices of (value, words), each value once. Codes that cannot be sent are left out."""
    unique = dict(names)
    return [
        option(words, value)
        for value, words in unique.items()
        if value and tidy(value) == value and units(value) <= limits.OPTION_VALUE
    ]


def _with_placeholder(made: Json, placeholder: str) -> Json:
    if not placeholder:
        return made
    return {**made, "placeholder": plain_text(placeholder, limits.PLACEHOLDER)}
