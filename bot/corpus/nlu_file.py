"""One file of data/nlu, cut into its lists of examples and everything between them.

What is between the lists is never looked into again, so an edit can only change the
lines of the list that it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Union

from bot.corpus.layout import line_ending, without_mark
from bot.corpus.tree import Listing, Scalar, Table, Tree, parse
from bot.errors import ConfigError, InputError
from bot.model.example import Label

LABEL = re.compile(r"[a-z][a-z_]*(/[a-z][a-z_0-9]*)?\Z")


@dataclass(slots=True)
class Body:
    """The lines of one label's list, each with its end. `line` is the first's number.

    `head` says where in the piece before it "- intent:" has its line. `outer`, `key`
    and `indent` are the blanks before that, before "examples:" and each example.
    """

    label: Label
    line: int
    lines: list[str]
    head: int
    outer: str
    key: str
    indent: str

    def places(self) -> Iterator[tuple[int, str]]:
        """Yield the index and the marked text of each example."""
        for index, line in enumerate(self.lines):
            if line.strip():
                yield index, line[len(self.indent) + 2 :].strip()

    def add(self, texts: Sequence[str], *, ending: str) -> None:
        """Add marked texts below the last example."""
        last = max((index for index, _ in self.places()), default=-1)
        new = [f"{self.indent}- {text}{ending}" for text in texts]
        if last >= 0 and not self.lines[last].endswith("\n"):  # the end of the file
            self.lines[last] += ending
            new[-1] = new[-1].removesuffix(ending)
        self.lines[last + 1 : last + 1] = new

    def replace(self, index: int, marked: str) -> None:
        """Write another text where an example stands."""
        line = self.lines[index]
        ending = line[len(line.rstrip("\r\n")) :]
        self.lines[index] = f"{self.indent}- {marked}{ending}"

    def remove(self, index: int) -> None:
        """Take one example out; a file without a last line end stays without."""
        if not self.lines.pop(index).endswith("\n") and self.lines:
            self.lines[-1] = self.lines[-1].rstrip("\r\n")

    def trailing_blanks(self) -> list[str]:
        """Return the empty lines below the last example."""
        last = max((index for index, _ in self.places()), default=-1)
        return self.lines[last + 1 :]


Piece = Union[str, Body]


@dataclass(slots=True)
class NluFile:
    """A file under edit: other text and bodies by turns, and how its lines end."""

    path: Path
    ending: str
    pieces: list[Piece]

    def bodies(self) -> list[Body]:
        """Return the lists in the order of the file."""
        return [piece for piece in self.pieces if isinstance(piece, Body)]

    def text(self) -> str:
        """Return the whole file."""
        return "".join(
            piece if isinstance(piece, str) else "".join(piece.lines)
            for piece in self.pieces
        )

    def insert(self, label: Label, texts: Sequence[str], *, after: Body) -> None:
        """Begin a list below another one, laid out like that."""
        blanks = after.trailing_blanks()
        if not after.lines:
            raise InputError(f"{after.label} has no example yet: edit it in the file.")
        gap = [] if blanks else self._usual_gap(after)
        at = next(i for i, piece in enumerate(self.pieces) if piece is after) + 1
        dash = f"{after.outer}-".ljust(len(after.key))
        head = [f"{dash}intent: {label}", f"{after.key}examples: |"]
        lines = [f"{after.indent}- {text}" for text in texts]
        at_end = not after.lines[-1].endswith("\n")
        if at_end:
            after.lines[-1] += self.ending
        body = Body(
            label,
            0,
            [line + self.ending for line in lines],
            len("".join(gap)),
            after.outer,
            after.key,
            after.indent,
        )
        body.lines += blanks
        if at_end:
            body.lines[-1] = body.lines[-1].rstrip("\r\n")
        before = "".join(gap) + "".join(line + self.ending for line in head)
        self.pieces[at:at] = [before, body]

    def drop(self, empty: Body) -> None:
        """Take out a list that has no example left, unless it is the file's only one."""
        at = next(i for i, piece in enumerate(self.pieces) if piece is empty)
        before = self.pieces[at - 1]
        if isinstance(before, str) and len(self.bodies()) > 1:
            self.pieces[at - 1 : at + 1] = [before[: empty.head]]

    def _usual_gap(self, last: Body) -> list[str]:
        """Return the empty lines that separate the file's lists elsewhere."""
        others = [body for body in self.bodies() if body is not last]
        return others[-1].trailing_blanks() if others else []


def read_nlu(path: Path, text: str) -> NluFile:
    """Cut the text of an NLU file into pieces.

    Raises:
        ConfigError: naming the file, the line and what is expected there.
    """
    mark, plain = without_mark(text)
    blocks = parse(path, plain).get("nlu") or Listing(
        items=(), start=0, line=1, flow=False
    )
    if not isinstance(blocks, Listing):
        raise ConfigError(f"{path}:{blocks.line}: `nlu` must be a list")
    pieces: list[Piece] = [mark]
    at = 0
    for label, block, examples in _lists(path, blocks):
        if examples.start < at:
            raise ConfigError(
                f"{path}:{examples.line}: these examples stand a second time, as `*…`; "
                "expected each list written once, under one intent"
            )
        start = plain.find("\n", examples.start) + 1 or len(plain)
        pieces.append(plain[at:start])
        body = _body(path, plain, label, block.start, examples)
        body.head -= at
        pieces.append(body)
        at = max(start, examples.end)
    pieces.append(plain[at:])
    return NluFile(path, line_ending(text), pieces)


def _lists(path: Path, blocks: Listing) -> Iterator[tuple[Label, Table, Scalar]]:
    """Yield label, its block, and the list of its examples."""
    for block in blocks.items:
        if not isinstance(block, Table):
            raise ConfigError(
                f"{path}:{block.line}: expected `intent:` and `examples:`"
            )
        key = block.key("intent")
        if key is None:
            continue  # a synonym, a regex or a lookup table: none of ours
        label = _label(path, key, block.get("intent"))
        examples = block.get("examples")
        if not isinstance(examples, Scalar) or examples.style != "|":
            raise ConfigError(
                f"{path}:{key.line}: expected `examples: |` with one example a line, "
                "each after `- `"
            )
        yield label, block, examples


def _label(path: Path, key: Scalar, value: Tree | None) -> Label:
    if not isinstance(value, Scalar) or not LABEL.match(value.value):
        raise ConfigError(
            f"{path}:{key.line}: an intent is named in lower case letters with "
            "underscores, like refund_status or faq/refund_time; digits stand only "
            "behind faq/"
        )
    return Label(value.value)


def _body(path: Path, text: str, label: Label, begin: int, examples: Scalar) -> Body:
    """Return one list; `begin` is where the first key of its block stands."""
    start = text.find("\n", examples.start) + 1
    lines = text[start : examples.end].splitlines(keepends=True) if start else []
    opened = text.rfind("\n", 0, begin) + 1
    before = text[opened:begin]
    key = " " * len(before)
    first = next((line for line in lines if line.strip()), f"{key}  ")
    indent = first[: len(first) - len(first.lstrip(" "))]
    for offset, line in enumerate(lines):
        _check(path, examples.line + 1 + offset, line, indent)
    outer = before[: before.rfind("-")] if "-" in before else ""
    return Body(label, examples.line + 1, lines, opened, outer, key, indent)


def _check(path: Path, number: int, line: str, indent: str) -> None:
    if line.strip() and not (line.startswith(f"{indent}- ") and line.strip(" \r\n-")):
        raise ConfigError(
            f"{path}:{number}: an example begins with `- ` at the depth of its "
            "neighbours"
        )
