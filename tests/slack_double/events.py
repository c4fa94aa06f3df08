"""Events: what happens in the workspace, told to the app."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field

from tests.slack_double.faults import Faults
from tests.slack_double.render import Render
from tests.slack_double.sockets import Sockets
from tests.slack_double.wire import Json
from tests.slack_double.workspace import Channel, Message, User, Workspace

# What an app of ours asks for in its manifest.
SUBSCRIBED = {
    "app_home_opened",
    "message.channels",
    "message.groups",
    "reaction_added",
    "reaction_removed",
}
PLACES = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


@dataclass
class Events:
    """Delivers events: at once, and again when nobody acknowledged them."""

    space: Workspace
    render: Render
    sockets: Sockets
    faults: Faults
    retries_s: tuple[float, ...]
    subscribed: set[str] = field(default_factory=lambda: set(SUBSCRIBED))
    lost: list[Json] = field(default_factory=list)  # after the last try
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def posted(self, message: Message) -> None:
        """Tell of a new message."""
        channel = self.space.channels[message.channel]
        event = self.render.message(message) | self._place(channel)
        event |= {"event_ts": message.ts}
        self._tell_in(channel, event)
        bot = self.space.BOT_USER
        if f"<@{bot}>" in message.text and message.user != bot:
            self._tell_in(channel, event | {"type": "app_mention"})
        if message.broadcast:
            self._parent_changed(channel, message)

    def _parent_changed(self, channel: Channel, reply: Message) -> None:
        parent = channel.messages.get(reply.thread_ts or "")
        if parent is not None:
            same = self.render.message(parent)
            self.changed(parent, same)

    def changed(self, message: Message, before: Json) -> None:
        """Tell that a message has changed, in what one can see or not."""
        channel = self.space.channels[message.channel]
        ts = self.space.ts()
        now = self.render.message(message)
        event: Json = {"type": "message", "subtype": "message_changed"}
        event |= {"message": now, "previous_message": before, "hidden": True}
        event |= {"ts": ts, "event_ts": ts} | self._place(channel)
        self._tell_in(channel, event)

    def deleted(self, message: Message, before: Json) -> None:
        channel = self.space.channels[message.channel]
        ts = self.space.ts()
        event: Json = {"type": "message", "subtype": "message_deleted"}
        event |= {"deleted_ts": message.ts, "previous_message": before}
        event |= {"hidden": True, "ts": ts, "event_ts": ts} | self._place(channel)
        self._tell_in(channel, event)

    def reacted(self, message: Message, user: str, name: str, *, added: bool) -> None:
        kind = "reaction_added" if added else "reaction_removed"
        channel = self.space.channels[message.channel]
        item = {"type": "message", "channel": channel.id, "ts": message.ts}
        event: Json = {"type": kind, "user": user, "reaction": name, "item": item}
        event |= {"item_user": message.user, "event_ts": self.space.ts()}
        self._tell_in(channel, event)

    def membership(self, channel: Channel, user: str, *, joined: bool) -> None:
        kind = "member_joined_channel" if joined else "member_left_channel"
        event: Json = {"type": kind, "user": user, "channel": channel.id}
        event |= {"channel_type": "C", "team": self.space.TEAM}
        event |= {"event_ts": self.space.ts()}
        self.tell(event)

    def home_opened(self, user: User) -> None:
        event: Json = {"type": "app_home_opened", "user": user.id, "tab": "home"}
        event |= {"channel": self.space.direct(user.id).id}
        event |= {"event_ts": self.space.ts()}
        if home := self.space.homes.get(user.id):
            event["view"] = self.render.view(home)
        self.tell(event)

    def _place(self, channel: Channel) -> Json:
        kind = "group" if channel.private else "channel"
        kind = "im" if channel.kind == "im" else kind
        return {"channel": channel.id, "channel_type": kind}

    def _tell_in(self, channel: Channel, event: Json) -> None:
        if self.space.BOT_USER in channel.members:
            self.tell(event)

    def tell(self, event: Json) -> None:
        """Deliver an event if the app has subscribed to its kind."""
        kind = event["type"]
        if kind == "message":
            kind = PLACES[event["channel_type"]]
        if kind not in self.subscribed:
            return
        body = self._body(event)
        for copy in range(self.faults.copies):
            if copy and self.faults.new_ids:
                body = body | {"event_id": self.space.id("Ev")}
            self._start(self._deliver(body))

    def _body(self, event: Json) -> Json:
        space = self.space
        who = {"enterprise_id": None, "team_id": space.TEAM, "user_id": space.BOT_USER}
        return {
            "token": "verification-token",
            "team_id": space.TEAM,
            "api_app_id": space.APP,
            "event": event,
            "type": "event_callback",
            "event_id": space.id("Ev"),
            "event_time": int(space.now()),
            "authorizations": [{**who, "is_bot": True, "is_enterprise_install": False}],
            "is_ext_shared_channel": False,
            "event_context": space.id("4-", 20),
        }

    def _start(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, body: Json) -> None:
        late = self.faults.late_s
        if self.faults.shuffled_s:
            late += self.space.random.uniform(0, self.faults.shuffled_s)
        if late:
            await asyncio.sleep(late)
        for attempt, pause in enumerate((0.0, *self.retries_s)):
            if pause:
                await asyncio.sleep(pause)
            ack = await self.sockets.deliver("events_api", body, attempt=attempt)
            if ack.acknowledged:
                return
            if ack.lost:
                break  # the platform believes that it was delivered
        self.lost.append(body)

    @property
    def under_way(self) -> int:
        return len(self._tasks)

    async def settle(self, within_s: float) -> None:
        """Wait until every event has been acknowledged or given up.

        Raises:
            TimeoutError: some are still under way.
        """
        end = asyncio.get_running_loop().time() + within_s
        while self._tasks:
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                raise TimeoutError(f"{len(self._tasks)} events are under way")
            await asyncio.wait(self._tasks, timeout=left)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
