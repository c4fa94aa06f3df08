"""What a process may be for. One process can have several roles, or all of them."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Role(str, Enum):
    """A part of the program that may run in a process of its own."""

    INTAKE = "intake"  # stores what the channels show us
    WORKER = "worker"  # reads, decides and commits; the only one that loads Rasa
    SENDER = "sender"  # sends what the outbox holds
    DESK = "desk"  # keeps cases moving for the agents
    WEB = "web"  # serves the page


ALL: Final = frozenset(Role)
LIGHT: Final = ALL - {Role.WORKER}  # quick to start, small, and without Rasa
