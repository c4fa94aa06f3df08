"""`firstline run` with Slack's tokens: killed in the middle of its posts, and refused."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from bot.clock import SystemClock
from tests.builders import ROOT
from tests.faults.started import Run
from tests.integration.slack_cards import cards_in, slack_with_cards
from tests.slack_double import SlackDouble

CUSTOMERS = 6
WORDS = "I want to speak to a real person please"


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with slack_with_cards(SystemClock()) as made:
        yield made


def tokens(slack: SlackDouble) -> dict[str, str]:
    return {
        "FIRSTLINE_SLACK_BOT_TOKEN": slack.bot_token,
        "FIRSTLINE_SLACK_APP_TOKEN": slack.app_token,
        "FIRSTLINE_SLACK_API_URL": slack.api_url,
    }


async def start(run: Run, slack: SlackDouble) -> None:
    run.start(**tokens(slack))
    await asyncio.to_thread(run.until_ready)


async def doctor(run: Run, slack: SlackDouble) -> str:
    env = {**os.environ, "FIRSTLINE_VAR": str(run.folder), **tokens(slack)}
    asked = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "bot", "doctor"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    return " ".join(asked.stdout.split())


async def test_a_kill_in_the_middle_of_its_posts_makes_no_card_twice(
    run, network, slack
):
    await start(run, slack)
    for number in range(CUSTOMERS):
        network.direct(f"pat{number}", WORDS)
    await slack.until(lambda: len(cards_in(slack)) >= 2)
    run.stop(signal.SIGKILL)
    assert len(cards_in(slack)) < CUSTOMERS
    await start(run, slack)
    await slack.until(lambda: len(cards_in(slack)) == CUSTOMERS)


async def test_a_revoked_token_shows_in_the_log_and_at_the_doctors(run, network, slack):
    slack.faults.revoke_token()
    await start(run, slack)
    network.direct("pat", WORDS)
    await asyncio.to_thread(run.until, lambda: "token_revoked" in run.said())
    assert "token_revoked" in await doctor(run, slack)
    assert slack.bot_token not in run.said()
    slack.faults.clear()
    await slack.until(lambda: len(cards_in(slack)) == 1)
