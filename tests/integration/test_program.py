"""What is put together is put together right, where nothing else would show it."""

from __future__ import annotations

import subprocess
import sys

from bot.app import open_program
from bot.settings import Settings
from bot.store import keys
from bot.store.server import connect
from tests.builders import ROOT


def silent(event: str, /, **fields: object) -> None:
    """Say nothing."""


async def test_the_program_notices_which_server_answers(tmp_path):
    """Else it would trust a store that has forgotten what was sent."""
    settings = Settings.from_env(ROOT, {"FIRSTLINE_VAR": str(tmp_path)})
    async with open_program(settings, log=silent) as program:
        await program.store.cases.active()
        redis = connect(program.store.address)
        met = await redis.hget(keys.in_shard(keys.SHARDS[0], "generation"), "run_id")
        await redis.close()
        assert met


async def test_x_stands_beside_the_simulated_network(tmp_path):
    env = {"FIRSTLINE_VAR": str(tmp_path), "FIRSTLINE_X_CLIENT_ID": "id"}
    async with open_program(Settings.from_env(ROOT, env), log=silent) as program:
        assert set(program.channels) == {"simulator", "x"}
    env.pop("FIRSTLINE_X_CLIENT_ID")
    async with open_program(Settings.from_env(ROOT, env), log=silent) as program:
        assert set(program.channels) == {"simulator"}


def test_who_is_not_on_x_does_not_wait_for_what_only_x_needs():
    code = "import bot.app, sys; assert not {'tweepy', 'requests'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
