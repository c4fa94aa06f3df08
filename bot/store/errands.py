"""Errands in Redis: what an agent wants done with all cases of an incident.

Every change is a script which also tells it as an event: desks follow these.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.model.case import CaseId, IncidentId
from bot.model.errand import Errand, ErrandResult
from bot.model.event import EventType
from bot.store import keys
from bot.store.codec import dump, load
from bot.store.payload import event_fields
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis


class RedisErrands:
    """The `Errands` port on Redis. One field for each case makes repetitions harmless."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._begin = script(redis, "begin_errand")
        self._note = script(redis, "note_errand")
        self._end = script(redis, "end_errand")

    async def add(self, errand: Errand) -> None:
        """Keep it. A repetition of its key changes nothing."""
        event = _event(EventType.ERRAND_BEGUN, errand, errand.at)
        with reporting_outages():
            await self._begin(
                keys=[_errands(errand.incident), _events(errand)],
                args=[errand.key, dump(errand), *event],
            )

    async def of(self, incident: IncidentId) -> list[Errand]:
        """Return those of `incident`, the oldest first."""
        with reporting_outages():
            rows = await self._redis.hvals(_errands(incident))
        return sorted((load(row, Errand) for row in rows), key=lambda one: one.at)

    async def results(self, errand: Errand) -> dict[CaseId, ErrandResult]:
        """Return what became of the cases so far."""
        with reporting_outages():
            rows = await self._redis.hgetall(_results(errand))
        return {CaseId(case): ErrandResult(result) for case, result in rows.items()}

    async def note(
        self, errand: Errand, results: Mapping[CaseId, ErrandResult], *, now: datetime
    ) -> None:
        """Keep what became of some cases."""
        if not results:
            return
        count = str(len(results))
        payload = {
            "key": errand.key,
            "results": {case: result.value for case, result in results.items()},
            "event": _event(EventType.ERRAND_WENT_ON, errand, now, cases=count),
        }
        places = [_errands(errand.incident), _results(errand), _events(errand)]
        with reporting_outages():
            await self._note(keys=places, args=[json.dumps(payload)])

    async def finish(self, errand: Errand, *, now: datetime) -> None:
        """Forget the errand's texts; its results stay for the card."""
        ended = replace(errand, wordings=(), ended=True)
        event = _event(EventType.ERRAND_ENDED, errand, now)
        with reporting_outages():
            await self._end(
                keys=[_errands(errand.incident), _events(errand)],
                args=[errand.key, dump(ended), *event],
            )


def _errands(incident: IncidentId) -> str:
    return keys.of_incident(incident, "errands")


def _results(errand: Errand) -> str:
    return keys.of_incident(errand.incident, f"errand:{errand.key}")


def _events(errand: Errand) -> str:
    return keys.in_shard(keys.shard_of_incident(errand.incident), "events")


def _event(kind: EventType, errand: Errand, at: datetime, **facts: str) -> list[str]:
    """Return an event of the errand, which is about no customer alone."""
    incident, key = str(errand.incident), errand.key
    return event_fields(
        kind, at=at, customer="", incident=incident, errand=key, **facts
    )
