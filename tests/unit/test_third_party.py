"""Whoever passes the program on finds the licence of all that comes with it."""

import re

from tests.builders import ROOT

LOCKED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^ ;\\\n]+)", re.MULTILINE)
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def test_each_locked_package_stands_in_the_list_with_version_and_licence():
    locked = LOCKED.findall((ROOT / "requirements.lock").read_text())
    _, _, *rows = ROW.findall((ROOT / "THIRD_PARTY.md").read_text())
    assert [(name, version) for name, version, _ in rows] == locked
    unknown = [name for name, _, licence in rows if not re.match(r"[A-Z0-9]", licence)]
    assert not unknown
