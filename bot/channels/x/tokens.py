"""Tokens of OAuth 2 in a file: read by all processes of a machine, renewed by one.

X gives a new refresh token with each access token and takes the old one back. So one
process at a time renews, under a lock of the file, and what X gave is on disk before
anybody uses it. Room for it is made before X is asked: on a full disk nothing is renewed
that could not be kept.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import requests

from bot.channels.x.errors import ErrorKind, XError
from bot.channels.x.session import keep_quiet, lead
from bot.clock import Clock, from_ms, to_ms

TOKEN_URL = "https://api.x.com/2/oauth2/token"  # noqa: S105 - an address
EARLY = timedelta(minutes=5)  # before its end a token is renewed
_ENDPOINT = "oauth2.token"
_ROOM = 16_384  # bytes, more than X's tokens ever took


@dataclass(frozen=True, slots=True)
class App:
    """Our app, as OAuth 2 knows it. A public one has no secret."""

    client_id: str
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What X gave us."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    ends_ms: int
    scope: str

    @property
    def ends(self) -> datetime:
        return from_ms(self.ends_ms)


class FileTokens:
    """The `Tokens` of a session, kept in a file that only its owner can read."""

    def __init__(
        self, path: Path, app: App, *, base_url: str | None, clock: Clock
    ) -> None:
        keep_quiet()
        self._path, self._app, self._clock = path, app, clock
        self._session = lead(requests.Session(), base_url)
        self._held: Held | None = None

    async def current(self) -> str:
        """Return an access token that is good for some minutes.

        Raises:
            XError: nobody signed in, or X does not renew it.
        """
        if self._held is None or self._is_old(self._held):
            self._held = await asyncio.to_thread(self._fresh, "")
        return self._held.access

    async def renewed(self, stale: str) -> str:
        """Return another one than `stale`. Raises as `current`."""
        self._held = await asyncio.to_thread(self._fresh, stale)
        return self._held.access

    async def held(self) -> Held:
        """Return what is kept. Raises XError if nobody signed in."""
        return await asyncio.to_thread(self._read)

    async def redeem(self, code: str, *, verifier: str, redirect: str) -> None:
        """Change a code for tokens, once, and keep these: somebody signed in.

        Raises:
            XError: X does not.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": redirect,
        }
        self._held = await asyncio.to_thread(self._redeemed, form)

    def _is_old(self, held: Held) -> bool:
        return held.ends - self._clock.now() < EARLY

    def _fresh(self, stale: str) -> Held:
        with self._locked():
            held = self._read()  # another process may have renewed it
            if held.access == stale or self._is_old(held):
                form = {"grant_type": "refresh_token", "refresh_token": held.refresh}
                held = self._replaced(form, before=held)
        return held

    def _redeemed(self, form: Mapping[str, str]) -> Held:
        with self._locked():
            return self._replaced(form)

    def _replaced(self, form: Mapping[str, str], *, before: Held | None = None) -> Held:
        """Ask X for tokens and keep these instead. Raises XError."""
        with self._room() as file:
            now = self._clock.now()
            held = _asked(self._session, self._app, form, now=now, before=before)
            file.seek(0)
            file.write(json.dumps(asdict(held)).encode())
            file.truncate()
        return held

    def _read(self) -> Held:
        try:
            return Held(**json.loads(self._path.read_text()))
        except (OSError, TypeError, ValueError):
            raise XError(ErrorKind.TOKEN, _ENDPOINT) from None

    @contextmanager
    def _room(self) -> Iterator[BinaryIO]:
        """Open a new file that has its place on disk; written, it takes the old's."""
        new = self._path.with_suffix(".new")
        with _unwritten():
            new.unlink(missing_ok=True)
            place = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with _unwritten(), os.fdopen(place, "wb") as file:
            file.write(b" " * _ROOM)
            _flush(file)
            yield file
            _flush(file)
            new.replace(self._path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with _unwritten():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock = self._path.with_suffix(".lock").open("w")
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _unwritten() -> Iterator[None]:
    """Say what keeps the tokens from being written; X is well, and asked again later."""
    try:
        yield
    except OSError as error:
        where = f"{_ENDPOINT}, {error.strerror}"
        raise XError(ErrorKind.TRANSIENT, where) from None


def _asked(
    session: requests.Session,
    app: App,
    form: Mapping[str, str],
    *,
    now: datetime,
    before: Held | None = None,
) -> Held:
    """Ask X for tokens; it takes the old ones back. Raises XError."""
    auth = (app.client_id, app.client_secret) if app.client_secret else None
    body = {**form, "client_id": app.client_id}
    try:
        answer = session.post(TOKEN_URL, data=body, auth=auth)
        told = answer.json() if answer.ok else {}
    except (requests.RequestException, ValueError):
        raise XError(ErrorKind.TRANSIENT, _ENDPOINT, reached=True) from None
    if not answer.ok or not isinstance(told, dict) or "access_token" not in told:
        kind = ErrorKind.TRANSIENT if answer.status_code >= 500 else ErrorKind.TOKEN
        raise XError(kind, _ENDPOINT, status=answer.status_code)
    life = timedelta(seconds=int(told.get("expires_in", 7200)))
    return Held(
        access=told["access_token"],
        refresh=told.get("refresh_token") or (before.refresh if before else ""),
        ends_ms=to_ms(now + life),
        scope=told.get("scope", ""),
    )
