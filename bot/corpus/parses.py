"""Examples of files, taken apart once for as long as a file stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.corpus.log_file import Place
from bot.corpus.marks import take_apart
from bot.corpus.nlu_file import NluFile, read_nlu
from bot.errors import ConfigError
from bot.model.example import Example, Provenance, key_of

_LONE_RETURN = re.compile(r"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class _Parse:
    content: bytes
    examples: tuple[tuple[Example, str], ...]  # each with its text's key


class Parses:
    """Remembers the last content of each file. Not for two threads."""

    def __init__(self) -> None:
        self._last: dict[Path, _Parse] = {}

    def examples(
        self,
        path: Path,
        content: bytes,
        *,
        name: str,
        known: Mapping[Place, Provenance],
    ) -> Iterator[Example]:
        """Yield the examples of a file, in its order, with whence they come.

        `name` is how the file is called in them.

        Raises:
            ConfigError: naming the file, the line and what is expected there.
        """
        last = self._last.get(path)
        if last is None or last.content != content:
            file = read_nlu(path, text_of(path, content))
            last = self._last[path] = _Parse(content, tuple(_bare(name, file)))
        for example, key in last.examples:
            provenance = known.get((example.label, key))
            yield replace(example, provenance=provenance) if provenance else example


def _bare(name: str, file: NluFile) -> Iterator[tuple[Example, str]]:
    for body in file.bodies():
        for index, marked in body.places():
            apart = take_apart(marked)
            example = Example(
                label=body.label,
                text=apart.text,
                marked=marked,
                file=name,
                line=body.line + index,
                marks=apart.marks,
            )
            yield example, key_of(apart.text)


def text_of(path: Path, content: bytes) -> str:
    """Return what a file holds.

    Raises:
        ConfigError: it is not UTF-8, or has odd line ends; with the line.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: is not text; expected UTF-8") from None
    if alone := _LONE_RETURN.search(text):  # a line's end for YAML, and for nobody else
        line = text.count("\n", 0, alone.start()) + 1
        raise ConfigError(
            f"{path}:{line}: a line ends with a carriage return alone, as on old Macs; "
            "expected LF or CRLF: save it anew so"
        )
    return text
