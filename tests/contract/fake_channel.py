"""A Channel in memory, for tests of what stands behind the port.

It passes the same contract suite as the real ones. Tests put messages in with
`receive`, say with `plan` what becomes of the next sends, and read `sent`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Mapping, Set
from enum import Enum

from bot.clock import Clock
from bot.errors import InputError, TemporaryFailure
from bot.model.allowance import Allowance
from bot.model.attachment import AttachmentKind
from bot.model.message import (
    ChannelName,
    Malformed,
    Message,
    MessageId,
    Visibility,
)
from bot.model.network_rules import NetworkRules
from bot.model.outgoing import (
    CannotTell,
    Found,
    NotThere,
    Outgoing,
    Refused,
    SendResult,
    Sent,
    Speaker,
    Unknown,
    Unreachable,
)

LIMITS = {Visibility.PUBLIC: 280, Visibility.PRIVATE: 10_000}


class Loss(Enum):
    """What a network may swallow."""

    ANSWER = "answer"  # the text arrives, we are not told
    REQUEST = "request"  # the text never arrives, we are not told


class FakeChannel:
    """A network that counts plain characters and accepts any known recipient.

    Attributes:
        incoming: what is shown to us, in that order; a cursor counts it.
        sent: what arrived, with the channel's answer.
        attempts: every text that was tried, arrived or not.
        down: while True nothing can be reached.
        broken_lookups: how many of the next look-ups cannot tell.
        allowed: what it says that we may send; no limit on what is left out.
        rules: what it says that it refuses.
        hidden: the messages that nobody sees at present.
    """

    def __init__(self, *, clock: Clock, name: str = "fake") -> None:
        self.name = ChannelName(name)
        self.incoming: list[Message | Malformed] = []
        self.sent: list[tuple[Outgoing, Sent]] = []
        self.attempts: list[Outgoing] = []
        self.down = False
        self.hidden: set[MessageId] = set()
        self.broken_lookups = 0
        self.allowed: Mapping[Visibility, tuple[Allowance, ...]] = {}
        self.rules = NetworkRules()
        self._clock = clock
        self._planned: deque[Loss | Refused] = deque()

    def receive(self, *messages: Message | Malformed) -> None:
        """Let messages come in."""
        self.incoming.extend(messages)

    def plan(self, *fates: Loss | Refused) -> None:
        """Say what becomes of the next sends, one each; later ones arrive."""
        self._planned.extend(fates)

    async def messages(
        self, *, after: str | None
    ) -> AsyncIterator[tuple[str, Message | Malformed]]:
        if self.down:
            raise TemporaryFailure(f"{self.name}: the network is down")
        number = int(after or 0)
        while number < len(self.incoming):
            number += 1
            yield str(number), self.incoming[number - 1]

    async def send(self, outgoing: Outgoing) -> SendResult:
        self.attempts.append(outgoing)
        if self.down:
            return Refused("unreachable", permanent=False)
        fate = self._planned.popleft() if self._planned else None
        if fate is Loss.REQUEST:
            return Unknown()
        refused = fate if isinstance(fate, Refused) else self._refusal(outgoing)
        if refused:
            return refused
        answer = Sent(MessageId(f"sent-{len(self.sent) + 1}"), self._clock.now())
        self.sent.append((outgoing, answer))
        return Unknown() if fate is Loss.ANSWER else answer

    async def find_sent(
        self,
        outgoing: Outgoing,
        *,
        known: Set[MessageId] = frozenset(),
        any_words: bool = False,
    ) -> Found:
        if self.down:
            return Unreachable()
        if self.broken_lookups:
            self.broken_lookups -= 1
            return CannotTell()
        since = outgoing.caused_at or outgoing.queued_at
        counts = _beside if any_words else _same
        for other, answer in self.sent:
            if answer.id in known or answer.at < since:
                continue
            if counts(other, outgoing):
                return answer
        return NotThere()

    async def hide(self, message: MessageId, *, hidden: bool = True) -> None:
        there = {
            one.id for one in self.incoming if isinstance(one, Message) and one.hideable
        }
        if self.down or message not in there:
            raise InputError("It has not been hidden.")
        (self.hidden.add if hidden else self.hidden.discard)(message)

    def allowances(self, visibility: Visibility) -> tuple[Allowance, ...]:
        return self.allowed.get(visibility, ())

    def takes_files(self, visibility: Visibility) -> frozenset[AttachmentKind]:
        return frozenset()

    def can_ask_rating(self, visibility: Visibility) -> bool:
        return False

    def length(self, text: str) -> int:
        return len(text)

    def posts(
        self, text: str, visibility: Visibility, speaker: Speaker
    ) -> tuple[str, ...]:
        """Return it as one."""
        del visibility, speaker
        return (text,)

    def limit(self, visibility: Visibility) -> int:
        return LIMITS[visibility]

    def _refusal(self, outgoing: Outgoing) -> Refused | None:
        if not outgoing.text.strip():
            return Refused("empty_text", permanent=True)
        if self.length(outgoing.text) > self.limit(outgoing.visibility):
            return Refused("too_long", permanent=True)
        if not any(_reaches(outgoing, message) for message in self.incoming):
            return Refused("reply_not_found", permanent=True)
        return None


def _reaches(outgoing: Outgoing, message: Message | Malformed) -> bool:
    """Tell whether `message` is what a text with such an address may answer."""
    if isinstance(message, Malformed) or message.visibility != outgoing.visibility:
        return False
    if outgoing.visibility is Visibility.PRIVATE:
        return message.customer == outgoing.customer
    return message.id == outgoing.reply_to


def _same(one: Outgoing, other: Outgoing) -> bool:
    """Compare as a network does that knows no keys."""
    return (one.customer, one.visibility, one.reply_to, one.text) == (
        *(other.customer, other.visibility, other.reply_to, other.text),
    )


def _beside(one: Outgoing, other: Outgoing) -> bool:
    """Tell whether both stand in one customer's thread, whatever they say."""
    return (one.customer, one.visibility, one.thread) == (
        *(other.customer, other.visibility, other.thread),
    )
