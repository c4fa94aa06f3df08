"""The program's processes, one role each, as tests start and kill them."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.builders import ROOT
from tests.faults.started import PATIENCE_S


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
        end = time.monotonic() + PATIENCE_S
        while not self._hears():
            assert self.process.poll() is None, f"{self.role} ended"
            assert time.monotonic() < end, f"{self.role} does not begin"
            await asyncio.sleep(0.1)

    def _hears(self) -> bool:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (caught,) = re.findall(r"^SigCgt:\s*(\w+)", status, re.MULTILINE)
        return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)

    def kill_and_start(self) -> None:
        self.process.kill()
        self.process.wait()
        self.start()

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(timeout=10) == 0
