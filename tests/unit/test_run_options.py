"""What `firstline run` makes of its options."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.run import what_to_run
from bot.errors import ConfigError
from bot.roles import LIGHT, Role


@pytest.mark.parametrize("options", [["--role", "web"], ["--workers", "2"]])
def test_a_replay_of_the_samples_takes_no_roles(options):
    result = CliRunner().invoke(app, ["run", "--once", *options])
    assert result.exit_code == 2
    assert "--once" in result.output


def test_without_options_everything_runs_with_one_worker_beside():
    running = what_to_run([], workers=1)
    assert (running.roles, running.workers) == (LIGHT, 1)


def test_workers_need_their_role():
    with pytest.raises(ConfigError, match="role worker"):
        what_to_run([Role.WEB], workers=2)


def test_a_worker_on_its_own_runs_in_this_process():
    running = what_to_run([Role.WORKER], workers=1)
    assert (running.roles, running.workers) == (frozenset(), 0)
