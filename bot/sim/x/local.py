"""The local X: start it, put people in, look at what happened."""

from __future__ import annotations

from types import TracebackType

from aiohttp import web

from bot.clock import Clock, SystemClock
from bot.sim.changes import Changes
from bot.sim.served import LARGEST, Served
from bot.sim.x import record
from bot.sim.x.activity import Activity
from bot.sim.x.auth import Auth, Credentials, Grant
from bot.sim.x.core import Core
from bot.sim.x.credit import Credit
from bot.sim.x.faults import Faults
from bot.sim.x.hub import Hub
from bot.sim.x.includes import Includes
from bot.sim.x.ledger import Ledger, Violation, WrongAnswer
from bot.sim.x.limits import Pace
from bot.sim.x.oauth import OAuth2
from bot.sim.x.page.control import Control
from bot.sim.x.page.routes import add_page
from bot.sim.x.people import Person
from bot.sim.x.render import Render
from bot.sim.x.routes import (
    compliance,
    directs,
    media,
    reading,
    streams,
    users,
    writing,
)
from bot.sim.x.rules import Rules
from bot.sim.x.server import Gate
from bot.sim.x.streaming import Streams
from bot.sim.x.things import Direct, Post
from bot.sim.x.wire import Json
from bot.sim.x.world import World

ENDPOINTS = (
    *reading.ENDPOINTS,
    *writing.ENDPOINTS,
    *directs.ENDPOINTS,
    *users.ENDPOINTS,
    *media.ENDPOINTS,
    *streams.ENDPOINTS,
    *compliance.ENDPOINTS,
)


class LocalX(Served):
    """A network of its own on 127.0.0.1, for as long as the context lasts.

    Everything but `until` and `connected` may be used at once, in the thread of
    the event loop that it runs in.

    Args:
        brand: the handle of the account that the app belongs to.
        port: 0 takes one that is free.
        clock: every moment, window and lifetime goes by it.
        limited: whether X's limits of requests hold.

    Attributes:
        brand: the app's account as a person, to act by hand in X's own app.
        faults, ledger, credit, pace, rules: trouble on demand, what happened, what
            it cost, the limits, the rules for posts.
    """

    def __init__(
        self,
        brand: str = "acmecare",
        *,
        port: int = 0,
        clock: Clock | None = None,
        limited: bool = True,
    ) -> None:
        changes = Changes()
        super().__init__(port, changes)
        clock = clock or SystemClock()
        world, faults, ledger = World(clock), Faults(), Ledger()
        auth = Auth(world.add_account(brand))
        render = Render(world, faults, self.url)
        includes, hub = Includes(world, render), Hub(faults, ledger)
        activity = Activity(world, render, includes, hub)
        self.core = Core(
            clock=clock,
            world=world,
            auth=auth,
            faults=faults,
            ledger=ledger,
            pace=Pace(),
            credit=Credit(ledger),
            rules=Rules(world),
            render=render,
            includes=includes,
            hub=hub,
            changes=changes,
            encrypted=activity.encrypted,
            base_url=self.url,
        )
        self.faults, self.ledger, self.credit = faults, ledger, self.core.credit
        self.pace, self.rules, self.hub = self.core.pace, self.core.rules, hub
        self.pace.on = limited
        self.brand = Person(self.core, auth.owner)
        self.people: dict[str, Person] = {self.brand.username.lower(): self.brand}
        self._gate = Gate(self.core)
        self.streams = Streams(self.core, self._gate)

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST)
        self.streams.add_to(app)
        self._gate.add_to(app, ENDPOINTS)
        OAuth2(self.core).add_to(app)
        Control(self).add_to(app)
        add_page(app)
        compliance.add_files(app, self.core)
        app.router.add_get("/media/{key}", self._media)
        return app

    async def _media(self, request: web.Request) -> web.Response:
        media = self.core.world.media.get(request.match_info["key"])
        if media is None:
            raise web.HTTPNotFound
        return web.Response(body=media.content, content_type=media.content_type)

    async def __aenter__(self) -> LocalX:
        await self._open(self._application())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hub.disconnect()
        await self._close()
        record.keep(self.ledger.calls, self.hub.sent)
        if self.ledger.mistakes and error is None:
            raise WrongAnswer("; ".join(self.ledger.mistakes))

    # People and keys.

    @property
    def credentials(self) -> Credentials:
        """Everything that X's developer portal would show for our app."""
        return self.core.auth.credentials

    def add_person(self, username: str, *, name: str = "") -> Person:
        """Add an account.

        Raises:
            ValueError: the handle is taken, or cannot be one.
        """
        person = Person(self.core, self.core.world.add_account(username, name=name))
        self.people[username.lower()] = person
        self.core.changes.tell()
        return person

    def person(self, username: str) -> Person:
        """Return a person by the handle, and add the account if there is none."""
        known = self.people.get(username.removeprefix("@").lower())
        return known or self.add_person(username.removeprefix("@"))

    def grant(self, *scopes: str) -> Grant:
        """Give OAuth 2 tokens of our account, as after `firstline x login`."""
        held = scopes or [
            "tweet.read",
            "tweet.write",
            "tweet.moderate.write",
            "users.read",
            "dm.read",
            "dm.write",
            "media.write",
            "offline.access",
        ]
        auth = self.core.auth
        return auth.grant(auth.owner, held, now=self.core.clock.now())

    def revoke_tokens(self) -> None:
        """Let our account withdraw all that it allowed the app."""
        auth = self.core.auth
        auth.revoked.add(auth.credentials.access_token)
        auth.grants.clear()

    # What happened.

    @property
    def violations(self) -> list[Violation]:
        """What a client that keeps X's rules never does; tests assert none."""
        return self.ledger.violations

    def posts(self) -> list[Post]:
        """Return what our account has posted, oldest first; no versions of old."""
        return list(self.core.world.timeline(self.brand.id))[::-1]

    def sent_directs(self) -> list[Direct]:
        """Return the direct messages that our account has sent, oldest first."""
        world = self.core.world
        ours = [d for d in world.directs.values() if d.sender_id == self.brand.id]
        return sorted(ours, key=lambda direct: int(direct.id))

    def events(self) -> list[Json]:
        """Return what the streams brought, or would have, oldest first."""
        return self.hub.sent

    async def connected(self, streams: int = 1) -> None:
        """Wait until so many streams are open."""
        await self.until(
            lambda: len(self.hub.connections) >= streams,
            what=f"{streams} streams",
        )
