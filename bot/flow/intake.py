"""Store what comes in, durably and once; only then move the channel's cursor."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.errors import TemporaryFailure
from bot.flow.rank import rank_of
from bot.log import Log, json_log
from bot.model.attachment import MOST_ATTACHMENTS
from bot.model.message import (
    MAX_CONTEXT,
    MAX_CONTEXT_TEXT,
    MAX_TEXT,
    ContextPost,
    Deleted,
    Edited,
    Inbound,
    Malformed,
    Message,
    Rated,
)
from bot.model.policy import Policy
from bot.model.rank import Rank
from bot.ports import Channel, Inbox

BATCH = 200  # messages stored in one round trip


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may wait before the channel has to keep what comes.

    20,000 messages are about 20 MB in the store as people write, 200 MB if each were
    as long as can be, and less than a minute of work for one machine. Half of that
    before reading goes on: it does not stop and go with every batch.
    """

    pause_at: int = 20_000
    resume_at: int = 10_000
    urgent: int = 20_000  # of the first rank, taken from further ahead meanwhile
    look: int = 2_000  # messages looked at in one step while paused


class Intake:
    """Reads one channel into the inbox.

    While too much waits the cursor stays, and the channel keeps the rest. Only what
    is read first, private and urgent messages, is looked for further ahead and taken
    out of turn; when the cursor comes by, it is passed over.
    """

    def __init__(
        self,
        channel: Channel,
        inbox: Inbox,
        policy: Policy,
        *,
        clock: Clock,
        log: Log = json_log,
        limits: Limits | None = None,
    ) -> None:
        self._channel, self._inbox = channel, inbox
        self._policy, self._clock, self._log = policy, clock, log
        self._limits = limits or Limits()
        self._paused = False
        self._looked: str | None = None  # how far ahead was looked; None: not yet
        self._unweighed = 0  # messages since we last looked how much waits

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        self._policy = policy

    async def step(self) -> int:
        """Take in what there is now; return how many messages and notices were new.

        Raises:
            TemporaryFailure: the channel or the store is away. Nothing is lost:
                the cursor stands before the first message that is not stored.
        """
        if self._paused and await self._too_much():
            return await self._look_ahead()
        name, new = self._channel.name, 0
        after = await self._inbox.cursor(name)
        async for cursor, came in _batches(self._channel.messages(after=after)):
            notices = [one for one in came if isinstance(one, (Edited, Deleted))]
            new += await self._inbox.amend(notices, now=self._clock.now())
            ratings = [one for one in came if isinstance(one, Rated)]
            new += await self._inbox.rate(ratings, now=self._clock.now())
            batch = [one for one in came if isinstance(one, (Message, Malformed))]
            taken = await self._inbox.taken(name, [message.id for message in batch])
            new += await self._accept([m for m in batch if m.id not in taken])
            await self._inbox.move_cursor(name, cursor, passed=taken)
            self._unweighed += len(batch)
            if self._unweighed >= BATCH and await self._too_much():
                break
        return new

    async def _accept(self, batch: Sequence[Message | Malformed]) -> int:
        return await self._inbox.accept(
            batch,
            now=self._clock.now(),
            quiet=self._policy.burst,
            at_most=self._policy.burst_at_most,
            rank=self._rank,
        )

    def _rank(self, message: Message) -> Rank:
        return rank_of(message, self._policy)

    async def _too_much(self) -> bool:
        """Look at what waits, begin or end the pause, and tell whether it is one."""
        waiting, self._unweighed = await self._inbox.pending(), 0
        total = sum(waiting.values())
        limit = self._limits.resume_at if self._paused else self._limits.pause_at
        paused = total > limit
        if paused is not self._paused:
            event = "intake_paused" if paused else "intake_resumed"
            self._log(event, channel=self._channel.name, pending=total)
            self._paused, self._looked = paused, None
        return paused

    async def _look_ahead(self) -> int:
        """Take what is urgent from behind the cursor, which stays; return how many."""
        name = self._channel.name
        room = self._limits.urgent - await self._inbox.count_taken(name)
        if room <= 0:
            return 0
        after = self._looked or await self._inbox.cursor(name)
        looked, urgent, failure = 0, list[Message](), None
        try:
            async for cursor, message in self._channel.messages(after=after):
                after, looked = cursor, looked + 1
                if isinstance(message, Message) and self._rank(message) is Rank.FIRST:
                    urgent.append(_bounded(message))
                if looked == self._limits.look or len(urgent) == min(room, BATCH):
                    break
        except TemporaryFailure as error:
            failure = error  # of one source: the others brought what they have
        taken = await self._inbox.taken(name, [message.id for message in urgent])
        urgent = [message for message in urgent if message.id not in taken]
        new = await self._accept(urgent)
        await self._inbox.take(name, [message.id for message in urgent])
        self._looked = after
        if failure is not None:
            raise failure
        return new


async def _batches(
    messages: AsyncIterator[tuple[str, Inbound]],
) -> AsyncIterator[tuple[str, list[Inbound]]]:
    """Yield up to BATCH messages with the cursor of the last one.

    Raises:
        TemporaryFailure: as the channel does, and after what came before it: one of
            its sources may be away for long, and keeps nothing of the others back.
    """
    cursor, batch, failure = "", list[Inbound](), None
    try:
        async for cursor, message in messages:
            batch.append(_cut(message))
            if len(batch) == BATCH:
                yield cursor, batch
                batch = []
    except TemporaryFailure as error:
        failure = error
    if batch:
        yield cursor, batch
    if failure is not None:
        raise failure


def _cut(message: Inbound) -> Inbound:
    """Cut what no network allows, so that one text cannot fill the store."""
    if isinstance(message, Message):
        return _bounded(message)
    if isinstance(message, Edited):
        return replace(message, text=message.text[:MAX_TEXT])
    if isinstance(message, Malformed):
        return replace(message, raw=message.raw[:MAX_TEXT])
    return message


def _bounded(message: Message) -> Message:
    if len(message.text) > MAX_TEXT:
        message = replace(message, text=message.text[:MAX_TEXT])
    if len(message.attachments) > MOST_ATTACHMENTS:
        kept = message.attachments[:MOST_ATTACHMENTS]
        message = replace(message, attachments=kept)
    if message.context:
        nearest = message.context[:MAX_CONTEXT]
        message = replace(message, context=tuple(map(_shortened, nearest)))
    return message


def _shortened(post: ContextPost) -> ContextPost:
    return replace(post, text=post.text[:MAX_CONTEXT_TEXT])
