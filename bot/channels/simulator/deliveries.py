"""How posts reach us: in the order in which they are shown, whatever their age."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.simulator.database import Database
from bot.channels.simulator.faults import Fault, Faults
from bot.clock import Clock, to_ms

PAGE = 500  # deliveries read at once: bounds memory, and how long the lock is held
HELD_AT_MOST_MS = 5_000  # a late message comes by then, even if none overtakes it


@dataclass(frozen=True, slots=True)
class Delivery:
    """One showing of one message. `envelope` is the message's id outside of `raw`."""

    cursor: str
    envelope: str
    raw: str


class Deliveries:
    """What our account is shown. A message may be shown late, twice or broken."""

    def __init__(self, database: Database, faults: Faults, *, clock: Clock) -> None:
        self._database, self._faults, self._clock = database, faults, clock

    def add(self, envelope: str, raw: str) -> None:
        """Show a message, or what a fault makes of it. Part of the post's change."""
        if self._faults.take(Fault.MALFORMED):
            raw = raw[: len(raw) // 2]
        if self._faults.take(Fault.DELIVER_LATE):
            self._hold(envelope, raw)
            return
        self._show(envelope, raw)
        if self._faults.take(Fault.DELIVER_TWICE):
            self._show(envelope, raw)
        self._release(whole=True)  # those that were to come after a newer one

    def after(self, cursor: str | None) -> list[Delivery]:
        """Return the next deliveries after `cursor`, at most a page.

        A cursor of another file means nothing here: everything is shown again.

        Raises:
            TemporaryFailure: the file cannot be used now.
        """
        if self._database.row("SELECT 1 FROM held LIMIT 1"):
            with self._database.transaction():
                self._release(whole=False)
        birth, _, number = (cursor or "").partition("-")
        known = birth == self._database.birth and number.isdecimal()
        rows = self._database.rows(
            "SELECT * FROM deliveries WHERE seq > ? ORDER BY seq LIMIT ?",
            *(int(number) if known else 0, PAGE),
        )
        return [
            Delivery(f"{self._database.birth}-{row['seq']}", row["id"], row["raw"])
            for row in rows
        ]

    def _show(self, envelope: str, raw: str) -> None:
        self._database.rows(
            "INSERT INTO deliveries (id, raw) VALUES (?, ?)", envelope, raw
        )

    def _hold(self, envelope: str, raw: str) -> None:
        until_ms = to_ms(self._clock.now()) + HELD_AT_MOST_MS
        self._database.rows(
            "INSERT INTO held (id, raw, until_ms) VALUES (?, ?, ?)",
            *(envelope, raw, until_ms),
        )

    def _release(self, *, whole: bool) -> None:
        now_ms = to_ms(self._clock.now())
        due = self._database.rows(
            "SELECT * FROM held WHERE ? OR until_ms <= ? ORDER BY seq",
            *(int(whole), now_ms),
        )
        for row in due:
            self._show(row["id"], row["raw"])
            self._database.rows("DELETE FROM held WHERE seq = ?", row["seq"])
