"""What authors do to their messages afterwards: edits and deletions, each once.

A message is kept in up to three places: the mailbox, the transcript, the dead letters.
What stands there is read, changed here, and put back by one script if it is still
what was read. A notice that comes before its message waits for it: see accept.lua.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.clock import to_ms
from bot.errors import StoreUnavailable
from bot.model.customer import Customer
from bot.model.message import (
    CustomerId,
    Deleted,
    Edited,
    Message,
    Notice,
    Visibility,
)
from bot.model.record import Author, Record
from bot.store import keys
from bot.store.codec import dump_mail, dump_record, load, load_mail, state_to_json
from bot.store.dead import RedisDeadLetters
from bot.store.fast_json import to_json
from bot.store.scripts import reporting_outages, script
from bot.store.texts import whole

if TYPE_CHECKING:
    from redis.asyncio import Redis

KEPT = 500  # notices that are remembered of a customer, so that none counts twice
_TRIES = 20  # each one that fails means that a turn or another notice was faster


@dataclass(frozen=True, slots=True)
class _Found:
    """One place where something of the message may be kept."""

    place: str
    index: str | int
    text: str


class Amendments:
    """Carries out edits and deletions; see lua/find_message.lua and lua/amend.lua."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis, self._dead = redis, RedisDeadLetters(redis)
        self._find, self._amend = script(redis, "find_message"), script(redis, "amend")

    async def carry_out(self, notice: Notice, *, now: datetime) -> bool:
        """Carry out one notice; False if it is known, or an older edit.

        Raises:
            StoreUnavailable: the message is moved all the time: the same notice may
                come again.
        """
        if any(name != whole(name) for name in (notice.id, notice.customer)):
            return False  # no message is stored under such an id
        if isinstance(notice, Edited):
            notice = replace(notice, text=whole(notice.text))
        else:
            await self._drop_undecodable(notice, now=now)
        for _ in range(_TRIES):
            outcome = await self._try(notice, now=now)
            if outcome != "again":
                return outcome == "ok"
        raise StoreUnavailable("a message is moved faster than it can be changed")

    async def _try(self, notice: Notice, *, now: datetime) -> str:
        who = notice.customer
        places = ("seen", "seen_old", "mailbox", "history", "dead", "customer")
        own = [keys.of_customer(who, name) for name in places]
        id_ = notice.id
        needles = {json.dumps(id_)[1:-1], json.dumps(id_, ensure_ascii=False)[1:-1]}
        with reporting_outages():
            known, state, flat = await self._find(keys=own, args=[id_, *needles])
            return str(
                await self._amend(
                    keys=[
                        *own,
                        keys.of_customer(who, "amended"),
                        keys.of_customer(who, "amended_old"),
                        keys.in_shard(keys.shard_of(who), "events"),
                        keys.of_customer(who, "reviews"),
                        keys.in_shard(keys.shard_of(who), "reviews"),
                    ],
                    args=[_payload(notice, bool(known), state, flat, now=now)],
                )
            )

    async def _drop_undecodable(self, notice: Deleted, *, now: datetime) -> None:
        """Remove what came of the message and could not be decoded."""
        nobody = CustomerId(f"{notice.channel}:")
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for name in ("seen", "seen_old"):
                    pipe.hexists(keys.of_customer(nobody, name), notice.id)
                parked = any(await pipe.execute())
        if not parked:
            return
        letters = await self._dead.of(nobody)
        numbers = [one.number for one in letters if one.message == notice.id]
        if numbers:
            await self._dead.drop(nobody, now=now, by="author", numbers=numbers)


def _payload(
    notice: Notice, known: bool, state: str, flat: Sequence[str | int], *, now: datetime
) -> str:
    parts = iter(flat)
    found = [
        _Found(str(place), index, str(text))
        for place, index, text in zip(parts, parts, parts, strict=True)
    ]
    swaps = list(_swaps(notice, found))
    new_state = _state_without_dialogue(notice, found, state)
    return to_json(
        {
            "customer": notice.customer,
            "id": notice.id,
            "at": str(to_ms(notice.at)),
            "when": notice.at.isoformat(),
            "deleted": isinstance(notice, Deleted),
            "text": "" if isinstance(notice, Deleted) else notice.text,
            "known": known,
            "swaps": [
                {"place": one.place, "index": one.index, "old": one.text, "new": new}
                for one, new in swaps
            ],
            "state_old": state,
            "state_new": new_state,
            "now": str(to_ms(now)),
            "keep": KEPT,
            "cases": keys.in_shard(keys.shard_of(notice.customer), "case:"),
            "review": keys.in_shard(keys.shard_of(notice.customer), "review:"),
        }
    )


def _swaps(notice: Notice, found: Sequence[_Found]) -> Iterator[tuple[_Found, str]]:
    """Yield what is about the message, and what is to stand there instead."""
    for one in found:
        if one.place == "mailbox":
            new = _mail(one.text, notice)
        elif one.place == "history":
            new = _line(one.text, notice)
        else:
            new = _letter(one.text, notice)
        if new is not None:
            yield one, new


def _mail(text: str, notice: Notice) -> str | None:
    try:
        mail, rank = load_mail(text)
    except Exception:  # noqa: BLE001 - an alien mail is no message that anybody wrote
        return None
    if not isinstance(mail, Message) or mail.id != notice.id:
        return None
    return dump_mail(mail.amended(notice), rank)


def _line(text: str, notice: Notice) -> str | None:
    record = load(text, Record)
    if record.author is not Author.CUSTOMER or record.id != notice.id:
        return None
    return dump_record(record.amended(notice))


def _letter(text: str, notice: Notice) -> str | None:
    letter = json.loads(text)
    if letter["message"] != notice.id:
        return None
    item = _mail(letter["item"], notice)
    if item is None:
        return None
    record = _line(letter["record"], notice) if letter["record"] else ""
    return to_json({**letter, "item": item, "record": record or ""})


def _state_without_dialogue(notice: Notice, found: Sequence[_Found], state: str) -> str:
    """Return the state without the dialogue that holds a deleted text; "" if none does."""
    if not state or not isinstance(notice, Deleted):
        return ""
    lines = [load(one.text, Record) for one in found if one.place == "history"]
    private = any(
        line.id == notice.id and line.visibility is Visibility.PRIVATE for line in lines
    )
    customer = load(state, Customer)
    if not private or customer.dialogue is None:
        return ""
    return state_to_json(replace(customer, dialogue=None, dialogue_at=None))
