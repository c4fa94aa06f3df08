"""What tests found out is printed at the end, also when workers have run them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.builders import ROOT
from tests.findings import Findings

PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
TESTS = """
import pytest

@pytest.mark.parametrize("number", range(6))
def test_tells(findings, number):
    findings.count("wheels seen")
    findings.tell(f"Number {number} is round.")
"""


def test_counts_add_up_and_lines_follow():
    one, other = Findings(), Findings()
    one.count("wheels seen")
    other.count("wheels seen")
    other.tell("All are round.")
    one.take(other.told())
    assert one.lines() == ["2 wheels seen", "All are round."]


@pytest.mark.parametrize("workers", ["0", "2"])
def test_they_are_printed_with_workers_and_without(tmp_path, workers):
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.findings"]\n')
    (tmp_path / "test_wheels.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath = {ROOT}\n")
    ran = subprocess.run(
        [*PYTEST, "-n", workers],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "6 wheels seen" in ran.stdout
    assert all(f"Number {number} is round." in ran.stdout for number in range(6))
