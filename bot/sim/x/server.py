"""Requests over HTTP: in order who asks, how often, for what money, in what form."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from bot.sim.x.auth import Principal
from bot.sim.x.core import Core
from bot.sim.x.endpoint import APPS, BOTH, Answer, Ask, Door, Endpoint
from bot.sim.x.faults import Fault, Trouble
from bot.sim.x.ledger import Call
from bot.sim.x.refusals import (
    Refused,
    forbidden,
    invalid,
    suspended,
    too_many,
    unsupported,
)
from bot.sim.x.shapes.answers import REFUSAL
from bot.sim.x.shapes.query import read_query
from bot.sim.x.wire import Json

HTML = "<!DOCTYPE html><html><body><h1>503 Service Unavailable</h1></body></html>"
Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]
FORM = "application/x-www-form-urlencoded"


class Gate:
    """Lets requests in, and writes down what became of them."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def add_to(self, app: web.Application, endpoints: Iterable[Endpoint]) -> None:
        for endpoint in endpoints:
            handler = self._handler(endpoint)
            app.router.add_route(endpoint.method, endpoint.path, handler)

    def _handler(self, endpoint: Endpoint) -> Handle:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self.answer(endpoint, request)

        return handle

    async def answer(
        self, endpoint: Endpoint, request: web.Request
    ) -> web.StreamResponse:
        """Answer one request, with whatever trouble was ordered for it."""
        core = self._core
        call = core.ledger.begin(core.clock.now(), endpoint.name, request.path)
        fault = core.faults.next(endpoint.name)
        call.forced = fault is not None
        if fault and fault.trouble == Trouble.SLOW:
            await asyncio.sleep(fault.delay)
        if fault and (early := self.in_trouble(fault, call, request)) is not None:
            return early
        headers: dict[str, str] = {}
        try:
            body, files = await _body(request, call)
            who = self.admit(endpoint, request, call, body, headers)
            ask = self._read(endpoint, request, who, body, files)
            answer = endpoint.handle(core, ask)
            self._settle(endpoint, call, answer)
            status, said = answer.status, answer.body
        except Refused as refused:
            self.refuse(call, refused)
            headers |= refused.headers
            status, said = refused.status, refused.body
        call.status = status
        if core.ledger.keeps_answers:
            call.answer = said
        core.changes.tell()
        if fault and (late := self._lost(fault, call, request)) is not None:
            return late
        return web.json_response(said, status=status, headers=headers)

    def admit(
        self,
        door: Door,
        request: web.Request,
        call: Call,
        body: Json,
        headers: dict[str, str],
    ) -> Principal:
        """Return who asks, after the checks that come before the form.

        Raises:
            Refused: the token, the account, the limit or the credit is at fault.
        """
        core, now = self._core, self._core.clock.now()
        sent = parse_qsl(request.query_string, keep_blank_values=True)
        if request.content_type == FORM:
            sent += [(name, str(value)) for name, value in body.items()]
        core.auth.expire(now)
        who = core.auth.principal(
            request.headers.get("Authorization", ""),
            method=request.method,
            path=request.path,
            base=core.base_url,
            sent=sent,
        )
        call.principal = who.account.username if who.account else "app"
        if who.account and who.account.suspended:
            raise suspended()
        if (who.is_app and door.takes not in {BOTH, APPS}) or (
            not who.is_app and door.takes == APPS
        ):
            raise unsupported(who.is_app, door.takes)
        if not who.is_app and not who.scopes.issuperset(door.scopes):
            raise unsupported(False, door.takes)
        headers |= core.pace.take(door.limits, who.token, is_app=who.is_app, now=now)
        core.credit.check()
        return who

    def _read(
        self,
        endpoint: Endpoint,
        request: web.Request,
        who: Principal,
        body: Json,
        files: Mapping[str, bytes],
    ) -> Ask:
        for name, value in request.match_info.items():
            if name.endswith("id") and not value.replace("-", "").isdecimal():
                says = f"The `{name}` query parameter value [{value}] is not valid"
                raise invalid(says, name=name, value=value)
        query = read_query(
            endpoint.query, request.query.items(), needed=endpoint.needed
        )
        if endpoint.body:
            shown = {**body, **dict.fromkeys(files, "…")}
            if faults := list(endpoint.body(shown, "$")):
                raise invalid("; ".join(faults))
        elif body:
            raise invalid("$: this endpoint takes no body")
        return Ask(who, dict(request.match_info), query, body, files)

    def _settle(self, endpoint: Endpoint, call: Call, answer: Answer) -> None:
        core = self._core
        core.ledger.check(endpoint.name, endpoint.answer(answer.body, "$"))
        core.credit.charge(call, answer.paid, core.clock.now())
        call.effect = answer.effect
        for kind, says in answer.broken:
            core.ledger.violate(call, kind, says)

    def refuse(self, call: Call, refused: Refused) -> None:
        self._core.ledger.check(call.endpoint, REFUSAL(refused.body, "$"))
        call.error, call.status = refused.kind, refused.status
        if refused.is_violation and not call.forced:
            says = refused.body.get("errors", [{}])[0].get("message")
            self._core.ledger.violate(
                call, refused.kind, says or refused.body["detail"]
            )

    def in_trouble(
        self, fault: Fault, call: Call, request: web.Request
    ) -> web.StreamResponse | None:
        """Return what is said instead of doing anything, if that was ordered."""
        call.error = fault.trouble.value
        if fault.trouble == Trouble.LOSE_REQUEST:
            return _dropped(request, call)
        if fault.trouble == Trouble.FAIL:
            return _failed(fault, call)
        if fault.trouble == Trouble.LIMIT:
            now = self._core.clock.now().timestamp()
            reset = {"x-rate-limit-remaining": "0", "x-rate-limit-limit": "15"}
            reset["x-rate-limit-reset"] = str(int(now) + 60)
            refused = too_many(reset if fault.headers else {}, is_violation=False)
        elif fault.trouble == Trouble.REFUSE:
            refused = forbidden("ordered", fault.says, is_violation=False)
        else:
            call.error = ""
            return None
        self.refuse(call, refused)
        return web.json_response(
            refused.body, status=refused.status, headers=refused.headers
        )

    def _lost(
        self, fault: Fault, call: Call, request: web.Request
    ) -> web.StreamResponse | None:
        if fault.trouble == Trouble.LOSE_ANSWER:
            return _dropped(request, call)
        if fault.trouble == Trouble.FAIL_AFTER:
            return _failed(fault, call)
        return None


async def _body(request: web.Request, call: Call) -> tuple[Json, Mapping[str, bytes]]:
    """Read a body: JSON, or a form with files."""
    call.query = dict(request.query)
    if request.content_type.startswith("multipart/"):
        return await _form(request, call)
    text = await request.text()
    if request.content_type == FORM:
        call.body = dict(parse_qsl(text))
        return call.body, {}
    if not text:
        return {}, {}
    try:
        body = json.loads(text)
    except ValueError:
        raise invalid("$: is not JSON") from None
    if not isinstance(body, dict):
        raise invalid("$: must be an object")
    call.body = body
    return body, {}


async def _form(request: web.Request, call: Call) -> tuple[Json, Mapping[str, bytes]]:
    body: Json = {}
    files: dict[str, bytes] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = value.file.read()
            body[name] = "…"  # for the shapes and the ledger
        elif isinstance(value, str):
            body[name] = int(value) if name == "segment_index" else value
    call.body = dict(body)
    return body, files


def _dropped(request: web.Request, call: Call) -> web.StreamResponse:
    """Close the connection without an answer."""
    call.answered = False
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _failed(fault: Fault, call: Call) -> web.StreamResponse:
    call.status, call.answered = fault.status, False
    if fault.html:
        return web.Response(status=fault.status, text=HTML, content_type="text/html")
    body = {"title": "Service Unavailable", "detail": "Service Unavailable"}
    return web.json_response(
        {**body, "type": "about:blank", "status": fault.status}, status=fault.status
    )
