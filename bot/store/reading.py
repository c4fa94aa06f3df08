"""Answers that have arrived already are taken without a timer and without a wait.

The client sets a timer for each answer of a pipeline, although one read brings most of
them, and to see that a connection is fit for use it waits for data that must not come.
Both together were a quarter of a pipeline's time.

A connection is not fit either if its server takes no writes any more, or another one is
in use by now: it may live on for ever behind a name that leads elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError, RedisError, ResponseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis.asyncio import Connection as _Connection
else:
    _Connection = object

NOT_YET = object()


class Reading(_Connection):
    """Goes before a connection class that parses by hiredis.

    `is_left` tells whether another server than this connection's is in use by now.
    """

    is_left: Callable[[], bool] | None = None

    # What the client's own methods look at; its version is pinned by Rasa's.
    _reader: Any
    _parser: Any
    _error: RedisError | None = None  # it has arrived, and nobody was told of it yet
    _takes_no_writes = False

    async def on_connect(self) -> None:
        self._takes_no_writes = False
        await super().on_connect()

    def arrived(self) -> Any:
        """Return the next answer if all of it is here, else NOT_YET.

        An error is left to `read_response`, which then knows what to do.
        """
        answer = self._parser._reader.gets() if self.is_connected else False
        if isinstance(answer, RedisError):
            self._error = answer
            return NOT_YET
        return NOT_YET if answer is False else answer

    async def read_response(
        self,
        disable_decoding: bool = False,
        timeout: float | None = None,
        *,
        disconnect_on_error: bool = True,
    ) -> Any:
        try:
            return await self._next(
                disable_decoding, timeout, disconnect_on_error=disconnect_on_error
            )
        except ReadOnlyError:
            self._takes_no_writes = True
            raise

    async def _next(
        self,
        disable_decoding: bool,
        timeout: float | None,
        *,
        disconnect_on_error: bool,
    ) -> Any:
        error, self._error = self._error, None
        answer: Any = error
        if error is None:
            answer = self._parser._reader.gets() if self.is_connected else False
        if answer is False:  # it is not there, or not whole
            return await super().read_response(
                disable_decoding, timeout, disconnect_on_error=disconnect_on_error
            )
        if isinstance(answer, ResponseError):
            raise answer
        if isinstance(answer, RedisError):  # the connection is of no use any more
            await self.disconnect(nowait=True)
            raise answer
        return answer

    async def can_read_destructive(self) -> bool:
        """Tell whether something lies here that no command has asked for.

        Raises:
            ConnectionError: the other end has closed the connection, or is not the
                server to use any more. The client connects anew then.
        """
        if self._takes_no_writes or (self.is_left is not None and self.is_left()):
            raise RedisConnectionError("the server is not the one to use any more")
        if not self.is_connected or self._reader.at_eof():
            raise RedisConnectionError("the server closed the connection")
        return bool(self._reader._buffer) or self._parser._reader.gets() is not False
