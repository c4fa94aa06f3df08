"""The whole program with the really trained model, on a clock that the story moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from bot.app import Firstline, open_firstline
from bot.clock import ManualClock
from bot.model.case import AgentId
from bot.model.message import Visibility
from bot.ports import CaseView
from bot.settings import Settings
from tests.builders import NOON, POLICY, ROOT


@dataclass
class Story:
    """Customers write, time passes, agents act; what was received can be read."""

    line: Firstline
    clock: ManualClock
    _read: dict[str, int]

    def post(self, account: str, text: str, *, under: str | None = None) -> str:
        return self.line.simulator.network.post(account, text, in_reply_to=under)

    def direct(self, account: str, text: str) -> str:
        return self.line.simulator.network.direct(account, text)

    async def later(self, seconds: float = 30) -> None:
        """Let everything happen that is due, then let some time pass."""
        await self._messages()
        while await self._desk():
            await self._messages()
        self.clock.advance(seconds)

    async def _desk(self) -> int:
        """Let incidents be found and errands be run; return how much that was."""
        self.clock.advance(1)
        return await self.line.incident_keeper.step() + await self.line.errands.step()

    async def _messages(self) -> None:
        await self.line.intake.step()
        while due := await self._next_due():
            self.clock.set(due)
            await self.line.worker.step()
            await self.line.sender.step()
            await self.line.intake.step()

    async def _next_due(self) -> datetime | None:
        store = self.line.store
        dues = (await store.turns.next_due(), await store.outbox.next_due())
        return min((due for due in dues if due), default=None)

    def new(self, account: str, visibility: Visibility | None = None) -> list[str]:
        """Return what the account received since it was last asked."""
        entries = [e for e in self.line.simulator.network.ledger(account) if e.received]
        fresh = entries[self._read.get(account, 0) :]
        self._read[account] = len(entries)
        return [e.text for e in fresh if visibility in (None, e.visibility)]

    async def cases(self) -> list[CaseView]:
        return list((await self.line.relay.open_cases()).views)

    async def case(self) -> CaseView:
        (view,) = await self.cases()
        return view


@pytest.fixture
async def story(tmp_path, loaded_model) -> AsyncIterator[Story]:
    clock = ManualClock(NOON)
    settings = Settings.from_env(ROOT, {"FIRSTLINE_VAR": str(tmp_path)})
    async with open_firstline(settings, model=loaded_model, clock=clock) as line:
        yield Story(line, clock, {})


ANN = AgentId("ann")
__all__ = ["ANN", "POLICY", "Story"]
