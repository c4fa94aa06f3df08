"""The double's web server: the Web API, files, answers, and the sockets."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from tests.slack_double.core import Core
from tests.slack_double.errors import Limited, Malformed, Refused
from tests.slack_double.faults import Fault
from tests.slack_double.ledger import Call, Violation
from tests.slack_double.methods import RUN
from tests.slack_double.shapes.arguments import METHODS, read_arguments
from tests.slack_double.wire import Json

# Refusals that show a mistake of the caller, not a state of the workspace.
MISTAKES = {
    "no_text",
    "msg_too_long",
    "msg_blocks_too_long",
    "metadata_too_large",
    "view_too_large",
    "unknown_method",
    "invalid_name",
    "cannot_reply_to_message",
    "push_limit_reached",
}


class Api:
    """Answers requests as Slack does, or as the faults say."""

    def __init__(self, core: Core, *, bot_token: str, app_token: str) -> None:
        self._core, self._bot, self._app = core, bot_token, app_token

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request to the Web API."""
        method = request.match_info["method"]
        sent, token = await _read(request)
        call = Call(method, dict(sent), self._core.space.now(), request.method, sent)
        self._core.ledger.calls.append(call)
        fault = self._core.faults.strike(method)
        if fault is not None:
            early = await self._trouble(request, call, fault)
            if early is not None:
                return early
        self._answer(call, token)
        if fault is not None and fault.kind == "lost_answer":
            return _dropped(request, call)
        return self._response(call)

    async def _trouble(
        self, request: web.Request, call: Call, fault: Fault
    ) -> web.StreamResponse | None:
        """Return what a fault answers in place of the method, if it does."""
        if fault.kind == "slow":
            await asyncio.sleep(fault.value)
        if fault.kind == "lost_request":
            return _dropped(request, call)
        if fault.kind == "status":
            call.status = int(fault.value)
            return web.Response(status=call.status, text="upstream request failed")
        if fault.kind == "error":
            call.answer = Refused(fault.code).answer()
            return self._response(call)
        if fault.kind == "limit":
            return self._limited(call, Limited(int(fault.value)))
        return None

    def _answer(self, call: Call, token: str) -> None:
        """Run the method, and write down what it did or why it did not."""
        try:
            call.answer = {"ok": True, **self._run(call, token)}
            call.effect = True
        except Limited as error:
            self._limited(call, error)
        except Refused as error:
            call.answer = error.answer()
            if isinstance(error, Malformed) or error.code in MISTAKES:
                faults = error.faults if isinstance(error, Malformed) else []
                found = Violation(call.method, error.code, faults)
                self._core.ledger.violations.append(found)

    def _run(self, call: Call, token: str) -> Json:
        core, method = self._core, METHODS.get(call.method)
        self._admit(token, call.method)
        if method is None:
            raise Refused("unknown_method", req_method=call.method)
        by_app = token == self._app
        if method.app_token != by_app and call.method != "auth.test":
            raise Refused("not_allowed_token_type")
        if not method.app_token:
            core.need(method.scope)
        core.pace.take(call.method, tier=method.tier, channel=call.sent.get("channel"))
        call.args = read_arguments(call.method, call.sent)
        return RUN[call.method](core, call.args)

    def _admit(self, token: str, method: str) -> None:
        if not token:
            raise Refused("not_authed")
        if token not in {self._bot, self._app}:
            raise Refused("invalid_auth")
        if self._core.faults.token_error:
            raise Refused(self._core.faults.token_error)

    def _limited(self, call: Call, error: Limited) -> web.Response:
        call.status, call.answer = 429, error.answer()
        call.answer["retry_after_s"] = error.retry_after_s
        return self._response(call)

    def _response(self, call: Call) -> web.Response:
        method = METHODS.get(call.method)
        headers = {"X-OAuth-Scopes": ",".join(sorted(self._core.scopes))}
        headers["X-Accepted-OAuth-Scopes"] = method.scope if method else ""
        if self._core.faults.missing_scopes:
            left = self._core.scopes - self._core.faults.missing_scopes
            headers["X-OAuth-Scopes"] = ",".join(sorted(left))
        if call.status == 429:
            headers["Retry-After"] = str(call.answer.pop("retry_after_s", 1))
        return web.json_response(call.answer, status=call.status, headers=headers)

    async def load(self, request: web.Request) -> web.Response:
        """Give a file to who has the app's token."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        file = self._core.space.files.get(request.match_info["file"])
        if token != self._bot or self._core.faults.token_error or file is None:
            # Slack leads to its sign-in page, which looks like a success.
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        self._core.need("files:read")
        return web.Response(body=file.content, content_type=file.mimetype)

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file; raw, or as a form."""
        file_id = self._core.uploads.get(request.match_info["secret"], "")
        file = self._core.space.files.get(file_id)
        if file is None:
            raise web.HTTPNotFound
        content = await _content(request)
        if len(content) != file.length:
            return web.Response(status=400, text="length differs")
        file.content = content
        return web.Response(text=f"OK - {len(content)}")


async def _content(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""


async def _read(request: web.Request) -> tuple[Json, str]:
    """Return the arguments, from wherever they stand, and the token."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        args |= json.loads(body) if body else {}
    else:
        args |= {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return args, str(args.pop("token", "") or token)


def _dropped(request: web.Request, call: Call) -> web.Response:
    """Close the connection in the middle, without an answer."""
    call.answered = False
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
