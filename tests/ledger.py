"""What customers wrote to a first line, what they got, and which cases that made."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from bot.model.message import MessageId
from bot.ports import CaseView
from tests.first_line import FirstLine


def post(
    line: FirstLine, text: str, *, account: str = "alice", **where: object
) -> MessageId:
    """Let a customer mention us; return the post's id.

    `where` is what else the network may be told, as what it replies to.
    """
    handle = line.policy.handle
    return MessageId(line.channel.network.post(account, f"@{handle} {text}", **where))


def received(line: FirstLine, account: str = "alice") -> list[str]:
    """Return the texts that reached a customer, by the network's own books."""
    return [e.text for e in line.channel.network.ledger(account) if e.received]


def times_received(line: FirstLine) -> Counter[str]:
    """Return how many texts reached each customer; who got none is not in it."""
    return Counter(e.account for e in line.channel.network.ledger() if e.received)


async def only_view(line: FirstLine) -> CaseView:
    """Return the one open case as desks see it; with none, or several, fail."""
    (view,) = (await line.relay.open_cases()).views
    return view


async def decide(line: FirstLine) -> None:
    """Read what came in and queue what is said to it, without sending."""
    await line.intake.step()
    line.clock.advance(10)
    await line.worker.step()


async def send_all(line: FirstLine) -> None:
    """Let time pass until nothing is left in the outbox."""
    while due := await line.outbox.next_due():
        line.clock.set(due)
        await line.sender.step()


async def pass_time(line: FirstLine, length: timedelta) -> None:
    """Let that much time pass, ringing whatever is due at its own time."""
    until = line.clock.now() + length
    while (due := await line.timers.next_due()) is not None and due <= until:
        line.clock.set(due)
        await line.timekeeper.step()
        await line.settle()
    line.clock.set(until)


def break_reading(line: FirstLine) -> None:
    """Let every text with "poison" fail to be read, until `mend_reading`."""
    one = line.readings._one

    def fail(text: str):
        if "poison" in text:
            raise RecursionError
        return one(text)

    line.readings._one = fail


def mend_reading(line: FirstLine) -> None:
    """Let every text be read again."""
    del line.readings._one
