"""A model reads beside the live one: begun on the page, watched there, and ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from bot.errors import InputError
from bot.model.review import Cause, ReviewItem
from bot.model.shadow import Pair, ShadowRun, Tally
from bot.model.trained import ModelName, Standing
from bot.web.body import Body
from bot.web.shapes import Json
from bot.web.trainer.author import author_needed
from bot.web.trainer.job import JobState
from bot.web.trainer.parts import Parts
from bot.web.trainer.words import masks, per_cent

PAIRS: Final = 20
EXAMPLES: Final = 2  # of a pair
_LOOKED_AT: Final = 100  # groups of the queue, for examples
_LAST: Final = 3  # lines of what a process told before it ended
_OTHER: Final = "{name} reads beside the live one now. Stop it first."


class ShadowRoutes:
    """The reader is a process of its own; what it counts stands in the store."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/train/shadow", self.start, methods=["POST"]),
            Route("/api/train/shadow/stop", self.stop, methods=["POST"]),
            Route("/api/train/shadow/{name}", self.look),
        ]

    async def start(self, request: Request) -> JSONResponse:
        """Let a model read along; where its process has ended, in a new one."""
        body, by = await Body.of(request), author_needed(request)
        name = ModelName(body.text("name"))
        now = (await self._parts.promotion.standing()).shadow
        if now not in (None, name):
            raise InputError(_OTHER.format(name=now))
        if now is None:  # of the last one a process may still be ending
            await self._parts.shadowing.close()
        await self._parts.promotion.shadow(name, by=by)
        begun = await self._parts.shadowing.start(by=by, about=name)
        return JSONResponse({"begun": begun})

    async def stop(self, request: Request) -> JSONResponse:
        """Let it read along no more, wherever it runs; what was counted stays."""
        body, by = await Body.of(request), author_needed(request)
        name = ModelName(body.text("name"))
        now = (await self._parts.promotion.standing()).shadow
        if now not in (None, name):
            raise InputError(_OTHER.format(name=now))
        stopped = await self._parts.promotion.shadow(None, by=by)
        await self._parts.shadowing.close()
        # A process that was still starting may have said once more that it reads.
        await self._parts.promotion.shadow(None, by=by)
        return JSONResponse({"stopped": stopped})

    async def look(self, request: Request) -> JSONResponse:
        """Return what a model has read otherwise beside the live one so far."""
        name = ModelName(request.path_params["name"])
        standing = await self._parts.promotion.standing()
        tally = await self._parts.tally.tally(ShadowRun(name, standing.epoch))
        pairs = list(tally.differing.items())[:PAIRS]
        items = await self._differing() if pairs else []
        run = _run(name, standing, self._parts.shadowing.state)
        return JSONResponse(
            {
                "reads": standing.shadow == name or run["runs"],
                "silent": standing.silent == name and not run["runs"],
                **run,
                "says": _says(tally),
                "more": len(tally.differing) - len(pairs),
                "pairs": [_pair(pair, count, items) for pair, count in pairs],
            }
        )

    async def _differing(self) -> list[ReviewItem]:
        """Return open messages that two models read differently."""
        cause = Cause.MODELS_DIFFER
        page = await self._parts.reviews.page(limit=_LOOKED_AT, cause=cause)
        return [item for group in page.groups for item in group.items]


def _run(name: ModelName, standing: Standing, state: JobState | None) -> Json:
    """Return who reads: a process of this page, none any more, or one elsewhere.

    One that ends the trial because it cannot read is told as well.
    """
    if state is None or state.about != name or not _counts(state, name, standing):
        return {"runs": False, "by": None, "began_at": None, "told": []}
    return {
        "runs": state.runs,
        "by": state.by,
        "began_at": state.began_at.isoformat(),
        "told": [] if state.runs else list(state.lines[-_LAST:]),
    }


def _counts(state: JobState, name: ModelName, standing: Standing) -> bool:
    """Tell whether the page's own process reads, is ending, or failed by itself."""
    if standing.asked_to_shadow is not None:
        return standing.asked_to_shadow == name
    return state.runs or (state.code is not None and state.code > 0)


def _says(tally: Tally) -> str:
    if not tally.read:
        return ""
    read = (
        f"{tally.read:,} message{'s were' if tally.read > 1 else ' was'} read by both"
    )
    return f"{read}; they agree on {per_cent(tally.agreement)}."


def _pair(pair: Pair, count: int, items: Iterable[ReviewItem]) -> Json:
    found = [item for item in items if _is_of(item, pair)]
    return {
        "live": pair.live,
        "shadow": pair.shadow,
        "count": count,
        "examples": [_example(item) for item in found[:EXAMPLES]],
    }


def _is_of(item: ReviewItem, pair: Pair) -> bool:
    read: Sequence[str] = [
        one.label for one in item.findings if one.cause is Cause.MODELS_DIFFER
    ]
    return item.label == pair.live and pair.shadow in read


def _example(item: ReviewItem) -> Json:
    return {"id": item.id, "pieces": list(masks(item.text))}
