"""Everything that is kept in Redis, on one connection pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.store.archive import RedisArchive
from bot.store.cards import RedisCardBook
from bot.store.cases import RedisCases
from bot.store.dead import RedisDeadLetters
from bot.store.deliveries import RedisDeliveries
from bot.store.duties import RedisDuties
from bot.store.errands import RedisErrands
from bot.store.events import RedisEvents
from bot.store.forgetting import RedisForgetting
from bot.store.generation import Generation
from bot.store.inbox import RedisInbox
from bot.store.incidents import RedisIncidents
from bot.store.kept import RedisKept
from bot.store.models import RedisModels
from bot.store.outbox import RedisOutbox
from bot.store.processes import RedisProcesses
from bot.store.quiet import RedisQuietMode
from bot.store.quota import RedisQuota
from bot.store.reading_days import RedisReadingDays
from bot.store.reviews import RedisReviews
from bot.store.server import EmbeddedServer
from bot.store.shadow import RedisShadowTally
from bot.store.spending import RedisSpending
from bot.store.timers import RedisTimers
from bot.store.turns import RedisTurns
from bot.store.wakes import Wakes
from bot.store.wordings import RedisWordings

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from bot.model.message import ChannelName
    from bot.ports import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The parts of the store."""

    address: str
    inbox: RedisInbox
    turns: RedisTurns
    outbox: RedisOutbox
    cases: RedisCases
    cards: RedisCardBook
    timers: RedisTimers
    events: RedisEvents
    archive: RedisArchive
    dead: RedisDeadLetters
    forgetting: RedisForgetting
    kept: RedisKept
    incidents: RedisIncidents
    errands: RedisErrands
    duties: RedisDuties
    deliveries: RedisDeliveries
    processes: RedisProcesses
    quiet: RedisQuietMode
    quota: RedisQuota
    spending: RedisSpending
    wordings: RedisWordings
    models: RedisModels
    shadow: RedisShadowTally
    reviews: RedisReviews
    reading_days: RedisReadingDays
    wakes: Wakes
    server: EmbeddedServer | None  # None if Redis runs elsewhere
    generation: Generation

    @classmethod
    def on(
        cls,
        redis: Redis[str],
        *,
        address: str,
        server: EmbeddedServer | None,
        archive: Path,
        generation: Generation,
        channels: Mapping[ChannelName, Channel],
    ) -> Store:
        """Return a store whose parts share `redis`, a client for `address`.

        Old events are in the folder `archive`. Texts go out on `channels`.
        """
        wakes = Wakes(redis)
        return cls(
            address=address,
            inbox=RedisInbox(redis),
            turns=RedisTurns(redis, wakes.workers),
            outbox=RedisOutbox(redis, channels, wakes.senders),
            cases=RedisCases(redis),
            cards=RedisCardBook(redis),
            timers=RedisTimers(redis),
            events=RedisEvents(redis, archive),
            archive=RedisArchive(redis, archive),
            dead=RedisDeadLetters(redis),
            forgetting=RedisForgetting(redis),
            kept=RedisKept(redis),
            incidents=RedisIncidents(redis),
            errands=RedisErrands(redis),
            duties=RedisDuties(redis),
            deliveries=RedisDeliveries(redis),
            processes=RedisProcesses(redis),
            quiet=RedisQuietMode(redis),
            quota=RedisQuota(redis),
            spending=RedisSpending(redis),
            wordings=RedisWordings(redis),
            models=RedisModels(redis),
            shadow=RedisShadowTally(redis),
            reviews=RedisReviews(redis),
            reading_days=RedisReadingDays(redis),
            wakes=wakes,
            server=server,
            generation=generation,
        )
