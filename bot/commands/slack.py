"""`firstline slack check`: is the Slack app as it has to be, and if not, what to do."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from bot.clock import SystemClock
from bot.desk.slack.checkup import Checkup
from bot.desk.slack.client import open_web
from bot.errors import ConfigError
from bot.log import json_log
from bot.policy_file import load_policy
from bot.settings import Settings

RIGHT, WRONG = "✓", "✗"
UNSEEN = (
    "No program can try a click: if buttons do nothing, switch Interactivity & "
    "Shortcuts on. If people cannot find App Home, see App Home → Home Tab."
)


async def slack_check(settings: Settings) -> int:
    """Print a line for everything that was looked at; 1 if one is wrong.

    Raises:
        ConfigError: there are no tokens, or the policy has mistakes.
    """
    if settings.slack is None:
        raise ConfigError(
            "Slack is not set up: make the app from docs/slack-manifest.yml, and set "
            "FIRSTLINE_SLACK_BOT_TOKEN and FIRSTLINE_SLACK_APP_TOKEN. See "
            "docs/operators.md."
        )
    console, wrong = Console(), 0
    policy = load_policy(settings.policy)
    async with open_web(settings.slack.bot_token, settings.slack.api_url) as web:
        checkup = Checkup(
            web,
            settings.slack.app_token,
            policy.desk,
            clock=SystemClock(),
            log=json_log,
        )
        async for finding in checkup.findings():
            wrong += not finding.is_right
            sign = RIGHT if finding.is_right else WRONG
            line = f"{sign} {finding.what}: {finding.says}"
            console.print(escape(line), soft_wrap=True)
    console.print(UNSEEN, soft_wrap=True)
    return 1 if wrong else 0
