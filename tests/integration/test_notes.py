"""Internal notes: added once, changed by their authors, and never more than what is left."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.flow.audit import audit
from bot.model.case import AgentId, Case
from bot.model.event import EventType
from bot.model.record import Author
from bot.store import keys
from tests.builders import NOON
from tests.first_line import FirstLine

ANN, BEN = AgentId("ann"), AgentId("ben")
SECOND = timedelta(seconds=1)


async def a_case_with_a_note(line: FirstLine) -> Case:
    line.channel.network.direct("carol", "product_question 0.9")
    await line.settle()
    (found,) = await line.relay.search("carol")
    await line.relay.note(found.id, ANN, "ask the courrier", key="n1")
    return found


@pytest.fixture
async def case(line) -> Case:
    return await a_case_with_a_note(line)


async def notes(line, case) -> list[str]:
    records = await line.cases.records(case.customer)
    return [r.text for r in records if r.author is Author.NOTE]


async def acts(line) -> list[str]:
    events = (await line.events.since({}))[0]
    return [e.facts["act"] for e in events if e.type is EventType.CASE_CHANGED]


async def change(line, case, text, *, after=SECOND, note="n1", agent=ANN):
    at = NOON + timedelta(minutes=5) + after
    return await line.relay.change_note(case.id, agent, note, text, at=at)


async def test_a_change_takes_the_place_of_the_note_with_one_event(line, case):
    await line.relay.note(case.id, BEN, "he called", key="n2")
    await change(line, case, "ask the courier")
    await change(line, case, "ask the courier")
    assert await notes(line, case) == ["ask the courier", "he called"]
    assert await acts(line) == ["note", "note", "edit_note"]


async def test_an_older_change_that_comes_late_changes_nothing(line, case):
    await change(line, case, "the newest", after=2 * SECOND)
    await change(line, case, "older", after=SECOND)
    assert await notes(line, case) == ["the newest"]


async def test_of_a_deleted_note_no_word_is_kept_and_nothing_brings_it_back(
    line, case, redis
):
    await change(line, case, None)
    await change(line, case, "again", after=9 * SECOND)
    await change(line, case, None, after=10 * SECOND)
    assert await notes(line, case) == [""]
    assert await acts(line) == ["note", "delete_note"]
    lines = await redis.lrange(keys.of_customer(case.customer, "history"), 0, -1)
    assert not any("courrier" in text for text in lines)


async def test_a_note_that_is_not_there_is_added_and_a_deleted_one_is_not(line, case):
    await change(line, case, "late", note="n2")
    await change(line, case, None, note="n3")
    assert await notes(line, case) == ["ask the courrier", "late"]


async def test_the_note_of_another_case_is_not_touched(line, case):
    line.channel.network.direct("dora", "product_question 0.9")
    await line.settle()
    (other,) = await line.relay.search("dora")
    await change(line, other, "mine")
    assert await notes(line, case) == ["ask the courrier"]
    assert await notes(line, other) == ["mine"]


async def test_changes_beside_everything_else_are_each_carried_out(line, case):
    others = (
        line.relay.note(case.id, BEN, f"note {n}", key=f"b{n}") for n in range(10)
    )
    await asyncio.gather(change(line, case, "ask the courier"), *others)
    found = await notes(line, case)
    assert found[0] == "ask the courier"
    assert len(found) == 11


async def test_a_note_of_a_case_that_is_over_can_still_be_changed(line, case):
    await line.relay.give_back(case.id, ANN)
    await change(line, case, "ask the courier")
    assert await notes(line, case) == ["ask the courier"]
    line.clock.advance(1)
    found = await audit(line.events, now=line.clock.now(), limit=timedelta(minutes=15))
    assert found.clean, found.findings
