"""`firstline model …`: what is printed, and how it ends."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from bot.clock import SystemClock
from bot.commands import model as commands
from bot.commands.model_shadow import report, shadow
from bot.errors import FirstlineError, InputError, ModelError
from bot.flow.heartbeat import FORGET_AFTER
from bot.model.manifest import pack
from bot.model.process import Process
from bot.model.shadow import Pair, ShadowRun
from bot.model.trained import Judgement
from bot.settings import Settings
from bot.store.processes import RedisProcesses
from bot.store.shadow import RedisShadowTally
from tests.builders import NOON
from tests.machines import Machine


@pytest.fixture
def machine(tmp_path, redis, monkeypatch) -> Machine:
    monkeypatch.setenv("COLUMNS", "200")
    return Machine(tmp_path / "var", redis, SystemClock())


@pytest.fixture
def settings(machine, server) -> Settings:
    env = {
        "FIRSTLINE_VAR": str(machine.models.parent),
        "FIRSTLINE_REDIS_URL": server.address,
    }
    return Settings.from_env(machine.project, env)


async def a_worker(redis, **facts: str) -> None:
    now = SystemClock().now()
    known = {"id": "1", "roles": ("worker",), "pid": 7, "host": "north", "since": now}
    process = Process(**{**known, **facts})
    await RedisProcesses(redis).beat(process, now=now, ttl=FORGET_AFTER)


async def promote(settings: Settings, name: str) -> int:
    return await commands.promote(settings, name, by="tara", why="better")


async def test_a_promotion_says_who_reads_with_it(machine, settings, redis, capsys):
    model = machine.train("hello")
    await a_worker(redis, model=model.name)
    assert await promote(settings, model.name[6:10]) == 0
    said = capsys.readouterr().out
    assert f"{model.name} is live." in said
    assert "✓ process 7 on north reads with it" in said


async def test_a_promotion_that_somebody_refuses_fails_and_says_why(
    machine, settings, redis, capsys
):
    model = machine.train("hello")
    why = f"{model.name}: made by another version: rasa 3.5"
    await a_worker(redis, model="model-a", model_refused=why)
    assert await promote(settings, model.name) == 1
    said = capsys.readouterr().out
    assert f"✗ process 7 on north refuses {why}; it reads with model-a" in said


async def test_without_workers_the_next_start_is_named(machine, settings, capsys):
    assert await promote(settings, machine.train("hello").name) == 0
    assert "No worker runs" in capsys.readouterr().out
    note = json.loads((settings.var / "live-model.json").read_text())
    assert note["live"] == machine.shelf.present()


async def test_the_list_tells_all_there_is_to_know(machine, settings, capsys):
    first, second = machine.train("hello"), machine.train("hello", "hi")
    await promote(settings, first.name)
    await promote(settings, second.name)
    capsys.readouterr()
    assert await commands.list_models(settings, as_json=True) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows[first.name]["state"] == "earlier live"
    (live,) = rows[second.name]["live"]
    assert (live["by"], live["why"], live["until"]) == ("tara", "better", None)
    assert rows[second.name]["files"] == dict(second.origin.files)
    assert await commands.list_models(settings, as_json=False) == 0
    said = capsys.readouterr().out
    assert f"{second.name} is live since" in said
    assert f"`firstline model rollback` leads to {first.name}" in said


async def test_the_list_offers_no_way_back_to_another_version(
    machine, settings, capsys
):
    first, second = machine.train("hello"), machine.train("hello", "hi")
    await promote(settings, first.name)
    await promote(settings, second.name)
    strange = replace(first.origin, libraries=first.origin.libraries | {"rasa": "3.5"})
    manifest = machine.models / f"{first.name}.json"
    manifest.write_text(pack(replace(first, origin=strange)))
    capsys.readouterr()
    assert await commands.list_models(settings, as_json=False) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "`firstline model rollback` leads to" not in said
    assert f"No way back: {first.name} is of another version: rasa 3.5" in said


async def test_the_list_keeps_who_put_a_model_live_without_a_report_and_why(
    machine, settings, capsys
):
    first, second = machine.train("hello", judged=False), machine.train("hello", "hi")
    with pytest.raises(ModelError, match="has no report"):
        await promote(settings, first.name)
    why = "the demo is at noon"
    assert not await commands.promote(
        settings, first.name, by="tara", why=why, without_report=True
    )
    await promote(settings, second.name)
    capsys.readouterr()
    assert await commands.list_models(settings, as_json=True) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert [term["despite"] for term in rows[first.name]["live"]] == ["no_report"]
    assert [term["despite"] for term in rows[second.name]["live"]] == [None]
    assert await commands.list_models(settings, as_json=False) == 0
    said = capsys.readouterr().out
    assert f"{first.name} was live" in said
    assert "UTC, by tara: better\n" in said
    assert f"by tara: {why} (without a report)\n" in said


async def test_one_command_takes_a_model_back(machine, settings, capsys):
    first, second = machine.train("hello"), machine.train("hello", "hi")
    await promote(settings, first.name)
    await promote(settings, second.name)
    assert await commands.roll_back(settings, by="tom", why="worse") == 0
    assert f"{first.name} is live." in capsys.readouterr().out


async def test_the_difference_to_the_live_model_is_shown(machine, settings, capsys):
    first, second = machine.train("hello", "yo"), machine.train("hello", "hi")
    await promote(settings, second.name)
    capsys.readouterr()
    for named in ((first.name, None), (second.name, first.name)):
        assert await commands.diff(settings, *named) == 0
        said = capsys.readouterr().out
        assert f"From {second.name} to {first.name}:\n" in said
        assert "Added: 1 example\n  greet: yo\n" in said
        assert "Removed: 1 example\n  greet: hi\n" in said


async def test_a_model_is_not_compared_with_itself(machine, settings):
    model = machine.train("hello")
    with pytest.raises(InputError, match="No model is live yet"):
        await commands.diff(settings, model.name, None)
    await promote(settings, model.name)
    with pytest.raises(InputError, match="is one model: name another"):
        await commands.diff(settings, model.name, None)


async def test_the_list_can_be_read_in_a_terminal_of_eighty_columns(
    machine, settings, capsys, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "80")
    first, second = machine.train("hello"), machine.train("hello", "hi")
    worse = Judgement(passed=False, at=NOON, summary="Refused.", reasons=("Worse.",))
    machine.shelf.judge(second.name, worse)
    await promote(settings, first.name)
    capsys.readouterr()
    assert await commands.list_models(settings, as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    # the table stands above what is said of the same models in sentences
    rows = {row[0]: row[1:] for one in lines[::-1] if (row := one.split())}
    assert rows[first.name][:1] == ["live"]
    assert rows[first.name][-3:] == ["passed", "tara:", "greetings"]
    assert rows[second.name][:1] == ["refused"]
    assert rows[second.name][-3:] == ["refused", "tara:", "greetings"]
    assert "…" not in "".join(lines)


@pytest.mark.parametrize("written", ["model-", "zzz", ""])
async def test_a_name_that_means_no_model_or_several_is_refused(
    machine, settings, written
):
    machine.train("hello"), machine.train("hello", "hi")
    with pytest.raises(InputError, match=r"No model|several models"):
        await promote(settings, written)


async def test_going_back_from_nothing_is_one_clear_line(settings):
    with pytest.raises(ModelError, match="no other model was live"):
        await commands.roll_back(settings, by="tom", why="")


async def test_a_shadow_that_cannot_be_loaded_is_none_any_more(
    machine, settings, monkeypatch
):
    monkeypatch.setattr("os.nice", lambda _: 0)  # not the tests themselves
    model = machine.train("hello")
    with pytest.raises(FirstlineError):
        await shadow(settings, model.name, by="tara")
    assert (await machine.promotion.standing()).shadow is None


async def test_the_report_on_a_shadow_names_labels_and_counts(
    machine, settings, redis, capsys
):
    live, beside = machine.train("hello"), machine.train("hello", "hi")
    await promote(settings, live.name)
    await machine.promotion.shadow(beside.name, by="tara")
    assert await report(settings, None) == 0
    assert f"{beside.name} has read nothing yet" in capsys.readouterr().out
    pairs = {Pair("greet", "greet"): 3, Pair("greet", "thanks"): 1}
    run = ShadowRun(beside.name, 1)
    await RedisShadowTally(redis).add(run, pairs, cursors={}, serial=0)
    assert await report(settings, beside.name) == 0
    said = capsys.readouterr().out
    assert "have read 4 messages and agree on 75.0%" in said
    rows = [re.findall(r"[\w-]+", line) for line in said.splitlines()]
    assert ["greet", "thanks", "1"] in rows
    await promote(settings, beside.name)
    assert await report(settings, beside.name) == 0
    assert "is live now" in capsys.readouterr().out
    assert await commands.stop_shadow(settings, by="tara") == 0
    assert await report(settings, None) == 1
