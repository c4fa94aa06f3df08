"""The desk: what agents see of cases, and what they do to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from bot.errors import InputError
from bot.model.case import Act, AgentId, Case, CaseId
from bot.model.message import MessageId, ThreadId
from bot.web.body import Body
from bot.web.once import Once
from bot.web.page import Page
from bot.web.shapes import card_shape, case_shape, view_shape

Perform = Callable[[CaseId, AgentId, Body], Awaitable[Case]]

_LONGEST_NAME = 60  # characters of an agent's name
_MOST_TAGS = 20


class DeskRoutes:
    """The desk's column."""

    def __init__(self, page: Page) -> None:
        self._page, self._work = page, page.work
        self._once: Once[Case] = Once()
        self._acts: Mapping[str, Perform] = {
            Act.CLAIM.value: self._claim,
            Act.RELEASE.value: self._release,
            Act.REPLY.value: self._reply,
            Act.NOTE.value: self._note,
            Act.TAG.value: self._tag,
            Act.CORRECT.value: self._correct,
            Act.HAND_OVER.value: self._hand_over,
            Act.SNOOZE.value: self._snooze,
            Act.RESOLVE.value: self._resolve,
            Act.ASSIGN.value: self._assign,
            Act.GIVE_BACK.value: self._give_back,
            Act.BLOCK.value: self._block,
            Act.UNDO.value: self._undo,
            Act.HIDE.value: self._hide,
            Act.SHOW.value: self._show,
            "retry": self._retry,
        }

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/cases", self.cases),
            Route("/api/cases/{case}", self.case),
            Route("/api/cases/{case}/suggestions", self.suggestions),
            Route("/api/cases/{case}/preview", self.preview, methods=["POST"]),
            Route("/api/cases/{case}/{act}", self.act, methods=["POST"]),
        ]

    async def cases(self, _request: Request) -> JSONResponse:
        """Return the most pressing cases that are not resolved, and how many there are."""
        found = await self._work.open_cases()
        cards = [card_shape(self._page, view) for view in found.views]
        return JSONResponse({"cases": cards, "total": found.total})

    async def case(self, request: Request) -> JSONResponse:
        """Return one case with its transcript, resolved ones too."""
        view = await self._work.view(_case_id(request))
        return JSONResponse(view_shape(self._page, view))

    async def suggestions(self, request: Request) -> JSONResponse:
        """Return the standard answers that may fit, for who writes a reply."""
        found = await self._work.suggestions(_case_id(request))
        return JSONResponse({"suggestions": [asdict(one) for one in found]})

    async def preview(self, request: Request) -> JSONResponse:
        """Return what a reply would be like: when it goes out, and in how many posts."""
        body = await Body.of(request)
        found = await self._work.preview(
            _case_id(request),
            agent_of(body),
            body.optional("text"),
            thread=ThreadId(body.text("thread")),
        )
        return JSONResponse({"wait": found.wait, "posts": len(found.parts)})

    async def act(self, request: Request) -> JSONResponse:
        """Carry out an agent's act and return the case as it is afterwards."""
        case, act = _case_id(request), str(request.path_params["act"])
        perform = self._acts.get(act)
        if perform is None:
            raise HTTPException(404, f"There is no act “{act}”.")
        body = await Body.of(request)
        agent = agent_of(body)
        changed = await self._once.run(
            f"{case}:{act}:{body.key}", lambda: perform(case, agent, body)
        )
        return JSONResponse(case_shape(self._page, changed))

    async def _claim(self, case: CaseId, agent: AgentId, _body: Body) -> Case:
        return await self._work.claim(case, agent)

    async def _release(self, case: CaseId, agent: AgentId, _body: Body) -> Case:
        return await self._work.release(case, agent)

    async def _reply(self, case: CaseId, agent: AgentId, body: Body) -> Case:
        thread = ThreadId(body.text("thread"))
        return await self._work.reply(
            case,
            agent,
            body.optional("text"),
            thread=thread,
            key=body.key,
            seen=body.optional("seen") or None,
        )

    async def _note(self, case: CaseId, agent: AgentId, body: Body) -> Case:
        return await self._work.note(case, agent, body.optional("text"), key=body.key)

    async def _tag(self, case: CaseId, agent: AgentId, body: Body) -> Case:
        tags = body.texts("tags")
        strange = [tag for tag in tags if tag not in self._page.policy.tags]
        if strange or len(tags) > _MOST_TAGS:
            raise InputError("Only the tags of the policy can be given.")
        return await self._work.tag(case, agent, tags)

    async def _correct(self, case: CaseId, agent: AgentId, body: Body) -> Case:
        label = body.text("label")
        if label not in self._page.labels:
            raise InputError(f"There is no intent “{label}”.")
        return await self._work.correct(case, agent, label)

    async def _hand_over(self, case: CaseId, agent: AgentId, body: Body) -> Case:
        return await self._work.hand_over(case, agent, body.text("team"))

    async def _snooze(self, case: CaseId, agent: AgentId, body: Body) -> Case:
        return await self._work.snooze(case, agent, body.moment("until"))

    async def _resolve(self, case: CaseId, agent: AgentId, body: Body) -> Case:
        return await self._work.resolve(
            case, agent, body.text("resolution"), note=body.optional("note")
        )

    async def _assign(self, case: CaseId, agent: AgentId, body: Body) -> Case:
        to = AgentId(name_in(body, "to"))
        return await self._work.assign(case, agent, to, key=body.key)

    async def _give_back(self, case: CaseId, agent: AgentId, body: Body) -> Case:
        return await self._work.give_back(case, agent, key=body.key)

    async def _block(self, case: CaseId, agent: AgentId, body: Body) -> Case:
        return await self._work.block(case, agent, key=body.key)

    async def _hide(self, case: CaseId, agent: AgentId, body: Body) -> Case:
        message = MessageId(body.text("message"))
        return await self._work.hide(case, agent, message, key=body.key)

    async def _show(self, case: CaseId, agent: AgentId, body: Body) -> Case:
        message = MessageId(body.text("message"))
        return await self._work.hide(case, agent, message, hidden=False, key=body.key)

    async def _undo(self, case: CaseId, agent: AgentId, body: Body) -> Case:
        return await self._work.undo(case, agent, body.text("reply"))

    async def _retry(self, case: CaseId, agent: AgentId, body: Body) -> Case:
        return await self._work.retry(case, agent, body.text("reply"))


def _case_id(request: Request) -> CaseId:
    """Return the case in the path; anything that is no case's id is not found."""
    written = str(request.path_params["case"])
    number = written.removeprefix("C-")
    if not (number.isascii() and number.isdecimal()) or written == number:
        raise HTTPException(404, "There is no such case.")
    return CaseId(written)


def agent_of(body: Body) -> AgentId:
    """Return who acts, as the page says."""
    return AgentId(name_in(body, "agent"))


def name_in(body: Body, field: str) -> str:
    """Return the name of a person. Raises InputError if it cannot be one."""
    name = " ".join(body.text(field).split())
    if len(name) > _LONGEST_NAME:
        raise InputError(f"A name has at most {_LONGEST_NAME} characters.")
    return name
