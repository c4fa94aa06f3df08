"""A project of its own for trainers to edit, and its page in a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.async_api import Browser, Page

from bot.clock import SystemClock
from bot.model.trained import ModelName
from bot.nlu.data import load_examples
from bot.nlu.shelf import ModelShelf, name_of
from tests.web.pages import WIDE
from tests.web.program import PROJECT, Program

FILES = ("config.yml", "domain.yml", "endpoints.yml")
FOLDERS = ("data", "actions")
TRAINER = "Amira"
SAVING_MS = 90_000  # the first one compares with all examples; a machine may be busy


def copy_project(to: Path, model: Path) -> Path:
    """Copy what a trainer may edit to `to`, with its model; return the folder for var."""
    var = to / "var"
    (var / "models").mkdir(parents=True)
    for name in FILES:
        shutil.copy(PROJECT / name, to / name)
    for name in FOLDERS:
        shutil.copytree(PROJECT / name, to / name)
    for suffix in ("", ".sha256"):
        copied = var / "models" / (model.name + suffix)
        shutil.copy2(model.with_name(model.name + suffix), copied)
    frozen = to / "tests" / "nlu"  # what models are compared on
    shutil.copytree(
        PROJECT / "tests" / "nlu", frozen, ignore=shutil.ignore_patterns("*.py")
    )
    vectors = PROJECT / "var" / "embeddings.sqlite"
    if vectors.exists():  # a training then encodes only what is new
        shutil.copy(vectors, var / vectors.name)
    shelf, at = ModelShelf(to, var / "models"), SystemClock().now()
    shelf.note(name_of(model), by="firstline", why="to begin with", at=at)
    return var


@contextmanager
def another_model(
    program: Program, model: Path, *, by: str, why: str
) -> Iterator[ModelName]:
    """Put a model of edited data beside those that are there; then mend the data."""
    models, at = program.folder / "models", SystemClock().now()
    shelf = ModelShelf(program.project, models)
    file = program.project / "data" / "nlu" / "small_talk.yml"
    whole = file.read_text("utf-8")
    file.write_text(f"{whole}# edited by {by} at {at}\n", "utf-8")
    name = shelf.present()
    for suffix in (".tar.gz", ".tar.gz.sha256"):
        shutil.copy(models / f"{model.name[:-7]}{suffix}", models / f"{name}{suffix}")
    shelf.note(name, by=by, why=why, at=at)
    yield name
    file.write_text(whole, "utf-8")


async def open_section(
    program: Program,
    browser: Browser,
    errors: list[str],
    section: str,
    *,
    trainer: str = TRAINER,
    size: tuple[int, int] = WIDE,
) -> Page:
    """Open a section of the trainer's page as somebody whom the browser knows."""
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
    cookie = {"name": "firstline_trainer", "value": trainer, "url": program.url}
    await context.add_cookies([cookie])
    page = await context.new_page()
    page.set_default_timeout(SAVING_MS)
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(f"{program.url}/train/{section}")
    return page


def texts_of(program: Program, label: str) -> list[str]:
    """Return the examples of a label, as the project's files have them now."""
    found = load_examples(program.project / "data" / "nlu")
    return [example.text for example in found if example.label == label]
