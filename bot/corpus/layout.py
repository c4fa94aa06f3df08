"""A text and how it is laid out: where lines end, columns, and lines put below."""

from __future__ import annotations

from dataclasses import dataclass

from bot.corpus.tree import Scalar, Tree, last_of

_BYTE_ORDER_MARK = "\ufeff"


def line_ending(text: str) -> str:
    """Return how the lines of a file end."""
    return "\r\n" if "\r\n" in text else "\n"


def without_mark(text: str) -> tuple[str, str]:
    """Return the byte order mark that a file may begin with, and the rest."""
    mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
    return mark, text[len(mark) :]


@dataclass(frozen=True, slots=True)
class Layout:
    """The text that a tree was parsed from."""

    text: str
    ending: str

    def below(self, tree: Tree, lines: str) -> str:
        """Return the text with `lines` below the line on which `tree` ends."""
        last = last_of(tree)
        at = self.end_of_line(last) if last else len(self.text)
        if at and not self.text[:at].endswith("\n"):
            return f"{self.text[:at]}{self.ending}{lines}{self.text[at:]}"
        return f"{self.text[:at]}{lines}{self.ending}{self.text[at:]}"

    def end_of_line(self, scalar: Scalar) -> int:
        """Return where the line below a value begins, comments behind it included."""
        if scalar.is_block:  # it reaches over the empty lines below
            written = len(self.text[: scalar.end].rstrip())
        else:
            written = scalar.end
        found = self.text.find("\n", written)
        return len(self.text) if found < 0 else found + 1

    def start_of_line(self, at: int) -> int:
        """Return where the line of a place begins."""
        return self.text.rfind("\n", 0, at) + 1

    def column(self, tree: Tree) -> int:
        """Return how many characters stand before a value on its line."""
        return tree.start - self.start_of_line(tree.start)

    def dash(self, item: Tree) -> int:
        """Return in which column the dash of a list's item stands."""
        before = self.text[self.start_of_line(item.start) : item.start]
        return before.rfind("-") if "-" in before else 0
