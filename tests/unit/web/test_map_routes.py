"""The map of the intents: drawn once for what it shows, and told truly meanwhile."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import httpx
import pytest
from starlette.applications import Starlette

from bot.clock import ManualClock
from bot.errors import ModelError, TemporaryFailure
from bot.model.example import CorpusState, CorpusVersion, Example, Label
from bot.model.quality import Quality
from bot.web.refusals import HANDLERS
from bot.web.trainer.map_routes import KEPT, MapRoutes
from tests.builders import NOON
from tests.waiting import PATIENCE_S, until


class Page:
    """The map's address, with a drawing that ends when the test lets it."""

    def __init__(self, *, wait_s: float = 30.0) -> None:
        self.clock = ManualClock(NOON)
        self.texts = {"greet": ("hello", "hi"), "thanks": ("ta",), "empty": ()}
        self.version = 0
        self.drawn: list[dict[str, list[str]]] = []
        self.measured = self.looks = 0
        self.may_end, self.may_measure = asyncio.Event(), asyncio.Event()
        self.may_end.set()
        self.may_measure.set()
        self.fails: Exception | None = None
        parts = SimpleNamespace(
            corpus=self, reader=self, spread=self.spread, clock=self.clock
        )
        app = Starlette(
            routes=MapRoutes(parts, wait_s=wait_s).routes(), exception_handlers=HANDLERS
        )
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://here",
            timeout=PATIENCE_S,
        )

    async def read(self) -> CorpusState:
        self.looks += 1  # what follows does not wait before it begins to draw
        labels = {
            Label(label): tuple(
                Example(label=Label(label), text=one, marked=one, file="a.yml", line=1)
                for one in texts
            )
            for label, texts in self.texts.items()
        }
        version = CorpusVersion(str(self.version))
        return CorpusState(version=version, labels=labels, answers={})

    async def quality(self) -> Quality:
        self.measured += 1
        await self.may_measure.wait()
        if self.fails is not None:
            raise ModelError("no live model")
        return Quality()

    async def spread(self, groups):
        self.drawn.append(groups)
        await self.may_end.wait()
        if self.fails is not None:
            raise self.fails
        return dict.fromkeys(groups, (0.25, 0.5))

    async def look(self) -> tuple[int, dict]:
        found = await self._http.get("/api/train/map")
        return found.status_code, found.json()


@pytest.fixture
async def page():
    return Page()


@pytest.fixture
async def hasty():
    """One that does not wait for what is not there yet."""
    return Page(wait_s=0.05)


async def test_it_says_where_each_intent_lies(page):
    status, told = await page.look()
    assert status == 200
    assert [(one["label"], one["x"], one["count"]) for one in told["labels"]] == [
        ("greet", 0.25, 2),
        ("thanks", 0.25, 1),
    ]


async def test_who_looks_while_it_is_drawn_waits_for_the_same_drawing(page):
    page.may_end.clear()
    looks = [asyncio.create_task(page.look()) for _ in range(5)]
    await until(lambda: page.looks == 5)
    page.may_end.set()
    assert [status for status, _ in await asyncio.gather(*looks)] == [200] * 5
    assert len(page.drawn) == 1


async def test_it_is_drawn_anew_only_if_it_shows_something_else(page):
    await page.look()
    page.version += 1  # an answer was edited, say
    await page.look()
    assert len(page.drawn) == 1
    page.texts["thanks"] = ("ta", "cheers")
    await page.look()
    assert page.drawn[1:] == [{"greet": ["hello", "hi"], "thanks": ["ta", "cheers"]}]
    page.texts["thanks"] = ("ta",)
    await page.look()  # taken back: the former one is kept
    assert len(page.drawn) == 2


async def test_no_more_than_a_few_maps_are_kept(page):
    for count in range(KEPT + 1):
        page.texts["thanks"] = ("ta",) * (count + 1)
        await page.look()
    page.texts["thanks"] = ("ta",)
    await page.look()
    assert len(page.drawn) == KEPT + 2


async def test_while_it_is_drawn_it_says_so_and_for_how_long(hasty):
    hasty.may_end.clear()
    assert await hasty.look() == (202, {"doing": "drawing", "for_s": 0})
    hasty.clock.advance(12)
    assert await hasty.look() == (202, {"doing": "drawing", "for_s": 12})
    hasty.may_end.set()
    status, _ = await hasty.look()
    assert (status, len(hasty.drawn)) == (200, 1)


async def test_while_the_model_is_asked_it_says_that_and_asks_it_once(hasty):
    hasty.may_measure.clear()
    assert await hasty.look() == (202, {"doing": "measuring", "for_s": 0})
    assert await hasty.look() == (202, {"doing": "measuring", "for_s": 0})
    assert hasty.measured == 1
    hasty.may_measure.set()
    assert (await hasty.look())[0] == 200
    await hasty.look()
    assert hasty.measured > 1, "another model may be live by then"


@pytest.mark.parametrize("failure", [TemporaryFailure("it took too long"), OSError()])
async def test_a_failure_is_told_to_all_who_wait_and_the_next_look_begins_anew(
    page, failure
):
    page.fails = failure
    page.may_end.clear()
    looks = [asyncio.create_task(page.look()) for _ in range(3)]
    await until(lambda: page.looks == 3)
    page.may_end.set()
    for status, told in await asyncio.gather(*looks):
        assert status == 503
        assert told["error"].startswith(f"The map could not be drawn: {failure}")
    page.fails = None
    assert (await page.look())[0] == 200
    assert len(page.drawn) == 2


async def test_without_figures_the_map_is_drawn_all_the_same(page):
    await page.look()
    page.fails = ModelError("x")
    status, told = await page.look()
    assert status == 200
    assert {one["recall"] for one in told["labels"]} == {None}


async def test_who_goes_away_stops_nobody_elses_map(page):
    page.may_end.clear()
    gone, stays = (asyncio.create_task(page.look()) for _ in range(2))
    await until(lambda: page.looks == 2)
    gone.cancel()
    page.may_end.set()
    assert (await stays)[0] == 200
