"""Cases in Redis. Every act is one script; what it may do stands in the model."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.clock import to_ms
from bot.errors import CaseConflict
from bot.model.case import (
    TRANSITIONS,
    Act,
    AgentId,
    Case,
    CaseId,
    CaseStatus,
    Priority,
    is_folded,
)
from bot.model.event import EventType, Outcome
from bot.model.message import CustomerId
from bot.model.outgoing import Outgoing
from bot.model.record import Delivery, Record
from bot.model.work import CaseChange
from bot.store import keys
from bot.store.codec import case_changes, case_from_hash, dump, load
from bot.store.fast_json import to_json
from bot.store.payload import (
    effects_from,
    event_fields,
    queue_entry,
    queued_event,
    timer_dues,
)
from bot.store.scripts import reporting_outages, script
from bot.store.together import Together

if TYPE_CHECKING:
    from redis.asyncio import Redis


_CHUNK = 500  # cases that are read in one go
_RANKING = ("status", "priority", "opened_at", "incident")


class RedisCases:
    """What agents see and change; see lua/change_case.lua."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._together = Together(redis)
        self._change = script(redis, "change_case")

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
        ids = await self._active_ids()
        for start in range(0, len(ids), _CHUNK):
            some = ids[start : start + _CHUNK]
            with reporting_outages():
                async with self._redis.pipeline(transaction=False) as pipe:
                    for case in some:
                        pipe.hmget(keys.of_case(case), _RANKING)
                    rows = await pipe.execute()
            for case, (status, priority, opened_at, incident) in zip(
                some, rows, strict=True
            ):
                if not is_folded(
                    CaseStatus(status),
                    Priority(int(priority)),
                    in_incident=bool(incident),
                ):
                    yield int(priority), int(opened_at), case

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
        key = keys.of_customer(customer, "customer")
        with reporting_outages():
            state = await self._together.answer(lambda pipe: pipe.hget(key, "state"))
        return tuple(json.loads(str(state))["facts"]) if state else ()

    async def act(
        self,
        change: CaseChange,
        act: Act,
        agent: AgentId,
        *,
        now: datetime,
        key: str = "",
        fields: Mapping[str, str] | None = None,
        record: Record | None = None,
        text: Outgoing | None = None,
    ) -> Case:
        """Carry out an agent's act if the case's state allows it.

        Raises:
            CaseConflict: it does not; nothing was changed.
        """
        case = change.before
        payload = _payload(
            change, act, agent, now=now, key=key, fields=fields or {}, record=record
        )
        payload["text"] = queue_entry(text, epoch=0) if text else ""
        payload["thread"] = text.thread if text else ""
        payload["queued"] = queued_event(text) if text else []
        with reporting_outages():
            outcome, holder = await self._change(
                keys=_act_keys(case), args=[to_json(payload)]
            )
        if outcome not in ("ok", "repeated"):
            raise CaseConflict(case.id, code=outcome, holder=holder)
        return await self.get(case.id)


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


def _payload(
    change: CaseChange,
    act: Act,
    agent: AgentId,
    *,
    now: datetime,
    key: str,
    fields: Mapping[str, str],
    record: Record | None,
) -> dict[str, object]:
    rule, case = TRANSITIONS[act], change.before
    return {
        "case": case.id,
        "customer": case.customer,
        "agent": agent,
        "act": act.value,
        "key": key,
        "now": str(to_ms(now)),
        "revision": str(case.revision),
        "from": {s.value: True for s in CaseStatus if s in rule.allowed_from},
        "to": rule.to.value if rule.to else "",
        "takes": act is Act.CLAIM,
        "holder_only": rule.holder_only,
        "raises_epoch": rule.raises_epoch,
        "fields": {**case_changes(case, change.after), **fields},
        "timers": timer_dues(change.timers),
        "effects_from": effects_from(now),
        "history": dump(record) if record else "",
        "event": event_fields(
            EventType.CASE_CHANGED,
            at=now,
            customer=case.customer,
            case=case.id,
            act=act.value,
            agent=agent,
            **{k: v for k, v in fields.items() if k in _CODES},
        ),
    }


# Fields of a case whose values are codes, and so may stand in an event.
_CODES = frozenset({"team", "resolution", "corrected_label"})


def _act_keys(case: Case) -> list[str]:
    shard = keys.shard_of(case.customer)
    return [
        keys.of_case(case.id),
        keys.of_customer(case.customer, "customer"),
        keys.of_customer(case.customer, "history"),
        keys.in_shard(shard, "events"),
        keys.in_shard(shard, "active"),
        keys.in_shard(shard, "outbox"),
        keys.of_customer(case.customer, "queue"),
        keys.of_customer(case.customer, "effects"),
        keys.in_shard(shard, "timers"),
    ]
