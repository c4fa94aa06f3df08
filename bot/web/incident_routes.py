"""Incidents at the desk: their cards, the cases beneath, and acts on all of these."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from bot.model.case import IncidentId
from bot.ports import IncidentWork
from bot.web.body import Body
from bot.web.desk_routes import agent_of
from bot.web.page import Page
from bot.web.shapes import Json, case_shape, incident_shape

_CASES_A_PAGE = 50


class IncidentRoutes:
    """What the desk's column shows above the cases."""

    def __init__(self, page: Page, work: IncidentWork) -> None:
        self._page, self._work = page, work

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/incidents", self.incidents),
            Route("/api/incidents/{incident}/cases", self.cases),
            Route("/api/incidents/{incident}/answer", self.answer, methods=["POST"]),
            Route("/api/incidents/{incident}/resolve", self.resolve, methods=["POST"]),
        ]

    async def incidents(self, _request: Request) -> JSONResponse:
        """Return the incidents, the newest first."""
        views = await self._work.incidents()
        shapes: list[Json] = [incident_shape(self._page, view) for view in views]
        return JSONResponse({"incidents": shapes})

    async def cases(self, request: Request) -> JSONResponse:
        """Return fifty of the incident's unresolved cases, from `offset` on."""
        offset = request.query_params.get("offset", "0")
        if not (offset.isascii() and offset.isdecimal() and len(offset) < 10):
            raise HTTPException(400, "“offset” must be a number.")
        cases = await self._work.cases(
            _incident_id(request), offset=int(offset), limit=_CASES_A_PAGE
        )
        return JSONResponse({"cases": [case_shape(self._page, c) for c in cases]})

    async def answer(self, request: Request) -> JSONResponse:
        """Begin to answer every case; the incident's card tells how far that is."""
        incident, body = _incident_id(request), await Body.of(request)
        view = await self._work.answer_all(
            incident, agent_of(body), body.texts("wordings"), key=body.key
        )
        return JSONResponse(incident_shape(self._page, view), status_code=202)

    async def resolve(self, request: Request) -> JSONResponse:
        """Begin to resolve every case."""
        incident, body = _incident_id(request), await Body.of(request)
        view = await self._work.resolve_all(
            incident, agent_of(body), body.text("resolution"), key=body.key
        )
        return JSONResponse(incident_shape(self._page, view), status_code=202)


def _incident_id(request: Request) -> IncidentId:
    """Return the incident in the path; anything that is no such id is not found."""
    written = str(request.path_params["incident"])
    number = written.removeprefix("I-")
    if not (number.isascii() and number.isdecimal()) or written == number:
        raise HTTPException(404, "There is no such incident.")
    return IncidentId(written)
