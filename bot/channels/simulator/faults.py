"""What shall go wrong, and how often. Kept in the file: every process obeys."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import Enum

from bot.channels.simulator.database import Database


class Fault(str, Enum):
    """Each happens to the next N occasions of its kind."""

    LOSE_ANSWER = "lose_answer"  # a send has its effect, but says Unknown
    DROP_REQUEST = "drop_request"  # a send has no effect, and says Unknown
    REFUSE = "refuse"  # a send is refused with the code that was set
    RATE_LIMITED = "rate_limited"  # a send is refused for now
    LOOKUP_FAILS = "lookup_fails"  # a look-up cannot tell
    NETWORK_DOWN = "network_down"  # a read, a send or a look-up reaches nobody
    DELIVER_TWICE = "deliver_twice"  # a customer's message is shown two times
    DELIVER_LATE = "deliver_late"  # a customer's message is shown after a newer one
    MALFORMED = "malformed"  # a customer's message arrives cut off


@dataclass(frozen=True, slots=True)
class Armed:
    """A fault that is waiting. `times` None: until it is cleared."""

    times: int | None
    code: str
    permanent: bool


class Faults:
    """The switches. Setting a fault replaces what was set of its kind."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(
        self,
        fault: Fault,
        *,
        times: int | None = 1,
        code: str = "refused",
        permanent: bool = True,
    ) -> None:
        """Let `fault` happen to the next `times` occasions; None: until cleared.

        `code` and `permanent` matter to Fault.REFUSE only.

        Raises:
            ValueError: `times` is below 1.
        """
        if times is not None and times < 1:
            raise ValueError(f"a fault happens at least once, not {times} times")
        self._database.rows(
            "INSERT OR REPLACE INTO faults VALUES (?, ?, ?, ?)",
            *(fault.value, times, code, int(permanent)),
        )

    def clear(self, fault: Fault | None = None) -> None:
        """Switch one fault off, or all of them."""
        self._database.rows(
            "DELETE FROM faults WHERE kind = coalesce(?, kind)",
            fault.value if fault else None,
        )

    def armed(self) -> dict[Fault, Armed]:
        """Return what is still going to happen."""
        rows = self._database.rows("SELECT * FROM faults")
        return {Fault(row["kind"]): _armed(row) for row in rows}

    def take(self, fault: Fault) -> Armed | None:
        """Use up one occasion of `fault`; None if it is not set."""
        if not self._find(fault):  # the usual case, without a lock on the file
            return None
        with self._database.transaction():
            armed = self._find(fault)  # another process may have taken it meanwhile
            if armed:
                self._count_down(fault)
        return armed

    def _find(self, fault: Fault) -> Armed | None:
        row = self._database.row("SELECT * FROM faults WHERE kind = ?", fault.value)
        return _armed(row) if row else None

    def _count_down(self, fault: Fault) -> None:
        kind = fault.value
        self._database.rows("UPDATE faults SET times = times - 1 WHERE kind = ?", kind)
        self._database.rows("DELETE FROM faults WHERE kind = ? AND times < 1", kind)


def _armed(row: sqlite3.Row) -> Armed:
    return Armed(row["times"], row["code"], bool(row["permanent"]))
