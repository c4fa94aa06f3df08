"""Who may talk to the page: only this machine's own pages, under a strict policy."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAMES = ("127.0.0.1", "localhost")
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_SECURITY = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; object-src 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


class Guard:
    """Refuses foreign hosts and origins; puts the security headers on every answer.

    A page elsewhere can make a browser send requests here, and can point its own
    name at 127.0.0.1: the first shows in Origin, the second in Host.
    """

    def __init__(self, app: ASGIApp, *, port: int) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in NAMES}
        if port == 80:  # browsers leave the usual port out
            self._hosts |= set(NAMES)
        self._origins = {f"http://{host}" for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _SECURITY.items():
                    headers.setdefault(name, value)  # a route may have its own policy
                headers.setdefault("cache-control", "no-store")
            await send(message)

        problem = self._problem(scope)
        if problem:
            refusal = JSONResponse({"error": problem, "problems": []}, status_code=403)
            await refusal(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)

    def _problem(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        if headers.get("host") not in self._hosts:
            allowed = " or ".join(f"http://{host}/" for host in sorted(self._hosts))
            return f"This page is served under {allowed} only."
        if scope["method"] in _READS or headers.get("origin") in self._origins:
            return None
        return "Changes are accepted from this page's own origin only."
