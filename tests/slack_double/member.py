"""A member of the workspace, who writes as people write."""

from __future__ import annotations

from dataclasses import dataclass

from tests.slack_double import typed
from tests.slack_double.core import Core
from tests.slack_double.errors import CannotDo
from tests.slack_double.methods import reactions
from tests.slack_double.methods.chat import remove
from tests.slack_double.methods.files import new_file
from tests.slack_double.wire import LINK, Json
from tests.slack_double.workspace import Channel, Message, User

ChannelLike = Channel | str


@dataclass(eq=False)
class Member:
    """Writes as one user; the app is told of what it may see."""

    core: Core
    user: User

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.name

    def channel(self, channel: ChannelLike) -> Channel:
        """Return a channel that this person can write in."""
        if isinstance(channel, Channel):
            return channel
        found = self.core.space.named(channel)
        if found is None or self.id not in found.members:
            raise CannotDo(f"{self.name} sees no channel {channel}")
        return found

    async def type(
        self,
        channel: ChannelLike,
        text: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Message:
        """Write a message, as a person types it; "@name" names a person."""
        where = self.channel(channel)
        if where.archived:
            raise CannotDo(f"{where.name} is archived")
        message = Message(
            channel=where.id,
            ts=self.core.space.ts(),
            user=self.id,
            text=typed.text_of(self.core.space, text),
            typed=typed.blocks_of(self.core.space, text),
            thread_ts=thread_ts,
            broadcast=broadcast,
        )
        self.core.keep(message)
        if LINK.search(text):
            self._unfurl(message)
        return message

    def _unfurl(self, message: Message) -> None:
        """Slack adds a preview of a link, and calls that a change."""
        before = self.core.render.message(message)
        link = LINK.findall(message.text)[0]
        message.attachments = [{"from_url": link, "title": "A page", "id": 1}]
        self.core.events.changed(message, before)

    async def edit(self, message: Message, text: str) -> None:
        """Change what one has written."""
        self._own(message)
        before = self.core.render.message(message)
        message.text = typed.text_of(self.core.space, text)
        message.typed = typed.blocks_of(self.core.space, text)
        message.edited = {"user": self.id, "ts": self.core.space.ts()}
        self.core.events.changed(message, before)
        self.core.changes.tell()

    async def delete(self, message: Message) -> None:
        """Delete what one has written."""
        self._own(message)
        remove(self.core, message)

    async def delete_as_admin(self, message: Message) -> None:
        """Delete what somebody else, or the app, has written."""
        remove(self.core, message)

    def _own(self, message: Message) -> None:
        if message.user != self.id:
            raise CannotDo(f"{self.name} has not written {message.ts}")

    async def react(self, message: Message, name: str) -> None:
        reactions.react(self.core, message, self.id, name)

    async def share_file(
        self,
        channel: ChannelLike,
        name: str,
        content: bytes,
        *,
        text: str = "",
        thread_ts: str | None = None,
        kept_at: str = "",
    ) -> Message:
        """Share a file; the app may load it from its `url_private`.

        `kept_at` is where a file of somebody else's is: Slack only shows it then.
        """
        where = self.channel(channel)
        file = new_file(self.core, name, content, self.id)
        file.kept_at = kept_at
        message = Message(
            channel=where.id,
            ts=self.core.space.ts(),
            user=self.id,
            text=typed.text_of(self.core.space, text),
            typed=typed.blocks_of(self.core.space, text),
            thread_ts=thread_ts,
            subtype="file_share",
            files=[file],
        )
        file.shared_in.append((where.id, message.ts))
        event: Json = {"type": "file_shared", "file_id": file.id, "user_id": self.id}
        event |= {"file": {"id": file.id}, "channel_id": where.id}
        self.core.events.tell(event | {"event_ts": message.ts})
        return self.core.keep(message)

    def upload(self, name: str, content: bytes) -> Json:
        """Put a file into a field of a dialogue: this is what stands there then."""
        return self.core.render.file(new_file(self.core, name, content, self.id))

    async def join(self, channel: Channel) -> None:
        channel.members.add(self.id)
        self.core.events.membership(channel, self.id, joined=True)
        joined = f"<@{self.id}> has joined the channel"
        ts = self.core.space.ts()
        self.core.keep(Message(channel.id, ts, self.id, joined, subtype="channel_join"))

    async def leave(self, channel: Channel) -> None:
        channel.members.discard(self.id)
        self.core.events.membership(channel, self.id, joined=False)
