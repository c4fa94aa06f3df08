"""The program's processes, one role each, as tests start and kill them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.builders import ROOT


class Part:
    """One process of the program, with one role."""

    def __init__(self, role: str, env: dict[str, str], log: Path) -> None:
        self.role, self._env, self._log = role, env, log
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run", "--role", self.role],
                cwd=ROOT,
                env=self._env,
                stderr=log,
            )

    def kill_and_start(self) -> None:
        self.process.kill()
        self.process.wait()
        self.start()

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(timeout=10) == 0
