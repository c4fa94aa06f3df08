"""The local Slack: start it, put people and channels in, look at what is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

from aiohttp import web

from bot.sim.changes import Changes
from bot.sim.served import LARGEST, PATIENCE_S, Served
from tests.slack_double import record
from tests.slack_double.answers import Answers
from tests.slack_double.core import Core
from tests.slack_double.events import Events
from tests.slack_double.faults import Faults
from tests.slack_double.ledger import Call, Ledger, Violation
from tests.slack_double.pace import Pace
from tests.slack_double.pages.routes import Pages
from tests.slack_double.person import Person
from tests.slack_double.render import Render
from tests.slack_double.server import Api
from tests.slack_double.sockets import Sockets
from tests.slack_double.workspace import (
    Channel,
    Ephemeral,
    Message,
    User,
    View,
    Workspace,
)

RETRIES_S = (0.0, 60.0, 300.0)  # when Slack delivers an event again


class SlackDouble(Served):
    """A Slack workspace on 127.0.0.1, for as long as the context lasts.

    Args:
        port: 0 takes one that is free.
        now: the time in seconds; timestamps, triggers and limits go by it.
        paced: whether Slack's limits of requests hold.
        ack_s: how long a delivery waits for its acknowledgement.
        retries_s: the pauses before an event is delivered again.
        seed: of all that is random here.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        now: Callable[[], float] = time.time,
        paced: bool = False,
        ack_s: float = 3.0,
        retries_s: tuple[float, ...] = RETRIES_S,
        seed: int = 0,
    ) -> None:
        changes = Changes()
        super().__init__(port, changes)
        self.bot_token, self.app_token = "xoxb-double-bot", "xapp-1-double-app"
        self.api_url = f"{self.url}/api/"
        self.space = Workspace(now, seed)
        self.faults, self.ledger = Faults(), Ledger()
        self.pace = Pace(now, on=paced)
        self.sockets = Sockets(
            self.faults, app_id=self.space.APP, ack_s=ack_s, seed=seed
        )
        render = Render(self.space, self.url)
        self.events = Events(self.space, render, self.sockets, self.faults, retries_s)
        self.core = Core(
            space=self.space,
            base_url=self.url,
            render=render,
            sockets=self.sockets,
            events=self.events,
            faults=self.faults,
            pace=self.pace,
            ledger=self.ledger,
            changes=changes,
        )
        self.sockets.on_change = changes.tell
        self.people: dict[str, Person] = {}

    def _application(self) -> web.Application:
        api = Api(self.core, bot_token=self.bot_token, app_token=self.app_token)
        app = web.Application(client_max_size=LARGEST)
        app.router.add_route("*", "/api/{method}", api.handle)
        app.router.add_get("/link/", self.sockets.serve)
        app.router.add_post("/upload/v1/{secret}", api.upload)
        app.router.add_post("/actions/{team}/{secret}", Answers(self.core).handle)
        Pages(self.core, self.people).add_to(app)
        app.router.add_get("/files-pri/{team:[^-]+}-{file}/{name}", api.load)
        return app

    async def __aenter__(self) -> SlackDouble:
        await self._open(self._application())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        record.keep(self.ledger.calls)
        await self.events.close()
        await self.sockets.close()
        await self._close()

    # What there is from the start.

    def add_channel(
        self, name: str, *, private: bool = False, bot: bool = True
    ) -> Channel:
        """Add a channel with everybody in it, and the app unless told."""
        channel = Channel(self.space.id("C"), name.removeprefix("#"), private)
        channel.members = {person.id for person in self.people.values()}
        if bot:
            channel.members.add(self.space.BOT_USER)
        self.space.channels[channel.id] = channel
        return channel

    def add_user(
        self, name: str, *, tz: str = "Europe/London", real_name: str = ""
    ) -> Person:
        """Add a person, who joins every public channel."""
        handle = name.lower().replace(" ", ".")
        shown = real_name or name.title()
        user = User(self.space.id("U"), handle, shown, tz)
        self.space.users[user.id] = user
        for channel in self.space.channels.values():
            if channel.kind == "channel" and not channel.private:
                channel.members.add(user.id)
        person = Person(self.core, user)
        self.people[user.id] = person
        return person

    def add_bot_to(self, channel: Channel | str) -> None:
        """Invite the app, as a person would with /invite."""
        found = self.channel(channel)
        found.members.add(self.space.BOT_USER)
        self.events.membership(found, self.space.BOT_USER, joined=True)

    def remove_bot_from(self, channel: Channel | str) -> None:
        found = self.channel(channel)
        found.members.discard(self.space.BOT_USER)
        self.core.changes.tell()

    def archive(self, channel: Channel | str) -> None:
        found = self.channel(channel)
        found.archived = True
        self.events.tell({"type": "channel_archive", "channel": found.id})

    # What there is now.

    def channel(self, channel: Channel | str) -> Channel:
        """Return a channel by its id or name.

        Raises:
            KeyError: there is none.
        """
        if isinstance(channel, Channel):
            return channel
        found = self.space.named(channel)
        if found is None:
            raise KeyError(channel)
        return found

    def messages(self, channel: Channel | str) -> list[Message]:
        """Return what the channel itself shows, oldest first; no stones."""
        return [m for m in self.channel(channel).top() if not m.deleted]

    def thread(self, channel: Channel | str, ts: str) -> list[Message]:
        """Return the replies below a message, oldest first."""
        return self.channel(channel).replies(ts)

    def ephemerals(self, user: Person | str) -> list[Ephemeral]:
        """Return what was shown to one person alone, oldest first."""
        user_id = user if isinstance(user, str) else user.id
        return [e for e in self.space.ephemerals if e.user == user_id]

    def home(self, user: Person | str) -> View | None:
        return self.space.homes.get(user if isinstance(user, str) else user.id)

    @property
    def violations(self) -> list[Violation]:
        """Requests that break Slack's description; tests assert none."""
        return self.ledger.violations

    def calls(self, method: str, *, effect: bool | None = None) -> list[Call]:
        """Return the requests of one method, on wish only those that worked."""
        return self.ledger.of(method, effect=effect)

    async def connected(self, sockets: int = 1) -> None:
        """Wait until the app has opened that many connections."""
        await self.until(
            lambda: len(self.sockets.open) >= sockets, what=f"{sockets} connections"
        )

    async def settle(self) -> None:
        """Wait until all events are acknowledged or given up."""
        await self.events.settle(PATIENCE_S)
