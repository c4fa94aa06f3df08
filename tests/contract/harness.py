"""What the contract suite needs of a network, beside the channel under test.

A new channel joins the suite with one class of this shape, added to HARNESSES:
its network may be a local server, but it is the network that keeps the ledger and
makes things go wrong, never the channel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Protocol

from bot.channels.simulator import Fault, SimulatorChannel
from bot.clock import ManualClock
from bot.model.message import (
    DIRECT,
    CustomerId,
    Malformed,
    Message,
    MessageId,
    ThreadId,
    Visibility,
)
from bot.model.outgoing import Refused
from bot.ports import Channel
from tests.contract.fake_channel import FakeChannel, Loss
from tests.contract.x_harness import XHarness

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=timezone.utc)


class ChannelHarness(Protocol):
    """A network with a hand on every switch. `account` is a customer's there."""

    clock: ManualClock  # the network's and the channel's time
    counts: Mapping[str, int]  # the network's own examples of how texts count

    @property
    def channel(self) -> Channel: ...

    def close(self) -> None: ...

    def customer(self, account: str) -> CustomerId:
        """Return the id under which we know a customer."""
        ...

    def shown(self, text: str) -> str:
        """Return a text as the network shows it, such as without space around it."""
        ...

    def customer_posts(self, account: str, text: str) -> MessageId:
        """Post in public, addressed to us; `text` stands in it unchanged."""
        ...

    def customer_directs(self, account: str, text: str) -> MessageId: ...
    def customer_answers_us(self, account: str, text: str) -> MessageId:
        """Reply in public to a post of ours that began a thread."""
        ...

    def is_hidden(self, message: MessageId) -> bool: ...
    def garble_the_next_message(self) -> None: ...
    def show_the_next_message_twice(self) -> None: ...
    def show_the_next_message_late(self) -> None:
        """Show it after the message that follows it."""
        ...

    def lose_the_next_answer(self) -> None: ...
    def drop_the_next_request(self) -> None: ...
    def refuse_the_next_send(self, code: str, *, permanent: bool) -> str:
        """Let it be refused; return the code, which may be the network's own."""
        ...

    def break_the_next_lookup(self) -> None: ...
    def take_the_network_down(self) -> None: ...
    def bring_the_network_back(self) -> None: ...
    def received(self, account: str) -> list[str]:
        """Return the texts that the customer got from us, oldest first."""
        ...


class SimulatorHarness:
    """The simulated network, through its own side."""

    counts: Mapping[str, int] = {
        "日本語": 6,
        "👩🏽‍🚀": 2,
        "see https://example.com/help/orders/where-is-my-parcel": 27,
        "cafe\u0301": 4,
    }

    def __init__(self, directory: Path) -> None:
        self.clock = ManualClock(NOON)
        self.channel = SimulatorChannel(
            directory / "network.db", brand_handle="fernhollow", clock=self.clock
        )
        self._network = self.channel.network

    def close(self) -> None:
        self._network.close()

    def customer(self, account: str) -> CustomerId:
        return CustomerId(f"{self.channel.name}:{account}")

    def shown(self, text: str) -> str:
        return text

    def customer_posts(self, account: str, text: str) -> MessageId:
        return MessageId(self._network.post(account, text, addressed=True))

    def customer_directs(self, account: str, text: str) -> MessageId:
        return MessageId(self._network.direct(account, text))

    def customer_answers_us(self, account: str, text: str) -> MessageId:
        ours = self._network.brand_post("We are here.")
        return MessageId(self._network.post(account, text, in_reply_to=ours))

    def is_hidden(self, message: MessageId) -> bool:
        return any(one.hidden for one in self._network.timeline() if one.id == message)

    def garble_the_next_message(self) -> None:
        self._network.faults.set(Fault.MALFORMED)

    def show_the_next_message_twice(self) -> None:
        self._network.faults.set(Fault.DELIVER_TWICE)

    def show_the_next_message_late(self) -> None:
        self._network.faults.set(Fault.DELIVER_LATE)

    def lose_the_next_answer(self) -> None:
        self._network.faults.set(Fault.LOSE_ANSWER)

    def drop_the_next_request(self) -> None:
        self._network.faults.set(Fault.DROP_REQUEST)

    def refuse_the_next_send(self, code: str, *, permanent: bool) -> str:
        self._network.faults.set(Fault.REFUSE, code=code, permanent=permanent)
        return code

    def break_the_next_lookup(self) -> None:
        self._network.faults.set(Fault.LOOKUP_FAILS)

    def take_the_network_down(self) -> None:
        self._network.faults.set(Fault.NETWORK_DOWN, times=None)

    def bring_the_network_back(self) -> None:
        self._network.faults.clear(Fault.NETWORK_DOWN)

    def received(self, account: str) -> list[str]:
        return [entry.text for entry in self._network.ledger(account) if entry.received]


class FakeHarness:
    """The fake, which other tests build upon and which therefore must not lie."""

    counts: Mapping[str, int] = {"日本語": 3, "🚚": 1, "https://a.example": 17}

    def __init__(self, directory: Path) -> None:
        self.clock = ManualClock(NOON)
        self.channel = FakeChannel(clock=self.clock)
        self._posted = 0
        self._fates: list[str] = []
        self._held: list[Message] = []

    def close(self) -> None:
        """Nothing to close."""

    def customer(self, account: str) -> CustomerId:
        return CustomerId(f"{self.channel.name}:{account}")

    def shown(self, text: str) -> str:
        return text

    def customer_posts(self, account: str, text: str) -> MessageId:
        return self._come_in(account, text, Visibility.PUBLIC)

    def customer_directs(self, account: str, text: str) -> MessageId:
        return self._come_in(account, text, Visibility.PRIVATE)

    def customer_answers_us(self, account: str, text: str) -> MessageId:
        message = replace(
            self._message(account, text, Visibility.PUBLIC), hideable=True
        )
        self.channel.receive(message)
        return message.id

    def is_hidden(self, message: MessageId) -> bool:
        return message in self.channel.hidden

    def garble_the_next_message(self) -> None:
        self._fates.append("garbled")

    def show_the_next_message_twice(self) -> None:
        self._fates.append("twice")

    def show_the_next_message_late(self) -> None:
        self._fates.append("late")

    def lose_the_next_answer(self) -> None:
        self.channel.plan(Loss.ANSWER)

    def drop_the_next_request(self) -> None:
        self.channel.plan(Loss.REQUEST)

    def refuse_the_next_send(self, code: str, *, permanent: bool) -> str:
        self.channel.plan(Refused(code, permanent))
        return code

    def break_the_next_lookup(self) -> None:
        self.channel.broken_lookups += 1

    def take_the_network_down(self) -> None:
        self.channel.down = True

    def bring_the_network_back(self) -> None:
        self.channel.down = False

    def received(self, account: str) -> list[str]:
        customer = f"{self.channel.name}:{account}"
        return [out.text for out, _ in self.channel.sent if out.customer == customer]

    def _come_in(self, account: str, text: str, visibility: Visibility) -> MessageId:
        message = self._message(account, text, visibility)
        fate = self._fates.pop() if self._fates else ""
        if fate == "late":
            self._held.append(message)
        elif fate == "garbled":
            self.channel.receive(self._garbled(message))
        else:
            copies = [message] * (2 if fate == "twice" else 1)
            self.channel.receive(*copies, *self._held)
            self._held.clear()
        return message.id

    def _message(self, account: str, text: str, visibility: Visibility) -> Message:
        self._posted += 1
        public = visibility is Visibility.PUBLIC
        return Message(
            channel=self.channel.name,
            id=MessageId(f"in-{self._posted}"),
            customer=CustomerId(f"{self.channel.name}:{account}"),
            thread=ThreadId(f"in-{self._posted}:{account}") if public else DIRECT,
            text=text,
            visibility=visibility,
            sent_at=self.clock.now(),
            handle=account,
        )

    def _garbled(self, message: Message) -> Malformed:
        return Malformed(
            channel=message.channel, id=message.id, problem="cut off", raw=message.text
        )


HARNESSES: tuple[Callable[[Path], ChannelHarness], ...] = (
    FakeHarness,
    SimulatorHarness,
    XHarness,
)
