"""A Redis client that stops at a gate before each command, for one process each.

The commands go to a real server over one blocking connection that all simulated
processes share: only one of them runs at a time, so nothing waits for anything
but the scheduler. The store's own code runs unchanged on top of it.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from typing import Any
from zlib import crc32

import hiredis
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.connection import BaseParser
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.faults.simulation.schedule import Fate, Gate

_UNORDERED = {"HGETALL": 2, "SMEMBERS": 1}  # the server's order differs by its start
_OWNER = re.compile(r"net:c\d+")  # the customer whose key it is
_HEAD = re.compile(r"-- (\w+)\(")


class Wire:
    """The connection to the server. `call` answers at once or raises its error."""

    def __init__(self, path: str) -> None:
        self.path, self._socket = path, socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._reader = hiredis.Reader(
            replyError=BaseParser().parse_error, encoding="utf-8"
        )
        self._scripts: set[str] = set()

    def call(self, *args: Any) -> Any:
        words = str(args[0]).split()  # "SCRIPT LOAD" is two words on the wire
        self._socket.sendall(hiredis.pack_command((*words, *args[1:])))
        while (reply := self._reader.gets()) is False:
            self._reader.feed(self._socket.recv(65536))
        if isinstance(reply, Exception):
            raise reply
        return _in_order(str(args[0]), reply)

    def load(self, script: str) -> None:
        """Make the server know a script, once for each text."""
        if script not in self._scripts:
            self.call("SCRIPT", "LOAD", script)
            self._scripts.add(script)

    def close(self) -> None:
        self._socket.close()


def _in_order(command: str, reply: Any) -> Any:
    size = _UNORDERED.get(command)
    if size is None:
        return reply
    rows = sorted(reply[i : i + size] for i in range(0, len(reply), size))
    return [part for row in rows for part in row]


class GatedRedis(Redis):
    """The client of one process. `patch` is what a mutant makes of a script."""

    def __init__(self, wire: Wire, gate: Gate, patch: Callable[[str, str], str]):
        super().__init__(decode_responses=True)
        self.wire, self._gate, self._patch = wire, gate, patch
        self._names: dict[str, str] = {}

    def register_script(self, script: str):
        found = _HEAD.match(script)
        name = found[1] if found else "script"
        registered = super().register_script(self._patch(f"{name}.lua", script))
        self._names[registered.sha] = name
        self.wire.load(registered.script)
        return registered

    async def execute_command(self, *args, **options):
        fate = await self._gate.store(self._describe(args))
        return await self.perform(fate, args, options)

    def pipeline(self, transaction=True, shard_hint=None):
        return GatedPipeline(self, transaction=transaction)

    async def perform_all(self, stack, *, transaction: bool) -> list[Any]:
        """Run a pipeline: other processes come between its commands, or it ends."""
        if not stack:
            return []
        answers, lost = [], False
        fate = Fate.GOES_ON
        for number, (args, options) in enumerate(stack):
            if number == 0 or not transaction:
                fate = await self._gate.store(self._describe(args))
            if fate is Fate.LOST_BEFORE:
                raise RedisConnectionError("simulated: the connection is lost")
            lost = lost or fate is Fate.LOST_AFTER
            answers.append(self._answer(args, options))
            if fate is Fate.DIES_AFTER:
                await self._gate.die()
        if lost:  # the server had all commands, the client none of the answers
            raise RedisConnectionError("simulated: the answers are lost")
        return answers

    async def perform(self, fate: Fate, args, options):
        if fate is Fate.LOST_BEFORE:
            raise RedisConnectionError("simulated: the connection is lost")
        answer = self._answer(args, options)
        if fate is Fate.DIES_AFTER:
            await self._gate.die()
        if fate is Fate.LOST_AFTER:
            raise RedisConnectionError("simulated: the answer is lost")
        return answer

    def _answer(self, args, options):
        reply = self.wire.call(*args)
        self._gate.note(_short(reply))
        callback = self.response_callbacks.get(args[0])
        return callback(reply, **options) if callback else reply

    def _describe(self, args) -> str:
        """Name the command, its first key, and its arguments by a checksum."""
        if args[0] == "EVALSHA":
            name = self._names.get(args[1], args[1][:8])
            owned = (_OWNER.search(str(key)) for key in args[3 : 3 + args[2]])
            who = next((found[0] for found in owned if found), args[3])
            return f"{name} {who} #{crc32(repr(args[3:]).encode()):08x}"
        return " ".join(str(arg) for arg in args[:2])


class GatedPipeline(Pipeline):
    """Collects commands, then runs each through its client's gate."""

    def __init__(self, client: GatedRedis, *, transaction: bool) -> None:
        super().__init__(
            client.connection_pool, client.response_callbacks, transaction, None
        )
        self._client = client

    async def execute(self, raise_on_error=True):
        stack, self.command_stack = self.command_stack, []
        rows = [(command, options) for command, options in stack]
        return await self._client.perform_all(rows, transaction=self.is_transaction)

    async def immediate_execute_command(self, *args, **options):
        return await self._client.execute_command(*args, **options)


def _short(reply: Any) -> str:
    """Return enough of an answer for a trace: codes and counts, no long texts."""
    if isinstance(reply, list):
        return (
            f"[{len(reply)}] {' '.join(str(part)[:24] for part in reply[:2])}".strip()
        )
    return str(reply)[:40]
