"""What the gate said of a model goes where the model goes, as it was written."""

from __future__ import annotations

import gzip
import os
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot.clock import SystemClock
from bot.commands import model as commands
from bot.errors import ModelError
from bot.flow.model_travel import fetch
from bot.model.manifest import pack
from bot.model.trained import REPORT_MOST, Judgement, Part, Sealed, TrainedModel
from bot.open_trainer import _report
from bot.settings import Settings
from bot.store.models import OFFER_TAKES
from bot.store.server import connect
from tests.builders import NOON
from tests.machines import InUse, Machine, look
from tests.servers import TcpServer

PAGE, FIGURES = "<h1>Better, and nothing lost</h1>", '{"passes": true}'
REPORT = (Part.PAGE, Part.FIGURES)


def judged(
    machine: Machine, *greetings: str, page: str = PAGE, later: int = 0
) -> TrainedModel:
    """Put a model on the shelf as `firstline train` does, with a report beside it."""
    machine.edit(*greetings)
    name = machine.shelf.present()
    if machine.shelf.model(name) is None:
        machine.train(*greetings, judged=False)
    machine.shelf.path(name, Part.PAGE).write_text(page)
    machine.shelf.path(name, Part.FIGURES).write_text(FIGURES)
    at = NOON + timedelta(hours=later)
    said = Judgement(
        passed=True, at=at, summary="Better.", report=f"{name}.report.html"
    )
    return machine.shelf.judge(name, said)


async def put_live(machine: Machine, model: TrainedModel) -> None:
    await machine.promotion.promote(model.name, by="tara", why="better")


def report_on(machine: Machine, model: TrainedModel) -> list[str]:
    """Return the files of the report that stand on a machine."""
    paths = [machine.shelf.path(model.name, part) for part in REPORT]
    return [path.read_text() for path in paths if path.is_file()]


async def known_on(machine: Machine, model: TrainedModel) -> TrainedModel:
    """Return what a machine tells its people of a model."""
    found = {one.name: one for one in await machine.promotion.models()}
    return found[model.name]


async def test_who_takes_a_model_takes_its_report(here, there):
    model = judged(here, "hello")
    await put_live(here, model)
    await look(there, there.watch(InUse(there.train("hi").name)))
    assert report_on(there, model) == [PAGE, FIGURES]
    assert there.shelf.model(model.name) == model
    assert "report_damaged" not in there.logged


async def test_a_second_machine_knows_what_was_said_after_it_had_the_model(here, there):
    """It had it as a shadow, say, before anybody compared it with the live one."""
    await put_live(here, judged(here, "good morning"))
    bare = here.train("hello", judged=False)
    await here.promotion.shadow(bare.name, by="tara")
    await fetch(bare, there.shelf, there.shared)
    with pytest.raises(ModelError, match="has no report"):
        await put_live(there, bare)

    model = judged(here, "hello")
    await here.promotion.shadow(None, by="tara")
    await here.promotion.shadow(model.name, by="tara")
    assert (await known_on(there, model)).judgement == model.judgement
    await put_live(there, model)
    assert (await there.shared.standing()).live.despite is None
    assert await there.promotion.bring_report(await known_on(there, model))
    assert report_on(there, model) == [PAGE, FIGURES]
    assert there.shelf.model(model.name).judgement == model.judgement


async def test_a_later_refusal_counts_on_every_machine(here, there):
    model = judged(here, "hello")
    await put_live(here, judged(here, "good morning"))
    await here.promotion.shadow(model.name, by="tara")
    await fetch(model, there.shelf, there.shared)
    worse = Judgement(
        passed=False, at=NOON + timedelta(1), summary="", reasons=("No.",)
    )
    here.shelf.judge(model.name, worse)
    await here.promotion.shadow(None, by="tara")
    await here.promotion.shadow(model.name, by="tara")
    with pytest.raises(ModelError, match="the gate refused"):
        await put_live(there, model)


async def test_a_newer_report_takes_the_place_of_the_older(here, there, redis):
    model = judged(here, "hello")
    await put_live(here, model)
    assert await there.promotion.bring_report(model)
    anew = judged(here, "hello", page="<h1>Compared anew</h1>", later=1)
    await put_live(here, anew)
    assert await there.promotion.bring_report(await known_on(there, anew))
    assert report_on(there, anew) == ["<h1>Compared anew</h1>", FIGURES]
    for part in REPORT:
        (key,) = await redis.keys(f"{{s00}}model:*:{part.value}")
        assert await redis.hkeys(key) == ["0"]


async def test_a_report_goes_from_the_store_with_its_model(here, redis, clock):
    await put_live(here, judged(here, "hello"))
    shadow = judged(here, "good evening")
    await here.promotion.shadow(shadow.name, by="tara")
    assert len(await redis.keys("{s00}model:*")) == 8
    await here.promotion.shadow(None, by="tara")
    clock.advance(OFFER_TAKES.total_seconds() + 1)
    await here.shared.drop_old(now=clock.now())
    assert len(await redis.keys("{s00}model:*")) == 4


async def test_what_the_store_has_lost_of_a_report_is_sent_with_the_next_promotion(
    here, there, redis
):
    model = judged(here, "hello")
    await put_live(here, model)
    await redis.delete(*await redis.keys("{s00}model:*:page"))
    assert not await there.promotion.bring_report(model)
    assert report_on(there, model) == []
    await put_live(here, model)
    assert await there.promotion.bring_report(model)


# -- damaged, too large, altered -----------------------------------------------


@pytest.mark.parametrize(
    "piece",
    [
        b"no archive at all",
        gzip.compress(b"<h1>Something else</h1>"),
        gzip.compress(PAGE.encode() + b"0"),
    ],
    ids=["not packed", "other words", "more than was sealed"],
)
async def test_a_report_that_is_not_as_it_was_sealed_is_not_shown(here, there, piece):
    model = judged(here, "hello")
    await put_live(here, model)
    await here.shared.carry(model, Part.PAGE, 0, piece)
    assert not await there.promotion.bring_report(model)
    assert report_on(there, model) == []


async def test_what_unpacks_to_gigabytes_takes_no_memory(here, there):
    model = judged(here, "hello")
    await put_live(here, model)
    await here.shared.carry(model, Part.PAGE, 0, gzip.compress(b"0" * 50_000_000))
    tracemalloc.start()
    assert not await there.promotion.bring_report(model)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < REPORT_MOST


async def test_a_damaged_report_keeps_nobody_from_reading_with_the_model(here, there):
    model = judged(here, "hello")
    await put_live(here, model)
    await here.shared.carry(model, Part.PAGE, 0, b"no archive at all")
    use = InUse(there.train("hi").name)
    await look(there, there.watch(use))
    assert use.name == model.name
    assert "report_damaged" in there.logged


async def test_what_was_altered_here_is_brought_anew(here, there):
    model = judged(here, "hello")
    await put_live(here, model)
    assert await there.promotion.bring_report(model)
    there.shelf.path(model.name, Part.PAGE).write_text("<h1>Best ever</h1>")
    assert await there.promotion.bring_report(model)
    assert report_on(there, model) == [PAGE, FIGURES]


@pytest.mark.parametrize(
    "page",
    ["x" * (REPORT_MOST + 1), os.urandom(900_000).hex()],
    ids=["as it is", "packed"],
)
async def test_a_report_that_is_too_large_stays_and_what_it_says_travels(
    here, there, redis, page
):
    model = judged(here, "hello", page=page)
    await put_live(here, model)
    assert await redis.keys("{s00}model:*:page") == []
    assert (await known_on(there, model)).judgement == model.judgement
    await there.promotion.bring_report(model)
    assert not there.shelf.path(model.name, Part.PAGE).exists()
    assert report_on(here, model) == [page, FIGURES]


async def test_the_page_of_a_second_machine_shows_the_report_once_it_is_brought(
    here, there
):
    model = judged(here, "hello")
    await put_live(here, model)
    program = SimpleNamespace(promotion=there.promotion)
    shown = await _report(program, there.shelf, await known_on(there, model))
    assert shown == there.shelf.path(model.name, Part.PAGE)
    assert report_on(there, model) == [PAGE, FIGURES]
    bare = there.train("hi", judged=False)
    assert await _report(program, there.shelf, bare) is None
    await here.shared.carry(model, Part.PAGE, 0, b"no archive at all")
    shown.write_text("<h1>Best ever</h1>")
    assert await _report(program, there.shelf, model) is None, "another one than said"


async def test_on_one_machine_the_store_carries_no_report(here, redis):
    model = judged(here, "hello")
    here.promotion._carry = False
    await put_live(here, model)
    assert await redis.keys("{s00}model:*") == []
    assert await here.promotion.bring_report(model)


async def test_a_report_of_an_earlier_version_was_not_sealed(here):
    model = judged(here, "hello")
    old = replace(model, judgement=replace(model.judgement, page=None, figures=None))
    written = pack(old).replace(', "page": null', "").replace(', "figures": null', "")
    here.shelf._manifest(model.name).write_text(written)
    assert here.shelf.model(model.name) == old
    assert old.report == {}
    assert not await here.promotion.bring_report(old)


def test_a_report_is_sealed_with_what_was_said_and_is_no_model_itself(here):
    model = judged(here, "hello")
    assert model.report.keys() == set(REPORT)
    assert all(isinstance(seal, Sealed) for seal in model.report.values())
    assert here.shelf.models() == [model]


# -- two machines with nothing in common but a store --------------------------------


@pytest.fixture
async def address(tmp_path):
    server = TcpServer(tmp_path / "tcp")
    await server.start()
    yield server.address
    server.kill()


def settings_of(machine: Machine, address: str) -> Settings:
    folder = machine.models.parent
    env = {"FIRSTLINE_VAR": str(folder), "FIRSTLINE_REDIS_URL": address}
    return Settings.from_env(machine.project, env)


async def test_the_commands_of_a_second_machine_know_the_report(
    tmp_path, address, capsys, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "200")
    async with connect(address) as client:
        one = Machine(tmp_path / "one", client, SystemClock())
        two = Machine(tmp_path / "two", client, SystemClock())
        first, second = judged(one, "hello"), judged(one, "hello", "hi")
        theirs, ours = settings_of(one, address), settings_of(two, address)
        for model in (first, second):
            await commands.promote(theirs, model.name, by="tara", why="better")
        capsys.readouterr()

        assert await commands.list_models(ours, as_json=False) == 0
        said = capsys.readouterr().out
        assert said.count("passed") == 2
        assert await commands.diff(ours, first.name, None) == 0
        said = capsys.readouterr().out
        assert f"{first.name}: Better." in said
        page = two.shelf.path(first.name, Part.PAGE)
        assert f"Report: {page}" in said
        assert report_on(two, first) == [PAGE, FIGURES]
        assert await commands.promote(ours, first.name, by="tom", why="") == 0
        assert (await two.shared.standing()).live.despite is None
