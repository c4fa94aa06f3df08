"""The place where all agents look, as a chat is: it holds what was shown last."""

from __future__ import annotations

from bot.errors import TemporaryFailure
from bot.ports import CaseView, IncidentView
from tests.faults.simulation.schedule import Fate, Gate


class Board:
    """What stands there now, and how often each card was shown."""

    def __init__(self) -> None:
        self.cards: dict[str, CaseView] = {}
        self.incidents: dict[str, IncidentView] = {}


class BoardDesk:
    """The Desk port as one process has it."""

    name = "board"

    def __init__(self, board: Board, gate: Gate) -> None:
        self._board, self._gate = board, gate

    async def show(self, view: CaseView) -> None:
        lost = await self._reach(f"show {view.case.id}")
        self._board.cards[view.case.id] = view
        await self._answer(lost)

    async def show_incident(self, view: IncidentView) -> None:
        lost = await self._reach(f"show {view.incident.id}")
        self._board.incidents[view.incident.id] = view
        for case in view.stands_for:
            self._board.cards.pop(case, None)
        await self._answer(lost)

    async def _reach(self, doing: str) -> Fate:
        fate = await self._gate.call(doing)
        if fate is Fate.LOST_BEFORE:
            raise TemporaryFailure("simulated: the desk is away")
        return fate

    async def _answer(self, fate: Fate) -> None:
        if fate is Fate.DIES_AFTER:
            await self._gate.die()
        if fate is Fate.LOST_AFTER:
            raise TemporaryFailure("simulated: the desk's answer is lost")
