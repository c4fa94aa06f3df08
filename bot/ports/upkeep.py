"""What keeps the store in order, and says who lives on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.model.process import Process


class Archive(Protocol):
    """Where old events go, so that the streams stay short."""

    @property
    def shards(self) -> Sequence[str]: ...

    async def move(self, shard: str, *, now: datetime) -> int:
        """Move what is due of one stream to files; return how many events.

        What a bookmark has not read stays. Readers find all events as before.
        """
        ...


class Processes(Protocol):
    """Which processes of the program live, on any machine."""

    async def beat(self, process: Process, *, now: datetime, ttl: timedelta) -> None:
        """Note that `process` lives; forget those silent for `ttl`."""
        ...

    async def leave(self, process: str) -> None:
        """Forget a process that ends in order."""
        ...

    async def alive(self, *, now: datetime, ttl: timedelta) -> list[Process]:
        """Return the processes that beat within `ttl`, the oldest first."""
        ...


class Rewriting(Protocol):
    """The files of the store, in which what was deleted stands until they are rewritten."""

    async def rewritten_at(self) -> datetime | None:
        """Return when they were written anew last; None if they never were."""
        ...

    async def rewrite(self, *, now: datetime) -> str:
        """Have them written anew.

        Returns what the server does not let us do, in words; "" if all is done.
        """
        ...
