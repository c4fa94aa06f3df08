"""What was recorded comes out the same, whichever network it goes through."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from bot.commands import replay as command
from bot.commands.replay import replay
from bot.replay.through import Through
from bot.settings import Settings
from tests.builders import ROOT

SAMPLES = ROOT / "data" / "samples" / "messages.jsonl"
SAME = ("outcome", "reason", "withheld", "intent", "faq", "team", "priority")


async def replayed(folder: Path, through: Through) -> dict[str, dict[str, object]]:
    out = folder / f"{through.value}.jsonl"
    settings = replace(Settings.from_env(ROOT, {}), var=folder)
    code = await replay(
        settings, SAMPLES, out=out, rate=None, fresh=True, through=through
    )
    assert code == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    return {row["id"]: {name: row[name] for name in SAME} for row in rows}


async def test_x_and_the_simulated_network_lead_to_the_same_outcomes(
    tmp_path, model, monkeypatch, capsys
):
    monkeypatch.setattr(command, "current_model", lambda _: model)
    on_simulator = await replayed(tmp_path, Through.SIMULATOR)
    on_x = await replayed(tmp_path, Through.X)
    assert len(on_x) == sum(1 for _ in SAMPLES.open())
    assert on_x == on_simulator
