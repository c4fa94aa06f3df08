"""The network as one process of the engine reaches it, with everything that befalls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Set
from datetime import timedelta

from bot.errors import InputError, TemporaryFailure
from bot.model.allowance import Allowance
from bot.model.attachment import AttachmentKind
from bot.model.message import Inbound, MessageId, Visibility
from bot.model.network_rules import NetworkRules
from bot.model.outgoing import (
    CannotTell,
    Found,
    Outgoing,
    Refused,
    SendResult,
    Speaker,
    Unknown,
    Unreachable,
)
from bot.store.scripts import reporting_outages
from tests.faults.simulation.network import CHANNEL, Network, limit
from tests.faults.simulation.schedule import Fate, Gate
from tests.faults.simulation.wire import GatedRedis

PATIENCE = timedelta(seconds=3)  # until the call begins, as X's channel has it


class Line:
    """A Channel as one process has it. Like X's it asks the store before it calls."""

    name = CHANNEL

    def __init__(self, network: Network, gate: Gate, redis: GatedRedis) -> None:
        self._network, self._gate, self._redis = network, gate, redis

    async def messages(
        self, *, after: str | None
    ) -> AsyncIterator[tuple[str, Inbound]]:
        fate = await self._gate.call("read the channel")
        if fate in (Fate.LOST_BEFORE, Fate.LOST_AFTER):
            raise TemporaryFailure("simulated: the network cannot be read")
        if fate is Fate.DIES_AFTER:
            await self._gate.die()
        self._network.show_what_is_due()
        shown = self._network.shown
        for number in range(int(after or 0), len(shown)):
            yield str(number + 1), shown[number]

    async def send(self, outgoing: Outgoing) -> SendResult:
        begun = self._network.clock.now()
        await self._ask_the_store()
        if self._network.clock.now() - begun > PATIENCE:
            return Refused("unreachable", permanent=False)  # another may look
        fate = await self._gate.call(f"send {outgoing.key}")
        if fate is Fate.LOST_BEFORE:
            return Unknown()
        result = self._network.take(outgoing)
        self._gate.note(type(result).__name__)
        if fate is Fate.DIES_AFTER:
            await self._gate.die()
        return Unknown() if fate is Fate.LOST_AFTER else result

    async def find_sent(
        self,
        outgoing: Outgoing,
        *,
        known: Set[MessageId] = frozenset(),
        any_words: bool = False,
    ) -> Found:
        await self._ask_the_store()
        fate = await self._gate.call(f"look for {outgoing.key}")
        if fate is Fate.LOST_BEFORE:
            return Unreachable()
        if fate is Fate.LOST_AFTER:
            return CannotTell()
        if fate is Fate.DIES_AFTER:
            await self._gate.die()
        found = self._network.look(outgoing, known=known, any_words=any_words)
        self._gate.note(type(found).__name__)
        return found

    async def _ask_the_store(self) -> None:
        with reporting_outages():
            await self._redis.get(f"{CHANNEL}:calls")

    async def hide(self, message: MessageId, *, hidden: bool = True) -> None:
        """Hide nothing: this network cannot."""
        del message, hidden
        raise InputError("Nothing can be hidden here.")

    @property
    def rules(self) -> NetworkRules:
        return NetworkRules()

    def allowances(self, visibility: Visibility) -> tuple[Allowance, ...]:
        return self._network.allowances

    def takes_files(self, visibility: Visibility) -> frozenset[AttachmentKind]:
        return frozenset()

    def can_ask_rating(self, visibility: Visibility) -> bool:
        return visibility is Visibility.PRIVATE

    def length(self, text: str) -> int:
        return len(text)

    def posts(
        self, text: str, visibility: Visibility, speaker: Speaker
    ) -> tuple[str, ...]:
        return (text,)

    def limit(self, visibility: Visibility) -> int:
        return limit(visibility)
