"""Changes at random, and what files, Rasa and an own account say to them."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.errors import InputError
from bot.knowledge.domain_file import read_responses
from bot.model.change import (
    AddExamples,
    Applied,
    CreateLabel,
    Edit,
    EditAnswer,
    MarkEntities,
    MoveExamples,
    RemoveExamples,
    ReplaceExample,
)
from bot.model.example import CorpusState, Label
from bot.model.message import Visibility
from bot.nlu.bootstrap import prepare
from tests.builders import ROOT
from tests.corpus.dice import Dice, plain_of
from tests.corpus.projects import (
    NOW,
    a_change,
    changed_lines,
    corpus_of,
    files_of,
    small_project,
)

CHANGES, CHANGES_AS_PROOF, READ_BY_RASA_EVERY = 200, 1000, 100
IN_FULL_SIZE, IN_FULL_SIZE_AS_PROOF = 20, 1000


def _tidy(text: str) -> str:
    return " ".join(text.split())


@dataclass
class Account:
    """What the corpus must hold, kept apart from the files."""

    labels: dict[Label, list[str]]
    answers: dict[str, list[tuple[str, Visibility]]]
    lines: tuple[Counter[str], Counter[str]] = field(default=(Counter(), Counter()))

    @property
    def answerable(self) -> list[str]:
        return [name for name in self.answers if name.startswith("faq/")]

    @classmethod
    def of(cls, state: CorpusState) -> Account:
        return cls(
            {label: [e.marked for e in held] for label, held in state.labels.items()},
            {
                name: [(v.text, v.visibility) for v in answer.variants]
                for name, answer in state.answers.items()
                if answer.editable
            },
        )

    def make(self, edit: Edit) -> None:
        """Enter an edit, and which lines of data/nlu must go and come."""
        gone: list[str] = []
        came: list[str] = []
        if isinstance(edit, EditAnswer):
            self.answers[edit.name] = [
                (_lines(v.text), v.visibility) for v in edit.variants
            ]
        elif isinstance(edit, CreateLabel):
            came += [f"- intent: {edit.label}", "examples: |"]
            self.labels[edit.label] = []
            self._add(edit.label, edit.texts, came)
            if edit.answer:
                self.answers[edit.label] = [
                    (_lines(v.text), v.visibility) for v in edit.answer
                ]
        elif isinstance(edit, AddExamples):
            self._add(edit.label, edit.texts, came)
        elif isinstance(edit, RemoveExamples):
            self._take(edit.label, edit.texts, gone)
        elif isinstance(edit, MoveExamples):
            taken = self._take(edit.label, edit.texts, gone)
            self._add(edit.to, taken, came)
        else:
            self._replace(edit, gone, came)
        self.lines = Counter(gone), Counter(came)

    def _replace(
        self, edit: ReplaceExample | MarkEntities, gone: list[str], came: list[str]
    ) -> None:
        old = edit.text if isinstance(edit, MarkEntities) else edit.old
        place = [plain_of(m) for m in self.labels[edit.label]].index(old)
        new = _marked(edit) if isinstance(edit, MarkEntities) else _tidy(edit.new)
        if self.labels[edit.label][place] != new:
            gone.append(f"- {self.labels[edit.label][place]}")
            came.append(f"- {new}")
        self.labels[edit.label][place] = new

    def _add(
        self, label: Label, texts: tuple[str, ...] | list[str], came: list[str]
    ) -> None:
        tidy = list(map(_tidy, texts))
        self.labels[label] += tidy
        came += [f"- {text}" for text in tidy]

    def _take(self, label: Label, texts: tuple[str, ...], gone: list[str]) -> list[str]:
        taken = []
        for text in texts:
            place = [plain_of(m) for m in self.labels[label]].index(text)
            taken.append(self.labels[label].pop(place))
        gone += [f"- {text}" for text in taken]
        return taken


def _marked(edit: MarkEntities) -> str:
    text = edit.text
    for mark in sorted(edit.marks, key=lambda m: -m.start):
        text = f"{text[: mark.start]}[{text[mark.start : mark.end]}]({mark.kind}){text[mark.end :]}"
    return text


def _lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def check_lines(
    before: dict[str, bytes], after: dict[str, bytes], account: Account
) -> None:
    """Make sure that exactly the lines that were meant went and came."""
    gone: Counter[str] = Counter()
    came: Counter[str] = Counter()
    for name, old in before.items():
        if name.startswith("data/nlu/") and old != after[name]:
            went, new = changed_lines(old, after[name])
            gone.update(line.strip() for line in went)
            came.update(line.strip() for line in new)
    same = gone & came  # a last line without an end got one, or lost it
    gone, came = gone - same, came - same
    del gone[""], came[""]
    emptied = [line for line in gone if line.startswith("- intent: ")]
    for head in emptied:  # the label goes on in another file
        assert account.labels[Label(head.removeprefix("- intent: "))]
        gone -= Counter([head, "examples: |"])
    meant_gone, meant_came = account.lines
    assert (gone, came) == (meant_gone - meant_came, meant_came - meant_gone)
    for name, old in before.items():
        kept = old.decode().count("\r\n") in (0, old.count(b"\n"))
        assert kept == (after[name].count(b"\r\n") in (0, after[name].count(b"\n")))


def check_domain(before: bytes, after: bytes, edit: Edit) -> None:
    """Make sure that no other response, and nothing outside, changed."""
    if isinstance(edit, CreateLabel):
        gone, _ = changed_lines(before, after)
        assert gone == []
        return
    old, new = _sections(before), _sections(after)
    assert old.keys() == new.keys()
    touched = f"utter_{edit.name}" if isinstance(edit, EditAnswer) else None
    assert {n for n in old if old[n] != new[n]} <= {touched}


def _sections(domain: bytes) -> dict[str, str]:
    parts = re.split(r"^  (utter_[^:]+):", domain.decode(), flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def check_with_rasa(project: Path, account: Account) -> None:
    """Make sure that Rasa's own loader reads what the account says."""
    from rasa.shared.core.domain import Domain
    from rasa.shared.nlu.training_data.loading import load_data

    data = load_data(str(project / "data" / "nlu"))
    read = Counter((m.get_full_intent(), m.get("text")) for m in data.intent_examples)
    assert read == Counter(
        (label, plain_of(text))
        for label, held in account.labels.items()
        for text in held
    )
    kinds = Counter(
        e["entity"] for m in data.intent_examples for e in m.get("entities", [])
    )
    assert kinds == Counter(
        kind
        for held in account.labels.values()
        for text in held
        for kind in re.findall(r"\[[^\[\]]+\]\(([a-z_]+)\)", text)
    )
    domain = Domain.load(project / "domain.yml")
    assert {label.split("/")[0] for label in account.labels} <= set(domain.intents)
    check_answers(project, account)


def check_answers(project: Path, account: Account) -> None:
    """Make sure that the bot reads the answers that the account says."""
    found = read_responses(project / "domain.yml").wordings
    for name, wordings in account.answers.items():
        assert [(w.text, w.visibility) for w in found[name]] == wordings


async def change_at_random(project: Path, *, changes: int, seed: int) -> Account:
    """Make random changes and check each; return what the corpus must hold."""
    corpus, dice = corpus_of(project), Dice(seed)
    state = await corpus.read()
    account = Account.of(state)
    applied = refused = 0
    while applied < changes:
        edit = dice.edit(account.labels, account.answerable)
        before = files_of(project)
        try:
            done = await corpus.apply(a_change(edit), expected=state.version, now=NOW)
        except InputError:
            refused += 1
            assert files_of(project) == before
            continue
        assert isinstance(done, Applied)
        applied += 1
        after = files_of(project)
        account.make(edit)
        before.setdefault("data/provenance.jsonl", b"")
        assert after["data/provenance.jsonl"].startswith(
            before["data/provenance.jsonl"]
        )
        check_lines(before, after, account)
        check_domain(before["domain.yml"], after["domain.yml"], edit)
        state = await corpus.read()
        assert Account.of(state).labels == account.labels
        if applied % READ_BY_RASA_EVERY == 0:
            check_with_rasa(project, account)
    assert refused < applied, "most changes are such as people make"
    return account


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch):
    """What a death leaves is another test's matter."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.mark.filterwarnings("ignore")  # Rasa's own, about its own libraries
async def test_random_changes_leave_what_was_meant(tmp_path, proof):
    project = small_project(tmp_path)
    changes = CHANGES_AS_PROOF if proof else CHANGES
    account = await change_at_random(project, changes=changes, seed=11)
    check_with_rasa(project, account)
    untouched = files_of(small_project(tmp_path / "fresh"))
    for name in ("data/nlu/a_shops.yml", "data/nlu/b_orders.yml", "domain.yml"):
        comments = re.findall(rb"^ *#.*$", untouched[name], flags=re.MULTILINE)
        assert all(comment in files_of(project)[name] for comment in comments)


@pytest.mark.filterwarnings("ignore")  # Rasa's own, about its own libraries
async def test_the_whole_project_is_valid_to_rasa_after_random_changes(tmp_path, proof):
    for name in ("data", "actions"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("domain.yml", "config.yml"):
        shutil.copy(ROOT / name, tmp_path)
    changes = IN_FULL_SIZE_AS_PROOF if proof else IN_FULL_SIZE
    await change_at_random(tmp_path, changes=changes, seed=12)
    if proof:
        await check_with_rasas_command(tmp_path)
    else:
        assert complaints_of_rasa(tmp_path) == []


def complaints_of_rasa(project: Path) -> list[str]:
    """Return what Rasa's validator says, in a tenth of its command's time."""
    prepare(project / "config.yml")
    from bot.nlu.rasa_validator import complaints

    return complaints(project)


async def check_with_rasas_command(project: Path) -> None:
    validating = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "rasa", "data", "validate"),
        cwd=project,
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await validating.communicate()
    assert validating.returncode == 0, said.decode()
    assert b"Issue found" not in said, said.decode()
