"""The bench is over when nothing is left to do, and not before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.bench.channel import NAME, BenchChannel
from bot.bench.rig import open_rig
from bot.clock import ManualClock
from bot.settings import Settings
from bot.store.server import connect
from tests.builders import NOON, ROOT, message
from tests.first_line import FirstLine


async def test_a_run_is_not_over_while_an_answer_waits_for_its_sender(tmp_path: Path):
    settings = Settings.from_env(ROOT, {})
    nobody = tmp_path / "no model"
    async with open_rig(settings, folder=tmp_path, model=nobody, processes={}) as rig:
        redis = connect(rig.address)
        line = FirstLine(
            redis, BenchChannel(str(rig.network._base_url)), ManualClock(NOON)
        )
        asked = message("faq/delivery_cost 0.9", private=True)
        assert not await rig.busy()
        await line.intake._accept([replace(asked, channel=NAME)])
        assert await rig.busy()
        line.clock.advance(20)
        assert await line.worker.step() == 1
        assert await rig.busy(), "the answer waits in its lane"
        assert await line.sender.step() == 1
        assert not await rig.busy()
        await line.channel.close()
        await redis.close()
