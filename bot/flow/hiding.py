"""Customers' public replies, hidden from a network's readers or shown again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.errors import InputError
from bot.flow.served import served
from bot.model.case import AgentId, Case
from bot.model.message import ChannelName, MessageId
from bot.model.record import Author, Hiding
from bot.ports import Cases, Channel


async def hide_there(
    cases: Cases,
    channels: Mapping[ChannelName, Channel],
    case: Case,
    message: MessageId,
    *,
    hidden: bool,
) -> None:
    """Let the network of the case hide a message of its customer, or show it again.

    Raises:
        InputError: it cannot be hidden, or the network does not do it; says why.
    """
    records = await cases.records(case.customer)
    written = (one for one in records if one.author is Author.CUSTOMER)
    line = next((one for one in written if one.id == message), None)
    if line is None or not line.can_be_hidden:
        raise InputError(
            "This cannot be hidden: only public replies below posts of ours can, while "
            "they stand there."
        )
    await served(channels, case.channel).hide(message, hidden=hidden)


def hiding_of(
    message: MessageId, agent: AgentId, *, hidden: bool, now: datetime
) -> Hiding:
    """Return what the message's line of the transcript is to say."""
    return Hiding(message, now, agent) if hidden else Hiding(message)
