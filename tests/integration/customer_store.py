"""What the store holds of one customer, read key by key: not with the program's eyes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model.case import CaseId
from bot.model.message import CustomerId, Message
from bot.model.work import Buried
from bot.store import keys
from bot.store.events import RedisEvents
from tests.integration.customer_model import Mail

if TYPE_CHECKING:
    from redis.asyncio import Redis

LANE = "simulator:private"


@dataclass(frozen=True)
class Seen:
    """Everything about the customer at one moment; sorted sets as their scores."""

    mails: list[Mail]
    outcomes: dict[str, str]  # those by which a redelivery is recognised
    told: dict[str, str]  # the last outcome that the events tell
    pending: int
    letters: list[tuple[int, str]]
    numbers: list[int]
    parked: bool
    queue: list[str]
    unsent: int
    lines: list[str]
    delivery: dict[str, str]
    lanes: list[int]
    sending: list[int]
    expiring: list[int]
    ready: list[int]
    leased: list[int]
    epoch: int
    version: int


class Kept:
    """Reads the store; remembers how far it has read the events."""

    def __init__(
        self, redis: Redis[str], customer: CustomerId, events: RedisEvents
    ) -> None:
        self._redis, self._who, self._events = redis, customer, events
        self._shard = keys.shard_of(customer)
        self._cursors: dict[str, str] = {}
        self._told: dict[str, str] = {}
        self._fields: dict[str, str] = {}

    def case(self) -> CaseId:
        """Return the newest case, as the last reading found it."""
        return CaseId(self._fields["case"])

    def mail_of(self, mail: object) -> Mail:
        """Return a mail that a worker has read as the model knows it; ranks are 2."""
        if isinstance(mail, Message):
            return Mail("message", mail.id)
        return Mail("buried" if isinstance(mail, Buried) else "send_failure")

    async def read(self) -> Seen:
        """Return all there is now."""
        await self._hear()
        mine = [
            keys.of_customer(self._who, name)
            for name in ("customer", "seen", "seen_old", "delivery", "dead")
        ]
        lists = [
            keys.of_customer(self._who, name)
            for name in ("mailbox", "queue", "history")
        ]
        async with self._redis.pipeline(transaction=False) as pipe:
            for name in (*mine, keys.in_shard(self._shard, "pending")):
                pipe.hgetall(name)
            for name in lists:
                pipe.lrange(name, 0, -1)
            for name in self._sets():
                pipe.zrange(name, 0, -1, withscores=True)
            rows = await pipe.execute()
        return self._seen(rows[:6], rows[6:9], rows[9:])

    def _sets(self) -> list[str]:
        base = keys.in_shard(self._shard, "outbox")
        names = ("dead_letters", *keys.READY.values(), "leased")
        return [
            *(keys.in_shard(self._shard, name) for name in names),
            f"{base}:sending",
            f"{base}:expiring",
            *(f"{base}:lane:{LANE}:{purpose}" for purpose in (1, 2, 3)),
        ]

    def _seen(
        self,
        hashes: list[dict[str, str]],
        lists: list[list[str]],
        sets: list[list[tuple[str, float]]],
    ) -> Seen:
        fields, new, old, delivery, dead, pending = hashes
        mails, queue, lines = ([json.loads(line) for line in part] for part in lists)
        scores = [[int(score) for _, score in part] for part in sets]
        letters = sorted((int(n), json.loads(text)) for n, text in dead.items())
        self._fields = fields
        return Seen(
            mails=[
                Mail(mail["kind"], mail["body"].get("id", ""), mail["rank"])
                for mail in mails
                if isinstance(mail.setdefault("rank", 2), int)
            ],
            outcomes={id_: end.partition("|")[0] for id_, end in (old | new).items()},
            told=dict(self._told),
            pending=sum(map(int, pending.values())),
            letters=[(number, letter["message"]) for number, letter in letters],
            numbers=scores[0],
            parked=fields.get("parked") == "1",
            queue=[entry["key"] for entry in queue],
            unsent=sum(int(n) for f, n in fields.items() if f.startswith("unsent:")),
            lines=[line["id"] for line in lines],
            delivery={key: state.partition("|")[0] for key, state in delivery.items()},
            lanes=[score for part in scores[7:] for score in part],
            sending=scores[5],
            expiring=scores[6],
            ready=[score for part in scores[1:4] for score in part],
            leased=scores[4],
            epoch=int(fields.get("epoch", 0)),
            version=int(fields.get("version", 0)),
        )

    async def _hear(self) -> None:
        found, self._cursors = await self._events.since(self._cursors, limit=1000)
        for event in found:
            if event.type.value == "message_accepted":
                self._told[event.facts["message"]] = "pending"
            elif event.type.value == "message_handled":
                self._told[event.facts["message"]] = event.facts["outcome"]
            elif event.type.value == "letters_replayed":
                ids = json.loads(event.facts["messages"])
                self._told |= dict.fromkeys(ids, "pending")
