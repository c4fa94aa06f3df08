"""Store what comes in, durably and once; only then move the channel's cursor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from bot.clock import Clock
from bot.flow.rank import rank_of
from bot.model.message import MAX_TEXT, Malformed, Message
from bot.model.policy import Policy
from bot.ports import Channel, Inbox

BATCH = 200  # messages stored in one round trip


class Intake:
    """Reads one channel into the inbox."""

    def __init__(
        self, channel: Channel, inbox: Inbox, policy: Policy, *, clock: Clock
    ) -> None:
        self._channel, self._inbox = channel, inbox
        self._policy, self._clock = policy, clock

    async def step(self) -> int:
        """Take in what there is now; return how many messages were new.

        Raises:
            TemporaryFailure: the channel or the store is away. Nothing is lost:
                the cursor stands before the first message that is not stored.
        """
        after = await self._inbox.cursor(self._channel.name)
        new = 0
        async for cursor, batch in _batches(self._channel.messages(after=after)):
            new += await self._inbox.accept(
                batch,
                now=self._clock.now(),
                quiet=self._policy.burst,
                at_most=self._policy.burst_at_most,
                rank=lambda message: rank_of(message, self._policy),
            )
            await self._inbox.move_cursor(self._channel.name, cursor)
        return new


async def _batches(
    messages: AsyncIterator[tuple[str, Message | Malformed]],
) -> AsyncIterator[tuple[str, list[Message | Malformed]]]:
    """Yield up to BATCH messages with the cursor of the last one."""
    cursor, batch = "", list[Message | Malformed]()
    async for cursor, message in messages:
        batch.append(_bounded(message))
        if len(batch) == BATCH:
            yield cursor, batch
            batch = []
    if batch:
        yield cursor, batch


def _bounded(message: Message | Malformed) -> Message | Malformed:
    """Cut what no network allows, so that one text cannot fill the store."""
    if isinstance(message, Message) and len(message.text) > MAX_TEXT:
        return replace(message, text=message.text[:MAX_TEXT])
    return message
