"""`firstline bench --quick`: the whole way in real processes, judged by the ledger."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

from tests.builders import ROOT


async def test_a_quick_bench_finds_every_reply_once_and_prints_its_tables(
    model: Path, tmp_path: Path
):
    picture, var = tmp_path / "latency.png", tmp_path / "var"
    var.mkdir()
    (var / "models").symlink_to(model.parent)
    bench = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "bench", "--quick", "--picture", str(picture)),
        cwd=ROOT,
        env={**os.environ, "FIRSTLINE_VAR": str(var), "COLUMNS": "200"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await bench.communicate()
    printed = out.decode()
    assert bench.returncode == 0, f"{printed}\n{err.decode()}"
    assert "Every reply that the outcomes tell of arrived, exactly once." in printed
    rows = [re.split(r"\s*[│┃]\s*", line) for line in printed.splitlines()]
    loads = {row[1]: row for row in reversed(rows) if len(row) > 8}  # first table
    assert {"flood", "dialogues", "everysec", "level-10", "level-90"} <= loads.keys()
    assert loads["flood"][3] == "120"
    assert float(loads["flood"][4].replace(",", "")) > 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert not list(var.glob("bench-*")), "it leaves nothing behind"
