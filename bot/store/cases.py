"""Cases in Redis. Every act is one script; what it may do stands in the model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import to_ms
from bot.errors import CaseConflict
from bot.model.case import (
    TRANSITIONS,
    Act,
    AgentId,
    Case,
    CaseStatus,
)
from bot.model.event import EventType
from bot.model.outgoing import Outgoing, Speaker
from bot.model.record import Hiding, Record
from bot.model.work import CaseChange
from bot.store import keys
from bot.store.case_lists import RedisCaseLists
from bot.store.codec import case_changes, dump, dump_record, load
from bot.store.fast_json import to_json
from bot.store.outbox import SKEW
from bot.store.payload import (
    effects_from,
    event_fields,
    queue_entry,
    queued_event,
    timer_dues,
)
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis


class RedisCases(RedisCaseLists):
    """What agents see and change; see lua/change_case.lua."""

    def __init__(self, redis: Redis[str]) -> None:
        super().__init__(redis)
        self._change = script(redis, "change_case")

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
        asked: Record | None = None,
        withdraws: str = "",
        amended: Record | None = None,
        hiding: Hiding | None = None,
    ) -> Case:
        """Carry out an agent's act if the case's state allows it.

        Raises:
            CaseConflict: it does not; nothing was changed.
        """
        case = change.before
        payload = _payload(
            change,
            act,
            agent,
            now=now,
            key=key,
            fields=fields or {},
            record=record,
            hiding=hiding,
        )
        epoch = await self._epoch(case) if text and text.speaker is Speaker.BOT else 0
        payload["text"] = queue_entry(text, epoch=epoch) if text else ""
        payload["asked"] = dump(asked) if asked else ""
        payload["thread"] = text.thread if text else ""
        payload["queued"] = queued_event(text) if text else []
        payload |= _withdrawal(case, withdraws, now=now)
        payload |= await self._changed_line(case, amended, hiding)
        with reporting_outages():
            outcome, holder = await self._change(
                keys=_act_keys(case), args=[to_json(payload)]
            )
        if outcome not in ("ok", "repeated"):
            raise CaseConflict(case.id, code=outcome, holder=holder)
        return await self.get(case.id)

    async def _changed_line(
        self, case: Case, amended: Record | None, hiding: Hiding | None
    ) -> dict[str, object]:
        """Return a line of the transcript as it is stored, and what takes its place.

        A message may change meanwhile: then the script finds the old line no more, and
        the next try hides what stands there by then. Raises as `_line`.
        """
        if amended is not None:
            old = await self._line(case, amended.id)
            return {"line_old": old, "line_new": dump_record(amended)}
        if hiding is not None:
            old = await self._line(case, hiding.message)
            new = load(old, Record).hidden(hiding)
            return {"line_old": old, "line_new": dump_record(new)}
        return {"line_old": "", "line_new": ""}

    async def _line(self, case: Case, id_: str) -> str:
        """Return a line of the transcript as it is stored.

        Raises:
            CaseConflict: "missing"; it was deleted with its customer.
        """
        with reporting_outages():
            history = keys.of_customer(case.customer, "history")
            lines = await self._redis.lrange(history, 0, -1)
        for line in reversed(lines):
            if load(line, Record).id == id_:
                return str(line)
        raise CaseConflict(case.id, code="missing")

    async def _epoch(self, case: Case) -> int:
        """Return the epoch of a text of the bot: a claim that comes now stops it."""
        key = keys.of_customer(case.customer, "customer")
        with reporting_outages():
            return int(await self._redis.hget(key, "epoch") or 0)


def _payload(
    change: CaseChange,
    act: Act,
    agent: AgentId,
    *,
    now: datetime,
    key: str,
    fields: Mapping[str, str],
    record: Record | None,
    hiding: Hiding | None,
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
        "gives": change.after.assignee or "" if act is Act.ASSIGN else "",
        "holder_only": rule.holder_only,
        "raises_epoch": rule.raises_epoch,
        "fields": {**case_changes(case, change.after), **fields},
        "timers": timer_dues(change.timers),
        "effects_from": effects_from(now),
        "history": dump_record(record) if record else "",
        "event": event_fields(
            EventType.CASE_CHANGED,
            at=now,
            customer=case.customer,
            case=case.id,
            act=act.value,
            agent=agent,
            **_facts(change, act, fields, hiding),
        ),
        "opted_out": event_fields(
            EventType.CUSTOMER_OPTED_OUT,
            at=now,
            customer=case.customer,
            case=case.id,
            agent=agent,
        )
        if act is Act.BLOCK
        else [],
    }


def _facts(
    change: CaseChange, act: Act, fields: Mapping[str, str], hiding: Hiding | None
) -> dict[str, str]:
    facts = {k: v for k, v in fields.items() if k in _CODES}
    if act is Act.ASSIGN:
        facts["to"] = change.after.assignee or ""
    if act is Act.GIVE_BACK:
        facts["resolution"] = change.after.resolution or ""
    if hiding is not None:
        facts["message"] = hiding.message
    return facts


def _withdrawal(case: Case, key: str, *, now: datetime) -> dict[str, object]:
    event = event_fields(
        EventType.REPLY_WITHDRAWN,
        at=now,
        customer=case.customer,
        key=key,
        speaker=Speaker.AGENT.value,
        case=case.id,
        reason="undone",
    )
    return {
        "withdraws": key,
        "withdrawn": event,
        "skew": SKEW // timedelta(milliseconds=1),
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
        keys.of_customer(case.customer, "delivery"),
        keys.in_shard(shard, "generation"),
    ]
