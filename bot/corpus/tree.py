"""A YAML text as a tree that knows where each value stands: what edits cut along.

The only place that reads YAML for trainers' edits. It parses as Rasa does, so that
what is accepted here is what Rasa will read. Nothing is ever written from a tree:
edits replace characters of the text, and the rest stays byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Union

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.errors import ConfigError

BLOCK_STYLES = ("|", ">")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A single value. `start` and `end` count the characters of the text."""

    value: str
    style: str  # "" plain, '"' or "'" quoted, "|" or ">" a block of lines
    start: int
    end: int
    line: int  # from 1

    @property
    def is_block(self) -> bool:
        """Whether the value is a block of lines, whose end is the next line's start."""
        return self.style in BLOCK_STYLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of values."""

    items: tuple[Tree, ...]
    start: int
    line: int
    flow: bool  # written [like, this]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A mapping, in the file's order."""

    pairs: tuple[tuple[Scalar, Tree], ...]
    start: int
    line: int
    flow: bool

    def get(self, key: str) -> Tree | None:
        """Return the value of a key."""
        return next((value for name, value in self.pairs if name.value == key), None)

    def key(self, key: str) -> Scalar | None:
        """Return the key itself, for its place."""
        return next((name for name, _ in self.pairs if name.value == key), None)


Tree = Union[Scalar, Listing, Table]


def parse(path: Path, text: str) -> Table:
    """Return the mapping that `text` holds; `path` is only named in errors.

    Raises:
        ConfigError: naming the file, the line and what is expected there.
    """
    try:
        node = YAML(typ="safe").compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ConfigError(f"{path}:{line}: not valid YAML: {error.problem}") from None
    except YAMLError:
        raise ConfigError(f"{path}:1: not readable as UTF-8 YAML") from None
    tree = _tree(path, node) if isinstance(node, Node) else None
    if not isinstance(tree, Table):
        raise ConfigError(f"{path}:1: expected keys and values at the top level")
    return tree


def last_of(tree: Tree) -> Scalar | None:
    """Return the last single value within `tree`."""
    if isinstance(tree, Scalar):
        return tree
    inner = tree.items if isinstance(tree, Listing) else [v for _, v in tree.pairs]
    return last_of(inner[-1]) if inner else None


def _tree(path: Path, node: Node) -> Tree:
    line, start = node.start_mark.line + 1, node.start_mark.index
    if isinstance(node, ScalarNode):
        return Scalar(
            value=node.value,
            style=node.style or "",
            start=start,
            end=node.end_mark.index,
            line=line,
        )
    flow = bool(getattr(node, "flow_style", False))  # of collections only
    if isinstance(node, SequenceNode):
        items = tuple(_tree(path, child) for child in node.value)
        return Listing(items=items, start=start, line=line, flow=flow)
    if isinstance(node, MappingNode):
        return Table(pairs=_pairs(path, node), start=start, line=line, flow=flow)
    raise ConfigError(f"{path}:{line}: expected a value, a list or a mapping")


def _pairs(path: Path, node: MappingNode) -> tuple[tuple[Scalar, Tree], ...]:
    pairs: list[tuple[Scalar, Tree]] = []
    seen: set[str] = set()
    for written, value in node.value:
        key = _tree(path, written)
        if not isinstance(key, Scalar):
            raise ConfigError(f"{path}:{key.line}: expected a name as the key")
        if key.value in seen:
            raise ConfigError(
                f"{path}:{key.line}: the key {key.value} stands here a second time; "
                "expected unique keys"
            )
        seen.add(key.value)
        pairs.append((key, _tree(path, value)))
    return tuple(pairs)
