"""A replay that was killed goes on at the time at which it was killed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from bot.clock import ManualClock
from bot.model.message import Visibility
from bot.replay.driver import Driver
from bot.replay.networks import open_on_simulator
from bot.replay.reading import Recorded
from bot.settings import Settings
from tests.builders import ROOT

START = datetime(2026, 11, 18, 9, 0, tzinfo=timezone.utc)
ROWS = [
    Recorded(
        id=f"k{number}",
        author=f"customer{number}",
        at=START + timedelta(minutes=number),
        text="How much is delivery?",
        in_reply_to=None,
        by_brand=False,
        visibility=Visibility.PRIVATE,
    )
    for number in range(5)
]


async def test_what_was_written_before_a_kill_is_not_answered_earlier(tmp_path, model):
    """Written and not taken in yet: the reply has a time after that of its cause."""
    settings = Settings.from_env(ROOT, {})
    for killed in (True, False):
        clock = ManualClock(START)
        opening = open_on_simulator(
            settings,
            model=model,
            folder=tmp_path,
            clock=clock,
            log=lambda *_, **__: ...,
        )
        async with opening as (firstline, network):
            if killed:
                network.write(ROWS[-2])
                continue
            driver = Driver(firstline, clock, network)
            await driver.drive(ROWS, rate=None, progress=lambda: None)
            replies = {e.account: e.at for e in network.ledger() if e.received}
    assert replies.keys() == {row.author for row in ROWS}
    assert [row.id for row in ROWS if replies[row.author] < row.at] == []
