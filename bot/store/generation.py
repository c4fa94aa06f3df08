"""Which server answers, noticed before the first command that it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, cast

from bot.clock import Clock, to_ms
from bot.log import Log
from bot.store import keys
from bot.store.scripts import DropsDataError, source

SCRIPT = "meet_server"


class Answers(Protocol):
    """The part of a connection that is needed: one command, one answer."""

    async def on_connect(self) -> None: ...
    async def send_command(self, *args: str | int) -> None: ...
    async def read_response(self) -> object: ...


class Leavable(Protocol):
    """As reading.Reading: told whether another server is in use by now."""

    is_left: Callable[[], bool] | None


class Generation:
    """Meets the server on each new connection; implements bot.ports.Generation.

    A connection always leads to one process, so that is enough: a server that took
    over from another is met before it is asked to do anything. It is told apart by
    its run id, which a plain restart changes too. What was caused before the change
    is then looked up before it is sent, which costs look-ups and nothing else.

    From then on no connection to the other one is used, though it may live on: what
    it still takes is lost when it becomes a replica.

    A server that drops data when it is full would lose messages without a word: it
    is not used. A server that cannot be written to (a replica that is not promoted
    yet) refuses the meeting, and with it the connection: the program waits.
    """

    def __init__(self, *, clock: Clock, log: Log) -> None:
        self._clock, self._log = clock, log
        self._run_id: str | None = None
        self._number = 0

    @property
    def number(self) -> int:
        """Rises when another server answers than before."""
        return self._number

    async def meet(self, connection: Answers) -> None:
        """Make a connection ready for use; the client calls it for each new one.

        Raises:
            RedisError: the server cannot be used now.
        """
        await connection.on_connect()
        facts = await _facts_of(connection)
        if drops_data(facts):
            raise DropsDataError
        run_id = facts["run_id"]
        cast("Leavable", connection).is_left = lambda: run_id != self._run_id
        if run_id == self._run_id:
            return
        outcomes = [await self._tell(connection, run_id, s) for s in keys.SHARDS]
        if run_id == self._run_id:
            return  # another connection was faster
        met_before, self._run_id = self._run_id is not None, run_id
        if met_before or "replaced" in outcomes:
            self._number += 1
            self._log("store_replaced", generation=self._number)

    async def _tell(self, connection: Answers, run_id: str, shard: str) -> str:
        names = (keys.in_shard(shard, "generation"), keys.in_shard(shard, "events"))
        known, announce = int(self._run_id is not None), int(shard == keys.SHARDS[0])
        now = to_ms(self._clock.now())
        await connection.send_command(
            "EVAL", source(SCRIPT), 2, *names, run_id, now, known, announce
        )
        outcome, _ = cast("list[object]", await connection.read_response())
        return _text(outcome)


def drops_data(facts: Mapping[str, object]) -> bool:
    """Tell from what a server says of itself whether it makes room by dropping keys."""
    limited = str(facts.get("maxmemory", 0)) != "0"
    return limited and str(facts.get("maxmemory_policy")).startswith("allkeys-")


async def _facts_of(connection: Answers) -> dict[str, str]:
    """Return what the server says of itself, the sections that it tells by itself."""
    await connection.send_command("INFO")
    lines = _text(await connection.read_response()).splitlines()
    return {name: value for name, _, value in (line.partition(":") for line in lines)}


def _text(answer: object) -> str:
    return answer.decode() if isinstance(answer, bytes) else str(answer)
