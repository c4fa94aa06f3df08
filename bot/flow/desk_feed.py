"""Shows every change of a case on a desk, at least once, by following the events."""

from __future__ import annotations

from bot.errors import CaseConflict, TemporaryFailure
from bot.log import Log
from bot.model.case import CaseId
from bot.ports import CaseWork, Desk, Events


class DeskFeed:
    """Follows the event streams for one desk and remembers how far it has shown."""

    def __init__(self, desk: Desk, events: Events, work: CaseWork, *, log: Log) -> None:
        self._desk, self._events, self._work = desk, events, work
        self._log = log
        self._reader = f"desk:{desk.name}"
        self._cursors: dict[str, str] | None = None

    async def step(self) -> int:
        """Show what changed since the last step; return how many cases that were.

        Several changes of one case are shown once, as it is now. A card that the
        desk cannot show is logged and left out until its case changes again.

        Raises:
            TemporaryFailure: store or desk are away; the same changes come again.
        """
        if self._cursors is None:
            self._cursors = await self._events.bookmark(self._reader)
        events, cursors = await self._events.since(self._cursors)
        cases = dict.fromkeys(
            CaseId(case) for event in events if (case := event.facts.get("case"))
        )
        for case in cases:
            await self._show(case)
        if cursors != self._cursors:
            await self._events.keep_bookmark(self._reader, cursors)
            self._cursors = cursors
        return len(cases)

    async def _show(self, case: CaseId) -> None:
        try:
            view = await self._work.view(case)
        except CaseConflict:
            return  # forgotten meanwhile: there is nothing to show
        try:
            await self._desk.show(view)
        except TemporaryFailure:
            raise
        except Exception as error:  # noqa: BLE001 - one card must not stop the others
            kind = type(error).__name__
            self._log("card_failed", desk=self._desk.name, case=case, error=kind)
