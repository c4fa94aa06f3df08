"""Accounts: looked up by id, by name, and our own."""

from __future__ import annotations

from bot.sim.x.core import Core
from bot.sim.x.endpoint import BOTH, Answer, Ask, Endpoint
from bot.sim.x.includes import Wanted
from bot.sim.x.limits import Limit, Limits
from bot.sim.x.refusals import missing, user_suspended
from bot.sim.x.shapes.answers import USER, one, some
from bot.sim.x.shapes.fields import OF_USERS
from bot.sim.x.shapes.query import ids
from bot.sim.x.things import Account
from bot.sim.x.wire import Json

_SCOPES = ("tweet.read", "users.read")


def _found(core: Core, ask: Ask, account: Account | None, by: str, value: str) -> Json:
    """Return an account, or what X says of one that it does not show."""
    if account is None:
        return {"errors": [missing("user", by, value)]}
    if account.suspended:
        return {"errors": [user_suspended(by, value)]}
    fields = Wanted.of(ask.query).users
    return {"data": core.render.user(account, fields, viewer=ask.who.account)}


def _answer(body: Json) -> Answer:
    paid = (("user_read", body["data"]["id"]),) if "data" in body else ()
    return Answer(body, paid=paid)


def me(core: Core, ask: Ask) -> Answer:
    user = ask.who.user
    return _answer(_found(core, ask, user, "id", user.id))


def by_id(core: Core, ask: Ask) -> Answer:
    user_id = ask.path["id"]
    account = core.world.accounts.get(user_id)
    return _answer(_found(core, ask, account, "id", user_id))


def by_username(core: Core, ask: Ask) -> Answer:
    username = ask.path["username"]
    account = core.world.named(username)
    return _answer(_found(core, ask, account, "username", username))


def several(core: Core, ask: Ask) -> Answer:
    wanted = ask.query["ids"]
    assert isinstance(wanted, tuple)  # noqa: S101 - the form says so
    found = [
        _found(core, ask, core.world.accounts.get(user_id), "ids", user_id)
        for user_id in dict.fromkeys(wanted)
    ]
    users = [one["data"] for one in found if "data" in one]
    errors = [error for one in found for error in one.get("errors", [])]
    body: Json = {"data": users} if users else {}
    if errors:
        body["errors"] = errors
    return Answer(body, paid=tuple(("user_read", user["id"]) for user in users))


def _limits(name: str) -> Limits:
    return Limits(name, (Limit(900),), (Limit(300),))


ENDPOINTS = (
    Endpoint(
        "GET",
        "/2/users/me",
        me,
        Limits("users.me", (Limit(75),)),
        one(USER),
        scopes=_SCOPES,
        query=OF_USERS,
    ),
    Endpoint(
        "GET",
        "/2/users/by/username/{username}",
        by_username,
        _limits("users.by_username"),
        one(USER),
        takes=BOTH,
        scopes=_SCOPES,
        query=OF_USERS,
    ),
    Endpoint(
        "GET",
        "/2/users",
        several,
        _limits("users.lookup"),
        some(USER),
        takes=BOTH,
        scopes=_SCOPES,
        query={**OF_USERS, "ids": ids(100)},
        needed=("ids",),
    ),
    Endpoint(
        "GET",
        "/2/users/{id}",
        by_id,
        _limits("users.one"),
        one(USER),
        takes=BOTH,
        scopes=_SCOPES,
        query=OF_USERS,
    ),
)
