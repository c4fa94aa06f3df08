"""What a workspace holds: people, channels, messages, files, views."""

from __future__ import annotations

import random
import string
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.slack_double.wire import Json, elements_in, shown_in


@dataclass(eq=False)
class User:
    id: str
    name: str  # the handle, "anna"
    real_name: str
    tz: str = "Europe/London"
    presence: str = "active"
    is_bot: bool = False
    deleted: bool = False


@dataclass(eq=False)
class File:
    id: str
    name: str
    content: bytes
    user: str
    mimetype: str = "application/octet-stream"
    title: str = ""
    length: int = 0  # what was announced
    kept_at: str = ""  # a link elsewhere; "" if Slack has it
    shared_in: list[tuple[str, str]] = field(default_factory=list)


@dataclass(eq=False)
class Message:
    """One message; the object lives on when it is updated."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    typed: list[Json] = field(default_factory=list)  # rich text that a person wrote
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    by_app: bool = False
    username: str | None = None
    icon: str | None = None
    subtype: str | None = None
    edited: Json | None = None
    files: list[File] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    deleted: bool = False
    updates: int = 0

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def action_ids(self) -> list[str]:
        return [item["action_id"] for _, item in elements_in(self.blocks)]

    @property
    def our_id(self) -> str | None:
        """The `id` in the app's own metadata."""
        found = (self.metadata or {}).get("event_payload", {}).get("id")
        return None if found is None else str(found)

    def says(self) -> str:
        """Return all that one can read on it, one piece a line."""
        shown = shown_in(self.blocks) or [self.text]
        return "\n".join([*shown, *(file.name for file in self.files)])


@dataclass(eq=False)
class Ephemeral:
    """What one person alone sees, and loses with the next reload."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None

    @property
    def action_ids(self) -> list[str]:
        return [item["action_id"] for _, item in elements_in(self.blocks)]

    def says(self) -> str:
        return "\n".join(shown_in(self.blocks) or [self.text])


@dataclass(eq=False)
class Channel:
    id: str
    name: str
    private: bool = False
    archived: bool = False
    members: set[str] = field(default_factory=set)
    messages: dict[str, Message] = field(default_factory=dict)
    kind: str = "channel"  # or "im"
    _threads: dict[str, list[Message]] = field(default_factory=dict)

    def top(self) -> list[Message]:
        """Return what the channel itself shows, oldest first."""
        return [m for m in self.messages.values() if not m.is_reply or m.broadcast]

    def replies(self, ts: str) -> list[Message]:
        return list(self._threads.get(ts, ()))

    def add(self, message: Message) -> None:
        self.messages[message.ts] = message
        if message.is_reply:
            self._threads.setdefault(str(message.thread_ts), []).append(message)

    def discard(self, message: Message) -> None:
        del self.messages[message.ts]
        if message.is_reply:
            self._threads[str(message.thread_ts)].remove(message)


@dataclass(eq=False)
class View:
    """An open modal, or a person's Home."""

    id: str
    user: str
    body: Json  # as the app sent it, with the ids that Slack adds
    hash: str
    external_id: str = ""
    previous: View | None = None
    root: View | None = None
    values: Json = field(default_factory=dict)  # what has been put in so far
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def callback_id(self) -> str:
        return str(self.body.get("callback_id", ""))

    @property
    def title(self) -> str:
        return str(self.body.get("title", {}).get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        return list(self.body["blocks"])

    @property
    def private_metadata(self) -> str:
        return str(self.body.get("private_metadata", ""))

    @property
    def action_ids(self) -> list[str]:
        return [item["action_id"] for _, item in elements_in(self.blocks)]

    def says(self) -> str:
        return "\n".join([self.title, *shown_in(self.blocks)])


class Workspace:
    """All of it, and the ids that Slack would give."""

    TEAM, APP, BOT, BOT_USER = "T0DOUBLE01", "A0DOUBLE01", "B0DOUBLE01", "U0FIRSTLINE"
    DOMAIN = "double"

    def __init__(self, now: Callable[[], float] = time.time, seed: int = 0) -> None:
        self.name = "Double"
        self.now = now
        self.random = random.Random(seed)
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.ephemerals: list[Ephemeral] = []
        self.modals: dict[str, list[View]] = {}  # a user's stack, the top one last
        self.homes: dict[str, View] = {}
        self._last_micro = 0
        bot = User(self.BOT_USER, "firstline", "Firstline", is_bot=True)
        self.users[bot.id] = bot

    def ts(self) -> str:
        """Return the next moment, later than each one before."""
        self._last_micro = max(self._last_micro + 1, int(self.now() * 1_000_000))
        return f"{self._last_micro // 1_000_000}.{self._last_micro % 1_000_000:06d}"

    def id(self, prefix: str, length: int = 10) -> str:
        signs = string.ascii_uppercase + string.digits
        return prefix + "".join(self.random.choices(signs, k=length))

    def block_id(self) -> str:
        return "".join(self.random.choices(string.ascii_letters + string.digits, k=5))

    def named(self, name: str) -> Channel | None:
        """Find a channel by its id or name, with or without #."""
        plain = name.removeprefix("#")
        return self.channels.get(name) or next(
            (c for c in self.channels.values() if c.name == plain), None
        )

    def direct(self, user: str) -> Channel:
        """Return the direct messages between a person and the app."""
        for channel in self.channels.values():
            if channel.kind == "im" and user in channel.members:
                return channel
        made = Channel(self.id("D"), "", private=True, kind="im")
        made.members = {user, self.BOT_USER}
        self.channels[made.id] = made
        return made

    def modal(self, user: str) -> View | None:
        """Return the modal that lies on top before `user`."""
        stack = self.modals.get(user)
        return stack[-1] if stack else None

    def view(self, view_id: str) -> View | None:
        stacks = [view for stack in self.modals.values() for view in stack]
        return next(
            (v for v in [*stacks, *self.homes.values()] if v.id == view_id), None
        )
