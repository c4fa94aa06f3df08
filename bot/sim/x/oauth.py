"""OAuth 2 with PKCE: the page where a user allows an app, and the tokens."""

from __future__ import annotations

import base64
import html
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from bot.sim.x.auth import ACCESS_LIVES, SCOPES, Grant
from bot.sim.x.core import Core

_PAGE = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Authorize app</title>
<link rel="stylesheet" href="/page/style.css">
<main class="authorize"><h1>Firstline wants to access your X account</h1>
<p>As <b>@{handle}</b> you would allow it:</p><ul>{scopes}</ul>
<form method="post"><button name="answer" value="yes">Authorize app</button>
<button name="answer" value="no" class="quiet">Cancel</button></form>
<p class="note">This is the local X. Nothing here reaches x.com.</p></main></html>
"""
_NEEDED = ("client_id", "redirect_uri", "scope", "state", "code_challenge")


class OAuth2:
    """`/i/oauth2/authorize`, `/2/oauth2/token`, `/2/oauth2/revoke`."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def add_to(self, app: web.Application) -> None:
        for path in ("/i/oauth2/authorize", "/2/oauth2/authorize"):
            app.router.add_get(path, self._ask)
            app.router.add_post(path, self._answered)
        app.router.add_post("/2/oauth2/token", self._token)
        app.router.add_post("/2/oauth2/revoke", self._revoke)

    async def _ask(self, request: web.Request) -> web.Response:
        """Show what an app asks for."""
        scopes = self._checked(request)
        items = "".join(f"<li>{html.escape(scope)}</li>" for scope in scopes)
        handle = self._core.auth.owner.username
        text = _PAGE.format(handle=html.escape(handle), scopes=items)
        return web.Response(text=text, content_type="text/html")

    def _checked(self, request: web.Request) -> list[str]:
        query = request.query
        wrong = [name for name in _NEEDED if not query.get(name)]
        scopes = query.get("scope", "").split()
        if (
            wrong
            or query.get("response_type") != "code"
            or query["client_id"] != self._core.auth.credentials.client_id
            or query.get("code_challenge_method", "plain") not in {"S256", "plain"}
            or not SCOPES.issuperset(scopes)
        ):
            text = "Something went wrong. You weren’t able to give access to the App."
            raise web.HTTPBadRequest(text=text)
        return scopes

    async def _answered(self, request: web.Request) -> web.Response:
        """Lead back to the app with a code, or with the refusal."""
        scopes, query = self._checked(request), request.query
        form = await request.post()
        back = {"state": query["state"]}
        if form.get("answer") == "yes":
            back["code"] = self._core.auth.code(
                self._core.auth.owner,
                scopes,
                redirect_uri=query["redirect_uri"],
                challenge=query["code_challenge"],
                method=query.get("code_challenge_method", "plain"),
                now=self._core.clock.now(),
            )
        else:
            back["error"] = "access_denied"
        sign = "&" if "?" in query["redirect_uri"] else "?"
        raise web.HTTPFound(f"{query['redirect_uri']}{sign}{urlencode(back)}")

    async def _token(self, request: web.Request) -> web.Response:
        """Give tokens for a code or for a refresh token."""
        now, auth = self._core.clock.now(), self._core.auth
        call = self._core.ledger.begin(now, "POST /2/oauth2/token", request.path)
        form = dict(parse_qsl(await request.text()))
        call.status = 400
        if not self._is_app(request, form):
            call.status = 401
            return _wrong("invalid_client", "Missing valid authorization header", 401)
        if form.get("grant_type") == "authorization_code":
            grant = auth.redeem(
                form.get("code", ""),
                verifier=form.get("code_verifier", ""),
                redirect_uri=form.get("redirect_uri", ""),
                now=now,
            )
        elif form.get("grant_type") == "refresh_token":
            grant = auth.refresh(form.get("refresh_token", ""), now=now)
        else:
            return _wrong("unsupported_grant_type", "Value passed was not supported")
        if grant is None:
            return _wrong("invalid_request", "Value passed for the token was invalid.")
        call.status, call.effect = 200, "token"
        return web.json_response(_told(grant))

    async def _revoke(self, request: web.Request) -> web.Response:
        now = self._core.clock.now()
        call = self._core.ledger.begin(now, "POST /2/oauth2/revoke", request.path)
        form = dict(parse_qsl(await request.text()))
        if not self._is_app(request, form):
            call.status = 401
            return _wrong("invalid_client", "Missing valid authorization header", 401)
        self._core.auth.revoke(form.get("token", ""))
        call.status, call.effect = 200, "revoked"
        return web.json_response({"revoked": True})

    def _is_app(self, request: web.Request, form: dict[str, str]) -> bool:
        """Tell whether the app itself asks: by Basic, or a public one by its id."""
        mine = self._core.auth.credentials
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            wanted = f"{mine.client_id}:{mine.client_secret}"
            return given == base64.b64encode(wanted.encode()).decode()
        return form.get("client_id") == mine.client_id


def _told(grant: Grant) -> dict[str, object]:
    told: dict[str, object] = {
        "token_type": "bearer",
        "expires_in": int(ACCESS_LIVES.total_seconds()),
        "access_token": grant.access,
        "scope": " ".join(sorted(grant.scopes)),
    }
    return {**told, "refresh_token": grant.refresh} if grant.refresh else told


def _wrong(error: str, says: str, status: int = 400) -> web.Response:
    body = {"error": error, "error_description": says}
    return web.json_response(body, status=status)
