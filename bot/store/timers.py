"""Timers of cases in Redis: found when due, and each with one effect; see lua/ring.lua."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.clock import from_ms, to_ms
from bot.model.case import Case, CaseId
from bot.model.timer import EVENTS, TimerKind
from bot.model.work import CaseChange, DueTimer
from bot.store import keys
from bot.store.codec import case_changes, case_from_hash
from bot.store.fast_json import to_json
from bot.store.payload import event_fields, timer_dues
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

MOST = 20_000  # timers of a shard that are looked through for some that we know
_KINDS = frozenset(kind.value for kind in TimerKind)  # another version may have more


class RedisTimers:
    """Which timers are due, and the one atomic step that lets one have its effect."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._ring = script(redis, "ring")

    async def due(self, *, now: datetime, limit: int) -> list[DueTimer]:
        """Return up to `limit` timers of each shard whose time has come."""
        with reporting_outages():
            pairs = await self._known(now, limit)
            if not pairs:
                return []
            async with self._redis.pipeline(transaction=False) as pipe:
                for _, case in pairs:
                    pipe.hgetall(keys.of_case(case))
                found = await pipe.execute()
        return [
            DueTimer(id=case, kind=kind, case=_readable(fields))
            for (kind, case), fields in zip(pairs, found, strict=True)
        ]

    async def _known(self, now: datetime, limit: int) -> list[tuple[TimerKind, CaseId]]:
        """Return what is due of the kinds that we know; the others hold none back."""
        found: list[tuple[TimerKind, CaseId]] = []
        counts = dict.fromkeys(keys.SHARDS, limit)
        while counts:
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard, count in counts.items():
                    name = keys.in_shard(shard, "timers")
                    pipe.zrangebyscore(name, "-inf", to_ms(now), 0, count)
                rows = dict(zip(counts, await pipe.execute(), strict=True))
            known = {shard: _readable_kinds(row) for shard, row in rows.items()}
            hidden = {
                shard: 2 * counts[shard]
                for shard, row in rows.items()
                if len(row) == counts[shard] < MOST and len(known[shard]) < limit
            }
            found += [
                pair for s, pairs in known.items() if s not in hidden for pair in pairs
            ]
            counts = hidden
        return found

    async def ring(
        self, rings: Sequence[tuple[DueTimer, CaseChange | None]], *, now: datetime
    ) -> list[bool]:
        """Let each timer make its change, or go if there is none; True where it did.

        False if the timer is gone, or its case is not any more what the change was
        derived from: then the timer is still there, or was replaced.
        """
        if not rings:
            return []
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for timer, change in rings:
                    payload = _payload(timer, change, now)
                    await self._ring(
                        keys=_keys(timer), args=[to_json(payload)], client=pipe
                    )
                return [answer == "rung" for answer in await pipe.execute()]

    async def next_due(self) -> datetime | None:
        """Return when the earliest timer is due; None if there is none."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in keys.SHARDS:
                    name = keys.in_shard(shard, "timers")
                    pipe.zrange(name, 0, 0, withscores=True)
                found = [score for row in await pipe.execute() for _, score in row]
        return from_ms(int(min(found))) if found else None


def _readable_kinds(members: Sequence[str]) -> list[tuple[TimerKind, CaseId]]:
    parts = (member.partition("|") for member in members)
    return [(TimerKind(k), CaseId(case)) for k, _, case in parts if k in _KINDS]


def _readable(fields: dict[str, str]) -> Case | None:
    try:
        return case_from_hash(fields)
    except Exception:  # noqa: BLE001 - whatever an alien case does to us
        return None


def _payload(
    timer: DueTimer, change: CaseChange | None, now: datetime
) -> dict[str, object]:
    base: dict[str, object] = {
        "case": timer.id,
        "kind": timer.kind.value,
        "now": str(to_ms(now)),
        "revision": str(timer.case.revision) if timer.case else "",
    }
    if change is None:
        return {**base, "drops": True}
    before, after = change.before, change.after
    return {
        **base,
        "fields": case_changes(before, after),
        "timers": timer_dues(change.timers),
        "moves": before.status is not after.status,
        "event": event_fields(
            EVENTS[timer.kind],
            at=now,
            customer=before.customer,
            case=before.id,
            team=before.team,
            priority=before.priority.name.lower(),
            agent=before.assignee or "",
        ),
    }


def _keys(timer: DueTimer) -> list[str]:
    shard, case = keys.shard_of_case(timer.id), timer.case
    return [
        keys.in_shard(shard, "timers"),
        keys.of_case(timer.id),
        keys.of_customer(case.customer, "customer")
        if case
        else keys.in_shard(shard, "none"),  # the timer is only taken away
        keys.in_shard(shard, "events"),
    ]
