"""`firstline train add, move, …`: a trainer's changes of the files, from a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from bot.cli_base import finish, settings_here

LabelName = Annotated[str, typer.Argument(metavar="LABEL", help="Such as faq/stores.")]
Texts = Annotated[
    list[str],
    typer.Argument(metavar="TEXT…", help="Entities as in “my [tent](product)”."),
]
Existing = Annotated[
    list[str],
    typer.Argument(metavar="TEXT…", help="As in the files, with marks or without."),
]
Why = Annotated[str, typer.Option(help="The reason; it stands in the log.")]
By = Annotated[
    str, typer.Option(help="Who you are. Default: your name on this machine.")
]
Public = Annotated[
    list[str],
    typer.Option(
        default_factory=list,
        show_default=False,
        help="A wording for everybody to read; may be repeated.",
    ),
]
Private = Annotated[
    list[str],
    typer.Option(
        default_factory=list,
        show_default=False,
        help="A wording for direct messages; may be repeated.",
    ),
]


def look(
    text: Annotated[str, typer.Argument(help="What a customer might write.")],
    label: Annotated[str, typer.Option(help="The label that it is meant for.")] = "",
    model: Annotated[bool, typer.Option(help="Ask the live model, too.")] = True,
) -> None:
    """Say what the live model and the other examples make of a text. Writes nothing."""
    from bot.commands.edit import look as look_at

    finish(look_at(settings_here(), text, label=label, model=model))


def add(label: LabelName, texts: Texts, *, why: Why, by: By = "") -> None:
    """Add examples to a label."""
    from bot.commands.edit import Editor
    from bot.model.change import AddExamples
    from bot.model.example import Label

    edit = AddExamples(Label(label), tuple(texts))
    finish(Editor(settings_here()).make(edit, by=by, why=why))


def remove(label: LabelName, texts: Existing, *, why: Why, by: By = "") -> None:
    """Remove examples from a label."""
    from bot.commands.edit import Editor
    from bot.model.change import RemoveExamples
    from bot.model.example import Label

    edit = RemoveExamples(Label(label), tuple(texts))
    finish(Editor(settings_here()).make(edit, by=by, why=why))


def replace(
    label: LabelName,
    old: Annotated[str, typer.Argument(help="As in the files, with marks or without.")],
    new: Annotated[str, typer.Argument(help="Marks included.")],
    *,
    why: Why,
    by: By = "",
) -> None:
    """Write another text, or other marks, where an example stands."""
    from bot.commands.edit import Editor
    from bot.model.change import ReplaceExample
    from bot.model.example import Label

    edit = ReplaceExample(Label(label), old, new)
    finish(Editor(settings_here()).make(edit, by=by, why=why))


def move(
    label: LabelName,
    to: Annotated[str, typer.Argument(metavar="LABEL", help="Where they go.")],
    texts: Existing,
    *,
    why: Why,
    by: By = "",
) -> None:
    """Move examples to another label, with their marks."""
    from bot.commands.edit import Editor
    from bot.model.change import MoveExamples
    from bot.model.example import Label

    edit = MoveExamples(Label(label), tuple(texts), Label(to))
    finish(Editor(settings_here()).make(edit, by=by, why=why))


def new(
    label: LabelName,
    texts: Texts,
    *,
    why: Why,
    by: By = "",
    public: Public,
    private: Private,
    beside: Annotated[str, typer.Option(help="A label to stand next to.")] = "",
) -> None:
    """Begin a label; faq/… needs its answer at once (--public twice, --private)."""
    from bot.commands.edit import Editor, wordings
    from bot.model.change import CreateLabel
    from bot.model.example import Label

    edit = CreateLabel(
        label=Label(label),
        texts=tuple(texts),
        answer=wordings(public, private),
        beside=Label(beside) if beside else None,
    )
    finish(Editor(settings_here()).make(edit, by=by, why=why))


def answer(
    name: Annotated[str, typer.Argument(help="Such as faq/stores or greet.")],
    *,
    why: Why,
    by: By = "",
    public: Public,
    private: Private,
) -> None:
    """Give an answer new wordings; without --private the present ones stay, and so on."""
    from bot.commands.edit import Editor

    finish(Editor(settings_here()).answer(name, public, private, by=by, why=why))


def changes(
    limit: Annotated[int, typer.Option(min=1, help="So many, the newest first.")] = 20,
) -> None:
    """Print who changed what, when and why."""
    from bot.commands.edit import changes as print_changes

    finish(print_changes(settings_here(), limit=limit))


COMMANDS: tuple[Callable[..., None], ...] = (
    look,
    add,
    remove,
    replace,
    move,
    new,
    answer,
    changes,
)


def add_to(train: typer.Typer) -> None:
    """Make these commands part of `firstline train`."""
    for command in COMMANDS:
        train.command()(command)
