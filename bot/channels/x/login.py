"""Signing in to X by OAuth 2 with PKCE, from a terminal and a browser."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

AUTHORIZE = "https://x.com/i/oauth2/authorize"
SCOPES = (
    "tweet.read",
    "tweet.write",
    "tweet.moderate.write",
    "users.read",
    "dm.read",
    "dm.write",
    "media.write",
    "offline.access",
)
_PAGE = "<!doctype html><meta charset=utf-8><title>Firstline</title><p>{}</p>"
_DONE = "Firstline is signed in. You can close this page."
_NOT_DONE = "X did not let Firstline in: see the terminal."
_LONGEST = 16_384  # bytes of a request's head


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in: what X is asked, and what proves that we asked it."""

    redirect: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(64), repr=False)

    def url(self, client_id: str, *, authorize: str = AUTHORIZE) -> str:
        """Return the page on which our account allows the app."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": self.redirect,
            "scope": " ".join(SCOPES),
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        return f"{authorize}?{urlencode(asked)}"

    def code_in(self, url: str) -> str | None:
        """Return the code with which X leads back; None if it is not for this try."""
        return self._said(url, "code") or None

    def is_refused(self, url: str) -> bool:
        """Tell whether X leads back with a no to this try."""
        return bool(self._said(url, "error"))

    def _said(self, url: str, name: str) -> str:
        query = parse_qs(urlsplit(url).query)
        state, said = query.get("state", [""])[0], query.get(name, [""])[0]
        ours = secrets.compare_digest(state.encode(), self.state.encode())
        return said if ours else ""


@asynccontextmanager
async def listening(attempt: Attempt) -> AsyncIterator[asyncio.Future[str | None]]:
    """Wait where X leads the browser back to; what comes is the code, None for a no.

    What is not for this try is answered and otherwise ignored.

    Raises:
        OSError: the port is taken.
    """
    parts = urlsplit(attempt.redirect)
    came: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            head = await reader.readuntil(b"\r\n")
            path = head.decode("latin-1").split(" ")[1]
            code, refused = attempt.code_in(path), attempt.is_refused(path)
            ours = urlsplit(path).path == parts.path and (code or refused)
            page = _PAGE.format(_DONE if code else _NOT_DONE).encode()
            status = "200 OK" if ours else "404 Not Found"
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nConnection: close\r\n"
                f"Content-Length: {len(page)}\r\n\r\n".encode()
                + page
            )
            await writer.drain()
            if ours and not came.done():
                came.set_result(code)
        except (IndexError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # no browser
        finally:
            writer.close()

    server = await asyncio.start_server(
        answer, parts.hostname, parts.port, limit=_LONGEST
    )
    try:
        yield came
    finally:
        server.close()
        await server.wait_closed()
