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

from bot.store.generation import Generation
from tests.faults.simulation.schedule import Fate, Gate

_UNORDERED = {"HGETALL": 2, "SMEMBERS": 1}  # the server's order differs by its start
_OWNER = re.compile(r"net:c\d+")  # the customer whose key it is
_PLACE = re.compile(r"\b\d{13}-\d+\b")  # in a stream: by the server's own clock
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
        self.server = 1  # which one answers

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

    def begin(self) -> None:
        """Begin with an empty store on a first server."""
        self.call("FLUSHALL")
        self.server = 1

    def copy(self) -> None:
        """Keep everything as it is now, as a replica would that is cut off then."""
        for key in self.call("KEYS", "*"):
            self.call("COPY", key, key, "DB", 1)

    def fail_over(self) -> None:
        """Go on with the copy, as another server with the same address."""
        self.call("SWAPDB", 0, 1)
        self.server += 1

    def close(self) -> None:
        self._socket.close()


class Meeting:
    """What a new connection asks of the server; see bot/store/generation.py."""

    def __init__(self, wire: Wire, patch: Callable[[str, str], str]) -> None:
        self._wire, self._patch = wire, patch
        self._reply: object = None

    async def on_connect(self) -> None:
        """Nothing is to be agreed on."""

    async def send_command(self, *args: str | int) -> None:
        if args[0] == "INFO":  # the real one is the same for all that are simulated
            self._reply = f"run_id:{self._wire.server}"
            return
        script = self._patch("meet_server.lua", str(args[1]))
        self._reply = self._wire.call(args[0], script, *args[2:])

    async def read_response(self) -> object:
        return self._reply


def _in_order(command: str, reply: Any) -> Any:
    size = _UNORDERED.get(command)
    if size is None:
        return reply
    rows = sorted(reply[i : i + size] for i in range(0, len(reply), size))
    return [part for row in rows for part in row]


class GatedRedis(Redis):
    """The client of one process. `patch` is what a mutant makes of a script."""

    def __init__(
        self,
        wire: Wire,
        gate: Gate,
        patch: Callable[[str, str], str],
        generation: Generation,
    ):
        super().__init__(decode_responses=True)
        self.wire, self._gate, self._patch = wire, gate, patch
        self._generation, self._connected_to = generation, 0
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
            await self._connect()
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
        await self._connect()
        answer = self._answer(args, options)
        if fate is Fate.DIES_AFTER:
            await self._gate.die()
        if fate is Fate.LOST_AFTER:
            raise RedisConnectionError("simulated: the answer is lost")
        return answer

    async def _connect(self) -> None:
        """Meet the server before it is asked anything; one that went is noticed."""
        if self._connected_to == self.wire.server:
            return
        stood, self._connected_to = self._connected_to, 0
        if stood:
            raise RedisConnectionError("simulated: the server is gone")
        await self._generation.meet(Meeting(self.wire, self._patch))
        self._connected_to = self.wire.server

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
        parts = " ".join(_PLACE.sub("…", str(part))[:24] for part in reply[:2])
        return f"[{len(reply)}] {parts}".strip()
    return _PLACE.sub("…", str(reply))[:40]
