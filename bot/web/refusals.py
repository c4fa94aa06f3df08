"""Errors as the page gets them: {error, problems, code}, in words for the person there."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ExceptionHandler

from bot.errors import (
    CaseConflict,
    ConfigError,
    InputError,
    ModelError,
    TemporaryFailure,
    UnsafeText,
)

_CONFLICTS: Mapping[str, str] = {
    "missing": "This case no longer exists.",
    "held": "{holder} has this case already.",
    "not_yours": "{holder} holds this case, so only they can do that.",
    "closed": "This case is already resolved.",
    "too_late": "Too late: it is on its way.",
    "newer": "The customer has written meanwhile.",
    "not_claimed": "Nobody holds this case: claim it first.",
}
_NOBODY = "Nobody holds this case: claim it first."


def _conflict(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, CaseConflict):
        raise error
    says = _CONFLICTS.get(error.code, "The case changed meanwhile.")
    if "{holder}" in says:
        says = says.format(holder=error.holder) if error.holder else _NOBODY
    return _refusal(409, says, code=error.code)


def _unsafe(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, UnsafeText):
        raise error
    return _refusal(422, "Not sent. Please change the text:", *error.problems)


def _input(_request: Request, error: Exception) -> JSONResponse:
    return _refusal(422, str(error))


def _temporary(_request: Request, _error: Exception) -> JSONResponse:
    return _refusal(
        503, "The store cannot be reached at the moment. Please try again shortly."
    )


def _http(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return _refusal(error.status_code, error.detail)


def _defect(_request: Request, _error: Exception) -> JSONResponse:
    return _refusal(500, "Something went wrong here. The log says what.")


def _refusal(status: int, error: str, *problems: str, code: str = "") -> JSONResponse:
    return JSONResponse(
        {"error": error, "problems": list(problems), "code": code}, status_code=status
    )


HANDLERS: Mapping[type[Exception], ExceptionHandler] = {
    CaseConflict: _conflict,
    UnsafeText: _unsafe,
    InputError: _input,
    ConfigError: _input,
    ModelError: _input,
    TemporaryFailure: _temporary,
    HTTPException: _http,
    Exception: _defect,
}
