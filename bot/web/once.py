"""A repeated write is one write: a lost answer must not make an act happen twice."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

REMEMBERED = 1000  # a page repeats within seconds; this bounds the memory


class Once(Generic[T]):
    """Runs each key's write once and gives its result to every repetition.

    Only successes are remembered: after a refusal the same key may try again. What
    must hold over a restart is held by the store and the network, which get the
    same key.
    """

    def __init__(self) -> None:
        self._results: OrderedDict[str, asyncio.Task[T]] = OrderedDict()

    async def run(self, key: str, write: Callable[[], Awaitable[T]]) -> T:
        """Return the result of `write` for `key`, from memory if it already ran."""
        task = self._results.get(key)
        if task is None:
            task = asyncio.ensure_future(_awaited(write))
            self._results[key] = task
            task.add_done_callback(lambda done: self._settle(key, done))
        # A page that goes away must not cancel a write that another awaits.
        return await asyncio.shield(task)

    def _settle(self, key: str, done: asyncio.Task[T]) -> None:
        if done.cancelled() or done.exception() is not None:
            self._results.pop(key, None)
        while len(self._results) > REMEMBERED:
            self._results.popitem(last=False)


async def _awaited(write: Callable[[], Awaitable[T]]) -> T:
    return await write()
