"""Trainers, editors and Git at once: nobody overwrites anybody."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import timedelta

import pytest

from bot.model.change import (
    AddExamples,
    Applied,
    Conflict,
    CreateLabel,
    EditAnswer,
    MoveExamples,
    RemoveExamples,
    ReplaceExample,
)
from bot.model.example import UNKNOWN, CorpusVersion, Label, Origin, Variant
from bot.model.message import Visibility
from tests.builders import ROOT
from tests.corpus.projects import (
    NOW,
    a_change,
    corpus_of,
    files_of,
    make,
    small_project,
)

STORES, GREET, STATUS = Label("faq/stores"), Label("greet"), Label("order_status")
WRITERS, EACH = 3, 8


@pytest.fixture
def project(tmp_path):
    return small_project(tmp_path)


async def test_changes_of_different_labels_are_both_kept(project):
    ann, bob = corpus_of(project), corpus_of(project)
    seen = (await ann.read()).version
    await make(bob, AddExamples(GREET, ("oi oi",)), by="Bob")
    applied = await ann.apply(
        a_change(AddExamples(STORES, ("is there parking",))), expected=seen, now=NOW
    )
    assert isinstance(applied, Applied)
    assert applied.merged
    labels = (await bob.read()).labels
    assert "oi oi" in [e.text for e in labels[GREET]]
    assert "is there parking" in [e.text for e in labels[STORES]]


async def test_a_change_of_the_same_label_is_refused_and_says_whose_came_first(project):
    ann, bob = corpus_of(project), corpus_of(project)
    await make(bob, AddExamples(STORES, ("any lifts",)), by="Cem", why="long ago")
    seen = (await ann.read()).version
    await make(bob, AddExamples(STORES, ("parking?",)), by="Bob", why="was misread")
    before = files_of(project)
    conflict = await ann.apply(
        a_change(
            AddExamples(STORES, ("is there parking",)), AddExamples(GREET, ("oi oi",))
        ),
        expected=seen,
        now=NOW,
    )
    assert isinstance(conflict, Conflict)
    assert (conflict.labels, conflict.answers) == ((STORES,), ())
    assert [(c.by, c.why) for c in conflict.changes] == [("Bob", "was misread")]
    assert not conflict.by_hand
    assert files_of(project) == before
    again = await ann.apply(
        a_change(AddExamples(STORES, ("is there parking",))),
        expected=conflict.version,
        now=NOW,
    )
    assert isinstance(again, Applied)


async def test_an_editor_is_a_trainer_like_any_other(project):
    corpus = corpus_of(project)
    seen = (await corpus.read()).version
    path = project / "data" / "nlu" / "a_shops.yml"
    path.write_text(path.read_text().replace("hello there", "hello you"))
    conflict = await corpus.apply(
        a_change(AddExamples(GREET, ("oi oi",))), expected=seen, now=NOW
    )
    assert isinstance(conflict, Conflict)
    assert conflict.by_hand
    assert conflict.changes == ()
    applied = await corpus.apply(
        a_change(AddExamples(STORES, ("is there parking",))), expected=seen, now=NOW
    )
    assert isinstance(applied, Applied)
    assert "hello you" in path.read_text()


async def test_comments_and_empty_lines_of_others_are_no_conflict(project):
    corpus = corpus_of(project)
    seen = (await corpus.read()).version
    path = project / "data" / "nlu" / "a_shops.yml"
    path.write_text(path.read_text().replace("# Small talk", "# Chat\n\n"))
    await make(corpus, AddExamples(GREET, ("oi oi",)), expected=seen)
    assert "# Chat\n\n" in path.read_text()


async def test_an_answer_that_both_edit_is_a_conflict_and_its_examples_are_none(
    project,
):
    ann, bob = corpus_of(project), corpus_of(project)
    state = await ann.read()
    variants = state.answers["faq/stores"].variants
    longer = (*variants, Variant(text="Come by.", visibility=Visibility.PRIVATE))
    await make(bob, EditAnswer("faq/stores", longer), by="Bob")
    conflict = await ann.apply(
        a_change(EditAnswer("faq/stores", variants)), expected=state.version, now=NOW
    )
    assert isinstance(conflict, Conflict)
    assert conflict.answers == ("faq/stores",)
    assert [c.by for c in conflict.changes] == ["Bob"]
    await make(ann, AddExamples(STORES, ("is there parking",)), expected=state.version)


async def test_two_who_create_the_same_label_do_not_both_succeed(project):
    ann, bob = corpus_of(project), corpus_of(project)
    seen = (await ann.read()).version
    create = CreateLabel(label=Label("order_gift"), texts=("wrap it up please",))
    await make(bob, create, by="Bob")
    conflict = await ann.apply(a_change(create), expected=seen, now=NOW)
    assert isinstance(conflict, Conflict)
    assert conflict.labels == ("order_gift",)


@pytest.mark.parametrize("version", ["0123456789abcdef", "../../secret", ""])
async def test_a_version_of_which_nothing_is_known_is_refused(project, version):
    corpus = corpus_of(project)
    conflict = await corpus.apply(
        a_change(AddExamples(GREET, ("oi oi",))),
        expected=CorpusVersion(version),
        now=NOW,
    )
    assert isinstance(conflict, Conflict)
    assert (conflict.known, conflict.labels) == (False, (GREET,))


async def test_every_example_knows_whence_it_is(project):
    corpus = corpus_of(project)
    await make(
        corpus,
        AddExamples(STORES, ("is there parking",)),
        origin="consent",
        item="r-17",
        why="was misread",
    )
    example = (await corpus.read()).labels[STORES][-1]
    assert (example.file, example.line) == ("data/nlu/a_shops.yml", 10)
    told = example.provenance
    assert (told.by, told.at, told.why) == ("Ann", NOW, "was misread")
    assert (told.origin, told.items) == (Origin.CONSENT, ("r-17",))


async def test_whence_an_example_is_survives_editors(project):
    corpus = corpus_of(project)
    await make(corpus, AddExamples(STORES, ("is there parking", "a bus stop near you")))
    path = project / "data" / "nlu" / "a_shops.yml"
    lines = path.read_text().splitlines(keepends=True)
    moved = lines.pop(lines.index("    - is there parking\n"))
    lines.insert(7, moved.replace("parking", "[parking](product)"))
    text = "# a new line\n" + "".join(lines)
    path.write_text(text.replace("a bus stop near you", "a tram stop near you"))
    examples = {e.text: e.provenance for e in (await corpus.read()).labels[STORES]}
    assert examples["is there parking"].by == "Ann"
    assert examples["a tram stop near you"] == UNKNOWN


async def test_a_text_that_went_and_came_back_by_hand_is_not_its_authors(project):
    corpus = corpus_of(project)
    await make(corpus, AddExamples(STORES, ("is there parking",)))
    await make(corpus, RemoveExamples(STORES, ("is there parking",)))
    path = project / "data" / "nlu" / "a_shops.yml"
    path.write_text(
        path.read_text().replace("shop\n", "shop\n    - is there parking\n", 1)
    )
    examples = {e.text: e.provenance for e in (await corpus.read()).labels[STORES]}
    assert examples["is there parking"] == UNKNOWN


async def test_who_moves_an_example_answers_for_the_label_not_for_the_words(project):
    corpus = corpus_of(project)
    await make(
        corpus, AddExamples(STATUS, ("is it near",)), origin="message", item="r-1"
    )
    await make(corpus, MoveExamples(STATUS, ("is it near",), STORES), by="Bob")
    moved = (await corpus.read()).labels[STORES][-1]
    assert (moved.text, moved.provenance.by) == ("is it near", "Bob")
    assert moved.provenance.origin is Origin.MESSAGE
    assert moved.provenance.items == ("r-1",)


async def test_what_is_saved_with_a_customers_words_is_still_its_authors_own(project):
    """One save, beside the messages of several customers."""
    corpus = corpus_of(project)
    one, two, own = "is it [near](product) me", "was  it near", "how far is it"
    await make(
        corpus,
        AddExamples(STATUS, (one, two, own)),
        origin="message",
        item="r-0",
        copied={one: ("r-1", "r-2"), two: ("r-2",)},
    )
    found = {
        e.text: e.provenance for e in (await corpus_of(project).read()).labels[STATUS]
    }
    assert [(e.origin, e.items) for e in list(found.values())[-3:]] == [
        (Origin.MESSAGE, ("r-1", "r-2")),
        (Origin.MESSAGE, ("r-2",)),
        (Origin.REWORDED, ("r-0",)),
    ]


async def test_a_customers_text_with_anothers_words_in_it_is_both_customers(project):
    corpus = corpus_of(project)
    one, both = "is it near", "is it near me"
    await make(corpus, AddExamples(STATUS, (one,)), origin="message", item="r-1")
    edit = ReplaceExample(STATUS, one, both)
    await make(corpus, edit, origin="message", item="r-2", copied={both: ("r-2",)})
    told = (await corpus.read()).labels[STATUS][-1].provenance
    assert told.items == ("r-1", "r-2")


async def test_a_customers_words_stay_the_customers_when_a_word_is_mended(project):
    corpus = corpus_of(project)
    said, own = "is it nere", "is that all"
    await make(corpus, AddExamples(STATUS, (said,)), origin="consent", item="r-1")
    await make(corpus, AddExamples(STATUS, (own,)))
    await make(corpus, ReplaceExample(STATUS, said, "is it near"), by="Bob")
    await make(corpus, ReplaceExample(STATUS, own, "was that all"), by="Bob")
    await make(corpus, ReplaceExample(STATUS, "was that all", "Was THAT all"), by="Cem")
    found = {e.text: e.provenance for e in (await corpus.read()).labels[STATUS]}
    mended, rewritten = found["is it near"], found["Was THAT all"]
    assert (mended.by, mended.origin, mended.items) == ("Bob", Origin.CONSENT, ("r-1",))
    assert (rewritten.by, rewritten.origin) == ("Bob", Origin.WRITTEN)


async def test_git_joins_the_logs_of_two_branches(project):
    def git(*args: str) -> None:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        subprocess.run(["git", *identity, *args], cwd=project, check=True)

    rules = (ROOT / ".gitattributes").read_text()
    (project / ".gitattributes").write_text(rules)
    ignored = (ROOT / ".gitignore").read_text()
    (project / ".gitignore").write_text(ignored)
    corpus = corpus_of(project)
    await make(corpus, AddExamples(STORES, ("is there parking",)))
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "one")
    git("checkout", "-qb", "bob")
    await make(corpus, AddExamples(GREET, ("oi oi",)), by="Bob")
    git("commit", "-qam", "two")
    git("checkout", "-q", "main")
    await make(corpus, AddExamples(STATUS, ("is it near",)), by="Cem")
    git("commit", "-qam", "three")
    git("merge", "-q", "--no-edit", "bob")
    assert {c.by for c in await corpus.changes(limit=9)} == {"Ann", "Bob", "Cem"}
    labels = (await corpus.read()).labels
    assert labels[GREET][-1].provenance.by == "Bob"
    assert labels[STATUS][-1].provenance.by == "Cem"


async def test_lines_of_the_log_count_in_the_order_of_time(project):
    corpus = corpus_of(project)
    text = "is there parking"
    edits = (AddExamples, RemoveExamples, AddExamples)
    for minute, edit in enumerate(edits):
        state = await corpus.read()
        await corpus.apply(
            a_change(edit(STORES, (text,)), by=f"writer {minute}"),
            expected=state.version,
            now=NOW + timedelta(minutes=minute),
        )
    log = project / "data" / "provenance.jsonl"
    log.write_text("".join(reversed(log.read_text().splitlines(keepends=True))))
    [example] = [e for e in (await corpus.read()).labels[STORES] if e.text == text]
    assert example.provenance.by == "writer 2"


async def test_the_log_holds_no_text_and_tells_the_newest_first(project):
    corpus = corpus_of(project)
    for minute, text in enumerate(("is there parking", "a bus stop near you")):
        state = await corpus.read()
        await corpus.apply(
            a_change(AddExamples(STORES, (text,)), why=f"number {minute}"),
            expected=state.version,
            now=NOW + timedelta(minutes=minute),
        )
    log = (project / "data" / "provenance.jsonl").read_text()
    assert "parking" not in log
    assert [c.why for c in await corpus.changes(limit=1)] == ["number 1"]


WRITER = """
import asyncio, sys
from pathlib import Path
from bot.model.change import AddExamples, Applied
from bot.model.example import Label
from tests.corpus.projects import NOW, a_change, corpus_of

async def write(project, name, label, count):
    corpus = corpus_of(Path(project))
    refused = 0
    for number in range(count):
        while True:
            version = (await corpus.read()).version
            edit = AddExamples(Label(label), (f"{name} writes {number} {'x' * number}",))
            done = await corpus.apply(a_change(edit, by=name), expected=version, now=NOW)
            if isinstance(done, Applied):
                break
            refused += 1
    print(refused)

asyncio.run(write(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
"""


async def test_processes_that_write_at_once_lose_nothing(project):
    # two of them write to the same label, so some are refused and try again
    jobs = [("ann", "greet"), ("bob", "greet"), ("cem", "order_status")]
    running = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITER, str(project), name, label, str(EACH),
            cwd=ROOT,
        )
        for name, label in jobs
    ]  # fmt: skip
    assert [await process.wait() for process in running] == [0] * WRITERS
    corpus = corpus_of(project)
    state = await corpus.read()
    texts = [e.text for label in (GREET, STATUS) for e in state.labels[label]]
    for name, _ in jobs:
        mine = [text for text in texts if text.startswith(f"{name} writes")]
        assert len(mine) == len(set(mine)) == EACH
    assert len(await corpus.changes(limit=99)) == WRITERS * EACH
