"""Trainers, editors and Git at once: nobody overwrites anybody."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from bot.model.change import (
    AddExamples,
    Applied,
    Conflict,
    CreateLabel,
    EditAnswer,
)
from bot.model.example import CorpusVersion, Label, Variant
from bot.model.message import Visibility
from tests.builders import ROOT
from tests.corpus.projects import (
    NOW,
    a_change,
    corpus_of,
    files_of,
    make,
)

STORES, GREET, STATUS = Label("faq/stores"), Label("greet"), Label("order_status")
WRITERS, EACH = 3, 8


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


async def test_so_many_versions_are_remembered_as_somebody_may_be_looking_at(
    project, monkeypatch
):
    monkeypatch.setattr("bot.corpus.versions.KEPT", 3)
    corpus = corpus_of(project)
    seen = [(await corpus.read()).version]
    for number in range(4):
        done = await make(corpus, AddExamples(GREET, (f"hello no {number}",)))
        seen.append(done.version)
    kept = {p.stem for p in (project / "data" / ".corpus" / "versions").iterdir()}
    assert kept == set(seen[-3:])


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
