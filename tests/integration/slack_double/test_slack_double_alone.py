"""`python -m tests.slack_double`: the local Slack in a process of its own."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE

import aiohttp
from dotenv import dotenv_values
from slack_sdk.web.async_client import AsyncWebClient

from tests.builders import ROOT
from tests.waiting import PATIENCE_S


async def test_it_starts_alone_and_prints_settings_that_work(tmp_path):
    command = (sys.executable, "-m", "tests.slack_double", "--port", "0")
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE)
    try:
        assert process.stdout is not None
        printed = await asyncio.wait_for(
            process.stdout.readuntil(b"FIRSTLINE_SLACK_APP_TOKEN="), PATIENCE_S
        )
        address = printed.decode().split()[3]
        file = tmp_path / "env"
        file.write_text(printed.decode().partition("\n\n")[2])
        settings = dotenv_values(file)
        web = AsyncWebClient(
            token=settings["FIRSTLINE_SLACK_BOT_TOKEN"],
            base_url=str(settings["FIRSTLINE_SLACK_API_URL"]),
        )
        posted = await web.chat_postMessage(channel="#firstline-care", text="hello")
        assert posted["ok"]
        async with aiohttp.ClientSession() as session, session.get(address) as page:
            assert "hello" in await page.text()
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), PATIENCE_S)
    assert process.returncode == 0
