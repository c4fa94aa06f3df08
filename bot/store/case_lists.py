"""Cases in Redis, as agents look for them: read only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from bot.clock import from_ms
from bot.errors import CaseConflict
from bot.model.case import (
    AgentId,
    Case,
    CaseId,
    CaseStatus,
    Priority,
    case_id,
    is_folded,
)
from bot.model.event import Outcome
from bot.model.figures import Queue
from bot.model.message import CustomerId, Profile
from bot.model.record import Delivery, Record
from bot.store import keys
from bot.store.codec import case_from_hash, load, structure
from bot.store.fast_json import from_json
from bot.store.scripts import reporting_outages
from bot.store.together import Together

if TYPE_CHECKING:
    from redis.asyncio import Redis

_CHUNK = 500  # cases that are read in one go
RECENT = 4_000  # resolved ones among the newest ids are searched, too
_RANKING = ("status", "priority", "opened_at", "incident")
_SEARCHED = ("handle", "tags", "label", "corrected_label", "team")
_CASE_ID = re.compile(r"C-\d+")
_Row = tuple[CaseId, Sequence["str | None"]]


class RedisCaseLists:
    """Single cases, lists of them, and what belongs to their customers."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._together = Together(redis)

    async def get(self, case: CaseId) -> Case:
        """Return one case.

        Raises:
            CaseConflict: "missing".
        """
        with reporting_outages():
            fields = await self._redis.hgetall(keys.of_case(case))
        if not fields:
            raise CaseConflict(case, code="missing")
        return case_from_hash(fields)

    async def active(self) -> list[Case]:
        """Return all cases that are not resolved."""
        return await self.some(await self._active_ids())

    async def newest_of(self, customers: Sequence[CustomerId]) -> list[CaseId]:
        """Return the newest case of each of these customers who ever had one."""
        if not customers:
            return []
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for customer in customers:
                    pipe.hget(keys.of_customer(customer, "customer"), "case")
                return [CaseId(case) for case in await pipe.execute() if case]

    async def some(self, cases: Sequence[CaseId]) -> list[Case]:
        """Return these cases, in this order; those that are gone are left out."""
        found: list[Case] = []
        for start in range(0, len(cases), _CHUNK):
            with reporting_outages():
                async with self._redis.pipeline(transaction=False) as pipe:
                    for case in cases[start : start + _CHUNK]:
                        pipe.hgetall(keys.of_case(case))
                    rows = await pipe.execute()
            found += [case_from_hash(fields) for fields in rows if fields]
        return found

    async def most_pressing(self, *, limit: int) -> tuple[list[Case], int]:
        """Return unresolved cases with a card of their own, and how many there are."""
        ranked = sorted([one async for one in self._ranked()])
        return await self.some([case for *_, case in ranked[:limit]]), len(ranked)

    async def _ranked(self) -> AsyncIterator[tuple[int, int, CaseId]]:
        """Yield priority, time of opening and id of what has a card of its own."""
        async for case, (status, priority, opened_at, incident) in self._rows(_RANKING):
            if not is_folded(
                CaseStatus(status),
                Priority(int(priority or 0)),
                in_incident=bool(incident),
            ):
                yield int(priority or 0), int(opened_at or 0), case

    async def held_by(self, agent: AgentId) -> list[Case]:
        """Return the cases that the agent holds, the most pressing first."""
        rows = self._rows(("assignee", "priority", "opened_at"))
        theirs = [
            (int(priority or 0), int(opened_at or 0), case)
            async for case, (assignee, priority, opened_at) in rows
            if assignee == agent
        ]
        return await self.some([case for *_, case in sorted(theirs)])

    async def unclaimed(self, teams: Collection[str]) -> Case | None:
        """Return the most pressing open case that is not put aside."""
        ranked = [
            (int(priority or 0), int(opened_at or 0), case)
            async for case, row in self._rows((*_RANKING, "snoozed_until", "team"))
            for status, priority, opened_at, incident, snoozed, team in [row]
            if status == CaseStatus.OPEN.value
            and not snoozed
            and (not teams or team in teams)
            and not is_folded(
                CaseStatus.OPEN,
                Priority(int(priority or 0)),
                in_incident=bool(incident),
            )
        ]
        found = await self.some([min(ranked)[2]]) if ranked else []
        return found[0] if found else None

    async def search(self, words: Sequence[str], *, limit: int) -> list[Case]:
        """Return cases that have every one of `words`; see `Cases.search`."""
        wanted = [word.casefold() for word in words]
        if not wanted:
            return []
        unresolved = await self._active_ids()
        recent = set(await self._recent_ids()).difference(unresolved)
        found, over = [
            await self._with_all(wanted, ids) for ids in (unresolved, sorted(recent))
        ]
        named = [
            CaseId(word) for word in map(str.upper, words) if _CASE_ID.fullmatch(word)
        ]
        ids = list(dict.fromkeys([*named, *found, *over]))
        return await self.some(ids[:limit])

    async def _with_all(
        self, wanted: Sequence[str], ids: Sequence[CaseId]
    ) -> list[CaseId]:
        """Return those of these cases that have all words, the newest first."""
        found = [
            case
            async for case, row in self._rows_of(ids, _SEARCHED)
            if _has_all(wanted, case, row)
        ]
        return sorted(found, key=lambda case: -int(case.partition("-")[2]))

    async def _recent_ids(self) -> list[CaseId]:
        """Return the newest ids of each shard; some are of no case."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in keys.SHARDS:
                    pipe.get(keys.in_shard(shard, "case_count"))
                newest = [int(count or 0) for count in await pipe.execute()]
        each = RECENT // len(keys.SHARDS)
        return [
            case_id(keys.case_number(shard, count))
            for shard, last in zip(keys.SHARDS, newest, strict=True)
            for count in range(last, max(0, last - each), -1)
        ]

    async def earlier(self, customer: CustomerId) -> list[Case]:
        """Return the customer's cases, the newest first."""
        key = keys.of_customer(customer, "customer")
        with reporting_outages():
            newest, before = await self._redis.hmget(key, ("case", "earlier"))
        ids = _CASE_ID.findall(before or "")
        return await self.some([CaseId(id_) for id_ in [newest, *reversed(ids)] if id_])

    async def _rows(self, fields: Sequence[str]) -> AsyncIterator[_Row]:
        """Yield these fields of every case that is not resolved, with its id."""
        async for found in self._rows_of(await self._active_ids(), fields):
            yield found

    async def _rows_of(
        self, ids: Sequence[CaseId], fields: Sequence[str]
    ) -> AsyncIterator[_Row]:
        """Yield these fields of those of the cases that there are."""
        for start in range(0, len(ids), _CHUNK):
            some = ids[start : start + _CHUNK]
            with reporting_outages():
                async with self._redis.pipeline(transaction=False) as pipe:
                    for case in some:
                        pipe.hmget(keys.of_case(case), fields)
                    rows = await pipe.execute()
            for case, row in zip(some, rows, strict=True):
                if any(row):  # else it was forgotten, or its id never used
                    yield case, row

    async def queue(self) -> Queue:
        """Return how many unresolved cases wait for whom."""
        count, opened = Counter[str](), list[int]()
        async for _, (status, opened_at) in self._rows(("status", "opened_at")):
            count[status or ""] += 1
            if status == CaseStatus.OPEN.value and opened_at:
                opened.append(int(opened_at))
        return Queue(
            unclaimed=count[CaseStatus.OPEN.value],
            claimed=count[CaseStatus.CLAIMED.value],
            waiting=count[CaseStatus.WAITING.value],
            oldest_unclaimed=from_ms(min(opened)) if opened else None,
        )

    async def _active_ids(self) -> list[CaseId]:
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in keys.SHARDS:
                    pipe.zrange(keys.in_shard(shard, "active"), 0, -1)
                return [CaseId(case) for row in await pipe.execute() for case in row]

    async def records(self, customer: CustomerId) -> list[Record]:
        """Return the transcript, oldest first, each text with its delivery state."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.lrange(keys.of_customer(customer, "history"), 0, -1)
                pipe.hgetall(keys.of_customer(customer, "delivery"))
                lines, delivery = await pipe.execute()
            records = [_delivered(load(line, Record), delivery) for line in lines]
            return await self._with_latest_outcomes(customer, records)

    async def _with_latest_outcomes(
        self, customer: CustomerId, records: list[Record]
    ) -> list[Record]:
        """Put in outcomes that changed after the line was written."""
        ids = [record.id for record in records if record.outcome is not None]
        if not ids:
            return records
        async with self._redis.pipeline(transaction=False) as pipe:
            for name in ("seen", "seen_old"):  # what stands in the first is newer
                pipe.hmget(keys.of_customer(customer, name), ids)
            rows = zip(*await pipe.execute(), strict=True)
        latest = {id_: new or old for id_, (new, old) in zip(ids, rows, strict=True)}
        return [_ended(record, latest.get(record.id)) for record in records]

    async def private_facts(self, customer: CustomerId) -> tuple[str, ...]:
        """Return the values that must never appear in public."""
        facts = structure((await self._state(customer)).get("facts", []), list[str])
        return tuple(facts)

    async def profile(self, customer: CustomerId) -> Profile | None:
        """Return what the customer shows of themselves, None if that is not known."""
        plain = (await self._state(customer)).get("profile")
        return structure(plain, Profile) if plain else None

    async def called(self, customer: CustomerId) -> tuple[str, ...]:
        """Return the customer's handle and display name, as far as they are known."""
        state = await self._state(customer)
        plain = state.get("profile")
        shown = structure(plain, Profile).name if plain else ""
        return tuple(name for name in (str(state.get("handle", "")), shown) if name)

    async def opted_out(self, customer: CustomerId) -> bool:
        """Tell whether the customer wants no automatic message."""
        return (await self._state(customer)).get("opted_out") is True

    async def _state(self, customer: CustomerId) -> dict[str, object]:
        """Return the worker's state of the customer as plain data."""
        key = keys.of_customer(customer, "customer")
        with reporting_outages():
            state = await self._together.answer(lambda pipe: pipe.hget(key, "state"))
        return cast("dict[str, object]", from_json(str(state))) if state else {}


def _delivered(record: Record, delivery: Mapping[str, str]) -> Record:
    if record.id not in delivery or record.delivery is None:
        return record
    state, _, problem = delivery[record.id].partition("|")
    return record.delivered(Delivery(state), problem or None)


def _ended(record: Record, latest: str | None) -> Record:
    if not latest or record.outcome is None:
        return record
    outcome, _, reason = latest.partition("|")
    return replace(record, outcome=Outcome(outcome), reason=reason)


def _has_all(words: Sequence[str], case: CaseId, row: Sequence[str | None]) -> bool:
    """Tell whether every word stands in the id or in one of the fields."""
    places = "\n".join([case, *(value or "" for value in row)])
    return all(word in places.casefold() for word in words)
