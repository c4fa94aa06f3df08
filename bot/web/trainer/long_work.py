"""What takes long is done once for all who wait, and what came of it is kept."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from bot.clock import Clock

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Work(Generic[T]):
    """Work that goes on or is done; whoever waits for `task` does not own it."""

    task: asyncio.Task[T]
    began_at: datetime


class LongWork(Generic[T]):
    """Does each key's work once, however many ask for it and however often.

    What came of the last `keep` keys is kept. What failed is told to all who wait for
    it, and begins anew with the next who asks.
    """

    def __init__(self, *, keep: int, clock: Clock) -> None:
        self._keep, self._clock = keep, clock
        self._works: OrderedDict[str, Work[T]] = OrderedDict()

    def begun(self, key: str, do: Callable[[], Awaitable[T]]) -> Work[T]:
        """Return the work for `key`, which begins with `do` unless it has begun."""
        found = self._works.get(key)
        if found is None:
            task = asyncio.ensure_future(_awaited(do))
            found = self._works[key] = Work(task, self._clock.now())
            task.add_done_callback(lambda done: self._settle(key, done))
        self._works.move_to_end(key)
        return found

    def _settle(self, key: str, done: asyncio.Task[T]) -> None:
        if done.cancelled() or done.exception() is not None:
            self._works.pop(key, None)
        ended = [key for key, work in self._works.items() if work.task.done()]
        for oldest in ended[: len(ended) - self._keep]:
            self._works.pop(oldest)


async def _awaited(do: Callable[[], Awaitable[T]]) -> T:
    return await do()
