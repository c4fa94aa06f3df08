"""After another server took over the store: Slack may show what the store forgot."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from bot.desk.slack.drawing import Pencil
from bot.desk.slack.failures import ChannelClosed
from bot.desk.slack.lookup import SETTLED, Lookup
from bot.desk.slack.routes import Directory, all_channels
from bot.desk.slack.subjects import Subjects
from bot.log import Log
from bot.ports import CaseWork
from bot.ports.chat import CardBook, Shown


class Aftermath:
    """Compares the channels with the book once after each change of the server.

    Cards that the book forgot are known again, those of cases that there are not any
    more are taken away, and every open case is drawn anew: what its card says may be
    the work of lost moments.
    """

    def __init__(
        self,
        *,
        lookup: Lookup,
        directory: Directory,
        subjects: Subjects,
        book: CardBook,
        work: CaseWork,
        log: Log,
    ) -> None:
        self._lookup, self._directory, self._subjects = lookup, directory, subjects
        self._book, self._work, self._log = book, work, log

    async def look(self, since: datetime, pencil: Pencil) -> None:
        """Look at all channels; can be repeated. `since`: when it was noticed.

        Raises:
            TemporaryFailure: Slack or the store are away.
        """
        for channel in all_channels(pencil.policy):
            with suppress(ChannelClosed):  # whatever is to be shown there tells
                await self._look_at(channel, since, pencil)
        views = (await self._work.open_cases()).views
        for view in views:
            await self._book.recheck(Shown(view.case.id))
        await self._book.mark({Shown(view.case.id): pencil.now for view in views})

    async def _look_at(self, name: str, since: datetime, pencil: Pencil) -> None:
        channel = await self._directory.id_of(name, pencil.now)
        for shown in await self._lookup.recent_cards(channel, since, pencil.now):
            await self._mend(shown, channel, pencil)

    async def _mend(self, shown: Shown, channel: str, pencil: Pencil) -> None:
        found = await self._subjects.read(shown, pencil)
        if found is None:
            self._log("card_without_case", shown=shown)
            await self._lookup.clear(shown, channel)
            return
        subject, _ = found
        await self._lookup.adopt_card(subject, channel, pencil.now)
        await self._book.mark({shown: pencil.now})


def due_after(noticed: datetime) -> datetime:
    """Return when nothing is on its way to Slack any more that was begun before."""
    return noticed + SETTLED
