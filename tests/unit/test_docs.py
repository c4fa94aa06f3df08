"""What is written down must be what the program does."""

from __future__ import annotations

import re

import pytest
from dotenv import dotenv_values

from bot.errors import ConfigError
from bot.model.reason import Reason
from bot.settings import KNOWN, PREFIX, Settings
from tests.builders import ROOT


def test_the_page_of_reasons_is_the_programs_own_list():
    page = (ROOT / "docs" / "reasons.md").read_text()
    listed = dict(re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", page, re.MULTILINE))
    assert listed == {reason.value: reason.says for reason in Reason}


def test_the_example_names_every_setting_and_can_be_loaded():
    example = dotenv_values(ROOT / ".env.example")
    assert set(example) == {f"{PREFIX}{name.upper()}" for name in KNOWN}
    written = {name: value or "" for name, value in example.items()}
    assert Settings.from_env(ROOT, written) == Settings.from_env(ROOT, {})


def test_all_wrong_settings_are_told_at_once():
    with pytest.raises(ConfigError) as error:
        Settings.from_env(
            ROOT,
            {
                "FIRSTLINE_PORT": "0",
                "FIRSTLINE_HOST": "0.0.0.0",
                "FIRSTLINE_REDIS_URL": "localhost",
                "FIRSTLINE_POTR": "1",
            },
        )
    for name in ("PORT", "HOST", "REDIS_URL", "POTR"):
        assert f"FIRSTLINE_{name}" in str(error.value)


def test_every_link_between_the_pages_leads_somewhere():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        text = re.sub(r"`[^`]*`", "", page.read_text())
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_no_page_has_a_gap_that_somebody_meant_to_fill():
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        assert "\nRESULTS\n" not in page.read_text(), page
