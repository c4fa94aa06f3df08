"""What the methods of the Web API and the people work with."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sim.changes import Changes
from tests.slack_double.errors import Refused
from tests.slack_double.events import Events
from tests.slack_double.faults import Faults
from tests.slack_double.ledger import Ledger
from tests.slack_double.pace import Pace
from tests.slack_double.render import Render
from tests.slack_double.sockets import Sockets
from tests.slack_double.wire import Json, elements_in
from tests.slack_double.workspace import Channel, Ephemeral, Message, Workspace

TRIGGER_S = 3.0
SCOPES = (
    "chat:write chat:write.customize channels:history groups:history channels:read "
    "groups:read users:read reactions:read reactions:write files:read files:write "
    "commands app_mentions:read"
)


@dataclass
class Trigger:
    """The short right to open a modal before a person."""

    user: str
    ends: float
    used: bool = False


@dataclass
class Place:
    """What a `response_url` answers to."""

    channel: str
    user: str
    message: Message | Ephemeral | None
    ends: float
    left: int = 5


@dataclass
class Core:
    """The workspace with all that belongs to it."""

    space: Workspace
    base_url: str
    render: Render
    sockets: Sockets
    events: Events
    faults: Faults
    pace: Pace
    ledger: Ledger
    changes: Changes
    scopes: set[str] = field(default_factory=lambda: set(SCOPES.split()))
    triggers: dict[str, Trigger] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    uploads: dict[str, str] = field(default_factory=dict)  # secret path -> file

    def has_scope(self, scope: str) -> bool:
        return scope in self.scopes - self.faults.missing_scopes

    def need(self, scopes: str) -> None:
        """Refuse if the app has none of `scopes`."""
        if scopes and not any(self.has_scope(s) for s in scopes.split()):
            provided = ",".join(sorted(self.scopes - self.faults.missing_scopes))
            needed = ",".join(scopes.split())
            raise Refused("missing_scope", needed=needed, provided=provided)

    def channel(self, name: str, *, by_name: bool = False) -> Channel:
        """Return a channel that the app can see."""
        found = self.space.channels.get(name)
        if found is None and by_name:
            found = self.space.named(name)
        hidden = found and found.private and self.space.BOT_USER not in found.members
        if found is None or hidden:
            raise Refused("channel_not_found")
        return found

    def joined(self, name: str, *, by_name: bool = False) -> Channel:
        """Return a channel that the app is in."""
        found = self.channel(name, by_name=by_name)
        if self.space.BOT_USER not in found.members:
            raise Refused("not_in_channel")
        return found

    def writable(self, name: str, *, by_name: bool = False) -> Channel:
        found = self.joined(name, by_name=by_name)
        if found.archived:
            raise Refused("is_archived")
        return found

    def message(self, channel: Channel, ts: str) -> Message:
        found = channel.messages.get(ts)
        if found is None or found.deleted:
            raise Refused("message_not_found")
        return found

    def trigger(self, user: str) -> str:
        """Return a new trigger id for something that `user` has done now."""
        made = f"{self.space.id('')}.{self.space.id('', 12)}".lower()
        self.triggers[made] = Trigger(user, self.space.now() + TRIGGER_S)
        return made

    def response_url(
        self, channel: str, user: str, message: Message | Ephemeral | None
    ) -> str:
        secret = self.space.id("", 24)
        ends = self.space.now() + 30 * 60
        self.places[secret] = Place(channel, user, message, ends)
        return f"{self.base_url}/actions/{self.space.TEAM}/{secret}"

    def with_ids(self, blocks: list[Json]) -> list[Json]:
        """Return blocks with the ids that Slack gives where there are none."""
        made = [{"block_id": self.space.block_id()} | block for block in blocks]
        for _, element in elements_in(made):
            element.setdefault("action_id", self.space.block_id())
        return made

    def keep(self, message: Message) -> Message:
        """Put a new message where it belongs, and tell everybody."""
        self.space.channels[message.channel].add(message)
        self.events.posted(message)
        self.changes.tell()
        return message
