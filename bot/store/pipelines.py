"""Pipelines that remember which scripts the server at the other end has.

The client asks before every pipeline, which doubles its round trips. A connection
leads to one process for as long as it lives, so that one answer is enough for it. If
somebody makes the server forget (SCRIPT FLUSH), one pipeline fails as in an outage,
and the next one asks again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.client import Pipeline
from redis.commands.core import AsyncScript
from redis.exceptions import NoScriptError, ResponseError

from bot.store.reading import NOT_YET, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    from redis.asyncio import Connection as _Connection
    from redis.typing import EncodableT, KeyT, ScriptTextT

    _Client: TypeAlias = AsyncRedis[str]
    _Pipeline: TypeAlias = Pipeline[str]
else:
    _Client, _Pipeline, _Connection = AsyncRedis, Pipeline, object


class Script(AsyncScript):
    """A script that enters a pipeline at once, where the client takes five calls."""

    sha: str

    async def __call__(
        self,
        keys: Sequence[KeyT] | None = None,
        args: Iterable[EncodableT] | None = None,
        client: AsyncRedis[str] | None = None,
    ) -> Any:
        if not isinstance(client, RememberingPipeline):
            return await super().__call__(keys, args, client)
        client.scripts.add(self)
        parts = (len(keys or ()), *(keys or ()), *(args or ()))
        client.command_stack.append((("EVALSHA", self.sha, *parts), {}))
        return client


class Client(_Client):
    """The client, with such pipelines. Its connections must be `Remembering`."""

    def register_script(self, script: ScriptTextT) -> Script:
        return Script(self, script)

    def pipeline(
        self, transaction: bool = True, shard_hint: str | None = None
    ) -> RememberingPipeline:
        return RememberingPipeline(
            self.connection_pool, self.response_callbacks, transaction, shard_hint
        )


class RememberingPipeline(_Pipeline):
    """Brings the scripts of which its connection does not know."""

    async def load_scripts(self) -> None:
        if self.connection is None:  # before it is asked what it knows
            pool = self.connection_pool
            self.connection = await pool.get_connection("MULTI", self.shard_hint)
        link: Remembering = self.connection
        needed = {script.sha for script in self.scripts}
        if not needed <= link.scripts:
            await super().load_scripts()
            link.scripts |= needed

    async def _execute_pipeline(
        self,
        connection: Reading,
        commands: Any,
        raise_on_error: bool,
    ) -> list[Any]:
        """Do what the client does, with no detour for the answers of scripts.

        They are what most pipelines are made of, and what arrived is only passed on.
        """
        packed = connection.pack_commands([args for args, _ in commands])
        await connection.send_packed_command(packed)
        answers: list[Any] = []
        for args, options in commands:
            answer = connection.arrived() if args[0] == "EVALSHA" else NOT_YET
            if answer is NOT_YET:
                try:
                    answer = await self.parse_response(connection, args[0], **options)
                except ResponseError as error:
                    answer = error
            answers.append(answer)
        if raise_on_error:
            self.raise_first_error(commands, answers)
        return answers


class Remembering(_Connection):
    """Goes before a connection class.

    `scripts` are the digests of those that the server has, as far as is known.
    """

    scripts: frozenset[str] = frozenset()

    async def on_connect(self) -> None:
        self.scripts = frozenset()  # another server may answer now
        await super().on_connect()

    async def read_response(
        self,
        disable_decoding: bool = False,
        timeout: float | None = None,
        *,
        disconnect_on_error: bool = True,
    ) -> Any:
        try:
            return await super().read_response(
                disable_decoding, timeout, disconnect_on_error=disconnect_on_error
            )
        except NoScriptError:
            self.scripts = frozenset()
            raise
