"""Commands that are issued at the same moment go out in one round trip.

Many tasks each with a command of their own (to settle a send, to read a customer's
facts) would each take a connection and wait for its answer. Here the first of them
takes the others along, and what is issued meanwhile goes with the next trip.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from redis.asyncio import Redis

    Issue = Callable[[Redis[str]], Awaitable[object]]

T = TypeVar("T")
AT_ONCE = 500  # commands of one trip; their answers are held in memory together


class Together:
    """Gathers the commands of concurrent tasks; each gets its own answer or error."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._waiting: list[tuple[Issue, asyncio.Future[object]]] = []
        self._going: asyncio.Task[None] | None = None

    async def answer(self, issue: Issue) -> object:
        """Return the answer to the one command that `issue` puts into a pipeline.

        A caller who is cancelled does not stop the command, as with any command
        that is on its way.

        Raises:
            RedisError: the server refused this command, or is gone.
            Exception: what kept the trip from being made, such as a command that
                cannot be encoded: all who share it get it.
        """
        answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting.append((issue, answer))
        if self._going is None:
            self._going = asyncio.create_task(self._go())
        return await answer

    async def _go(self) -> None:
        """Make trips until nobody waits."""
        try:
            while self._waiting:
                trip, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                await self._trip(trip)
        finally:
            self._going = None

    async def _trip(self, trip: list[tuple[Issue, asyncio.Future[object]]]) -> None:
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for issue, _ in trip:
                    await issue(pipe)
                answers = await pipe.execute(raise_on_error=False)
        except Exception as error:  # noqa: BLE001 - the whole trip failed, for all of them
            answers = [error] * len(trip)
        except BaseException:  # the program ends: nobody may wait for ever
            for _, waiting in trip:
                waiting.cancel()
            raise
        for (_, waiting), answer in zip(trip, answers, strict=True):
            _settle(waiting, answer)


def _settle(waiting: asyncio.Future[object], answer: object) -> None:
    if waiting.done():  # its caller was cancelled
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
