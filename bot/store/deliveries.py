"""What Slack hands us, in Redis, until it is dealt with; see lua/take_delivery.lua."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import from_ms, to_ms
from bot.ports.deliveries import Delivery, Taken
from bot.store import keys
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

FORGET_AFTER = timedelta(hours=48)  # copies have been seen minutes late, not days

_KNOWN, _BODIES = keys.deliveries("known"), keys.deliveries("bodies")
_TRIES, _DUE = keys.deliveries("tries"), keys.deliveries("due")
_TOKENS, _HOLDERS = keys.deliveries("tokens"), keys.deliveries("holders")
_LANES = keys.deliveries("lane:")  # and the lane's name behind it


class RedisDeliveries:
    """The `Deliveries` port on Redis.

    One place for all: what people click in a day is little, and its order across
    lanes is of no use.
    """

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._take = script(redis, "take_delivery")
        self._lease = script(redis, "lease_deliveries")
        self._finish = script(redis, "finish_delivery")
        self._put_off = script(redis, "put_off_delivery")

    async def take(
        self,
        key: str,
        *,
        lane: str,
        body: Mapping[str, object],
        now: datetime,
        length: timedelta,
    ) -> Taken:
        """Store it durably unless a copy was ever taken; lease it if its turn is now."""
        stored = json.dumps({"taken_ms": to_ms(now), "body": body})
        with reporting_outages():
            outcome, *token = await self._take(
                keys=[
                    _KNOWN,
                    _BODIES,
                    _TRIES,
                    _DUE,
                    _TOKENS,
                    _HOLDERS,
                    _LANES + lane,
                ],
                args=[key, lane, stored, to_ms(now), _ms(length), _ms(FORGET_AFTER)],
            )
        if outcome != "leased":
            return Taken(new=outcome == "waits")
        mine = _delivery(lane, key, stored, tries=1, token=int(token[0]))
        return Taken(new=True, lease=mine)

    async def lease(
        self, *, now: datetime, length: timedelta, limit: int
    ) -> list[Delivery]:
        """Take the first of up to `limit` lanes: due, or left by a process that died."""
        with reporting_outages():
            flat = await self._lease(
                keys=[_BODIES, _TRIES, _DUE, _TOKENS, _HOLDERS],
                args=[to_ms(now), _ms(length), limit, _LANES],
            )
        rows = (flat[at : at + 5] for at in range(0, len(flat), 5))
        return [
            _delivery(lane, key, body, tries=int(tries), token=int(token))
            for lane, key, body, tries, token in rows
        ]

    async def finish(self, delivery: Delivery, *, now: datetime) -> bool:
        """Drop what is dealt with; its key stays known. False if the lease was lost."""
        with reporting_outages():
            done = await self._finish(
                keys=[_BODIES, _TRIES, _DUE, _HOLDERS, _LANES + delivery.lane],
                args=[delivery.key, delivery.lane, delivery.token, to_ms(now)],
            )
        return bool(done)

    async def put_off(self, delivery: Delivery, *, due: datetime) -> bool:
        """Give a lease back; its lane is due again at `due`."""
        with reporting_outages():
            done = await self._put_off(
                keys=[_DUE, _HOLDERS],
                args=[delivery.lane, delivery.token, to_ms(due)],
            )
        return bool(done)

    async def waiting(self) -> int:
        """Return how many are not dealt with."""
        with reporting_outages():
            return int(await self._redis.hlen(_BODIES))


def _ms(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)


def _delivery(lane: str, key: str, stored: str, *, tries: int, token: int) -> Delivery:
    told = json.loads(stored)
    return Delivery(
        key=key,
        lane=lane,
        body=told["body"],
        taken_at=from_ms(told["taken_ms"]),
        tries=tries,
        token=token,
    )
