"""Answers that have arrived already are taken without a timer and without a wait.

The client sets a timer for each answer of a pipeline, although one read brings most of
them, and to see that a connection is fit for use it waits for data that must not come.
Both together were a quarter of a pipeline's time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError

if TYPE_CHECKING:
    from redis.asyncio import Connection as _Connection
else:
    _Connection = object

NOT_YET = object()


class Reading(_Connection):
    """Goes before a connection class that parses by hiredis."""

    # What the client's own methods look at; its version is pinned by Rasa's.
    _reader: Any
    _parser: Any
    _error: RedisError | None = None  # it has arrived, and nobody was told of it yet

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
            ConnectionError: the other end has closed the connection.
        """
        if not self.is_connected or self._reader.at_eof():
            raise RedisConnectionError("the server closed the connection")
        return bool(self._reader._buffer) or self._parser._reader.gets() is not False
