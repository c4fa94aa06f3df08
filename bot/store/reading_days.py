"""How messages were read, day by day, in Redis; see lua/add_readings.lua."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from bot.model.drift import ReadingDay
from bot.model.message import MessageId
from bot.store import keys
from bot.store.fast_json import to_json
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

_TURN: Final = "turn"
_EXAMPLES: Final = "eg "
_SWEPT: Final = 14  # days before those that are kept: a program may stand still so long


class RedisReadingDays:
    """The `ReadingDays` port on Redis."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._add = script(redis, "add_readings")

    async def cursors(self) -> tuple[dict[str, str], int]:
        """Return up to where the events were added, and the turn that did it."""
        with reporting_outages():
            found = dict(await self._redis.hgetall(keys.readings("cursors")))
        turn = int(found.pop(_TURN, "0"))
        return found, turn

    async def add(
        self,
        days: Collection[ReadingDay],
        *,
        cursors: Mapping[str, str],
        after_turn: int,
        kept_since: date,
    ) -> bool:
        """Add counts of events that reach up to `cursors`; False if too late."""
        kept = [one for one in days if one.day >= kept_since]
        old = [kept_since - timedelta(days=number) for number in range(1, _SWEPT + 1)]
        payload = {
            "turn": after_turn,
            "cursors": dict(cursors),
            "days": [
                {
                    "counts": dict(one.counts),
                    "examples": {
                        what: json.dumps(ids) for what, ids in one.examples.items()
                    },
                }
                for one in kept
            ],
        }
        with reporting_outages():
            added = await self._add(
                keys=[
                    keys.readings("cursors"),
                    *(_key(one.day) for one in kept),
                    *map(_key, old),
                ],
                args=[to_json(payload)],
            )
        return bool(added)

    async def days(self, since: date, until: date) -> Sequence[ReadingDay]:
        """Return these days in their order, as far as there are any."""
        wanted = [
            since + timedelta(days=number) for number in range((until - since).days + 1)
        ]
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for day in wanted:
                    pipe.hgetall(_key(day))
                rows = await pipe.execute()
        return [_day(day, row) for day, row in zip(wanted, rows, strict=True) if row]


def _key(day: date) -> str:
    return keys.readings(day.isoformat())


def _day(day: date, row: Mapping[str, str]) -> ReadingDay:
    return ReadingDay(
        day=day,
        counts={k: int(v) for k, v in row.items() if not k.startswith(_EXAMPLES)},
        examples={
            name.removeprefix(_EXAMPLES): tuple(map(MessageId, json.loads(ids)))
            for name, ids in row.items()
            if name.startswith(_EXAMPLES)
        },
    )
