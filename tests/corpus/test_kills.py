"""A process that dies while it writes: all of the change is there, or nothing."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from bot.corpus.writing import JOURNAL, Written, complete, write_all
from bot.errors import ConfigError
from bot.model.change import AddExamples, CreateLabel, MoveExamples
from bot.model.example import Label, Variant
from bot.model.message import Visibility
from tests.corpus.projects import (
    NOW,
    a_change,
    corpus_of,
    files_of,
    make,
    small_project,
)

PUBLIC = Visibility.PUBLIC
WORDINGS = tuple(Variant(text=text, visibility=PUBLIC) for text in ("Yes.", "Yes!"))
# A change of all files that there are.
PARKING = Label("faq/parking")
EDITS = (
    CreateLabel(label=PARKING, texts=("where do i park",), answer=WORDINGS),
    CreateLabel(label=Label("order_gift"), texts=("wrap it up please",)),
    MoveExamples(Label("thanks"), ("ta",), Label("greet")),
)


class Disk:
    """Counts the calls that touch the disk, and dies before the one at `deadly`."""

    def __init__(self, deadly: int) -> None:
        self.deadly, self.calls = deadly, 0

    def watching(self, call):
        def watched(*args, **kwargs):
            self.calls += 1
            if self.calls == self.deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **kwargs)

        return watched

    def watch(self) -> None:
        os.fsync = self.watching(os.fsync)
        Path.replace = self.watching(Path.replace)
        Path.unlink = self.watching(Path.unlink)


async def change(project: Path, disk: Disk) -> None:
    corpus = corpus_of(project)
    version = (await corpus.read()).version
    disk.watch()
    await corpus.apply(a_change(*EDITS), expected=version, now=NOW)


def change_and_die(project: Path, deadly: int) -> int:
    """Make the change in a process that dies, and return how that ended.

    With `deadly` 0 it lives, and its exit code is how often it touched the disk.
    """
    child = os.fork()
    if child == 0:
        disk = Disk(deadly)
        asyncio.run(change(project, disk))
        os._exit(disk.calls)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_death_at_any_moment_leaves_all_or_nothing(tmp_path):
    whole = small_project(tmp_path / "whole")
    before = files_of(whole)
    calls = change_and_die(whole, 0)
    after = files_of(whole)
    assert {n for n in after if after[n] != before.get(n)} == {
        "domain.yml",
        "data/policy.yml",
        "data/provenance.jsonl",
        "data/nlu/a_shops.yml",
        "data/nlu/b_orders.yml",
        "data/nlu/c_more.yml",
    }
    seen = set()
    for deadly in range(1, calls + 1):
        project = small_project(tmp_path / str(deadly))
        assert change_and_die(project, deadly) == -signal.SIGKILL
        if deadly % 2:  # whoever comes next
            complete(project / "data")
        state = asyncio.run(corpus_of(project).read())
        held = {n: c for n, c in files_of(project).items() if "firstline-new" not in n}
        assert held in (before, after), f"died at {deadly} of {calls}"
        seen.add(PARKING in state.labels)
        asyncio.run(make(corpus_of(project), AddExamples(Label("greet"), ("oi oi",))))
        assert not [n for n in files_of(project) if "firstline-new" in n]
        assert not (project / "data" / ".corpus" / JOURNAL).exists()
    assert seen == {True, False}


async def test_what_was_edited_after_a_death_is_not_overwritten(tmp_path, monkeypatch):
    project = small_project(tmp_path)
    corpus = corpus_of(project)
    version = (await corpus.read()).version

    def dies(*args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("bot.corpus.writing._complete", dies)
        with pytest.raises(ConfigError, match="room"):
            await make(
                corpus, AddExamples(Label("greet"), ("oi oi",)), expected=version
            )
    path = project / "data" / "nlu" / "c_more.yml"
    path.write_text(path.read_text() + "\n    - by hand\n")
    with pytest.raises(ConfigError, match=r"c_more\.yml:1: was edited while"):
        await corpus_of(project).read()
    assert "by hand" in path.read_text()


def test_a_file_that_changes_at_the_last_moment_is_not_overwritten(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("1")
    second.write_text("changed")
    files = {first: Written(b"1", b"new 1"), second: Written(b"2", b"new 2")}
    assert not write_all(tmp_path, files)
    assert (first.read_text(), second.read_text()) == ("1", "changed")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["first", "second"]


def test_access_rights_stay(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o640)
    assert write_all(tmp_path, {path: Written(b"old", b"new")})
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)
