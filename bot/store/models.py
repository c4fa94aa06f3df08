"""The models as all machines share them, in Redis; see lua/promote_model.lua."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.clock import from_ms, to_ms
from bot.errors import ModelError
from bot.model.manifest import pack, unpack
from bot.model.trained import (
    BEFORE_LIVE,
    Hindrance,
    ModelName,
    Part,
    Standing,
    Term,
    TrainedModel,
)
from bot.store import keys
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

MODELS: Final = keys.in_shard(keys.SHARDS[0], "models")
TERMS: Final = keys.in_shard(keys.SHARDS[0], "models:terms")
MANIFESTS: Final = keys.in_shard(keys.SHARDS[0], "models:manifests")
OFFERS: Final = keys.in_shard(keys.SHARDS[0], "models:offers")
EVENTS: Final = keys.in_shard(keys.SHARDS[0], "events")
OFFER_TAKES: Final = timedelta(minutes=10)  # at most; then whoever made it is gone


class RedisModels:
    """The `SharedModels` port. Pieces are kept as text: the connection reads UTF-8."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._promote = script(redis, "promote_model")
        self._shadow = script(redis, "shadow_model")
        self._renew = script(redis, "renew_shadow")
        self._drop = script(redis, "drop_model")

    async def standing(self) -> Standing:
        """Return which model is live, which were, and which is the shadow."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hgetall(MODELS)
                pipe.lrange(TERMS, 0, -1)
                found, over = await pipe.execute()
        shadow, until = found.get("shadow"), found.get("shadow_until")
        return Standing(
            epoch=int(found.get("epoch", 0)),
            live=_term(found["live"], found["term"]) if "live" in found else None,
            earlier=tuple(_over(written) for written in over),
            shadow=ModelName(shadow) if shadow else None,
            shadow_until=from_ms(int(until)) if shadow and until else None,
        )

    async def model(self, name: ModelName) -> TrainedModel | None:
        """Return the manifest of a model that was offered; None if it is dropped."""
        with reporting_outages():
            packed = await self._redis.hget(MANIFESTS, name)
        return unpack(packed) if packed else None

    async def offered(self) -> dict[ModelName, TrainedModel]:
        """Return the manifests of all models that were offered and not dropped."""
        with reporting_outages():
            found = await self._redis.hgetall(MANIFESTS)
        return {ModelName(name): unpack(packed) for name, packed in found.items()}

    async def begin_offer(self, model: TrainedModel, *, now: datetime) -> None:
        """Say that `model` comes in pieces; see the port."""
        with reporting_outages():
            await self._redis.zadd(OFFERS, {_offer(model): to_ms(now)})

    async def carried(self, model: TrainedModel, part: Part) -> int:
        """Return how many pieces of the file are there, without a gap from the first."""
        with reporting_outages():
            numbers = set(await self._redis.hkeys(_file(_offer(model), part)))
        count = 0
        while str(count) in numbers:
            count += 1
        return count

    async def carry(
        self, model: TrainedModel, part: Part, number: int, piece: bytes
    ) -> None:
        """Keep one piece of a file; the same piece again changes nothing."""
        text = base64.b64encode(piece).decode("ascii")
        with reporting_outages():
            await self._redis.hset(_file(_offer(model), part), str(number), text)

    async def end_offer(self, model: TrainedModel) -> None:
        """Make the manifest known: what machines need of the model is there."""
        with reporting_outages():
            await self._redis.hset(MANIFESTS, model.name, pack(model))

    async def pieces(self, model: TrainedModel, part: Part) -> AsyncIterator[bytes]:
        """Yield the pieces of a file in order; none if the store does not carry it."""
        number = 0
        while True:
            with reporting_outages():
                text = await self._redis.hget(_file(_offer(model), part), str(number))
            if text is None:
                return
            yield base64.b64decode(text)
            number += 1

    async def promote(
        self,
        name: ModelName,
        *,
        by: str,
        why: str,
        now: datetime,
        epoch: int | None = None,
        despite: Hindrance | None = None,
    ) -> bool:
        """Let every machine read with it from now on; see the port."""
        facts = {"since_ms": to_ms(now), "by": by, "why": why, "despite": despite}
        expected = "" if epoch is None else epoch
        with reporting_outages():
            outcome = await self._promote(
                keys=[MODELS, TERMS, MANIFESTS, EVENTS],
                args=[name, by, json.dumps(facts), to_ms(now), expected],
            )
        if outcome == "absent":
            raise ModelError(f"{name} is not in the store: offer it anew")
        return bool(outcome == "promoted")

    async def shadow(
        self, name: ModelName | None, *, by: str, now: datetime, until: datetime
    ) -> bool:
        """Let it read beside the live one, None: none; tell whether that is new."""
        with reporting_outages():
            outcome = await self._shadow(
                keys=[MODELS, MANIFESTS, EVENTS],
                args=[name or "", by, to_ms(now), to_ms(until)],
            )
        if outcome == "absent":
            raise ModelError(f"{name} is not in the store: offer it anew")
        return bool(outcome == "changed")

    async def renew_shadow(self, name: ModelName, *, until: datetime) -> bool:
        """Let the shadow's lease run until then; False if it is the shadow no more."""
        with reporting_outages():
            renewed = await self._renew(keys=[MODELS], args=[name, to_ms(until)])
        return bool(renewed)

    async def drop_old(self, *, now: datetime) -> int:
        """Remove the files of models that need not be kept; return how many models."""
        before, dropped = to_ms(now - OFFER_TAKES), 0
        with reporting_outages():
            for offer in await self._redis.zrange(OFFERS, 0, -1):
                name, _, seal = offer.partition(":")
                files = [_file(offer, part) for part in Part]
                dropped += await self._drop(
                    keys=[MODELS, TERMS, MANIFESTS, OFFERS, *files],
                    args=[name, offer, seal, before, BEFORE_LIVE],
                )
        return dropped


def _offer(model: TrainedModel) -> str:
    """Name what is offered by its content: two machines may have trained one model."""
    return f"{model.name}:{model.archive.sha256}"


def _file(offer: str, part: Part) -> str:
    return keys.in_shard(keys.SHARDS[0], f"model:{offer}:{part.value}")


def _over(written: str) -> Term:
    """Read a term that is over: name|until_ms|JSON."""
    name, until, term = written.split("|", 2)
    return _term(name, term, until=from_ms(int(until)))


def _term(name: str, written: str, *, until: datetime | None = None) -> Term:
    facts = json.loads(written)
    despite = facts.get("despite")  # terms of earlier versions do not have it
    return Term(
        model=ModelName(name),
        since=from_ms(facts["since_ms"]),
        by=facts["by"],
        why=facts["why"],
        until=until,
        despite=Hindrance(despite) if despite else None,
    )
