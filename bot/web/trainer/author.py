"""Who works on the page: a name, asked once and kept in a cookie."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.errors import InputError
from bot.web.body import Body

_COOKIE: Final = "firstline_trainer"
_LONGEST: Final = 60
_KEPT_S: Final = 365 * 24 * 3600


def author_of(request: Request) -> str:
    """Return the trainer's name, "" if this browser has not told it."""
    return _tidy(unquote(request.cookies.get(_COOKIE, "")))


def author_needed(request: Request) -> str:
    """Return the trainer's name.

    Raises:
        InputError: nobody has said who works here.
    """
    name = author_of(request)
    if not name:
        raise InputError("Say who you are first: at the top right.")
    return name


async def tell_author(request: Request) -> JSONResponse:
    """Keep the name in this browser; no other site can send it."""
    name = _tidy((await Body.of(request)).text("name"))
    if not name:
        raise InputError("A name has letters in it.")
    answer = JSONResponse({"name": name})
    answer.set_cookie(
        _COOKIE,
        quote(name),
        max_age=_KEPT_S,
        path="/",
        samesite="strict",
        httponly=True,
    )
    return answer


def _tidy(name: str) -> str:
    printable = "".join(c if c.isprintable() else " " for c in name)
    return " ".join(printable.split())[:_LONGEST]
