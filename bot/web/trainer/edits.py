"""From what the page sends to edits of the corpus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from bot.errors import InputError
from bot.model.change import (
    AddExamples,
    CreateLabel,
    Edit,
    EditAnswer,
    MoveExamples,
    RemoveExamples,
    ReplaceExample,
)
from bot.model.example import Label, Variant
from bot.model.message import Visibility
from bot.web.body import Body

AT_MOST: Final = 200  # examples in one change: people have to be able to look at it


def edits_of(body: Body) -> tuple[Edit, ...]:
    """Return the edits that the page asks for, in its order.

    Raises:
        InputError: there is none, or one is of no known kind.
    """
    edits = tuple(_edit(one) for one in body.within("edits"))
    if not edits:
        raise InputError("There is nothing to save.")
    return edits


def new_texts(edits: Iterable[Edit]) -> list[tuple[Label, str]]:
    """Return what would be new in the corpus: marked texts with their labels."""
    found: list[tuple[Label, str]] = []
    for edit in edits:
        if isinstance(edit, AddExamples | CreateLabel):
            found += [(edit.label, text) for text in edit.texts]
        elif isinstance(edit, ReplaceExample):
            found.append((edit.label, edit.new))
    return found


def variants_of(body: Body, name: str = "variants") -> tuple[Variant, ...]:
    """Return an answer's wordings; those that are blank are left out."""
    return tuple(
        Variant(text=text, visibility=_visibility(one))
        for one in body.within(name)
        if (text := one.optional("text").strip())
    )


def _edit(body: Body) -> Edit:
    kind = body.text("do")
    if kind not in _KINDS:
        raise InputError(f"One cannot “{kind}”.")
    return _KINDS[kind](body)


def _label(body: Body, name: str = "label") -> Label:
    return Label(body.text(name).strip())


def _texts(body: Body) -> tuple[str, ...]:
    texts = tuple(text.strip() for text in body.texts("texts") if text.strip())
    if not texts:
        raise InputError("Write at least one example.")
    if len(texts) > AT_MOST:
        raise InputError(f"One change holds {AT_MOST} examples at the most.")
    return texts


def _created(body: Body) -> CreateLabel:
    label, texts = _label(body), _texts(body)
    return CreateLabel(label=label, texts=texts, answer=variants_of(body, "answer"))


def _visibility(body: Body) -> Visibility:
    try:
        return Visibility(body.text("visibility"))
    except ValueError as error:
        raise InputError("An answer is public or private.") from error


_KINDS: Final[Mapping[str, Callable[[Body], Edit]]] = {
    "add": lambda body: AddExamples(_label(body), _texts(body)),
    "remove": lambda body: RemoveExamples(_label(body), _texts(body)),
    "move": lambda body: MoveExamples(_label(body), _texts(body), _label(body, "to")),
    "replace": lambda body: ReplaceExample(
        _label(body), body.text("old"), body.text("new").strip()
    ),
    "create": _created,
    "answer": lambda body: EditAnswer(body.text("name"), variants_of(body)),
}
