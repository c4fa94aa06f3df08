"""The engine's code as it is, or with one deliberate fault in it."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import bot.flow
import bot.store
from tests.builders import ROOT

for _package in (bot.flow, bot.store):  # what is imported later would keep a fault
    for _found in pkgutil.iter_modules(_package.__path__, f"{_package.__name__}."):
        importlib.import_module(_found.name)


@dataclass(frozen=True)
class Mutant:
    """A fault: `old` becomes `new` in one file below bot/. `seed` shows it."""

    what: str
    file: str  # "store/lua/accept.lua", "flow/intake.py"
    old: str
    new: str
    seed: int

    def applied(self, text: str) -> str:
        """Return `text` with the fault.

        Raises:
            LookupError: the passage is not there, or more than once: the file has
                changed, and the mutant must follow.
        """
        if text.count(self.old) != 1:
            found = text.count(self.old)
            raise LookupError(f"{self.what}: {found} × {self.old!r} in {self.file}")
        return text.replace(self.old, self.new)


class Code:
    """Gives the engine's scripts and classes, one of them perhaps mutated."""

    def __init__(self, mutant: Mutant | None = None) -> None:
        self._mutant = mutant

    def script(self, name: str, text: str) -> str:
        """Return the text of a script, "accept.lua", with what it uses of others."""
        mutant = self._mutant
        if mutant is None or not mutant.file.endswith(".lua"):
            return text
        own = mutant.file == f"store/lua/{name}"
        shared = (ROOT / "bot" / mutant.file).read_text().strip() in text
        return mutant.applied(text) if own or shared else text

    def get(self, path: str) -> Any:
        """Return what `path` names now: "bot.flow.intake.Intake"."""
        module, _, name = path.rpartition(".")
        return getattr(importlib.import_module(module), name)

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Let the fault stand wherever the engine uses the faulty module, meanwhile."""
        with ExitStack() as stack:
            for module, name, faulty in self._replacements:
                stack.enter_context(patch.object(module, name, faulty))
            yield

    @cached_property
    def _replacements(self) -> list[tuple[ModuleType, str, object]]:
        mutant = self._mutant
        if mutant is None or not mutant.file.endswith(".py"):
            return []
        name = "bot." + mutant.file.removesuffix(".py").replace("/", ".")
        faulty = vars(_compiled(name, mutant))
        return [
            (module, own, faulty[value.__name__])
            for module in list(sys.modules.values())
            if module.__name__.startswith("bot.")
            for own, value in list(vars(module).items())
            if getattr(value, "__module__", "") == name
            and getattr(value, "__name__", "") in faulty
        ]


def _compiled(name: str, mutant: Mutant) -> ModuleType:
    file = Path(str(importlib.import_module(name).__file__))
    made = ModuleType(f"{name}_mutated")
    sys.modules[made.__name__] = made  # dataclasses look themselves up
    exec(compile(mutant.applied(file.read_text()), str(file), "exec"), made.__dict__)
    return made
