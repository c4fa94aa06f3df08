"""Read the responses of a Rasa domain, without Rasa: who may read which wording."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Final

from bot.model.message import Visibility
from bot.yaml_reader import Node, Problems, read_yaml

PREFIX: Final = "utter_"
FLOW_SLOTS: Final = frozenset({"wait"})  # a dialogue fills its own

_CHANNELS = {visibility.value: visibility for visibility in Visibility}


@dataclass(frozen=True, slots=True)
class Wording:
    """One text of a response. `slots` are the names in its braces."""

    text: str
    visibility: Visibility
    slots: frozenset[str]
    line: int


@dataclass(frozen=True, slots=True)
class Responses:
    """All wordings of a domain by response, named without `utter_`."""

    path: Path
    wordings: dict[str, tuple[Wording, ...]]
    problems: Problems
    lines: dict[str, int]  # where each response begins

    def of(self, name: str, visibility: Visibility) -> tuple[Wording, ...]:
        """Return the wordings of one response for one visibility, maybe none."""
        wordings = self.wordings.get(name, ())
        return tuple(w for w in wordings if w.visibility is visibility)


def read_responses(path: Path) -> Responses:
    """Read the domain at `path`; mistakes in it go into the result's `problems`.

    A wording without `channel` is Rasa's default for any channel. Here it is
    private: what may stand in public has to say so.

    Raises:
        ConfigError: the file is not there or not YAML.
    """
    root = read_yaml(path)
    sections = root.mapping()
    if "responses" not in sections:
        root.wrong("lacks the key responses", expected="responses: and the texts")
        return Responses(path, {}, root.problems, {})
    responses = {
        name.removeprefix(PREFIX): node
        for name, node in sections["responses"].mapping().items()
        if _is_named(name, node)
    }
    return Responses(
        path,
        {name: _wordings(node) for name, node in responses.items()},
        root.problems,
        {name: node.line for name, node in responses.items()},
    )


def _is_named(name: str, node: Node) -> bool:
    if not name.startswith(PREFIX):
        node.wrong("is not the name of a response", expected=f"{PREFIX}{name}")
        return False
    return True


def _wordings(node: Node) -> tuple[Wording, ...]:
    items = node.items()
    if isinstance(node.value, list) and not items:
        node.wrong("is empty", expected="at least one text")
    wordings = tuple(_wording(item) for item in items)
    if any(wording.visibility is Visibility.PUBLIC for wording in wordings):
        for item, wording in zip(items, wordings, strict=True):
            _check_slots(item, wording)
    return wordings


def _wording(node: Node) -> Wording:
    keys = node.mapping()
    text, visibility = keys.get("text"), Visibility.PRIVATE
    if text is None:
        if isinstance(node.value, dict):  # else that is the problem
            node.wrong("lacks the key text", expected="text: and the words")
        return Wording("", visibility, frozenset(), node.line)
    if channel := keys.get("channel"):
        visibility = channel.choice(_CHANNELS, otherwise=visibility)
    return Wording(text.text(), visibility, _slots(text), text.line)


def _slots(node: Node) -> frozenset[str]:
    """Return the names in the braces of a text."""
    try:
        parts = list(Formatter().parse(node.text()))
    except ValueError:
        node.wrong("has a brace without its partner", expected="{name}")
        return frozenset()
    if any(form or conversion for _, _, form, conversion in parts):
        node.wrong("formats a slot", expected="its bare {name}")
    return frozenset(name for _, name, _, _ in parts if name is not None)


def _check_slots(node: Node, wording: Wording) -> None:
    """Report a slot that the flow cannot fill. A dialogue's own texts are private."""
    expected = f"one of {', '.join(sorted(f'{{{slot}}}' for slot in FLOW_SLOTS))}"
    for slot in sorted(wording.slots - FLOW_SLOTS):
        node.wrong(f"has the unknown slot {{{slot}}}", expected=expected)
