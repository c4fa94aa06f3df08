"""What tests do in Python, over HTTP: people, trouble, and what happened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from aiohttp import web

from bot.sim.x.core import Core
from bot.sim.x.faults import Fault, Trouble
from bot.sim.x.page.scene import scene
from bot.sim.x.people import CannotDo, Person
from bot.sim.x.wire import Json

WAIT_S = 25.0
HOSTS = frozenset({"127.0.0.1", "localhost"})

Act = Callable[[Person, Json], str]


class Network(Protocol):
    """What of the local X the page needs."""

    core: Core
    brand: Person
    people: dict[str, Person]

    def person(self, username: str) -> Person: ...
    def revoke_tokens(self) -> None: ...


class Control:
    """`/control/…`: JSON in and out, from this machine alone."""

    def __init__(self, network: Network) -> None:
        self._network, self._core = network, network.core
        self._acts: dict[str, Act] = {
            "post": self._post,
            "edit": self._edit,
            "delete": self._delete,
            "repost": self._repost,
            "message": self._message,
            "chat": self._chat,
            "account": self._account,
        }

    def add_to(self, app: web.Application) -> None:
        add = app.router.add_route
        add("GET", "/control/scene", self._guarded(self._scene))
        add("GET", "/control/changes", self._guarded(self._changes))
        add("GET", "/control/calls", self._guarded(self._calls))
        add("POST", "/control/act/{act}", self._guarded(self._act))
        add("POST", "/control/faults", self._guarded(self._order))
        add("DELETE", "/control/faults", self._guarded(self._calm))
        add("POST", "/control/network", self._guarded(self._change))

    def _guarded(
        self, handle: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Let in only who is on this machine and speaks JSON: no other web site."""

        async def guarded(request: web.Request) -> web.Response:
            if request.host.split(":")[0] not in HOSTS:
                raise web.HTTPForbidden(text="Use http://127.0.0.1.")
            writes = request.method == "POST"
            if writes and request.content_type != "application/json":
                raise web.HTTPUnsupportedMediaType(text="Send JSON.")
            try:
                return await handle(request)
            except (CannotDo, ValueError, KeyError) as error:
                wrong = {"error": str(error) or type(error).__name__}
                return web.json_response(wrong, status=400)

        return guarded

    # Looking.

    async def _scene(self, _request: web.Request) -> web.Response:
        network = self._network
        return web.json_response(scene(self._core, network.brand, network.people))

    async def _changes(self, request: web.Request) -> web.Response:
        """Answer as soon as something is newer than `since`, or after a while."""
        since, changes = int(request.query.get("since", "0")), self._core.changes
        with suppress(TimeoutError):  # the page asks again
            await changes.until(lambda: changes.count != since, within_s=WAIT_S)
        return web.json_response({"version": changes.count})

    async def _calls(self, request: web.Request) -> web.Response:
        """Return requests from the number `since` on."""
        since = int(request.query.get("since", "0"))
        calls = [
            {
                "number": call.number,
                "at": call.at.isoformat(),
                "endpoint": call.endpoint,
                "status": call.status,
                "error": call.error,
                "effect": call.effect,
                "answered": call.answered,
                "micros": call.micros,
            }
            for call in self._core.ledger.calls[since:]
        ]
        return web.json_response({"calls": calls})

    # Doing.

    async def _act(self, request: web.Request) -> web.Response:
        """Act as a person: post, edit, delete, repost, message, chat, account."""
        act = self._acts[request.match_info["act"]]
        body = await _object(request)
        made = act(self._network.person(str(body["as"])), body)
        return web.json_response({"id": made}, status=201)

    def _post(self, person: Person, body: Json) -> str:
        return person.post(
            str(body.get("text", "")),
            reply_to=body.get("reply_to") or None,
            quoting=body.get("quoting") or None,
            media=(person.picture(),) if body.get("picture") else (),
            lang=str(body.get("lang", "en")),
        ).id

    def _edit(self, person: Person, body: Json) -> str:
        return person.edit(str(body["id"]), str(body["text"])).id

    def _delete(self, person: Person, body: Json) -> str:
        person.delete(str(body["id"]))
        return str(body["id"])

    def _repost(self, person: Person, body: Json) -> str:
        return person.repost(str(body["id"])).id

    def _message(self, person: Person, body: Json) -> str:
        to = self._network.person(str(body.get("to") or self._network.brand.username))
        media = (person.picture(),) if body.get("picture") else ()
        return person.message(to, str(body.get("text", "")), media=media).id

    def _chat(self, person: Person, body: Json) -> str:
        return person.chat(self._network.brand, str(body["text"]))

    def _account(self, person: Person, body: Json) -> str:
        """Change what an account is; without changes it is only added."""
        for name in ("protected", "suspended", "automated", "takes_any_message"):
            if name in body:
                setattr(person.account, name, bool(body[name]))
        self._core.changes.tell()
        return person.id

    async def _order(self, request: web.Request) -> web.Response:
        """Order trouble: a kind of `Trouble` with its endpoint, or a switch."""
        body = await _object(request)
        faults = self._core.faults
        for switch in ("no_millis", "double_events", "reorder_events", "drop_events"):
            if switch in body:
                setattr(faults, switch, bool(body.pop(switch)))
        if "trouble" in body:
            wanted = {name: body[name] for name in Fault.NAMES if name in body}
            faults.add(Fault(**{**wanted, "trouble": Trouble(body["trouble"])}))
        self._core.changes.tell()
        return web.json_response({}, status=201)

    async def _calm(self, _request: web.Request) -> web.Response:
        self._core.faults.clear()
        self._core.changes.tell()
        return web.json_response({})

    async def _change(self, request: web.Request) -> web.Response:
        """Set the credit in millionths of a dollar, revoke tokens, end streams."""
        body = await _object(request)
        if "credit" in body:
            left = body["credit"]
            self._core.credit.left = None if left is None else int(left)
        if body.get("revoke_tokens"):
            self._network.revoke_tokens()
        if body.get("end_streams"):
            self._core.hub.disconnect()
        self._core.changes.tell()
        return web.json_response({})


async def _object(request: web.Request) -> Json:
    body = await request.json()
    if not isinstance(body, dict):
        raise ValueError("send an object")
    return body
