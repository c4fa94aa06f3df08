"""Errands in Redis: what an agent wants done with all cases of an incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model.case import CaseId, IncidentId
from bot.model.errand import Errand, ErrandResult
from bot.store import keys
from bot.store.codec import dump, load
from bot.store.scripts import reporting_outages

if TYPE_CHECKING:
    from redis.asyncio import Redis


class RedisErrands:
    """The `Errands` port on Redis. One field for each case makes repetitions harmless."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis

    async def add(self, errand: Errand) -> None:
        """Keep it. A repetition of its key changes nothing."""
        place = keys.of_incident(errand.incident, "errands")
        with reporting_outages():
            await self._redis.hsetnx(place, errand.key, dump(errand))

    async def of(self, incident: IncidentId) -> list[Errand]:
        """Return those of `incident`, the oldest first."""
        with reporting_outages():
            rows = await self._redis.hvals(keys.of_incident(incident, "errands"))
        return sorted((load(row, Errand) for row in rows), key=lambda one: one.at)

    async def results(self, errand: Errand) -> dict[CaseId, ErrandResult]:
        """Return what became of the cases so far."""
        with reporting_outages():
            rows = await self._redis.hgetall(_results(errand))
        return {CaseId(case): ErrandResult(result) for case, result in rows.items()}

    async def note(
        self, errand: Errand, results: Mapping[CaseId, ErrandResult]
    ) -> None:
        """Keep what became of some cases."""
        if not results:
            return
        rows: dict[str | bytes, bytes | float | int | str] = {
            case: result.value for case, result in results.items()
        }
        with reporting_outages():
            await self._redis.hset(_results(errand), mapping=rows)

    async def finish(self, errand: Errand) -> None:
        """Forget the errand's texts; its results stay for the card."""
        place = keys.of_incident(errand.incident, "errands")
        ended = replace(errand, wordings=(), ended=True)
        with reporting_outages():
            await self._redis.hset(place, errand.key, dump(ended))


def _results(errand: Errand) -> str:
    return keys.of_incident(errand.incident, f"errand:{errand.key}")
