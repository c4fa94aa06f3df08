"""domain.yml as trainers change it: its list of intents, and answers' wordings.

Each function takes the file's text and returns it with one edit, made along the
places that the parsed tree gives. Everything else stays byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bot.corpus.layout import Layout, line_ending
from bot.corpus.tree import Listing, Scalar, Table, Tree, last_of, parse
from bot.errors import ConfigError, InputError
from bot.model.example import Answer, Variant
from bot.model.message import Visibility

PREFIX: Final = "utter_"


class DomainFile:
    """One reading of the file. `text` is without the byte order mark."""

    def __init__(self, path: Path, text: str) -> None:
        """Parse the file.

        Raises:
            ConfigError: naming the file, the line and what is expected there.
        """
        self.path = path
        self.text = text
        self._root = parse(path, text)
        self.ending = line_ending(text)
        self._layout = Layout(text, self.ending)

    # Reading

    def names(self, section: str) -> tuple[str, ...]:
        """Return the names that a list such as `intents` holds."""
        return tuple(name for name, _ in self._named(section))

    def answers(self) -> dict[str, Answer]:
        """Return every response, named without `utter_`."""
        return {
            key.value.removeprefix(PREFIX): self._answer(key, value)
            for key, value in self._responses().pairs
        }

    def _answer(self, key: Scalar, value: Tree) -> Answer:
        items = value.items if isinstance(value, Listing) else ()
        tables = [item for item in items if isinstance(item, Table)]
        plain = [t for t in tables if _keys(t) <= {"text", "channel"} and _text(t)]
        return Answer(
            name=key.value.removeprefix(PREFIX),
            variants=tuple(_variant(table) for table in tables if _text(table)),
            file=str(self.path),
            line=key.line,
            editable=bool(items) and len(plain) == len(items) and not _is_flow(value),
        )

    # Edits

    def with_intent(self, intent: str, *, beside: str) -> str:
        """Return the text with an intent below another one."""
        listing = self._root.get("intents")
        if not isinstance(listing, Listing) or listing.flow:
            raise InputError(f"{self.path.name} has no list of intents, one a line.")
        sibling = next((t for n, t in self._named("intents") if n == beside), None)
        sibling = sibling or listing.items[-1]
        indent = " " * (self._layout.dash(sibling))
        return self._layout.below(sibling, f"{indent}- {intent}")

    def with_answer(self, name: str, variants: Sequence[Variant]) -> str:
        """Return the text with an existing answer's wordings replaced.

        Wordings that stay keep their lines; one that is rewritten keeps its place.

        Raises:
            InputError: the answer's form is one that only an editor can change.
        """
        key, value = self._response(name)
        if not self._answer(key, value).editable or not isinstance(value, Listing):
            raise InputError(f"{PREFIX}{name} has conditions: edit it in the file.")
        chunks = self._chunks(value)
        start, end = chunks[0][0], chunks[-1][1]
        old = [_variant(item) for item in value.items if isinstance(item, Table)]
        column = self._layout.dash(value.items[0])
        written: list[str] = []
        for variant, source in _paired(old, variants):
            if source is None:
                written.append(self._new_wording(variant, column))
            elif old[source] == variant:
                written.append(self.text[slice(*chunks[source])])
            else:
                item = value.items[source]
                written.append(self._rewritten(item, chunks[source], variant))
        body = "".join(w if w.endswith("\n") else w + self.ending for w in written)
        if not self.text[start:end].endswith("\n"):
            body = body.removesuffix(self.ending)
        return self.text[:start] + body + self.text[end:]

    def with_new_answer(
        self, name: str, variants: Sequence[Variant], *, beside: str
    ) -> str:
        """Return the text with a response below another one, laid out like that."""
        key, value = self._response(beside)
        first = value.items[0] if isinstance(value, Listing) and value.items else None
        indent = " " * self._layout.column(key)
        column = self._layout.dash(first) if first else self._layout.column(key) + 2
        lines = "".join(self._new_wording(variant, column) for variant in variants)
        head = f"{self.ending}{indent}{PREFIX}{name}:{self.ending}"
        return self._layout.below(value, head + lines.removesuffix(self.ending))

    # Helpers

    def _chunks(self, value: Listing) -> list[tuple[int, int]]:
        """Return from where to where each wording's lines reach, without a gap."""
        ends = [
            self._layout.end_of_line(last)
            for item in value.items
            if (last := last_of(item))
        ]
        first = self._layout.start_of_line(value.items[0].start)
        return list(zip([first, *ends[:-1]], ends, strict=True))

    def _rewritten(self, item: Tree, chunk: tuple[int, int], variant: Variant) -> str:
        """Return a wording's lines with only its text replaced."""
        start, end = chunk
        text = item.get("text") if isinstance(item, Table) else None
        if not isinstance(text, Scalar):
            raise InputError("A wording without a text is edited in the file.")
        value = self._scalar(variant.text, self._layout.column(item))
        tail = self.text[text.end : end]
        if text.is_block:
            value += self.ending
        elif "\n" in value and tail.lstrip(" ").startswith("#"):
            raise InputError("A comment behind the text is in the way: edit the file.")
        return self.text[start : text.start] + value + tail

    def _new_wording(self, variant: Variant, column: int) -> str:
        dash, blank = " " * column + "- ", " " * (column + 2)
        text = self._scalar(variant.text, column + 2)
        channel = f"{blank}channel: {variant.visibility.value}"
        return f"{dash}text: {text}{self.ending}{channel}{self.ending}"

    def _scalar(self, text: str, column: int) -> str:
        """Return a text as YAML: quoted on one line, or as a block of lines."""
        if "\n" not in text:
            return json.dumps(text, ensure_ascii=False)
        blank = " " * (column + 2)
        lines = [f"{blank}{line}" if line else "" for line in text.split("\n")]
        return "|-" + "".join(f"{self.ending}{line}" for line in lines)

    def _named(self, section: str) -> Iterator[tuple[str, Tree]]:
        listing = self._root.get(section)
        for item in listing.items if isinstance(listing, Listing) else ():
            if isinstance(item, Scalar):
                yield item.value, item
            elif isinstance(item, Table) and item.pairs:
                yield item.pairs[0][0].value, item

    def _responses(self) -> Table:
        section = self._root.get("responses")
        if not isinstance(section, Table):
            raise ConfigError(f"{self.path}:1: expected responses: and the texts")
        return section

    def _response(self, name: str) -> tuple[Scalar, Tree]:
        for key, value in self._responses().pairs:
            if key.value == PREFIX + name:
                return key, value
        raise InputError(f"There is no answer {PREFIX}{name}.")


def _keys(table: Table) -> set[str]:
    return {key.value for key, _ in table.pairs}


def _text(table: Table) -> bool:
    return isinstance(table.get("text"), Scalar)


def _is_flow(value: Tree) -> bool:
    return not isinstance(value, Scalar) and value.flow


def _variant(table: Table) -> Variant:
    text, channel = table.get("text"), table.get("channel")
    public = isinstance(channel, Scalar) and channel.value == Visibility.PUBLIC.value
    return Variant(
        text=text.value if isinstance(text, Scalar) else "",
        visibility=Visibility.PUBLIC if public else Visibility.PRIVATE,
    )


def _paired(
    old: Sequence[Variant], new: Sequence[Variant]
) -> list[tuple[Variant, int | None]]:
    """Return each new wording with the old one whose lines it takes, if any.

    First those that are the same, then in order those for the same readers.
    """
    free = list(range(len(old)))
    sources: list[int | None] = [None] * len(new)
    for same in (lambda a, b: a == b, lambda a, b: a.visibility is b.visibility):
        for place, variant in enumerate(new):
            if sources[place] is None:
                found = next((i for i in free if same(old[i], variant)), None)
                if found is not None:
                    sources[place] = found
                    free.remove(found)
    return list(zip(new, sources, strict=True))
