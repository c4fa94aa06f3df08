"""What the tests found out, beside passing: printed once, when all of them have run.

With `-n`, each worker hands its findings to the process that prints.
"""

from __future__ import annotations

from collections import Counter
from typing import TypedDict

import pytest


class Told(TypedDict):
    """Findings as workers hand them over."""

    counts: dict[str, int]
    lines: list[str]


class Findings:
    """Lines, and counts of what was seen more than once."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._counts: Counter[str] = Counter()

    def tell(self, line: str) -> None:
        """Print `line` at the end."""
        self._lines.append(line)

    def count(self, what: str) -> None:
        """Print at the end how often this was called with `what`."""
        self._counts[what] += 1

    def told(self) -> Told:
        return {"counts": dict(self._counts), "lines": self._lines}

    def take(self, told: Told) -> None:
        """Add what another process found out."""
        self._counts.update(told["counts"])
        self._lines += told["lines"]

    def lines(self) -> list[str]:
        counted = [f"{count:,} {what}" for what, count in self._counts.items()]
        return [*counted, *self._lines]


FINDINGS = pytest.StashKey[Findings]()
KEY = "findings"  # of what a worker of pytest-xdist puts out


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FINDINGS] = Findings()


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput[KEY] = config.stash[FINDINGS].told()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error) -> None:
    """Take over what a worker found out; one that crashed has told nothing."""
    if told := getattr(node, "workeroutput", {}).get(KEY):
        node.config.stash[FINDINGS].take(told)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if found := config.stash[FINDINGS].lines():
        terminalreporter.section("findings")
        for line in found:
            terminalreporter.write_line(line)


@pytest.fixture
def findings(request) -> Findings:
    """Where a test says what it found out, beside passing."""
    return request.config.stash[FINDINGS]
