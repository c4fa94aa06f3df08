"""The simulator as a Channel: what the bot sees of the network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Set
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.channels.counting import LIMITS, weighted_length
from bot.channels.simulator.faults import Fault
from bot.channels.simulator.network import SimulatedNetwork
from bot.channels.simulator.sending import TAKES, posts_of
from bot.channels.simulator.wire import decode
from bot.clock import Clock
from bot.errors import InputError, PermanentFailure, TemporaryFailure
from bot.model.allowance import Allowance
from bot.model.attachment import AttachmentKind
from bot.model.message import (
    ChannelName,
    Inbound,
    MessageId,
    Visibility,
)
from bot.model.network_rules import NetworkRules
from bot.model.outgoing import Found, Outgoing, Refused, SendResult, Speaker
from bot.ports.files import Files

# Generous, so that nobody waits on a network of their own.
ALLOWANCES = {
    Visibility.PUBLIC: (Allowance("posts", 60_000, timedelta(minutes=1)),),
    Visibility.PRIVATE: (Allowance("direct_messages", 60_000, timedelta(minutes=1)),),
}
NO_RULES = NetworkRules()


class SimulatorChannel:
    """The bot's account on a simulated network; implements bot.ports.Channel.

    The methods are asynchronous because the port is, but call SQLite directly:
    each call takes well under a millisecond, less than handing it to a thread. A
    channel over HTTP awaits its client here.

    Attributes:
        network: the other side, for the page, the replay and tests.
    """

    def __init__(
        self,
        path: Path,
        *,
        brand_handle: str,
        clock: Clock,
        name: str = "simulator",
        allowances: Mapping[Visibility, tuple[Allowance, ...]] = ALLOWANCES,
        rules: NetworkRules = NO_RULES,
        page: str | None = None,
        files: Files | None = None,
    ) -> None:
        """Use the network in the file `path`, which is made when first needed.

        `allowances` are what the channel says that we may send; a kind that is left
        out has no limit. `rules` are what it says that the network refuses. `page` is
        where people look at the network: links of public posts lead there. From
        `files` comes what agents attach; without it, their links go out as they are.
        """
        self._name = ChannelName(name)
        self._allowances, self._rules = allowances, rules
        self._page, self._files = page, files
        self.network = SimulatedNetwork(
            path, brand_handle=brand_handle, clock=clock, page=page
        )

    @property
    def name(self) -> ChannelName:
        return self._name

    async def messages(
        self, *, after: str | None
    ) -> AsyncIterator[tuple[str, Inbound]]:
        """Yield what was shown to our account; see Channel.messages.

        Raises:
            TemporaryFailure: the network is down or its file cannot be used now.
        """
        if self.network.faults.take(Fault.NETWORK_DOWN):
            raise TemporaryFailure(f"{self._name}: the network is down")
        while page := self.network.deliveries.after(after):
            for delivery in page:
                after = delivery.cursor
                yield (
                    delivery.cursor,
                    decode(
                        delivery.raw,
                        envelope=delivery.envelope,
                        channel=self._name,
                        page=self._page,
                    ),
                )

    async def send(self, outgoing: Outgoing) -> SendResult:
        """Try once to send; the codes of refusals are listed in `sending`."""
        try:
            ready = await self._uploaded(outgoing)
        except (TemporaryFailure, PermanentFailure) as failure:
            permanent = isinstance(failure, PermanentFailure)
            return Refused("file_unreadable", permanent=permanent)
        return self.network.sending.attempt(ready, account=self._account(ready))

    async def _uploaded(self, outgoing: Outgoing) -> Outgoing:
        """Return a text whose files are on the network, where its customer sees them."""
        files, read = outgoing.files, self._files
        if read is None or any(file.kind not in TAKES for file in files):
            return outgoing
        contents = await asyncio.gather(*(read.read(file) for file in files))
        keep = self.network.uploads.keep
        return replace(outgoing, files=tuple(map(keep, files, contents)))

    async def find_sent(
        self,
        outgoing: Outgoing,
        *,
        known: Set[MessageId] = frozenset(),
        any_words: bool = False,
    ) -> Found:
        """Look among our posts for this text; see Channel.find_sent."""
        return self.network.sending.find(
            outgoing,
            account=self._account(outgoing),
            known=known,
            any_words=any_words,
        )

    async def hide(self, message: MessageId, *, hidden: bool = True) -> None:
        """Hide a reply in a conversation that we began, or show it again.

        Raises:
            InputError: there is no such reply, or the network is down.
        """
        if self.network.faults.take(Fault.NETWORK_DOWN):
            raise InputError("The network is down: please try again later.")
        self.network.hide(message, hidden=hidden)

    @property
    def rules(self) -> NetworkRules:
        """Say what was given at the start: by default, that nothing is refused."""
        return self._rules

    def allowances(self, visibility: Visibility) -> tuple[Allowance, ...]:
        """Return what was given at the start."""
        return self._allowances.get(visibility, ())

    def takes_files(self, visibility: Visibility) -> frozenset[AttachmentKind]:
        """Return images, in public and in private."""
        del visibility
        return TAKES

    def can_ask_rating(self, visibility: Visibility) -> bool:
        """Say that direct messages can have stars."""
        return visibility is Visibility.PRIVATE

    def length(self, text: str) -> int:
        """Return X's weighted count, for direct messages as well."""
        return weighted_length(text)

    def posts(
        self, text: str, visibility: Visibility, speaker: Speaker
    ) -> tuple[str, ...]:
        """Return one, or an agent's long public text cut between sentences."""
        return posts_of(text, visibility, speaker)

    def limit(self, visibility: Visibility) -> int:
        """Return 280 in public and 10,000 in private."""
        return LIMITS[visibility]

    def _account(self, outgoing: Outgoing) -> str:
        return outgoing.customer.removeprefix(f"{self._name}:")
