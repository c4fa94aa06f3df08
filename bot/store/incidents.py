"""Incidents in Redis. What joins a case to one is a script in the case's shard.

The list of an incident's cases follows from the events: whoever keeps incidents
notes it when it reads that a case joined or changed (`refresh`), as often as it likes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import to_ms
from bot.errors import InputError
from bot.model.case import CaseId, IncidentId
from bot.model.event import EventType
from bot.model.incident import Incident, Member, Opening
from bot.model.message import CustomerId
from bot.store import keys
from bot.store.incident_rows import (
    MEMBER,
    OPENING,
    incident_from_hash,
    joined_event,
    member_event,
    member_from_row,
    opened_incident,
    opening_from,
)
from bot.store.payload import event_fields
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

_LINES = 12  # of a transcript's end, among which the opening message is looked for
_CHUNK = 500  # cases that are read in one go

_MS = timedelta(milliseconds=1)


class RedisIncidents:
    """The `Incidents` port on Redis."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._open = script(redis, "open_incident")
        self._join = script(redis, "join_incident")
        self._leave = script(redis, "leave_incident")
        self._end = script(redis, "end_incident")

    async def fence(self, holding: int) -> None:
        """Let nobody with an older holding change incidents any more."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in keys.SHARDS:
                    pipe.set(keys.in_shard(shard, "incident_fence"), holding)
                await pipe.execute()

    # -- cases, as incidents look at them ---------------------------------------

    async def openings(self, cases: Sequence[CaseId]) -> list[Opening]:
        """Return how these cases began; those that are gone are left out."""
        found: list[Opening] = []
        for start in range(0, len(cases), _CHUNK):
            found += await self._openings(cases[start : start + _CHUNK])
        return found

    async def _openings(self, cases: Sequence[CaseId]) -> list[Opening]:
        rows = dict(zip(cases, await self._fields(cases, OPENING), strict=True))
        there = [case for case in cases if rows[case][0]]
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for case in there:
                    who = CustomerId(rows[case][0])
                    pipe.lrange(keys.of_customer(who, "history"), -_LINES, -1)
                histories = await pipe.execute()
        return [
            opening_from(case, rows[case], lines)
            for case, lines in zip(there, histories, strict=True)
        ]

    async def recent(self, since: datetime, *, limit: int) -> list[CaseId]:
        """Return the newest `limit` unresolved cases that were opened after `since`."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in keys.SHARDS:
                    pipe.zrevrangebyscore(
                        keys.in_shard(shard, "active"),
                        "+inf",
                        f"({to_ms(since)}",
                        0,
                        limit,
                        withscores=True,
                    )
                rows = [pair for row in await pipe.execute() for pair in row]
        rows.sort(key=lambda pair: pair[1], reverse=True)
        return [CaseId(case) for case, _ in rows[:limit]]

    async def _fields(
        self, cases: Sequence[CaseId], names: Sequence[str]
    ) -> list[list[str]]:
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for case in cases:
                    pipe.hmget(keys.of_case(case), names)
                rows = await pipe.execute()
        return [[value or "" for value in row] for row in rows]

    # -- changes ----------------------------------------------------------------

    async def open(
        self,
        founder: Opening,
        examples: Sequence[CaseId],
        *,
        now: datetime,
        holding: int,
    ) -> IncidentId | None:
        """Begin an incident with `founder`, or return the one that it is part of."""
        shard = keys.shard_of_case(founder.case)
        with reporting_outages():
            count = await self._redis.incr(keys.in_shard(shard, "incident_count"))
            id_ = IncidentId(f"I-{keys.incident_number(shard, count)}")
            outcome, incident = await self._open(
                keys=[
                    keys.of_case(founder.case),
                    keys.in_shard(shard, "incident_fence"),
                    keys.of_incident(id_),
                    keys.in_shard(shard, "incidents"),
                    keys.in_shard(shard, "events"),
                ],
                args=[opened_incident(id_, founder, examples, now, holding)],
            )
        return IncidentId(incident) if outcome in ("ok", "repeated") else None

    async def join(
        self,
        incident: IncidentId,
        cases: Sequence[Opening],
        *,
        now: datetime,
        holding: int,
    ) -> list[CaseId]:
        """Make cases part of `incident`; return those that are now."""
        joined: list[CaseId] = []
        for start in range(0, len(cases), _CHUNK):
            some = cases[start : start + _CHUNK]
            with reporting_outages():
                async with self._redis.pipeline(transaction=False) as pipe:
                    for one in some:
                        event = joined_event(incident, one, now)
                        shard = keys.shard_of_case(one.case)
                        await self._join(
                            keys=[
                                keys.of_case(one.case),
                                keys.in_shard(shard, "incident_fence"),
                                keys.in_shard(shard, "events"),
                            ],
                            args=[incident, holding, *event],
                            client=pipe,
                        )
                    outcomes = await pipe.execute()
            joined += [
                one.case
                for one, outcome in zip(some, outcomes, strict=True)
                if outcome in ("ok", "repeated")
            ]
        return joined

    async def leave(
        self,
        incident: IncidentId,
        case: Opening,
        *,
        unclaimed: timedelta,
        now: datetime,
        holding: int,
    ) -> bool:
        """Take an open case out of its incident."""
        shard = keys.shard_of_case(case.case)
        event = member_event(EventType.INCIDENT_LEFT, incident, case, now)
        with reporting_outages():
            outcome = await self._leave(
                keys=[
                    keys.of_case(case.case),
                    keys.in_shard(shard, "incident_fence"),
                    keys.in_shard(shard, "events"),
                    keys.in_shard(shard, "timers"),
                ],
                args=[
                    incident,
                    holding,
                    case.case,
                    to_ms(now),
                    unclaimed // _MS,
                    *event,
                ],
            )
        return bool(outcome == "ok")

    async def strike(self, incident: IncidentId, cases: Sequence[CaseId]) -> None:
        """Take cases that left off the incident's list."""
        with reporting_outages():
            await self._redis.hdel(keys.of_incident(incident, "members"), *cases)

    async def refresh(self, cases: Sequence[CaseId]) -> set[IncidentId]:
        """Note how these cases are now, where they are part of an incident."""
        touched: set[IncidentId] = set()
        for start in range(0, len(cases), _CHUNK):
            some = cases[start : start + _CHUNK]
            rows = await self._fields(some, MEMBER)
            with reporting_outages():
                async with self._redis.pipeline(transaction=False) as pipe:
                    for case, (incident, *member) in zip(some, rows, strict=True):
                        if not incident:
                            continue
                        id_ = IncidentId(incident)
                        touched.add(id_)
                        pipe.hset(
                            keys.of_incident(id_, "members"), case, "|".join(member)
                        )
                        pipe.zadd(
                            keys.in_shard(keys.shard_of_incident(id_), "incidents"),
                            {id_: float(member[4])},
                            gt=True,
                            xx=True,
                        )
                    await pipe.execute()
        return touched

    async def end(
        self, incident: Incident, *, now: datetime, quiet_since: datetime, holding: int
    ) -> bool:
        """End it if no case came after `quiet_since`."""
        shard = keys.shard_of_incident(incident.id)
        event = event_fields(
            EventType.INCIDENT_ENDED,
            at=now,
            customer=incident.customer,
            incident=incident.id,
        )
        with reporting_outages():
            outcome = await self._end(
                keys=[
                    keys.of_incident(incident.id),
                    keys.in_shard(shard, "incidents"),
                    keys.in_shard(shard, "incident_fence"),
                    keys.in_shard(shard, "events"),
                ],
                args=[incident.id, to_ms(quiet_since), to_ms(now), holding, *event],
            )
        return bool(outcome == "ok")

    async def forget(self, incident: IncidentId) -> None:
        """Take an incident that is over off the list; its events stay."""
        shard = keys.shard_of_incident(incident)
        place = keys.of_incident(incident, "errands")
        with reporting_outages():
            errands = await self._redis.hkeys(place)
            names = ("incident", "members", *(f"errand:{key}" for key in errands))
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.zrem(keys.in_shard(shard, "incidents"), incident)
                pipe.delete(place, *(keys.of_incident(incident, n) for n in names))
                await pipe.execute()

    # -- reading ----------------------------------------------------------------

    async def all(self) -> list[Incident]:
        """Return the incidents on the list, the oldest first."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in keys.SHARDS:
                    pipe.zrange(
                        keys.in_shard(shard, "incidents"), 0, -1, withscores=True
                    )
                found = [pair for row in await pipe.execute() for pair in row]
            async with self._redis.pipeline(transaction=False) as pipe:
                for id_, _ in found:
                    pipe.hgetall(keys.of_incident(IncidentId(id_)))
                rows = await pipe.execute()
        incidents = [
            incident_from_hash(fields, last_ms=int(last))
            for fields, (_, last) in zip(rows, found, strict=True)
            if fields
        ]
        return sorted(incidents, key=lambda incident: incident.opened_at)

    async def get(self, incident: IncidentId) -> Incident:
        """Return one incident.

        Raises:
            InputError: it is not on the list.
        """
        shard = keys.shard_of_incident(incident)
        with reporting_outages():
            fields = await self._redis.hgetall(keys.of_incident(incident))
            last = await self._redis.zscore(keys.in_shard(shard, "incidents"), incident)
        if not fields or last is None:
            raise InputError(f"There is no incident {incident} on the list.")
        return incident_from_hash(fields, last_ms=int(last))

    async def members(self, incident: IncidentId) -> list[Member]:
        """Return the cases of it, the oldest first."""
        with reporting_outages():
            rows = await self._redis.hgetall(keys.of_incident(incident, "members"))
        members = [member_from_row(CaseId(case), row) for case, row in rows.items()]
        return sorted(members, key=lambda member: (member.opened_at, member.case))
