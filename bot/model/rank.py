"""What is read first when there is more than can be read at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Rank(int, Enum):
    """A message's place under overload. Lower goes first; the scripts know the numbers.

    A customer has the best rank of what waits in their mailbox; the order of one
    customer's messages never depends on it.
    """

    FIRST = 1  # private, or somebody may be hurt
    MIDDLE = 2
    LAST = 3  # not addressed to us, or without words of its own


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in one rank: messages that have no outcome yet.

    `due_since` is when the customer was due who has waited longest for a worker, or
    will be; None if no customer of that rank waits.
    """

    messages: int
    due_since: datetime | None
