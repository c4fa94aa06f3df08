"""Carries out what an agent wants done with all cases of an incident."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import CaseConflict, InputError, UnsafeText
from bot.flow.duty import Duty
from bot.flow.incident_work import is_for_all, left_of
from bot.flow.relay import Relay
from bot.model.case import CaseId
from bot.model.errand import Errand, ErrandResult
from bot.ports import Duties, Errands, Incidents

DUTY = "errands"
LOOK_EVERY = timedelta(milliseconds=500)
AT_ONCE = 20  # cases in one go: more would delay everything else that runs here


class ErrandRunner:
    """Goes through the cases one by one; each act has a key, so none counts twice.

    The texts go into the outbox, which paces them. After a death the next runner
    goes on with the cases that have no result yet.
    """

    def __init__(
        self,
        *,
        errands: Errands,
        incidents: Incidents,
        relay: Relay,
        duties: Duties,
        clock: Clock,
    ) -> None:
        self._errands, self._incidents, self._relay = errands, incidents, relay
        self._duty, self._clock = Duty(duties, DUTY), clock
        self._look_at: datetime | None = None

    async def step(self) -> int:
        """Deal with some cases of every errand; return how many these were."""
        now = self._clock.now()
        if self._look_at is not None and now < self._look_at:
            return 0
        done = 0
        if await self._duty.hold(now) is not None:
            for incident in await self._incidents.all():
                for errand in await self._errands.of(incident.id):
                    done += 0 if errand.ended else await self._go_on(errand)
        self._look_at = None if done else now + LOOK_EVERY
        return done

    async def _go_on(self, errand: Errand) -> int:
        members = await self._incidents.members(errand.incident)
        results = await self._errands.results(errand)
        left = left_of(errand, members, results)
        if not left:
            await self._errands.finish(errand, now=self._clock.now())
            return 0
        return await self._deal_with(errand, left[:AT_ONCE])

    async def _deal_with(self, errand: Errand, cases: Sequence[CaseId]) -> int:
        results = await asyncio.gather(*(self._result(errand, case) for case in cases))
        await self._errands.note(
            errand,
            dict(zip(cases, results, strict=True)),
            now=self._clock.now(),
        )
        return len(cases)

    async def _result(self, errand: Errand, case: CaseId) -> ErrandResult:
        try:
            return await self._act(errand, case)
        except CaseConflict as conflict:
            held = conflict.code in ("held", "not_yours")
            return ErrandResult.HELD if held else ErrandResult.CLOSED
        except UnsafeText:
            return ErrandResult.UNSAFE
        except InputError:
            return ErrandResult.NOWHERE

    async def _act(self, errand: Errand, id_: CaseId) -> ErrandResult:
        found = await self._relay.cases([id_])
        if not found:
            return ErrandResult.CLOSED
        (case,) = found
        excuse = is_for_all(case, errand.agent)
        if excuse is not None:
            return excuse
        key = f"{id_}:{errand.key}"
        if errand.resolution is not None:
            await self._relay.claim(id_, errand.agent, key=f"{key}:claim")
            await self._relay.resolve(
                id_, errand.agent, errand.resolution, key=f"{key}:resolve"
            )
            return ErrandResult.DONE
        text = errand.wording_for(id_, case.handle)
        thread = case.thread
        await self._relay.check(case, errand.agent, text, thread=thread)  # not ours yet
        await self._relay.claim(id_, errand.agent, key=f"{key}:claim")
        await self._relay.reply(id_, errand.agent, text, thread=thread, key=errand.key)
        return ErrandResult.DONE
