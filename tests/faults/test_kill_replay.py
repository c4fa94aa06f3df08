"""`kill -9` in the middle of a replay: nothing lost, nothing twice, by the ledger."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.channels.simulator import SimulatedNetwork
from bot.clock import SystemClock
from tests.builders import ROOT

TEXTS = [
    json.loads(line)["text"]
    for line in (ROOT / "data" / "samples" / "messages.jsonl").read_text().splitlines()
]
START = datetime(2026, 11, 18, 9, 0, tzinfo=timezone.utc)


@pytest.fixture
def recording(tmp_path) -> Path:
    """250 messages of 90 customers, in public and in private, in quick succession."""
    rows = [
        {
            "id": f"k{number}",
            "author": f"customer{number * 7 % 90}",
            "at": (START + timedelta(seconds=number * 9)).isoformat(),
            "text": TEXTS[number % len(TEXTS)],
            "visibility": "private" if number % 4 == 0 else "public",
        }
        for number in range(250)
    ]
    path = tmp_path / "recording.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


class Replay:
    """The real command in a folder of its own, with the project's trained model."""

    def __init__(self, folder: Path, recording: Path, model: Path) -> None:
        self.out, self.var = folder / "out.jsonl", folder
        self._recording = recording
        folder.mkdir()
        (folder / "models").symlink_to(model.parent)

    def start(self) -> subprocess.Popen[str]:
        command = [
            *(sys.executable, "-m", "bot", "replay"),
            *(str(self._recording), "--out", str(self.out)),
        ]
        env = {**os.environ, "FIRSTLINE_VAR": str(self.var), "COLUMNS": "120"}
        return subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
        )

    def finish(self) -> str:
        process = self.start()
        printed, _ = process.communicate(timeout=300)
        assert process.returncode == 0, printed
        return printed

    def ledger(self):
        (file,) = self.var.glob("replay/*/simulator.db")
        network = SimulatedNetwork(file, brand_handle="fernhollow", clock=SystemClock())
        try:
            return network.ledger()
        finally:
            network.close()

    def written(self) -> int:
        return len(self.ledger()) if list(self.var.glob("replay/*/simulator.db")) else 0

    def server_pid(self) -> int:
        (lock,) = self.var.glob("replay/*/store/server.log")
        words = [w for w in lock.read_text().split() if w.startswith("pid=")]
        return int(words[-1].removeprefix("pid=").rstrip(","))


def replies(replay: Replay) -> Counter[tuple[str, str | None, str]]:
    return Counter(
        (e.account, e.in_reply_to, e.text) for e in replay.ledger() if e.received
    )


def test_a_replay_that_is_killed_goes_on_where_it_was(
    tmp_path, recording, model, proof
):
    calm = Replay(tmp_path / "calm", recording, model)
    calm.finish()
    killed = Replay(tmp_path / "killed", recording, model)
    points = random.Random(5)
    victims = ("program", "store") * (12 if proof else 1)
    apart = 180 // len(victims)  # so that the last kill comes before the replay's end
    for victim in victims:
        process = killed.start()
        until = killed.written() + points.randrange(apart // 4, apart)
        while process.poll() is None and killed.written() < until:
            time.sleep(0.01)
        target = process.pid if victim == "program" else killed.server_pid()
        if process.poll() is None:
            os.kill(target, signal.SIGKILL)
        process.communicate(timeout=300)
    printed = killed.finish()
    assert "Every one of 250 messages has exactly one outcome." in printed
    assert max(replies(killed).values()) == 1
    assert replies(killed) == replies(calm)
    rows = [json.loads(line) for line in killed.out.read_text().splitlines()]
    assert Counter(row["id"] for row in rows) == Counter(
        f"k{number}" for number in range(250)
    )
