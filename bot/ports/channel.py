"""A network where customers are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Set
from typing import Protocol

from bot.model.allowance import Allowance
from bot.model.attachment import AttachmentKind
from bot.model.message import (
    ChannelName,
    Inbound,
    MessageId,
    Visibility,
)
from bot.model.network_rules import NetworkRules
from bot.model.outgoing import Found, Outgoing, SendResult, Speaker


class Channel(Protocol):
    """A place where customers write to us and read our replies.

    A channel is one account of ours on one network: two accounts on one network are
    two channels with names of their own. Customers' ids begin with the name, and
    the network's allowances are kept for each channel.
    """

    @property
    def name(self) -> ChannelName: ...

    def messages(self, *, after: str | None) -> AsyncIterator[tuple[str, Inbound]]:
        """Yield (cursor, message) for what came after `after`, each at least once.

        Oldest first. What cannot be decoded comes as Malformed and stops nothing. That
        a message was edited or deleted comes as a notice, in any order with it.
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

    async def find_sent(
        self,
        outgoing: Outgoing,
        *,
        known: Set[MessageId] = frozenset(),
        any_words: bool = False,
    ) -> Found:
        """Look whether a text arrived, among what we said since it was caused.

        Args:
            outgoing: `caused_at` (`queued_at` without it) bounds the search.
            known: posts of ours that were other texts: none of them counts.
            any_words: take whatever we said in that thread, or in reply to that
                message, not only these words: for a store that forgot what it
                had sent and may word it differently now.

        Returns:
            Sent, NotThere, or CannotTell if the network answers and that gives no
            proof; Unreachable if it does not answer. Never raises for what a
            network can do.
        """
        ...

    async def hide(self, message: MessageId, *, hidden: bool = True) -> None:
        """Hide a customer's message from the network's readers, or show it again.

        Only what came as `Message.hideable` can be: a network that hides nothing hands
        over no such message. Doing it again changes nothing.

        Raises:
            InputError: the network does not do it; says why, for who wanted it.
            TemporaryFailure: it cannot be asked now.
        """
        ...

    @property
    def rules(self) -> NetworkRules:
        """What the network refuses, for whoever asks before a text is sent."""
        ...

    def allowances(self, visibility: Visibility) -> tuple[Allowance, ...]:
        """Return how much of this kind we may send: all of them hold at once.

        Such as so many in 15 minutes and so many a day; empty if there is no limit.
        """
        ...

    def takes_files(self, visibility: Visibility) -> Set[AttachmentKind]:
        """Return which kinds of files a text of ours there may have; none if empty."""
        ...

    def can_ask_rating(self, visibility: Visibility) -> bool:
        """Tell whether a text of ours there may ask for one to five stars.

        What the customer taps comes as Rated; see Outgoing.asks_rating.
        """
        ...

    def length(self, text: str) -> int:
        """Return the length of `text` as the network counts it."""
        ...

    def posts(
        self, text: str, visibility: Visibility, speaker: Speaker
    ) -> tuple[str, ...]:
        """Return `text` as the posts that it goes out as, one below the other.

        Mostly it is one. A network may cut an agent's long text; none of the posts
        is longer than `limit` then. What is too long all the same comes back whole.
        """
        ...

    def limit(self, visibility: Visibility) -> int:
        """Return the longest text, in the network's own count, that one post holds."""
        ...
