"""What an endpoint is: its form, its limits, its price, and who handles it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.sim.x.auth import Principal
from bot.sim.x.core import Core
from bot.sim.x.limits import Limits
from bot.sim.x.shapes.check import Check
from bot.sim.x.shapes.query import Query
from bot.sim.x.wire import Json


@dataclass(frozen=True)
class Ask:
    """A request that is of the endpoint's form."""

    who: Principal
    path: Mapping[str, str]
    query: Mapping[str, object]
    body: Json
    files: Mapping[str, bytes] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a parameter that is a text; empty if it was not given."""
        value = self.query.get(name, "")
        return value if isinstance(value, str) else ""

    def count(self, name: str, default: int) -> int:
        value = self.query.get(name, default)
        return value if isinstance(value, int) else default


@dataclass(frozen=True)
class Answer:
    """What an endpoint says, and what it cost.

    Attributes:
        paid: pairs of a price's name and what was read or made.
        effect: the id of what was made.
        broken: rules that X does not refuse by itself, each with a sentence.
    """

    body: Json
    status: int = 200
    paid: tuple[tuple[str, str], ...] = ()
    effect: str = ""
    broken: tuple[tuple[str, str], ...] = ()


Handler = Callable[[Core, Ask], Answer]
BOTH = "OAuth 1.0a User Context, OAuth 2.0 User Context, OAuth 2.0 Application-Only"
USERS = "OAuth 1.0a User Context, OAuth 2.0 User Context"
APPS = "OAuth 2.0 Application-Only"


class Door(Protocol):
    """What has to be known of an endpoint to let somebody in."""

    @property
    def name(self) -> str: ...
    @property
    def limits(self) -> Limits: ...
    @property
    def takes(self) -> str: ...
    @property
    def scopes(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Endpoint:
    """One endpoint.

    Attributes:
        path: as aiohttp writes it, e.g. `/2/users/{id}/mentions`.
        takes: which credentials, in X's words.
        scopes: what an OAuth 2 token of a user must allow.
        needed: parameters of the query that must be there.
        body, answer: their shapes.
    """

    method: str
    path: str
    handle: Handler
    limits: Limits
    answer: Check
    takes: str = USERS
    scopes: tuple[str, ...] = ()
    query: Query = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    body: Check | None = None

    @property
    def name(self) -> str:
        """Return the name in X's own writing: `GET /2/users/:id/mentions`."""
        path = re.sub(r"{(\w+)}", r":\1", self.path)
        return f"{self.method} {path}"
