"""A project that trains in seconds: few examples of every intent, words alone."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from pathlib import Path

from bot.nlu.data import load_examples
from tests.builders import ROOT

EACH = 30  # examples of an intent
# What so small a model takes for a standard question: it has hardly seen the others.
BEYOND_IT = {"two-2", "stranger-2"}


def small_project(folder: Path) -> Path:
    """Write it into `folder`, with all frozen messages; return `folder`."""
    (folder / "data" / "nlu").mkdir(parents=True)
    for name in ("domain.yml", "data/policy.yml", "data/rules.yml"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("tests/nlu", "data/safety"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.rmtree(folder / "tests" / "nlu" / "__pycache__", ignore_errors=True)
    config = (ROOT / "config.yml").read_text()
    (folder / "config.yml").write_text(
        config.replace("profile: cascade", "profile: lexical")
    )
    (folder / "actions").symlink_to(ROOT / "actions")
    write_examples(folder, _some_examples())
    _leave_out(folder / "data" / "safety" / "messages.jsonl")
    return folder


def examples_of(project: Path) -> dict[str, list[str]]:
    """Return the small project's examples by label."""
    found: dict[str, list[str]] = defaultdict(list)
    for example in load_examples(project / "data" / "nlu"):
        found[example.label].append(example.text)
    return dict(found)


def write_examples(project: Path, examples: dict[str, list[str]]) -> None:
    """Make these the project's examples."""
    lines = ['version: "3.1"', "nlu:"]
    for label, texts in examples.items():
        lines += [f"- intent: {label}", "  examples: |"]
        lines += [f"    - {text}" for text in texts]
    (project / "data" / "nlu" / "all.yml").write_text("\n".join(lines) + "\n")


def _some_examples() -> dict[str, list[str]]:
    found = examples_of(ROOT)
    return {
        label: texts[:: max(1, len(texts) // EACH)][:EACH]
        for label, texts in found.items()
    }


def _leave_out(file: Path) -> None:
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(x for x in lines if json.loads(x)["id"] not in BEYOND_IT))
