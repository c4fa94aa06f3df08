"""The ways in which X refuses, each with its status and its words."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sim.x.wire import Json

PROBLEMS = "https://api.x.com/2/problems"


class Refused(Exception):
    """A request that X answers with an error.

    Attributes:
        kind: a short name of ours, for the ledger.
        is_violation: whether a client that keeps X's rules never asks so.
    """

    def __init__(
        self,
        kind: str,
        status: int,
        body: Json,
        *,
        is_violation: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind)
        self.kind, self.status, self.body = kind, status, body
        self.is_violation, self.headers = is_violation, dict(headers or {})


def problem(title: str, detail: str, status: int, kind: str = "about:blank") -> Json:
    """Return a problem document."""
    place = kind if kind == "about:blank" else f"{PROBLEMS}/{kind}"
    return {"title": title, "detail": detail, "type": place, "status": status}


def forbidden(kind: str, detail: str, *, is_violation: bool = True) -> Refused:
    body = problem("Forbidden", detail, 403)
    return Refused(kind, 403, body, is_violation=is_violation)


def unauthorized(kind: str) -> Refused:
    return Refused(kind, 401, problem("Unauthorized", "Unauthorized", 401))


def unsupported(app_only: bool, supported: str) -> Refused:
    """The right credentials for another endpoint."""
    used = "Application-Only" if app_only else "User Context"
    detail = (
        f"Authenticating with OAuth 2.0 {used} is forbidden for this endpoint.  "
        f"Supported authentication types are [{supported}]."
    )
    body = problem(
        "Unsupported Authentication", detail, 403, "unsupported-authentication"
    )
    return Refused("unsupported_authentication", 403, body, is_violation=True)


def invalid(
    message: str, *, name: str = "", value: str = "", kind: str = "invalid"
) -> Refused:
    """A request that is not of the endpoint's form."""
    error: Json = {"message": message, "parameters": {name: [value]} if name else {}}
    detail = "One or more parameters to your request was invalid."
    body = problem("Invalid Request", detail, 400, "invalid-request")
    return Refused(kind, 400, {"errors": [error], **body}, is_violation=True)


def too_long() -> Refused:
    detail = (
        "Your Tweet text is too long. For more information on how Twitter determines "
        "text length see https://github.com/twitter/twitter-text."
    )
    body = problem("Invalid Request", detail, 400, "invalid-request")
    return Refused("too_long", 400, body, is_violation=True)


def too_many(headers: Mapping[str, str], *, is_violation: bool) -> Refused:
    body = problem("Too Many Requests", "Too Many Requests", 429)
    return Refused("rate_limit", 429, body, is_violation=is_violation, headers=headers)


def out_of_credit(account: str) -> Refused:
    detail = (
        f"Your enrolled account [{account}] does not have any credits to fulfill "
        "this request."
    )
    body: Json = {
        "account_id": int(account),
        "title": "CreditsDepleted",
        "detail": detail,
        "type": f"{PROBLEMS}/credits",
    }
    return Refused("credit", 402, body)


def suspended() -> Refused:
    detail = "Your account is suspended and is not permitted to access this feature."
    return forbidden("suspended", detail, is_violation=False)


def missing(resource: str, name: str, value: str) -> Json:
    """Return what an answer says of a thing that is not there."""
    return {
        "value": value,
        "detail": f"Could not find {resource} with {name}: [{value}].",
        "title": "Not Found Error",
        "resource_type": resource,
        "parameter": name,
        "resource_id": value,
        "type": f"{PROBLEMS}/resource-not-found",
    }


def not_yours(resource: str, name: str, value: str) -> Json:
    """Return what an answer says of a thing that one may not see."""
    detail = (
        f"Sorry, you are not authorized to see the {resource.title()} with "
        f"{name}: [{value}]."
    )
    return {
        "value": value,
        "detail": detail,
        "title": "Authorization Error",
        "resource_type": resource,
        "parameter": name,
        "resource_id": value,
        "type": f"{PROBLEMS}/not-authorized-for-resource",
    }


def user_suspended(name: str, value: str) -> Json:
    return {
        "value": value,
        "detail": f"User has been suspended: [{value}].",
        "title": "Forbidden",
        "resource_type": "user",
        "parameter": name,
        "resource_id": value,
        "type": f"{PROBLEMS}/resource-not-found",
    }


def not_found() -> Refused:
    return Refused("no_such_endpoint", 404, problem("Not Found", "Not Found", 404))
