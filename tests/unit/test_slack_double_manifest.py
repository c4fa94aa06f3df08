"""The local Slack grants and delivers what the app's manifest asks for, no more."""

from __future__ import annotations

import yaml

from tests.builders import ROOT
from tests.slack_double.core import SCOPES
from tests.slack_double.events import SUBSCRIBED

MANIFEST = yaml.safe_load((ROOT / "docs" / "slack-manifest.yml").read_text())


def test_the_scopes_are_those_of_the_manifest():
    assert set(SCOPES.split()) == set(MANIFEST["oauth_config"]["scopes"]["bot"])


def test_the_events_are_those_of_the_manifest():
    asked = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert set(asked) == SUBSCRIBED


def test_the_app_is_made_for_socket_mode_and_dialogues():
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is True
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"] is True
