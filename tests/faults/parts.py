"""The program's processes, one role each, as tests start and kill them."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.builders import ROOT
from tests.faults.started import END_S
from tests.waiting import until


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

    async def until_it_hears(self) -> None:
        """Wait until the process obeys SIGTERM; one that is stopped earlier just ends."""
        await until(self._hears, told=lambda: f"{self.role} does not begin")

    def _hears(self) -> bool:
        assert self.process.poll() is None, f"{self.role} ended"
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (caught,) = re.findall(r"^SigCgt:\s*(\w+)", status, re.MULTILINE)
        return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)

    def kill_and_start(self) -> None:
        self.process.kill()
        self.process.wait()
        self.start()

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(timeout=END_S) == 0
