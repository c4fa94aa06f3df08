"""The models: train one, read what the gate says, put it live, take it back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import BaseRoute, Route

from bot.errors import ConfigError, InputError
from bot.flow.promotion import Uptake
from bot.model.change import PastChange
from bot.model.example import Origin
from bot.model.trained import (
    Hindrance,
    ModelName,
    ModelState,
    Standing,
    TrainedModel,
    hindrance_to,
    is_outdated,
    state_of,
)
from bot.web.body import Body
from bot.web.once import Once
from bot.web.shapes import Json
from bot.web.trainer.author import author_needed
from bot.web.trainer.frame import Frame
from bot.web.trainer.job import JobState
from bot.web.trainer.parts import Parts
from bot.web.trainer.saving import why_of
from bot.web.trainer.taken_back import taken_back

_CHANGES: Final = 15
_TERMS: Final = 10
# The report stands alone, with its styles and pictures in it, and may not do more.
_REPORT_POLICY: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "x-frame-options": "SAMEORIGIN",
}
_SAYS: Final = {
    ModelState.LIVE: "live",
    ModelState.SHADOW: "reads beside the live one",
    ModelState.REFUSED: "refused",
    ModelState.EARLIER: "was live before",
    ModelState.NO_REPORT: "has no report",
    ModelState.OUTDATED: "was compared with another",
    ModelState.CANDIDATE: "could go live",
}
_FOREIGN: Final = "is of another version"
_SAID_ANYHOW: Final = (ModelState.LIVE, ModelState.SHADOW, ModelState.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One model in the list.

    `unseen`: nobody has compared it with another. `outdated`: with another than is live.
    `foreign` is what of it is of another version than this program, "" if nothing.
    """

    model: TrainedModel
    state: str
    says: str
    promotable: bool
    unseen: bool
    outdated: bool
    foreign: str


class ModelPages:
    """The section's pages and acts."""

    def __init__(self, parts: Parts, frame: Frame) -> None:
        self._parts, self._frame = parts, frame
        self._once: Once[JSONResponse] = Once()

    def routes(self) -> list[BaseRoute]:
        shown = self._frame.shown
        return [
            Route("/train/models", shown("models", self.list)),
            Route("/train/models/{name}", shown("models", self.model)),
            Route("/train/models/{name}/report", shown("models", self.report)),
            Route("/api/train/training", self.training),
            Route("/api/train/training", self.train, methods=["POST"]),
            Route("/api/train/promote", self.promote, methods=["POST"]),
            Route("/api/train/roll-back", self.roll_back, methods=["POST"]),
        ]

    async def list(self, request: Request) -> HTMLResponse:
        """Show what is live, what is new, and all models."""
        standing = await self._parts.promotion.standing()
        models = await self._parts.promotion.models()
        foreign = await self._parts.promotion.foreign(models)
        rows = [_row(one, standing, foreign) for one in models]
        present = await self._parts.present()
        changes, broken = await self._changes()
        return await self._frame.page(
            request,
            "models",
            "models.html",
            rows=rows,
            standing=standing,
            back=await self._parts.promotion.way_back(),
            live=next((r for r in rows if standing.is_live(r.model.name)), None),
            fresh=next((r for r in rows if r.model.name == present), None),
            present=present,
            taken=None if broken else await taken_back(self._parts),
            changes=changes,
            broken=broken,
            terms=standing.earlier[:_TERMS],
            training=_told(self._parts.training.state),
        )

    async def model(self, request: Request) -> HTMLResponse:
        """Show one model with the report on it."""
        standing = await self._parts.promotion.standing()
        model = await self._model(request)
        return await self._frame.page(
            request,
            "models",
            "model.html",
            row=_row(model, standing, await self._parts.promotion.foreign([model])),
            model=model,
            standing=standing,
            back=await self._parts.promotion.way_back(),
            has_report=await self._parts.report(model) is not None,
        )

    async def report(self, request: Request) -> HTMLResponse:
        """Return the gate's report as it was written."""
        path = await self._parts.report(await self._model(request))
        if path is None:
            raise HTTPException(404, "There is no report on this model.")
        page = await asyncio.to_thread(path.read_text, encoding="utf-8")
        return HTMLResponse(page, headers=_REPORT_POLICY)

    async def training(self, _request: Request) -> JSONResponse:
        """Return how far the training is."""
        return JSONResponse({"training": _told(self._parts.training.state)})

    async def train(self, request: Request) -> JSONResponse:
        """Begin to train and to compare; one that runs already goes on."""
        body, by = await Body.of(request), author_needed(request)
        why = why_of(body)
        begun = await self._parts.training.start(by=by, about=why)
        return JSONResponse(
            {"begun": begun, "training": _told(self._parts.training.state)}
        )

    async def promote(self, request: Request) -> JSONResponse:
        """Put a model live, and wait until the workers read with it."""
        body, by = await Body.of(request), author_needed(request)
        name, why = ModelName(body.text("name")), why_of(body)
        without_report = body.has("without_report")

        async def promoted() -> JSONResponse:
            await self._parts.promotion.promote(
                name, by=by, why=why, without_report=without_report
            )
            return await self._taken(name)

        return await self._once.run(body.key, promoted)

    async def roll_back(self, request: Request) -> JSONResponse:
        """Put the model live that was live before, as the page showed it."""
        body, by = await Body.of(request), author_needed(request)
        why = why_of(body)

        to = ModelName(body.text("to"))

        async def rolled_back() -> JSONResponse:
            standing = await self._parts.promotion.standing()
            if not standing.is_live(to):  # else an answer was lost, and it is done
                if standing.previous != to:
                    raise InputError(_MOVED)
                await self._parts.promotion.roll_back(by=by, why=why)
            return await self._taken(to)

        return await self._once.run(body.key, rolled_back)

    async def _changes(self) -> tuple[Sequence[PastChange], str]:
        """Return what people did lately; what came with the product is old news.

        With it comes what is wrong with the files, "" if they can be read: whatever
        somebody has broken there, one can still roll back here.
        """
        try:
            found = await self._parts.corpus.changes(limit=_CHANGES)
        except ConfigError as error:
            return (), str(error)
        return [one for one in found if one.origin is not Origin.FOUNDING], ""

    async def _taken(self, name: ModelName) -> JSONResponse:
        uptake = await self._parts.promotion.until_taken()
        return JSONResponse({"name": name, **_uptake(uptake)})

    async def _model(self, request: Request) -> TrainedModel:
        name = request.path_params["name"]
        for model in await self._parts.promotion.models():
            if model.name == name:
                return model
        raise HTTPException(404, f"There is no model {name} any more.")


def _row(
    model: TrainedModel, standing: Standing, foreign: Mapping[ModelName, str]
) -> Row:
    state, hindrance = state_of(model, standing), hindrance_to(model, standing)
    barred = model.name in foreign and state not in _SAID_ANYHOW
    return Row(
        model=model,
        state=state.value,
        says=_FOREIGN if barred else _SAYS[state],
        promotable=state is not ModelState.LIVE
        and hindrance in (None, Hindrance.NO_REPORT)
        and model.name not in foreign,
        unseen=hindrance is Hindrance.NO_REPORT,
        outdated=hindrance is not None and is_outdated(model, standing),
        foreign=foreign.get(model.name, ""),
    )


def _told(training: JobState | None) -> Json | None:
    if training is None:
        return None
    return {
        "by": training.by,
        "why": training.about,
        "began_at": training.began_at.isoformat(),
        "ended_at": training.ended_at.isoformat() if training.ended_at else None,
        "runs": training.runs,
        "code": training.code,
        "lines": list(training.lines),
    }


def _uptake(uptake: Uptake) -> Json:
    """Return who reads with it, in a sentence."""
    taken, rest = len(uptake.taken), [*uptake.refused, *uptake.waiting]
    whole = taken + len(rest)
    says = f"{taken} of {whole} workers read with it now." if whole else _NOBODY
    problems: Sequence[str] = [
        f"{one.host}, process {one.pid}: {one.model_refused or 'not yet'}"
        for one in rest
    ]
    return {"says": says, "problems": list(problems)}


_MOVED: Final = (
    "Somebody has put another model live meanwhile. Reload the page to see which."
)
_NOBODY: Final = "No worker runs at the moment; the next one that starts reads with it."
