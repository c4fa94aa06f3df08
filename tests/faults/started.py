"""`firstline run` in a folder and a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from bot.bench.processes import family_of
from tests.builders import ROOT
from tests.ports import free_port
from tests.waiting import PATIENCE_S

END_S = 10  # is promised


class Run:
    """The command in a folder of its own."""

    def __init__(self, folder: Path, model: Path, *, project: Path = ROOT) -> None:
        self.folder, self.port, self.project = folder, free_port(), project
        folder.mkdir(exist_ok=True)
        (folder / "models").symlink_to(model.parent)
        self._log = folder / "log"
        self._before = 0  # bytes that earlier starts have said

    @property
    def env(self) -> dict[str, str]:
        """What commands beside it find in their environment, too."""
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "FIRSTLINE_VAR": str(self.folder),
            "FIRSTLINE_PORT": str(self.port),
        }

    def start(self, *options: str, **env: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            self._before = log.tell()
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run", *options],
                cwd=self.project,
                env={**self.env, **env},
                stderr=log,
            )
        return self.process

    def said(self) -> str:
        return self._log.read_text()

    def until(self, condition) -> None:
        end = time.monotonic() + PATIENCE_S
        while not condition():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.02)

    def until_ready(self) -> None:
        """Wait until this start is ready, whatever earlier ones were."""
        self.until(lambda: b"\nready\n" in self._log.read_bytes()[self._before :])

    def worker(self) -> int | None:
        for pid in family_of(self.process.pid):
            if b"\0work\0" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
        return None

    def store(self) -> int | None:
        """The embedded server."""
        for pid in family_of(self.process.pid):
            if Path(f"/proc/{pid}/exe").readlink().name == "valkey-server":
                return pid
        return None

    def stop(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(timeout=END_S)
