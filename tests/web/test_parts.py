"""The parts of the page that reckon: totals, marks, repeated writes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.flow.outcomes import outcomes_of
from bot.model.event import Event, EventType, Outcome
from bot.model.message import DIRECT, CustomerId, Visibility
from bot.model.reading import Entity, Reading, Request
from bot.model.record import Author, Record
from bot.web.marks import marked
from bot.web.once import Once
from bot.web.tally import Tally

NOON = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
ANN, BOB = CustomerId("simulator:ann"), CustomerId("simulator:bob")


def event(kind: EventType, customer=ANN, *, at=NOON, **facts: str) -> Event:
    return Event(id="s00-1", type=kind, at=at, customer=customer, facts=facts)


def accepted(message, customer=ANN):
    return event(EventType.MESSAGE_ACCEPTED, customer, message=message)


def handled(message, outcome, customer=ANN, *, at=NOON):
    facts = {"message": message, "outcome": outcome.value, "reason": "spam"}
    return event(EventType.MESSAGE_HANDLED, customer, at=at, **facts)


HISTORY = [
    accepted("1"),
    accepted("1", BOB),  # another network would give its own ids; customers differ
    handled("1", Outcome.COALESCED),
    accepted("2"),
    handled("1", Outcome.ANSWERED, BOB),
    handled("2", Outcome.HANDED_OFF),
    accepted("3"),
    handled("2", Outcome.DEAD),  # the last outcome counts
]


@pytest.mark.parametrize("length", range(len(HISTORY) + 1))
def test_the_running_totals_are_those_of_the_whole_table(length):
    tally = Tally()
    for one in HISTORY[:length]:
        tally.add(one)
    whole = outcomes_of(HISTORY[:length])
    assert tally.totals() == {o.value: whole.totals[o] for o in Outcome}
    assert sum(tally.totals().values()) == whole.seen


def test_a_message_belongs_to_the_case_of_the_same_commit():
    later = NOON + timedelta(minutes=1)
    tally = Tally()
    for one in (
        handled("1", Outcome.HANDED_OFF),
        event(EventType.CASE_OPENED, case="C-1000"),
        handled("2", Outcome.ANSWERED, at=later),
    ):
        tally.add(one)
    assert tally.case_of(ANN, "1") == "C-1000"
    assert tally.case_of(ANN, "2") is None
    assert tally.case_of(BOB, "1") is None


def record(id_: str, text: str, *entities: Entity, **changes) -> Record:
    reading = Reading((Request("order_status", 0.9),), entities=entities)
    written = Record(
        id=id_,
        at=NOON,
        author=Author.CUSTOMER,
        thread=DIRECT,
        visibility=Visibility.PRIVATE,
        text=text,
        reading=reading,
    )
    return replace(written, **changes)


def test_entities_are_marked_where_they_stand_even_after_emoji():
    one = record("1", "😀 my FH-482913!", Entity("order_number", "FH-482913", 5, 14))
    assert marked(one, [one]) == [
        {"text": "😀 my "},
        {"text": "FH-482913", "kind": "order_number"},
        {"text": "!"},
    ]


def test_a_burst_is_marked_in_all_that_was_read_together():
    older = record("0", "unrelated", outcome=Outcome.ANSWERED)
    first = record("1", "my order", reading=None, outcome=Outcome.COALESCED)
    last = record("2", "FH-482913", Entity("order_number", "FH-482913", 9, 18))
    assert marked(last, [older, first, last]) == [
        {"text": "my order\n"},
        {"text": "FH-482913", "kind": "order_number"},
    ]


def test_an_entity_inside_of_another_is_marked_once():
    outer, inner = Entity("product", "red tent", 0, 8), Entity("product", "tent", 4, 8)
    one = record("1", "red tent", outer, inner)
    assert marked(one, [one]) == [{"text": "red tent", "kind": "product"}]


async def test_a_write_that_comes_twice_at_once_runs_once():
    once, runs = Once[int](), 0

    async def write() -> int:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0.01)
        return runs

    assert await asyncio.gather(once.run("k", write), once.run("k", write)) == [1, 1]
    assert await once.run("k", write) == 1
    assert await once.run("other", write) == 2


async def test_a_write_that_was_refused_may_be_tried_again():
    once = Once[str]()

    async def refused() -> str:
        raise LookupError("not yours")

    async def allowed() -> str:
        return "done"

    with pytest.raises(LookupError):
        await once.run("k", refused)
    await asyncio.sleep(0)
    assert await once.run("k", allowed) == "done"
