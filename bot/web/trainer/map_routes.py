"""The map of the intents: where each lies, and how well it is read."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from bot.errors import ModelError, TemporaryFailure
from bot.model.example import CorpusState, Label
from bot.model.quality import Quality
from bot.web.shapes import Json
from bot.web.trainer.long_work import LongWork, Work
from bot.web.trainer.parts import Parts, Places

MAPPED: Final = 120  # examples of each intent that the map is drawn by
KEPT: Final = 4  # maps: who takes a change back sees the former one at once
WAIT_S: Final = (
    5.0  # for one answer; then the page is told what goes on, and asks again
)
_FAILED: Final = "The map could not be drawn: {}. The list is as good as before."


class MapRoutes:
    """Draws the map once for what it shows; many may look at it at the same time."""

    def __init__(self, parts: Parts, *, wait_s: float = WAIT_S) -> None:
        self._parts, self._wait_s = parts, wait_s
        self._drawn: LongWork[Places] = LongWork(keep=KEPT, clock=parts.clock)
        # Another model may be live with the next look: nothing of it is kept.
        self._asked: LongWork[Quality] = LongWork(keep=0, clock=parts.clock)

    def routes(self) -> list[BaseRoute]:
        return [Route("/api/train/map", self.map)]

    async def map(self, _request: Request) -> JSONResponse:
        """Return the map; 202 and what is being done for how long while it is not there.

        Raises:
            HTTPException: 503, it could not be drawn; says why.
        """
        state = await self._parts.corpus.read()
        groups = _groups(state)
        drawn = self._drawn.begun(
            _fingerprint(groups), lambda: self._parts.spread(groups)
        )
        asked = self._asked.begun("", self._quality)
        await asyncio.wait({drawn.task, asked.task}, timeout=self._wait_s)
        if not drawn.task.done():
            return self._not_yet("drawing", drawn)
        places = _places(drawn)
        if not asked.task.done():
            return self._not_yet("measuring", asked)
        return JSONResponse({"labels": _mapped(state, asked.task.result(), places)})

    def _not_yet(self, what: str, work: Work[Places] | Work[Quality]) -> JSONResponse:
        since = self._parts.clock.now() - work.began_at
        told = {"doing": what, "for_s": round(since.total_seconds())}
        return JSONResponse(told, status_code=202)

    async def _quality(self) -> Quality:
        """Return the live model's figures; the map is of use without them, too."""
        try:
            return await self._parts.reader.quality()
        except (ModelError, TemporaryFailure):
            return Quality()


def _groups(state: CorpusState) -> dict[str, list[str]]:
    return {
        label: [example.text for example in examples[:MAPPED]]
        for label, examples in state.labels.items()
        if examples
    }


def _fingerprint(groups: Mapping[str, Sequence[str]]) -> str:
    """Name what the map shows: other words, other names, another map."""
    return hashlib.sha256(json.dumps(groups).encode()).hexdigest()


def _places(drawn: Work[Places]) -> Places:
    try:
        return drawn.task.result()
    except (TemporaryFailure, OSError) as error:  # no process could be started
        raise HTTPException(503, _FAILED.format(error)) from error


def _mapped(state: CorpusState, quality: Quality, places: Places) -> Sequence[Json]:
    return [
        {
            "label": label,
            "x": x,
            "y": y,
            "count": len(state.labels[Label(label)]),
            "recall": figures.recall if figures else None,
            "confused": [other for other, _ in quality.mistaken(Label(label))],
        }
        for label, (x, y) in places.items()
        for figures in [quality.figures.get(label)]
    ]
