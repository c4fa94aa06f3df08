"""Work that one process at a time does, as that process sees it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from bot.ports import Duties

LENGTH = timedelta(seconds=10)  # somebody else takes over so long after a death


class Duty:
    """One duty, asked for again and again by one process."""

    def __init__(self, duties: Duties, name: str) -> None:
        self._duties, self._name = duties, name
        self._owner = uuid4().hex

    async def hold(self, now: datetime) -> int | None:
        """Take the duty or keep it; None if another process has it.

        Returns:
            The holding's number. It changes when the duty was anybody else's, or
            nobody's, in between: what was remembered until then may be stale.
        """
        return await self._duties.hold(self._name, self._owner, now=now, length=LENGTH)
