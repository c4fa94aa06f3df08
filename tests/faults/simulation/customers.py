"""Customers: what they write, change, delete and rate."""

from __future__ import annotations

import random
from datetime import timedelta

from bot.model.message import (
    DIRECT,
    CustomerId,
    Deleted,
    Edited,
    Message,
    MessageId,
    Notice,
    ThreadId,
    Visibility,
)
from tests.faults.simulation.network import CHANNEL, Network
from tests.faults.simulation.schedule import Gate

# What customers say, by how often. Texts name their own reading (tests/first_line.py).
SAYINGS = (
    ("faq/delivery_cost 0.97", 5),
    ("faq/delivery_times 0.97", 3),
    ("damaged_item 0.9", 3),
    ("human_request 0.9", 2),
    ("words that nobody understands", 3),
    ("order_status 0.95", 3),
    ("thanks 0.9", 1),
    ("chatter 0.95", 2),
    ("stop", 1),
    ("start", 1),
    ("poison faq/delivery_cost 0.97", 1),
)
IGNORABLE = ("thanks", "chatter", "stop", "start")  # the rest always gets something
STORMS = ("damaged_item 0.9", "words that nobody understands")
_PLAIN = tuple(said for said, _ in SAYINGS[:8])  # what they may change their words to


class Customer:
    """Writes some messages in public and in private, often in bursts.

    A part of the messages is not final: their texts have a mark of their own, by which
    they are known wherever they are kept, and are edited or deleted later.
    """

    def __init__(
        self, number: int, network: Network, chance: random.Random, *, storm: str = ""
    ) -> None:
        """Let `storm` be what everybody has to say today; "": nothing special."""
        self.id = CustomerId(f"{CHANNEL}:c{number}")
        self._network, self._chance = network, chance
        self._sayings = (*SAYINGS, (storm, 25)) if storm else SAYINGS
        self._public = ThreadId(f"p{number}:c{number}")
        self._unsettled: list[Message] = []  # that they may still change

    async def live(self, gate: Gate, *, seconds: float) -> None:
        ends = self._network.clock.now() + timedelta(seconds=seconds)
        await gate.pause(self._chance.uniform(0, seconds / 2))
        for _ in range(self._chance.randint(1, 7)):
            if self._network.clock.now() < ends:
                self.write()
                await gate.pause(self._pause())
                self._look_back()
        for _ in range(5):
            await gate.pause(self._chance.uniform(5, 25))
            self._look_back()

    def _pause(self) -> float:
        burst = self._chance.random() < 0.5
        return self._chance.uniform(0.0, 1.5) if burst else self._chance.uniform(2, 25)

    def write(self) -> None:
        """Write something; some of it may be changed later."""
        texts, weights = zip(*self._sayings, strict=True)
        private = self._chance.random() < 0.6
        text = self._chance.choices(texts, weights)[0]
        number = len(self._network.written) + 1
        changes = text in _PLAIN and self._chance.random() < 0.2
        message = Message(
            channel=CHANNEL,
            id=MessageId(f"m{number}"),
            customer=self.id,
            thread=DIRECT if private else self._public,
            text=f"{text} mark{number}v0" if changes else text,
            visibility=Visibility.PRIVATE if private else Visibility.PUBLIC,
            sent_at=self._network.clock.now(),
            handle=self.id.partition(":")[2],
            summoned=private or self._chance.random() < 0.9,
        )
        if changes:
            self._unsettled.append(message)
        self._network.write(message)

    def _look_back(self) -> None:
        """Change or delete what they wrote, or tap how well they were helped."""
        if self._unsettled and self._chance.random() < 0.3:
            self._change(self._chance.choice(self._unsettled))
        question = self._network.question_for(self.id)
        if question is not None and self._chance.random() < 0.7:
            self._network.rate(question, stars=self._chance.randint(1, 5))

    def _change(self, message: Message) -> None:
        edits = len(self._network.changes_of(message))
        self._network.change(self._notice(message, edits + 1))

    def _notice(self, message: Message, number: int) -> Notice:
        now = self._network.clock.now()
        if number > 3 or self._chance.random() < 0.4:
            self._unsettled.remove(message)
            return Deleted(channel=CHANNEL, id=message.id, customer=self.id, at=now)
        return Edited(
            channel=CHANNEL,
            id=message.id,
            customer=self.id,
            text=f"{self._chance.choice(_PLAIN)} mark{message.id[1:]}v{number}",
            at=now,
        )
