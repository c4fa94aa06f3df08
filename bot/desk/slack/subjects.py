"""Reads what is to be shown: as it is now, with what the book says, and the plan."""

from __future__ import annotations

from bot.desk.slack.drawing import Pencil
from bot.desk.slack.plan import (
    Home,
    Plan,
    needs_a_card,
    plan_case,
    plan_incident,
    whose,
)
from bot.desk.slack.routes import Directory, home_of_case, home_of_incident
from bot.desk.slack.writing import Subject
from bot.errors import CaseConflict, InputError
from bot.model.case import CaseId, IncidentId
from bot.ports import CaseView, CaseWork, IncidentWork
from bot.ports.chat import CardBook, Page, Shown


class Subjects:
    """Cases and incidents, as agents see them."""

    def __init__(
        self,
        work: CaseWork,
        incidents: IncidentWork,
        book: CardBook,
        directory: Directory,
    ) -> None:
        self._work, self._incidents = work, incidents
        self._book, self._directory = book, directory

    async def read(self, shown: Shown, pencil: Pencil) -> tuple[Subject, Plan] | None:
        """Return one with what is to be written; None if it is gone.

        Raises:
            TemporaryFailure: its channel is not there, or the store is away.
        """
        if shown.startswith("I-"):
            return await self._incident(shown, pencil)
        return await self._case(shown, pencil)

    async def _case(self, shown: Shown, pencil: Pencil) -> tuple[Subject, Plan] | None:
        try:
            view = await self._work.view(CaseId(shown))
        except CaseConflict:
            return None
        page = await self._book.page(shown)
        channel = await self._home(view, page, pencil)
        subject = Subject(
            shown=shown,
            page=page,
            channel=channel,
            whose=whose(view.case.customer),
            opened_at=view.case.opened_at,
            changed_at=view.case.changed_at,
            view=view,
        )
        home = Home(workspace=pencil.workspace.id, channel=channel)
        return subject, plan_case(view, page, home, pencil)

    async def _home(self, view: CaseView, page: Page, pencil: Pencil) -> str:
        """Return its channel's id. Without need of a card it stays where it is."""
        if page.card is not None and not needs_a_card(view.case):
            return page.card.channel
        name = home_of_case(view.case, pencil.policy)
        return await self._directory.id_of(name, pencil.now)

    async def _incident(
        self, shown: Shown, pencil: Pencil
    ) -> tuple[Subject, Plan] | None:
        try:
            view = await self._incidents.incident(IncidentId(shown))
        except InputError:
            return None
        page = await self._book.page(shown)
        stays = page.card is not None and page.card.workspace == pencil.workspace.id
        if page.card is not None and stays:
            channel = page.card.channel
        else:
            name = home_of_incident(view, pencil.policy)
            channel = await self._directory.id_of(name, pencil.now)
        subject = Subject(
            shown=shown,
            page=page,
            channel=channel,
            whose=whose(view.incident.customer),
            opened_at=view.incident.opened_at,
            changed_at=view.incident.last_at,
            view=None,
        )
        home = Home(workspace=pencil.workspace.id, channel=channel)
        return subject, plan_incident(view, page, home, pencil)
