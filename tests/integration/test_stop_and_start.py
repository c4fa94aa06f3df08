"""Stop and start, written in several threads, are obeyed in one turn as they were meant."""

from __future__ import annotations

from bot.flow.audit import audit
from bot.model.message import CustomerId
from bot.model.reading import Reading
from bot.store.dead import RedisDeadLetters
from tests.builders import POLICY
from tests.first_line import FirstLine
from tests.ledger import received

ALICE = CustomerId("simulator:alice")


def direct(line: FirstLine, text: str) -> str:
    """Write, a second after what was written before."""
    line.clock.advance(1)
    return line.channel.network.direct("alice", text)


def post(line: FirstLine, text: str) -> str:
    line.clock.advance(1)
    return line.channel.network.post("alice", f"@{POLICY.handle} {text}")


async def is_silenced(line: FirstLine) -> bool:
    return await line.cases.opted_out(ALICE)


async def is_clean(line: FirstLine) -> bool:
    return (await audit(line.events, now=line.clock.now())).clean


async def test_a_stop_after_a_start_leaves_silence(line):
    post(line, "start")
    direct(line, "stop")
    await line.settle()
    assert await is_silenced(line)
    assert len(received(line)) == 1  # the confirmation
    assert await is_clean(line)


async def test_a_start_after_a_stop_is_consent(line):
    direct(line, "stop")
    post(line, "start")
    await line.settle()
    assert not await is_silenced(line)
    assert len(received(line)) == 2
    assert await is_clean(line)


async def test_who_had_stopped_and_says_both_hears_nothing_if_stop_is_newer(line):
    direct(line, "stop")
    await line.settle()
    post(line, "start")
    direct(line, "stop")
    await line.settle()
    assert await is_silenced(line)
    assert len(received(line)) == 1
    assert await is_clean(line)


async def test_a_start_among_dead_letters_lifts_no_newer_stop(line, redis):
    direct(line, "stop")
    await line.settle()
    one = line.readings._one
    line.readings._one = broken
    direct(line, "poison faq/delivery_cost 0.97")
    direct(line, "start")
    await line.settle()
    line.readings._one = one  # mended
    direct(line, "stop")
    await line.settle()
    before = received(line)
    dead = RedisDeadLetters(redis)
    assert await dead.replay(ALICE, now=line.clock.now(), by="ann") == 2
    await line.settle()
    assert await is_silenced(line)
    assert received(line) == before
    assert await is_clean(line)


def broken(text: str) -> Reading:
    raise RecursionError


async def knowing(_: CustomerId) -> tuple[str, ...]:
    """Know of her what stands in the answer."""
    return ("delivery",)


async def test_who_stops_meanwhile_hears_nothing_instead_of_a_text_that_failed(
    line, monkeypatch
):
    """The line that replaces an unsafe public answer is automatic contact too."""
    post(line, "faq/delivery_cost 0.97")
    await line.intake.step()
    line.clock.set(await line.turns.next_due())
    await line.worker.step()
    monkeypatch.setattr(line.cases, "private_facts", knowing)
    await line.sender.step()
    monkeypatch.undo()
    direct(line, "stop")
    await line.settle()
    (confirmation,) = received(line)
    assert "automatic" in confirmation  # and no word of what failed
    assert await is_clean(line)
