"""How messages are read is added up once, whatever happens, and a move is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.errors import StoreUnavailable
from bot.flow.drift_keeper import DriftKeeper, DriftLook
from bot.flow.duty import LENGTH
from bot.model.drift import READ, UNSURE, ReadingDay
from bot.store.reading_days import RedisReadingDays
from tests.builders import NOON, POLICY
from tests.first_line import FirstLine

TODAY = NOON.date()


@pytest.fixture
def reading_days(redis) -> RedisReadingDays:
    return RedisReadingDays(redis)


def a_keeper(line: FirstLine, reading_days: RedisReadingDays) -> DriftKeeper:
    return DriftKeeper(
        events=line.events,
        days=reading_days,
        duties=line.duties,
        policy=POLICY,
        clock=line.clock,
    )


async def keep(keeper: DriftKeeper) -> None:
    while await keeper.step():
        pass


async def write(line: FirstLine, count: int, text: str = "order_status 0.3") -> None:
    for number in range(count):
        line.channel.network.direct(f"c{number}", text)
    await line.settle()


async def counted(reading_days: RedisReadingDays) -> dict[str, int]:
    (day,) = await reading_days.days(TODAY, TODAY)
    return dict(day.counts)


async def test_every_message_is_counted_once(line, reading_days):
    keeper = a_keeper(line, reading_days)
    await write(line, 3)
    await keep(keeper)
    await write(line, 2, "faq/delivery_cost 0.95")
    await keep(keeper)
    found = await counted(reading_days)
    assert (found[READ], found[UNSURE]) == (5, 3)
    assert found["label:order_status"] == 3
    (day,) = await reading_days.days(TODAY, TODAY)
    assert len(day.examples[UNSURE]) == 3


async def test_a_death_between_counting_and_noting_counts_nothing_twice(
    line, reading_days, monkeypatch
):
    await write(line, 3)
    keeper = a_keeper(line, reading_days)

    async def dies(*_args):
        raise StoreUnavailable("gone")

    with monkeypatch.context() as patched:
        patched.setattr(line.events, "keep_bookmark", dies)
        with pytest.raises(StoreUnavailable):
            await keep(keeper)
    line.clock.advance(LENGTH.total_seconds() + 1)
    await keep(a_keeper(line, reading_days))
    assert (await counted(reading_days))[READ] == 3


async def test_of_two_who_add_the_same_one_does(reading_days):
    day = ReadingDay(day=TODAY, counts={READ: 1})
    for expected in (True, False):
        added = await reading_days.add(
            [day], cursors={"s00": "1-0"}, after_turn=0, kept_since=TODAY
        )
        assert added is expected
    assert await counted(reading_days) == {READ: 1}
    assert await reading_days.cursors() == ({"s00": "1-0"}, 1)


async def test_days_that_nobody_asks_for_are_forgotten(reading_days, redis):
    for turn in range(10):
        day = TODAY + timedelta(days=turn)
        await reading_days.add(
            [ReadingDay(day=day, counts={READ: 1})],
            cursors={"s00": f"{turn}-0"},
            after_turn=turn,
            kept_since=day - timedelta(days=2),
        )
    last = TODAY + timedelta(days=9)
    kept = await reading_days.days(TODAY, last)
    assert [one.day for one in kept] == [last - timedelta(days=n) for n in (2, 1, 0)]
    assert len(await redis.keys("{readings}*")) == 4


async def test_a_move_is_told_in_a_sentence_with_messages_that_moved_it(
    line, reading_days
):
    for back in range(30, 1, -1):
        day = TODAY - timedelta(days=back)
        counts = {READ: 200, UNSURE: 10 + back % 3, "label:order_status": 200}
        _, turn = await reading_days.cursors()
        await reading_days.add(
            [ReadingDay(day=day, counts=counts)],
            cursors=line.events.before(NOON - timedelta(days=1)),
            after_turn=turn,
            kept_since=date.min + timedelta(days=99),
        )
    look = DriftLook(reading_days, lambda: POLICY)
    assert await look(line.clock.now()) == ()
    await write(line, 120)
    await keep(a_keeper(line, reading_days))
    (found,) = [one for one in await look(line.clock.now()) if one.measure == UNSURE]
    assert found.says.startswith("100 % of 120 messages since 17 November")
    assert len(found.examples) == 3
