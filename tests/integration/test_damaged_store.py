"""What is damaged in the store, or of another version, is told and stops nobody else."""

from __future__ import annotations

import pytest

from bot.clock import ManualClock, to_ms
from bot.commands import dead as command
from bot.errors import InputError, PermanentFailure
from bot.flow.audit import audit
from bot.flow.desk_feed import DeskFeed
from bot.flow.outcomes import count_outcomes
from bot.flow.trace import trace
from bot.model.event import EventType
from bot.model.message import CustomerId, Malformed, MessageId
from bot.store import keys
from bot.store.archive import Keep, RedisArchive
from bot.store.dead import RedisDeadLetters
from bot.store.events import RedisEvents
from bot.store.inbox import RedisInbox
from tests.builders import ALICE, CHANNEL, NOON, POLICY, message
from tests.first_line import FirstLine, on_fake
from tests.integration.test_desk_feed import FakeDesk, feed_of

WRITES_BY_HAND = True  # see conftest.py
SHARD = keys.shard_of(ALICE)
STREAM = keys.in_shard(SHARD, "events")
RULE = "events are readable"
NEWER = {"type": "newer", "at_ms": str(to_ms(NOON)), "customer": ALICE, "case": "C-1"}
DAMAGED: dict[str, dict[str, str]] = {
    "an unknown type": NEWER,
    "no type": {"at_ms": str(to_ms(NOON)), "customer": ALICE},
    "no time": {"type": "case_opened", "customer": ALICE},
    "no number": {"type": "case_opened", "at_ms": "noon", "customer": ALICE},
    "a time beyond all": {"type": "newer", "at_ms": "9" * 40, "customer": ALICE},
    "nobody's": {"type": "case_opened", "at_ms": str(to_ms(NOON))},
    "letters of no list": {**NEWER, "type": "letters_replayed", "messages": "["},
}


@pytest.fixture
def line(redis) -> FirstLine:
    return on_fake(redis)


async def write(line: FirstLine, id_: str) -> None:
    one = message("product_question 0.9", id=id_)
    line.channel.receive(one)
    await line.settle()


@pytest.mark.parametrize("fields", DAMAGED.values(), ids=DAMAGED)
async def test_an_event_that_cannot_be_read_hides_no_later_case(line, redis, fields):
    desk = FakeDesk()
    feed: DeskFeed = feed_of(line, desk)
    await redis.xadd(STREAM, fields)
    await write(line, "m1")
    await line.keeper.step()
    await feed.step()
    assert desk.shown == ["alice"]
    assert (await count_outcomes(line.events)).adds_up


@pytest.mark.parametrize("fields", [NEWER, DAMAGED["no time"]])
async def test_the_audit_names_what_it_cannot_read(line, redis, fields):
    await write(line, "m1")
    assert (await audit(line.events, now=line.clock.now())).clean
    number = await redis.xadd(STREAM, fields)
    found = await audit(line.events, now=line.clock.now())
    assert not found.clean
    assert [(f.rule, f.id) for f in found.findings] == [(RULE, f"{SHARD}-{number}")]


async def test_a_trace_goes_past_what_cannot_be_read(line, redis):
    await redis.xadd(STREAM, NEWER)
    await write(line, "m1")
    found = await trace(line.events, "m1")
    types = [step.event.type for step in found.steps]
    assert types[0] is EventType.MESSAGE_ACCEPTED
    assert EventType.UNREADABLE not in types


async def test_what_cannot_be_read_goes_to_the_files_as_it_is(redis, tmp_path):
    for fields in (NEWER, DAMAGED["no time"], DAMAGED["no number"]):
        await redis.xadd(STREAM, fields)
    keep = Keep(at_most=0, at_least=0)
    archive = RedisArchive(redis, tmp_path, keep=keep)
    later = ManualClock(NOON).now().replace(year=NOON.year + 100)
    assert await archive.move(SHARD, now=later) == 3
    found = [event async for event in RedisEvents(redis, tmp_path).every(SHARD)]
    assert [event.type for event in found] == [EventType.UNREADABLE] * 3
    assert found[0].facts == {"case": "C-1"}


async def test_a_damaged_file_of_events_is_named(redis, tmp_path):
    await redis.xadd(STREAM, NEWER)
    archive = RedisArchive(redis, tmp_path, keep=Keep(at_most=0, at_least=0))
    later = NOON.replace(year=NOON.year + 100)
    assert await archive.move(SHARD, now=later) == 1
    (file,) = tmp_path.rglob("*.jsonl")
    file.write_bytes(b"\xff\x00" * 50 + b"\n")
    with pytest.raises(PermanentFailure, match=file.name):
        _ = [event async for event in RedisEvents(redis, tmp_path).every(SHARD)]


# -- dead letters ------------------------------------------------------------------


@pytest.mark.parametrize("letter", ["no JSON", "[]", "null", '{"message": "m1"}'])
async def test_a_damaged_dead_letter_is_listed_and_can_be_dropped(
    redis,
    settings,
    capsys,
    letter,
):
    await damage(redis, letter)
    await command.list_dead(settings)
    assert "1 dead letters" in capsys.readouterr().out
    await command.show_dead(settings, ALICE, text=True)
    assert letter in capsys.readouterr().out
    with pytest.raises(InputError):
        await command.replay_dead(settings, ALICE, None)
    await command.drop_dead(settings, ALICE, None)
    assert await RedisDeadLetters(redis).every() == []


async def test_a_damaged_dead_letter_holds_up_no_replay_of_the_others(line, redis):
    line.readings._one = _broken
    await write(line, "m1")
    await damage(redis, "no JSON")
    del line.readings._one
    dead = RedisDeadLetters(redis)
    assert await dead.replay(ALICE, now=line.clock.now(), by="ann") == 1
    await line.settle()
    (left,) = await dead.of(ALICE)
    assert left.kind == "damaged"


async def test_a_damaged_dead_letter_holds_up_no_messages_when_there_are_too_many(
    redis, monkeypatch
):
    monkeypatch.setattr("bot.store.dead.MAX_IN_SHARD", 0)
    nobody = CustomerId("simulator:")
    await damage(redis, "no JSON", whose=nobody)
    assert await RedisInbox(redis).accept(
        [_malformed("x")], now=NOON, quiet=POLICY.burst, at_most=POLICY.burst_at_most
    )
    assert await RedisDeadLetters(redis).every() == []


async def damage(redis, letter: str, *, whose: CustomerId = ALICE) -> None:
    """Put a letter among the customer's that nobody can read, before all others."""
    shard = keys.shard_of(whose)
    await redis.hset(keys.of_customer(whose, "dead"), "0", letter)
    await redis.zadd(keys.in_shard(shard, "dead_letters"), {f"0 {whose}": 0})


def _broken(text: str):
    raise RecursionError


def _malformed(id_: str) -> Malformed:
    return Malformed(channel=CHANNEL, id=MessageId(id_), problem="odd", raw="{")
