"""The network's state: one SQLite file, which several processes may open."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import ConfigError, TemporaryFailure

# profiles     what accounts show of themselves beside their name.
# ratings      which of our direct messages ask for stars, and how many were tapped.
# hidden       customers' posts that the brand keeps its readers from seeing.
# files        what goes with posts: links, as networks hand them out.
# uploads      what our account put on the network, by its digest.
# posts        everything that was written. AUTOINCREMENT never hands out a number
#              twice, and writers take turns, so `seq` is the order of appearance.
# deliveries   what our account is shown, in the order in which it is shown: the
#              cursor counts these, so that a late post still comes after it.
# held         deliveries that a fault keeps back for a while.
# faults       what shall go wrong, how often yet; NULL = until it is cleared.
SCHEMA = """
CREATE TABLE IF NOT EXISTS network (
    one INTEGER PRIMARY KEY CHECK (one = 1), birth TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (
    account TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS profiles (
    account TEXT PRIMARY KEY, display_name TEXT NOT NULL,
    followers INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    post TEXT NOT NULL, place INTEGER NOT NULL, kind TEXT NOT NULL,
    name TEXT NOT NULL, url TEXT NOT NULL, size INTEGER, alt TEXT NOT NULL,
    PRIMARY KEY (post, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uploads (
    digest TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ratings (
    post TEXT PRIMARY KEY, stars INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hidden (post TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS posts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    customer TEXT,
    conversation TEXT NOT NULL,
    thread TEXT NOT NULL,
    text TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    in_reply_to TEXT,
    visibility TEXT NOT NULL,
    by_brand INTEGER NOT NULL,
    via_api INTEGER NOT NULL,
    addressed INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS posts_customer ON posts (customer, visibility, seq);
CREATE INDEX IF NOT EXISTS posts_thread ON posts (thread, seq);
CREATE INDEX IF NOT EXISTS posts_reply ON posts (in_reply_to) WHERE by_brand;
CREATE INDEX IF NOT EXISTS posts_public ON posts (seq) WHERE visibility = 'public';
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, raw TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS held (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, raw TEXT NOT NULL,
    until_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS faults (
    kind TEXT PRIMARY KEY, times INTEGER, code TEXT NOT NULL,
    permanent INTEGER NOT NULL) WITHOUT ROWID;
"""

BUSY_TIMEOUT_S = 5.0  # writers wait this long for each other
Value = str | int | bytes | None


class CommitUnclear(TemporaryFailure):
    """The file failed while a change was being made final."""


class Database:
    """One connection, opened at first use and guarded for threads.

    Write-ahead logging lets readers and one writer work at once and loses nothing
    that was committed when a process is killed. A power cut may lose the last
    moments (`synchronous=NORMAL`), which a simulated network can afford.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._birth = ""

    @property
    def birth(self) -> str:
        """A short random name of this file, part of its ids and cursors.

        A file that was deleted and begun again must not be taken for the old one:
        its numbers start at 1 once more. Raises as `rows`.
        """
        with self._lock, self._translated():
            self._open()
            return self._birth

    def rows(self, sql: str, *values: Value) -> list[sqlite3.Row]:
        """Run one statement and return its rows.

        Raises:
            TemporaryFailure: the file cannot be used now.
        """
        with self._lock, self._translated():
            return self._open().execute(sql, values).fetchall()

    def row(self, sql: str, *values: Value) -> sqlite3.Row | None:
        """Run one statement and return its first row, if any; raises as `rows`."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside one change, or none. Inner ones join the outer.

        Raises:
            TemporaryFailure: nothing was changed.
            CommitUnclear: whether it was changed is not known.
        """
        with self._lock:
            with self._translated():
                connection = self._open()
            if connection.in_transaction:
                yield
                return
            try:
                with self._translated():
                    connection.execute("BEGIN IMMEDIATE")
                yield
                self._commit(connection)
            except BaseException:  # an interrupt must not leave it half open
                connection.rollback()
                raise

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _commit(self, connection: sqlite3.Connection) -> None:
        try:
            connection.commit()
        except sqlite3.OperationalError as error:
            raise CommitUnclear(f"{self._path}: {error}") from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self._path,
                timeout=BUSY_TIMEOUT_S,
                isolation_level=None,  # transactions begin where the code says so
                check_same_thread=False,  # guarded by the lock instead
            )
            try:
                self._birth = _prepare(connection)
            except sqlite3.Error:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise  # ours to mend, not the file's
        except (sqlite3.OperationalError, OSError) as error:
            raise TemporaryFailure(f"{self._path}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise ConfigError(
                f"{self._path} is not a simulator's file ({error}); move it away"
            ) from error


def _prepare(connection: sqlite3.Connection) -> str:
    """Make the connection and the file ready; return the file's birth name."""
    connection.row_factory = sqlite3.Row
    _use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
    connection.execute(
        "INSERT OR IGNORE INTO network VALUES (1, ?)", (secrets.token_hex(3),)
    )
    return str(connection.execute("SELECT birth FROM network").fetchone()[0])


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch the journal's mode, which stays with the file.

    SQLite does not queue this switch behind another process that opens the new
    file at the same moment, so the waiting is done here.
    """
    give_up = time.monotonic() + BUSY_TIMEOUT_S
    while not _switched(connection) and time.monotonic() < give_up:
        time.sleep(0.02)


def _switched(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    return True
