"""Posts of others' that are kept, as far as one must know them to remove them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.message import CustomerId, MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPost:
    """One post and where it is kept: with `holder`, whose message or its context it is.

    `author` is "" where only the `handle` is known of who wrote it.
    """

    id: MessageId
    holder: CustomerId
    around: bool = False  # it surrounds a message of the holder's
    author: str = ""
    handle: str = ""
