"""The NLU data as plain examples, with the file and line each one stands in.

Needs no Rasa, so that reports and checks start at once. What Rasa would merely
warn of, or lose in silence, is an error here that names the place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.errors import ConfigError
from bot.yaml_quick import read_places

# [text](kind), [text](kind:value) and [text]{"entity": "kind", ...}, as Rasa writes them
_ANNOTATION = re.compile(
    r"\[(?P<text>[^\[\]]{1,200})\]"
    r"(?:\((?P<kind>[^():]{1,100})(?::(?P<value>[^()]{1,200}))?\)"
    r"|(?P<fields>\{[^{}]*?\"entity\":\s*\"(?P<named>[^\"]+)\"[^{}]*\}))"
)
_STRING = "tag:yaml.org,2002:str"
_LABEL = re.compile(r"[a-z][a-z_]*(/[a-z][a-z_0-9]*)?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One training example. `text` is without marks; entities are (kind, text).

    `values` are what marks hold beside kind and text: value, role and group.
    """

    text: str
    label: str
    file: str
    line: int
    entities: tuple[tuple[str, str], ...] = ()
    values: tuple[str, ...] = ()


def load_examples(folder: Path) -> list[Example]:
    """Read all examples of the YAML files in `folder`, in the files' order.

    Raises:
        ConfigError: a file is missing or broken; names file, line and remedy.
    """
    files = sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")])
    if not files:
        raise ConfigError(f"{folder}: no NLU data; expected at least one *.yml file")
    return [example for file in files for example in _examples(file)]


def load_yaml(path: Path) -> CommentedMap:
    """Read a YAML file that holds a mapping.

    Raises:
        ConfigError: naming the file, the line and what is expected there.
    """
    try:
        content = read_places(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ConfigError(f"{path}:{line}: not valid YAML: {error.problem}") from error
    except (YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}:1: not readable as UTF-8 YAML") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    if not isinstance(content, CommentedMap):
        raise ConfigError(f"{path}:1: expected keys and values at the top level")
    return content


def plain(marked: str) -> str:
    """Return an example's text without its entity marks."""
    return _ANNOTATION.sub(lambda match: match["text"], marked)


def _examples(file: Path) -> list[Example]:
    try:
        blocks = list(_quick_blocks(file))
    except (YAMLError, ValueError, OSError):
        blocks = list(_careful_blocks(file))
    return [
        _example(file, line, block.label, marked)
        for block in blocks
        for line, marked in _lines(file, block)
    ]


def _example(file: Path, line: int, label: str, marked: str) -> Example:
    marks = list(_ANNOTATION.finditer(marked))
    return Example(
        text=plain(marked),
        label=label,
        file=str(file),
        line=line,
        entities=tuple((mark["kind"] or mark["named"], mark["text"]) for mark in marks),
        values=tuple(value for mark in marks for value in _values(mark)),
    )


def _values(mark: re.Match[str]) -> list[str]:
    if mark["value"]:
        return [mark["value"]]
    try:
        fields = json.loads(mark["fields"] or "{}", object_pairs_hook=list)
    except ValueError:  # Rasa complains of it; whatever it holds is looked at
        return [mark["fields"]]
    return [str(value) for name, value in fields if name != "entity"]


@dataclass(frozen=True, slots=True)
class _Block:
    """One label's examples as they are written, and the line of the first."""

    label: str
    written: str
    start: int


def _quick_blocks(file: Path) -> Iterator[_Block]:
    """Read a file that has no faults, in a twentieth of the other's time.

    Raises:
        YAMLError, ValueError, OSError: something is wrong; the other says what.
    """
    text = file.read_text(encoding="utf-8")
    YAML(typ="safe").load(
        text
    )  # refuses keys that come twice, which `compose` does not
    _, blocks = _fields(YAML(typ="safe").compose(text)).get("nlu", (0, None))
    if blocks is not None and not isinstance(blocks, SequenceNode):
        raise ValueError("`nlu` must be a list")
    for block in blocks.value if blocks else ():
        fields = _fields(block)
        if "intent" in fields:
            _, label = fields["intent"]
            line, written = fields.get("examples", (0, None))
            if not _LABEL.match(_text(label)):
                raise ValueError("a label is badly named")
            yield _Block(label.value, _text(written), line + 1)


def _fields(node: Node) -> dict[str, tuple[int, Node]]:
    """Return the values of a mapping, each with the line of its key."""
    if not isinstance(node, MappingNode):
        raise ValueError("expected keys and values")
    return {
        key.value: (key.start_mark.line + 1, value)
        for key, value in node.value
        if isinstance(key, ScalarNode)
    }


def _text(node: Node | None) -> str:
    if not isinstance(node, ScalarNode) or node.tag != _STRING:
        raise ValueError("expected text")
    return str(node.value)


def _careful_blocks(file: Path) -> Iterator[_Block]:
    """Read a file so that every fault can be told with its line."""
    content = load_yaml(file)
    for block in _blocks(file, content):
        label = _label(file, block)
        written = block.get("examples")
        if not isinstance(written, str):
            raise ConfigError(
                f"{file}:{_line(block, 'intent')}: expected `examples: |` with one "
                "example a line, each after `- `"
            )
        yield _Block(label, written, _line(block, "examples") + 1)


def _blocks(file: Path, content: CommentedMap) -> Iterator[CommentedMap]:
    blocks = content.get("nlu", CommentedSeq())
    if not isinstance(blocks, CommentedSeq):
        raise ConfigError(f"{file}:{_line(content, 'nlu')}: `nlu` must be a list")
    for number, block in enumerate(blocks):
        if not isinstance(block, CommentedMap):
            line = blocks.lc.item(number)[0] + 1
            raise ConfigError(f"{file}:{line}: expected `intent:` and `examples:`")
        if "intent" in block:
            yield block


def _label(file: Path, block: CommentedMap) -> str:
    label = block["intent"]
    if not isinstance(label, str) or not _LABEL.match(label):
        raise ConfigError(
            f"{file}:{_line(block, 'intent')}: an intent is named in lower case "
            "with underscores, like refund_status or faq/refund_time"
        )
    return label


def _lines(file: Path, block: _Block) -> Iterator[tuple[int, str]]:
    for line, raw in enumerate(block.written.splitlines(), start=block.start):
        if not raw.strip():
            continue
        if not raw.startswith("- ") or not raw[2:].strip():
            raise ConfigError(
                f"{file}:{line}: an example begins with `- ` at the "
                "depth of its neighbours"
            )
        yield line, raw[2:].strip()


def _line(block: CommentedMap, key: str) -> int:
    return int(block.lc.key(key)[0]) + 1
