"""A policy that changes counts from the next step on; a broken one changes nothing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import fields

import pytest

from bot.app import open_firstline
from bot.clock import ManualClock
from bot.errors import ConfigError
from bot.model.policy import Policy
from bot.policy_watch import PolicyWatch
from bot.settings import Settings
from bot.watched_file import LOOK_EVERY
from tests.builders import NOON, ROOT
from tests.waiting import until

POLICY_TEXT = (ROOT / "data" / "policy.yml").read_text()
QUIET = POLICY_TEXT.replace("\nquiet: false", "\nquiet: true")
BROKEN = POLICY_TEXT.replace("\nquiet: false", "\nquiet: perhaps")


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "policy.yml"
    file.write_text(POLICY_TEXT)
    return file


class Watched:
    """A watch under a manual clock, with what it logged."""

    def __init__(self, path) -> None:
        self.clock, self.logged = ManualClock(NOON), []
        self.watch = PolicyWatch(path, clock=self.clock, log=self._log)

    def _log(self, event: str, /, **fields) -> None:
        self.logged.append((event, fields))

    async def look(self, times: int = 2) -> None:
        for _ in range(times):
            self.clock.advance(LOOK_EVERY.total_seconds())
            await self.watch.step()

    @property
    def events(self) -> list[str]:
        return [event for event, _ in self.logged]


async def test_a_changed_file_is_taken_over(path):
    watched = Watched(path)
    before = watched.watch.version
    path.write_text(QUIET)
    await watched.look()
    assert watched.watch.current.quiet
    assert watched.watch.version != before
    assert watched.logged == [("policy_loaded", {"version": watched.watch.version})]


async def test_a_file_that_is_being_written_is_left_alone(path):
    watched = Watched(path)
    path.write_text(QUIET[:2_000])
    await watched.look(times=1)
    path.write_text(QUIET)
    await watched.look(times=1)
    assert (watched.events, watched.watch.current.quiet) == ([], False)
    await watched.look(times=1)
    assert (watched.events, watched.watch.current.quiet) == (["policy_loaded"], True)


async def test_a_broken_file_changes_nothing_and_is_told_once(path):
    watched = Watched(path)
    before = watched.watch.current
    path.write_text(BROKEN)
    await watched.look(times=6)
    assert watched.watch.current is before
    assert watched.watch.refused
    ((event, facts),) = watched.logged
    line = BROKEN[: BROKEN.index("quiet: perhaps")].count("\n") + 1
    assert event == "policy_refused"
    assert f"policy.yml:{line}: quiet" in facts["problems"]


async def test_a_file_that_is_put_right_is_refused_no_longer(path):
    watched = Watched(path)
    path.write_text(BROKEN)
    await watched.look()
    path.write_text(POLICY_TEXT)
    await watched.look()
    assert watched.watch.refused == ""
    assert watched.events == ["policy_refused", "policy_loaded"]
    path.write_text(QUIET)
    await watched.look()
    assert watched.watch.current.quiet


async def test_a_file_that_only_looks_new_changes_nothing(path):
    watched = Watched(path)
    before = watched.watch.current
    path.write_text(POLICY_TEXT)
    await watched.look()
    assert watched.watch.current is before
    assert watched.logged == []


async def test_a_file_that_is_gone_keeps_the_policy(path):
    watched = Watched(path)
    path.unlink()
    await watched.look(times=4)
    assert watched.events == ["policy_refused"]
    path.write_text(QUIET)
    await watched.look()
    assert watched.watch.current.quiet


async def test_another_handle_needs_a_restart(path):
    watched = Watched(path)
    path.write_text(QUIET.replace("handle: fernhollow", "handle: other"))
    await watched.look()
    assert not watched.watch.current.quiet
    assert "handle has changed" in watched.logged[0][1]["problems"]


async def test_a_policy_without_its_texts_is_refused(path):
    watched = Watched(path)

    def check(policy) -> None:
        raise ConfigError("the response utter_x is missing")

    watched.watch.demand(check)
    path.write_text(QUIET)
    await watched.look()
    assert not watched.watch.current.quiet
    assert watched.events == ["policy_refused"]


def test_a_broken_file_at_the_start_ends_it(path):
    path.write_text(BROKEN)
    with pytest.raises(ConfigError, match="quiet"):
        Watched(path)


# The whole program, with loops of its own


@asynccontextmanager
async def running(tmp_path, path, model):
    logged: list[str] = []
    env = {"FIRSTLINE_VAR": str(tmp_path), "FIRSTLINE_POLICY": str(path)}
    settings, stop = Settings.from_env(ROOT, env), asyncio.Event()
    async with open_firstline(
        settings, model=model, log=lambda event, **_: logged.append(event)
    ) as firstline:
        loops = asyncio.create_task(firstline.run(stop))
        yield firstline, logged
        stop.set()
        await loops


def heard(firstline, account: str) -> int:
    return sum(entry.received for entry in firstline.simulator.network.ledger(account))


async def has_cases(firstline, count: int) -> bool:
    return (await firstline.relay.open_cases(limit=1)).total >= count


async def test_the_next_message_obeys_and_a_broken_file_changes_nothing(
    tmp_path, path, model
):
    async with running(tmp_path, path, model) as (firstline, logged):
        write = firstline.simulator.network.direct
        write("ann", "How much is delivery?")
        await until(lambda: heard(firstline, "ann"))

        path.write_text(QUIET)
        await until(lambda: "policy_loaded" in logged)
        write("bob", "How much is delivery?")
        await until(lambda: has_cases(firstline, 1))
        assert heard(firstline, "bob") == 0

        path.write_text(BROKEN)
        await until(lambda: "policy_refused" in logged)
        write("cem", "How much is delivery?")
        await until(lambda: has_cases(firstline, 2))
        assert heard(firstline, "cem") == 0

        path.write_text(POLICY_TEXT)
        await until(lambda: logged.count("policy_loaded") == 2)
        write("dora", "How much is delivery?")
        await until(lambda: heard(firstline, "dora"))


async def test_every_part_with_a_policy_follows_it(tmp_path, path, model):
    async with running(tmp_path, path, model) as (firstline, logged):
        path.write_text(QUIET)
        await until(lambda: "policy_loaded" in logged)
        parts = [getattr(firstline, field.name) for field in fields(firstline)]
        holding = {
            type(part).__name__: part for part in parts if hasattr(part, "_policy")
        }
        assert {"Worker", "Intake", "Sender", "Relay"} <= holding.keys()
        await until(lambda: all(_policy_of(part).quiet for part in holding.values()))


def _policy_of(part) -> Policy:
    """Some hold the policy, some ask for it each time."""
    held = part._policy
    return held() if callable(held) else held
