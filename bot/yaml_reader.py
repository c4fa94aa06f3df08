"""Read the YAML that people edit, and say on which line each mistake is.

`read_yaml` gives the root of a file as a `Node`. Its getters never raise: what is
wrong goes into `node.problems`, and a harmless stand-in is returned, so that one
run shows every problem. Call `problems.raise_any()` before using what was read.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot.errors import ConfigError
from bot.yaml_quick import read_places

T = TypeVar("T")

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SHOWN = 40  # characters of a wrong value that a message repeats


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: where it is (`line` counts from 1), what, and what is expected."""

    path: Path
    line: int
    what: str
    expected: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}; expected {self.expected}"


@dataclass(slots=True)
class Problems:
    """What is wrong in one file, collected."""

    path: Path
    found: list[Problem] = field(default_factory=list)

    def add(self, line: int, what: str, *, expected: str) -> None:
        """Remember one problem."""
        self.found.append(Problem(self.path, line, what, expected))

    def raise_any(self) -> None:
        """Do nothing if the file is sound.

        Raises:
            ConfigError: with one line for each problem, in the order of the file.
        """
        if self.found:
            raise ConfigError("\n".join(map(str, sorted(set(self.found)))))


class _Missing:
    """The value of a key that is not there; a problem already tells of it."""


_MISSING = _Missing()


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the file with its place. `name` is its path: "hours.days.mon"."""

    value: object
    name: str
    line: int
    problems: Problems

    @property
    def given(self) -> bool:
        """Tell whether the file holds this value at all."""
        return self.value is not _MISSING

    @property
    def shown(self) -> str:
        """Return the value as a message shows it, shortened if long."""
        return _shown(self.value)

    def wrong(self, what: str, *, expected: str) -> None:
        """Report a problem with this value."""
        label = f"{self.name} " if self.name else "the file "
        self.problems.add(self.line, label + what, expected=expected)

    # Collections

    def mapping(self) -> dict[str, Node]:
        """Return the values of a mapping by their keys, whatever those are."""
        pairs = self._typed(CommentedMap, "a mapping of keys to values", CommentedMap())
        return {
            str(key): self._child(value, key, _line(pairs, key, self.line))
            for key, value in pairs.items()
        }

    def fields(
        self, required: Collection[str], optional: Collection[str] = ()
    ) -> dict[str, Node]:
        """Return the values of exactly these keys; unknown and missing are problems.

        An optional key that is not there has a node that is not `given`.
        """
        nodes = self.mapping()
        known = [*required, *optional]
        for key in nodes.keys() - set(known):
            nodes[key].wrong("is not a known key", expected=_one_of(key, known))
        absent = [key for key in known if key not in nodes]
        if isinstance(self.value, CommentedMap):  # else that is the problem
            for key in set(required).intersection(absent):
                self.wrong(f"lacks the key {key}", expected=f"{key}: and its value")
        return {**nodes, **{key: self._child(_MISSING, key, 0) for key in absent}}

    def items(self) -> list[Node]:
        """Return the values of a list."""
        values = self._typed(CommentedSeq, "a list of lines with “- ”", CommentedSeq())
        return [
            Node(value, f"{self.name}[{i}]", _line(values, i, self.line), self.problems)
            for i, value in enumerate(values)
        ]

    # Single values

    def text(self) -> str:
        """Return a text that is not empty."""
        text = self._typed(str, "a text", "").strip()
        if isinstance(self.value, str) and not text:
            self.wrong("is empty", expected="a text")
        return text

    def texts(self) -> tuple[str, ...]:
        """Return a list of texts, each once and none empty."""
        seen: dict[str, None] = {}
        for item in self.items():
            text = item.text()
            if text and text in seen:
                item.wrong(f"repeats {_shown(text)}", expected="each entry once")
            seen[text] = None
        return tuple(seen)

    def number(self, *, low: float, high: float) -> float:
        """Return a number from `low` to `high`, both included."""
        expected = f"a number from {low:g} to {high:g}"
        if isinstance(self.value, (int, float)) and not isinstance(self.value, bool):
            if not low <= self.value <= high:
                self.wrong(f"is {self.value:g}", expected=expected)
            return float(self.value)
        if self.given:  # a bool is a number to Python, not to a reader
            self.wrong(f"is {self.shown}", expected=expected)
        return low

    def flag(self) -> bool:
        """Return true or false."""
        return self._typed(bool, "true or false", False)

    def day(self) -> date:
        """Return a date without a time."""
        expected = "a date like 2026-12-25"
        day = self._typed(date, expected, date.min)
        if isinstance(day, datetime):
            self.wrong(f"is {_shown(day)}", expected=expected)
        return day

    def duration(self) -> timedelta:
        """Return a time span, written as 2s, 30m, 24h or 7d."""
        expected = "a time span like 2s, 30m, 24h or 7d"
        text = self._typed(str, expected, "0s")
        match = _DURATION.fullmatch(text.strip())
        if match is None:
            self.wrong(f"is {_shown(text)}", expected=expected)
            return timedelta(0)
        return timedelta(**{_UNITS[match[2]]: float(match[1])})

    def choice(self, allowed: Mapping[str, T], *, otherwise: T) -> T:
        """Return what the written name stands for; `otherwise` if none is written."""
        written = str(self.value)
        if self.given and written not in allowed:
            self.wrong(f"is {self.shown}", expected=_one_of(written, allowed))
        return allowed.get(written, otherwise)

    def matching(self, pattern: str, *, expected: str) -> str:
        """Return a text that the regular expression `pattern` matches as a whole."""
        text = self.text()
        if text and not re.fullmatch(pattern, text):
            self.wrong(f"is {_shown(text)}", expected=expected)
        return text

    def _typed(self, kind: type[T], expected: str, otherwise: T) -> T:
        """Return the value if it is a `kind`, else report it and return `otherwise`."""
        if isinstance(self.value, kind):
            return self.value
        if self.given:
            self.wrong(f"is {self.shown}", expected=expected)
        return otherwise

    def _child(self, value: object, key: object, line: int) -> Node:
        name = f"{self.name}.{key}" if self.name else str(key)
        return Node(value, name, line or self.line, self.problems)


def read_yaml(path: Path) -> Node:
    """Return the root of the file at `path`.

    Raises:
        ConfigError: the file is not there, not UTF-8 or not YAML; with the line.
    """
    try:
        value = read_places(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; expected a YAML file") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: is not text; expected UTF-8") from None
    except MarkedYAMLError as error:
        raise ConfigError(_malformed(path, error)) from None
    except YAMLError as error:  # a character that no YAML may hold
        what = str(error).splitlines()[0]
        raise ConfigError(f"{path}: {what}; expected printable text") from None
    return Node(value, "", 1, Problems(path))


def _malformed(path: Path, error: MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    place = f"{path}:{mark.line + 1}" if mark else str(path)
    what = error.problem or error.context or "is broken"
    return f"{place}: {what}; expected YAML with even indentation and unique keys"


def _line(values: CommentedMap | CommentedSeq, key: object, parent: int) -> int:
    """Return the line of an entry; merged ones have none, so the parent's counts."""
    places = values.lc.data or {}
    return int(places[key][0]) + 1 if key in places else parent


def _shown(value: object) -> str:
    """Return a value as a message shows it."""
    if value is None:
        return "empty"
    if isinstance(value, CommentedMap):
        return "a mapping"
    if isinstance(value, CommentedSeq):
        return "a list"
    text = str(value)
    text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return f"“{text}”" if isinstance(value, str) else text


def _one_of(written: str, names: Iterable[str]) -> str:
    """Return what could have been meant by `written`."""
    names = list(names)
    near = difflib.get_close_matches(written, names, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return f"one of {', '.join(names)}{hint}"
