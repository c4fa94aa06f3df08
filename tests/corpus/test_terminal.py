"""`firstline train add, move, look …` as a trainer types them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from getpass import getuser

import pytest

from bot.commands.edit import Editor, look
from bot.commands.edit import changes as print_changes
from bot.errors import InputError
from bot.model.change import (
    AddExamples,
    CreateLabel,
    MoveExamples,
    RemoveExamples,
    ReplaceExample,
)
from bot.model.example import Label
from bot.settings import Settings
from tests.builders import ROOT
from tests.corpus.projects import NOW, a_change, files_of

STORES, GREET = Label("faq/stores"), Label("greet")


@pytest.fixture
def settings(project):
    return Settings.load(project, {})


def firstline(project, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "train", *args],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_example_is_added_from_a_shell_and_a_bad_one_refused(project):
    done = firstline(
        project,
        "add",
        "faq/stores",
        "is there parking",
        "--why",
        "asked",
        "--by",
        "Ann",
    )
    assert done.returncode == 0, done.stderr
    assert "- is there parking" in (project / "data/nlu/a_shops.yml").read_text()
    before = files_of(project)
    refused = firstline(project, "add", "greet", "its joe@gmail.com", "--why", "asked")
    assert refused.returncode == 1
    assert "email" in refused.stderr
    assert "gmail" not in refused.stderr
    assert files_of(project) == before


@pytest.mark.parametrize(
    ("label", "typed", "told"),
    [
        ("faq/stores", "wheres your shop", "“where is your shop” ({a_shops}:7)"),
        ("faq/stores", "are you open [sunday](date)?", "“are you open on sunday?” ({a_shops}:8)"),
        ("faq/stores", "HELLO", "“where is your shop” ({a_shops}:7)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["remove", "move", "replace"])
async def test_a_text_that_is_not_there_is_named_with_the_nearest(
    settings, kind, label, typed, told
):
    edits = {
        "remove": RemoveExamples(Label(label), ("where is your shop", typed)),
        "move": MoveExamples(Label(label), (typed,), GREET),
        "replace": ReplaceExample(Label(label), typed, "any shops"),
    }
    before = files_of(settings.project)
    with pytest.raises(InputError) as refused:
        await Editor(settings).make(edits[kind], by="Ann", why="old")
    near = told.format(a_shops="data/nlu/a_shops.yml")
    assert str(refused.value) == f"“{typed}” is not under {label}. Nearest: {near}"
    assert files_of(settings.project) == before


async def test_all_texts_that_are_not_there_are_told_and_where_they_are(settings):
    edit = RemoveExamples(STORES, ("hi", "where is your shop", "any lifts"))
    with pytest.raises(InputError) as refused:
        await Editor(settings).make(edit, by="Ann", why="old")
    first, second = str(refused.value).splitlines()
    assert first == "“hi” is not under faq/stores. It is an example of greet."
    assert second.startswith("“any lifts” is not under faq/stores. Nearest: “")


@pytest.mark.parametrize(
    ("label", "told"),
    [("gret", " Nearest: greet"), ("faq/store", " Nearest: faq/stores"), ("xyz", "")],
)
async def test_a_label_that_is_not_there_is_told_with_the_nearest(
    settings, label, told
):
    name = Label(label)
    for edit in (
        RemoveExamples(name, ("hi",)),
        MoveExamples(GREET, ("hi",), name),
        AddExamples(name, ("is there parking",)),
    ):
        with pytest.raises(InputError) as refused:
            await Editor(settings).make(edit, by="Ann", why="old")
        assert str(refused.value) == f"There is no label {label}.{told}"


async def test_a_text_may_be_named_with_its_marks_as_it_stands_in_the_file(settings):
    marked = "are you open on [sunday](date)?"
    await Editor(settings).make(
        MoveExamples(STORES, (marked,), GREET), by="Ann", why="a slip"
    )
    better = ReplaceExample(GREET, marked, "are you there on [sunday](date)?")
    await Editor(settings).make(better, by="Ann", why="shorter")
    removed = RemoveExamples(GREET, ("hi", better.new))
    await Editor(settings).make(removed, by="Ann", why="old")
    files = (settings.project / "data" / "nlu").glob("*.yml")
    assert not any("sunday" in file.read_text("utf-8") for file in files)


async def test_what_came_with_the_product_is_no_news(settings, capsys):
    editor = Editor(settings)
    founding = a_change(AddExamples(STORES, ("any lifts",)), origin="founding")
    corpus = editor._opened.corpus
    version = (await corpus.read()).version
    await corpus.apply(founding, expected=version, now=NOW)
    assert await print_changes(settings, limit=5) == 0
    said = capsys.readouterr().out
    assert said == "Nobody has changed anything since it came with the product.\n"
    await editor.make(AddExamples(STORES, ("any stairs",)), by="Ann", why="asked")
    capsys.readouterr()
    assert await print_changes(settings, limit=5) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("Ann: asked (+1 faq/stores)")


def test_a_text_that_is_not_there_goes_to_the_terminal_of_who_asked_alone(project):
    done = firstline(project, "remove", "greet", "hulo", "--why", "old")
    assert done.returncode == 1
    assert done.stdout == ""
    said = "“hulo” is not under greet. Nearest: “hello there 👋”"
    assert said in done.stderr
    files = [path for path in project.rglob("*") if path.is_file()]
    assert not any(b"hulo" in path.read_bytes() for path in files)


async def test_who_changed_what_is_printed_newest_first(settings, capsys):
    editor = Editor(settings)
    add = AddExamples(STORES, ("is there parking",))
    await editor.make(add, by="Ann", why="asked")
    move = MoveExamples(STORES, ("is there parking",), GREET)
    await editor.make(move, by="Bob", why="no [red] idea")
    capsys.readouterr()
    assert await print_changes(settings, limit=5) == 0
    newest, oldest = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r".* Bob: no \[red\] idea \(1 faq/stores → greet\)", newest)
    assert re.fullmatch(r".* Ann: asked \(\+1 faq/stores\)", oldest)


async def test_who_says_no_name_is_called_as_on_this_machine(settings, capsys):
    add = AddExamples(STORES, ("is there parking",))
    assert await Editor(settings).make(add, by="", why="asked") == 0
    capsys.readouterr()
    await print_changes(settings, limit=1)
    assert f" {getuser()}: asked " in capsys.readouterr().out


class Meanwhile:
    """Feedback that takes its time: somebody else saves to the label before it comes."""

    def __init__(self, settings, feedback) -> None:
        self._settings, self._feedback = settings, feedback

    async def on_example(self, text, label):
        other = AddExamples(label, ("any lifts",))
        await Editor(self._settings).make(other, by="Bob", why="asked, too")
        return await self._feedback.on_example(text, label)


async def test_who_is_slower_is_told_and_has_written_nothing(settings, capsys):
    editor = Editor(settings)
    slow = Meanwhile(settings, editor._opened.examples)
    editor._opened = replace(editor._opened, examples=slow)
    add = AddExamples(STORES, ("is there parking",))
    assert await editor.make(add, by="Ann", why="asked") == 1
    assert "faq/stores changed at this moment" in capsys.readouterr().out
    text = (settings.project / "data/nlu/a_shops.yml").read_text()
    assert "any lifts" in text
    assert "parking" not in text


async def test_a_label_is_begun_with_its_answer_and_each_half_of_it_edited(settings):
    from bot.commands.edit import wordings
    from bot.open_corpus import open_corpus
    from tests.corpus.projects import the_policy

    parking = Label("faq/parking")
    answer = wordings(["Yes.", "There is."], [r"Park here:\n• Leeds"])
    create = CreateLabel(label=parking, texts=("where to park",), answer=answer)
    await Editor(settings).make(create, by="Ann", why="asked often")
    await Editor(settings).answer(parking, [], ["Just come."], by="Ann", why="shorter")
    both = ["Yes, sure.", "There is."]
    await Editor(settings).answer(parking, both, [], by="Ann", why="friendlier")
    state = await open_corpus(settings, the_policy).corpus.read()
    said = [(v.visibility.value, v.text) for v in state.answers[parking].variants]
    assert said == [
        ("public", "Yes, sure."),
        ("public", "There is."),
        ("private", "Just come."),
    ]


async def test_a_look_says_what_speaks_against_a_text_and_what_is_near(
    settings, capsys
):
    before = files_of(settings.project)
    await look(settings, "where is your shop?", label="greet", model=False)
    said = capsys.readouterr().out
    assert "faq/stores: where is your shop  (data/nlu/a_shops.yml:7)" in said
    assert files_of(settings.project) == before


async def test_without_a_model_a_look_says_how_to_get_one(settings):
    with pytest.raises(InputError, match="firstline train"):
        await look(settings, "where is your shop?", label="", model=True)
