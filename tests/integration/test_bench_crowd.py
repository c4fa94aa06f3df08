"""The bench with many stored customers, here with a few thousand in real processes."""

from __future__ import annotations

from pathlib import Path

from bot.bench.crowd import PAIRS, measure_crowd
from bot.bench.rig import open_rig
from bot.bench.texts import Writer
from bot.settings import Settings
from tests.builders import ROOT


async def test_floods_before_and_after_the_crowd_are_right_and_it_has_a_weight(
    model: Path, tmp_path: Path
):
    settings, said = Settings.from_env(ROOT, {}), []
    writer = Writer.of_project(ROOT, seed=1)
    folders = [tmp_path / name for name in ("empty", "full")]
    for folder in folders:
        folder.mkdir()
    empties, fulls = (open_rig(settings, folder=f, model=model) for f in folders)
    async with empties as empty, fulls as full:
        crowd = await measure_crowd(
            empty, full, writer, said.append, customers=20_000, messages=100
        )
        late = await measure_crowd(
            empty, full, writer, said.append, customers=20_000, messages=5, limit_s=0
        )
    assert crowd.customers == 20_000
    assert len(crowd.runs) == 2 * PAIRS
    assert all(run.right for run in crowd.runs)
    assert min(crowd.ratios) <= crowd.ratio <= max(crowd.ratios)
    assert 1_000 < crowd.bytes_each < 5_000
    assert "crowd: 10,000 of 20,000 customers stored" in said
    assert late.customers == 0, "the time is bounded"
