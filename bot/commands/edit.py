"""`firstline train add, move, look …`: what trainers do, in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from getpass import getuser
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from bot.clock import SystemClock
from bot.errors import InputError
from bot.model.change import (
    AddExamples,
    Change,
    Conflict,
    CreateLabel,
    Edit,
    EditAnswer,
    MoveExamples,
    PastChange,
    RemoveExamples,
    ReplaceExample,
)
from bot.model.example import CorpusState, Finding, Label, Neighbour, Origin, Variant
from bot.model.message import Visibility
from bot.model.reading import Reading
from bot.nlu.data import plain
from bot.open_corpus import OpenCorpus, open_corpus
from bot.policy_file import load_policy
from bot.settings import Settings


class Editor:
    """Makes one change of the project's files."""

    def __init__(self, settings: Settings) -> None:
        self._opened = _opened(settings)
        self._console = Console()

    async def make(self, edit: Edit, *, by: str, why: str) -> int:
        """Say what is to be known about the edit, and make it; 1 if somebody was faster.

        Raises:
            InputError: something speaks against it.
        """
        state = await self._opened.corpus.read()
        edit = _as_held(edit, state)
        for text, label in _new_texts(edit):
            said = await self._opened.examples.on_example(text, label)
            self._tell(text, [f for f in said.findings if not f.blocks])
        for name, variants in _answers(edit):
            found = self._opened.answers.on_answer(name, variants)
            self._tell(name, [f for f in found if not f.blocks])
        change = Change(by=by or getuser(), why=why, edits=(edit,))
        done = await self._opened.corpus.apply(
            change, expected=state.version, now=SystemClock().now()
        )
        if isinstance(done, Conflict):
            names = ", ".join([*done.labels, *done.answers])
            self._console.print(f"{names} changed at this moment. Look, and try again.")
            return 1
        self._console.print(
            f"Written. `firstline train` makes a model of it ({done.version})."
        )
        return 0

    async def answer(
        self,
        name: str,
        public: Sequence[str],
        private: Sequence[str],
        *,
        by: str,
        why: str,
    ) -> int:
        """Give an answer new wordings; for readers without new ones the old stay."""
        known = (await self._opened.corpus.read()).answers.get(name)
        old = known.variants if known else ()
        kept = {
            visibility: tuple(v for v in old if v.visibility is visibility)
            for visibility in Visibility
        }
        edit = EditAnswer(
            name,
            (
                *(wordings(public, ()) or kept[Visibility.PUBLIC]),
                *(wordings((), private) or kept[Visibility.PRIVATE]),
            ),
        )
        return await self.make(edit, by=by, why=why)

    def _tell(self, about: str, findings: Sequence[Finding]) -> None:
        for finding in findings:
            line = f"{about}: {finding.sentence}"
            self._console.print(escape(line), soft_wrap=True)


async def look(settings: Settings, text: str, *, label: str, model: bool) -> int:
    """Print what the live model and the other examples say to a text."""
    console = Console()
    opened = _opened(settings)
    said = await opened.examples.on_example(text, Label(label) if label else None)
    if model:
        for line in await _read(settings, text):
            console.print(escape(line), soft_wrap=True)
    for finding in said.findings:
        sign = "✗" if finding.blocks else "!"
        console.print(escape(f"{sign} {finding.sentence}"), soft_wrap=True)
    _print_neighbours(console, "Most like it", said.neighbours)
    _print_neighbours(console, f"Most like it, not {label}", said.elsewhere)
    return 0


async def changes(settings: Settings, *, limit: int) -> int:
    """Print the newest changes; what came with the product is old news."""
    console = Console()
    found = await _opened(settings).corpus.changes(limit=limit)
    made = [change for change in found if change.origin is not Origin.FOUNDING]
    for change in made:
        console.print(escape(_told(change)), soft_wrap=True)
    if not made:
        console.print("Nobody has changed anything since it came with the product.")
    return 0


def wordings(public: Sequence[str], private: Sequence[str]) -> tuple[Variant, ...]:
    """Return wordings; “\\n” in a text begins a line."""
    both = ((Visibility.PUBLIC, public), (Visibility.PRIVATE, private))
    return tuple(
        Variant(text=text.replace("\\n", "\n"), visibility=visibility)
        for visibility, texts in both
        for text in texts
    )


def _opened(settings: Settings) -> OpenCorpus:
    policy = load_policy(settings.policy)
    return open_corpus(settings, lambda: policy)


async def _read(settings: Settings, text: str) -> list[str]:
    """Return what the live model makes of a text, in lines."""
    from bot.nlu.engine import RasaEngine, load_model

    path = _live_model(settings)
    with Console(stderr=True).status("loading the model"):
        loaded = load_model(path, config=settings.project / "config.yml")
    engine = RasaEngine(loaded)
    try:
        [reading] = await engine.read([plain(text)])
    finally:
        engine.close()
    return _lines_of(reading, path)


def _lines_of(reading: Reading, path: Path) -> list[str]:
    top = f"{reading.top.label}, {reading.top.confidence:.0%} sure"
    others = [f"{r.label} {r.confidence:.0%}" for r in reading.alternatives[:3]]
    lines = [f"Read as {top} by {path.name.removesuffix('.tar.gz')}."]
    return [*lines, f"Nearly: {', '.join(others)}."] if others else lines


def _live_model(settings: Settings) -> Path:
    from bot.open_models import live_note, open_shelf

    shelf, live = open_shelf(settings), live_note(settings).live()
    newest = [model.name for model in shelf.models()[:1]]
    for name in [live, *newest]:
        if name is not None and shelf.path(name).is_file():
            return shelf.path(name)
    raise InputError("There is no model yet: run `firstline train`, or use --no-model.")


def _new_texts(edit: Edit) -> list[tuple[str, Label]]:
    if isinstance(edit, (AddExamples, CreateLabel)):
        return [(text, edit.label) for text in edit.texts]
    return [(edit.new, edit.label)] if isinstance(edit, ReplaceExample) else []


def _as_held(edit: Edit, state: CorpusState) -> Edit:
    """Return the edit with the texts that it names as the corpus knows them.

    They may be written with their marks, as they stand in the files. The corpus itself
    names no text that it misses, since who asks there may be a program that logs; what
    is said here stands in the terminal of who typed it.

    Raises:
        InputError: some are no examples of the label; says what is nearest.
    """
    if not isinstance(edit, RemoveExamples | MoveExamples | ReplaceExample):
        return edit
    held = {example.text: example for example in state.labels.get(edit.label, ())}
    if not held:  # the corpus says that there is no such label
        return edit
    typed = (edit.old,) if isinstance(edit, ReplaceExample) else edit.texts
    texts = tuple(text if text in held else plain(text) for text in typed)
    missing = [one for one, text in zip(typed, texts, strict=True) if text not in held]
    if missing:
        raise InputError("\n".join(_not_there(x, edit.label, state) for x in missing))
    if isinstance(edit, ReplaceExample):
        return replace(edit, old=texts[0])
    return replace(edit, texts=texts)


def _not_there(text: str, label: Label, state: CorpusState) -> str:
    said = f"“{text}” is not under {label}."
    others = [la for la, held in state.labels.items() if text in {e.text for e in held}]
    if others:
        return f"{said} It is an example of {others[0]}."
    held = {example.text: example for example in state.labels[label]}
    (near,) = get_close_matches(plain(text), held, n=1, cutoff=0)
    return f"{said} Nearest: “{near}” ({held[near].file}:{held[near].line})"


def _answers(edit: Edit) -> list[tuple[str, tuple[Variant, ...]]]:
    if isinstance(edit, EditAnswer):
        return [(edit.name, edit.variants)]
    if isinstance(edit, CreateLabel) and edit.answer:
        return [(edit.label, edit.answer)]
    return []


def _print_neighbours(console: Console, title: str, found: Sequence[Neighbour]) -> None:
    if found:
        console.print(f"{title}:")
    for one in found:
        example = one.example
        line = f"  {one.likeness:.2f} {example.label}: {example.text}"
        place = f"({example.file}:{example.line})"
        console.print(escape(f"{line}  {place}"), soft_wrap=True)


def _told(change: PastChange) -> str:
    parts = [f"+{len(keys)} {label}" for label, keys in change.added.items()]
    parts += [f"-{len(keys)} {label}" for label, keys in change.removed.items()]
    parts += [f"{len(m.keys)} {m.label} → {m.to}" for m in change.moved]
    parts += [f"reworded in {one.label}" for one in change.reworded]
    parts += [f"marks {label}" for label in change.marked]
    parts += [f"answer {name}" for name in change.answers]
    when = change.at.strftime("%Y-%m-%d %H:%M")
    return f"{when} {change.by}: {change.why} ({', '.join(parts)})"
