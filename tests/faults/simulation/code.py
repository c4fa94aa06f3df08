"""The engine's code as it is, or with one deliberate fault in it."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.builders import ROOT


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
        self._modules: dict[str, ModuleType] = {}

    def script(self, name: str, text: str) -> str:
        """Return the text of a script, "accept.lua", with what it uses of others."""
        mutant = self._mutant
        if mutant is None or not mutant.file.endswith(".lua"):
            return text
        own = mutant.file == f"store/lua/{name}"
        shared = (ROOT / "bot" / mutant.file).read_text().strip() in text
        return mutant.applied(text) if own or shared else text

    def get(self, path: str) -> Any:
        """Return what `path` names: "bot.flow.intake.Intake"."""
        module, _, name = path.rpartition(".")
        return getattr(self._module(module), name)

    def _module(self, name: str) -> ModuleType:
        real = importlib.import_module(name)
        file = Path(str(real.__file__))
        mutant = self._mutant
        if mutant is None or file != ROOT / "bot" / mutant.file:
            return real
        if name not in self._modules:
            self._modules[name] = _compiled(file, name, mutant)
        return self._modules[name]


def _compiled(file: Path, name: str, mutant: Mutant) -> ModuleType:
    made = ModuleType(f"{name}_mutated")
    sys.modules[made.__name__] = made  # dataclasses look themselves up
    exec(compile(mutant.applied(file.read_text()), str(file), "exec"), made.__dict__)
    return made
