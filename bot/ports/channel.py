"""A network where customers are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from bot.model.message import ChannelName, Malformed, Message, Visibility
from bot.model.outgoing import Found, Outgoing, SendResult


class Channel(Protocol):
    """A place where customers write to us and read our replies."""

    @property
    def name(self) -> ChannelName: ...

    def messages(
        self, *, after: str | None
    ) -> AsyncIterator[tuple[str, Message | Malformed]]:
        """Yield (cursor, message) for what came after `after`, each at least once.

        Oldest first. What cannot be decoded comes as Malformed and stops nothing.
        Ends when there is nothing more at the moment; the caller asks again. A cursor is the channel's own and opaque; the caller keeps it
        only after the message is stored. `after` None means from the beginning.

        Raises:
            TemporaryFailure: the network cannot be read now.
        """
        ...

    async def send(self, outgoing: Outgoing) -> SendResult:
        """Try once to send.

        Returns:
            Sent with the channel's id; Refused with a code and whether trying
            again can help; or Unknown when the request may have had its effect
            although no answer came. Never raises for what a network can do.
        """
        ...

    async def find_sent(self, outgoing: Outgoing) -> Found:
        """Look whether an Unknown send arrived: Sent, NotThere or CannotTell."""
        ...

    def length(self, text: str) -> int:
        """Return the length of `text` as the network counts it."""
        ...

    def limit(self, visibility: Visibility) -> int:
        """Return the longest text, in the network's own count, that one post holds."""
        ...
