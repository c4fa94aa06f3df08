"""Which networks this process serves: another one may have the keys of more."""

from __future__ import annotations

from collections.abc import Mapping

from bot.errors import TemporaryFailure
from bot.model.message import ChannelName
from bot.ports import Channel


def served(channels: Mapping[ChannelName, Channel], name: ChannelName) -> Channel:
    """Return the channel `name`.

    Raises:
        TemporaryFailure: it is not set up here. What is to be done there waits for a
            process where it is, or until it is again.
    """
    channel = channels.get(name)
    if channel is None:
        raise TemporaryFailure(
            f"The network {name} is not set up in this process: see its keys in .env."
        )
    return channel
