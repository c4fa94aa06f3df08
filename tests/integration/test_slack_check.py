"""`firstline slack check`: what is missing, and in which menu."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from bot.commands.slack import slack_check
from bot.desk.slack.checkup import SCOPES
from bot.errors import ConfigError
from bot.settings import Settings, Slack
from tests.builders import ROOT
from tests.slack_double.double import SlackDouble

MANIFEST = yaml.safe_load((ROOT / "docs" / "slack-manifest.yml").read_text())


@pytest.fixture
async def slack():
    async with SlackDouble() as double:
        yield double
        assert double.violations == []


async def checked(slack, capsys) -> tuple[int, dict[str, str]]:
    """Run the command; return its exit code and its lines by what they are about."""
    settings = Settings.from_env(ROOT, {})
    app = Slack(
        bot_token=slack.bot_token, app_token=slack.app_token, api_url=slack.api_url
    )
    code = await slack_check(replace(settings, slack=app))
    printed = capsys.readouterr().out.splitlines()
    lines = [line for line in printed if line[:1] in "✓✗"]
    return code, {line[2:].partition(":")[0]: line for line in lines}


async def test_all_is_well(slack, capsys):
    slack.add_channel("firstline-care")
    code, lines = await checked(slack, capsys)
    assert code == 0, lines
    assert lines["round trip"].startswith("✓")
    assert slack.messages("firstline-care") == []  # it leaves nothing behind
    assert slack.sockets.open == []


async def test_a_missing_scope_is_named_with_its_menu(slack, capsys):
    slack.add_channel("firstline-care")
    slack.faults.miss_scope("files:read")
    code, lines = await checked(slack, capsys)
    assert code == 1
    assert "missing: files:read" in lines["scopes"]
    assert "OAuth & Permissions" in lines["scopes"]


async def test_a_channel_without_the_bot_is_named_with_the_invitation(slack, capsys):
    slack.add_channel("firstline-care", bot=False)
    code, lines = await checked(slack, capsys)
    assert code == 1
    assert "/invite" in lines["channel #firstline-care"]


async def test_a_channel_that_is_not_there_is_named(slack, capsys):
    code, lines = await checked(slack, capsys)
    assert code == 1
    assert lines["channel #firstline-care"].startswith("✗")


async def test_a_refused_bot_token_ends_the_check_and_is_not_printed(slack, capsys):
    slack.faults.revoke_token("invalid_auth")
    code, lines = await checked(slack, capsys)
    assert code == 1
    assert "OAuth & Permissions" in lines["bot token"]
    assert slack.bot_token not in str(lines)
    assert list(lines) == ["bot token"]


async def test_a_refused_app_token_is_told_with_its_menu(slack, capsys):
    slack.add_channel("firstline-care")
    slack.faults.refuse("apps.connections.open", "invalid_auth", times=None)
    code, lines = await checked(slack, capsys)
    assert code == 1
    assert "App-Level Tokens" in lines["app-level token"]


async def test_events_that_do_not_come_are_noticed(slack, capsys, monkeypatch):
    monkeypatch.setattr("bot.desk.slack.checkup.ROUND_TRIP_S", 0.6)
    slack.add_channel("firstline-care")
    slack.events.subscribed.discard("message.channels")
    code, lines = await checked(slack, capsys)
    assert code == 1
    assert "Event Subscriptions" in lines["round trip"]
    assert slack.messages("firstline-care") == []


async def test_without_tokens_it_says_where_to_begin():
    with pytest.raises(ConfigError, match=r"slack-manifest\.yml"):
        await slack_check(Settings.from_env(ROOT, {}))


def test_the_manifest_asks_for_what_is_checked_and_no_more():
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == SCOPES


def test_the_manifest_switches_everything_on_that_is_needed():
    settings = MANIFEST["settings"]
    assert settings["socket_mode_enabled"]
    assert settings["interactivity"]["is_enabled"]
    events = set(settings["event_subscriptions"]["bot_events"])
    assert {"message.channels", "message.groups", "app_home_opened"} <= events
    (command,) = MANIFEST["features"]["slash_commands"]
    assert command["command"] == "/firstline"
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"]
