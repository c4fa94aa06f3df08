"""Dead letters: seen, handled again, dropped, and never more than there is room for."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.channels.simulator import Fault
from bot.commands import dead as command
from bot.errors import InputError
from bot.flow.outcomes import count_outcomes
from bot.model.event import EventType, Outcome
from bot.model.message import CustomerId, Malformed, MessageId
from bot.model.record import Author
from bot.store import keys
from bot.store.dead import MAX_IN_SHARD, RedisDeadLetters
from tests.builders import ALICE, CHANNEL
from tests.first_line import FirstLine
from tests.ledger import break_reading, mend_reading

STANDARD = "faq/delivery_cost 0.9"
NOBODY = CustomerId("simulator:")
NO_TIME = timedelta(0)


@pytest.fixture
def dead(redis) -> RedisDeadLetters:
    return RedisDeadLetters(redis)


async def bury(line: FirstLine, *texts: str) -> None:
    """Let Alice's direct messages become dead letters, each in a turn of its own."""
    break_reading(line)
    for text in texts:
        line.channel.network.direct("alice", text)
        await line.settle()
        line.clock.advance(60)
    mend_reading(line)


async def malformed(line: FirstLine, count: int, *, prefix: str = "bad") -> None:
    await line.inbox.accept(
        [
            Malformed(
                channel=CHANNEL,
                id=MessageId(f"{prefix}{n}"),
                problem="not JSON",
                raw="secret words",
            )
            for n in range(count)
        ],
        now=line.clock.now(),
        quiet=NO_TIME,
        at_most=NO_TIME,
    )


async def happened(line: FirstLine, kind: EventType):
    return [e for e in (await line.events.since({}, limit=10_000))[0] if e.type is kind]


async def test_they_say_what_why_when_and_after_how_many_tries(line, dead):
    await bury(line, "poison")
    (letter,) = await dead.of(ALICE)
    assert (letter.kind, letter.reason, letter.tries) == (
        "message",
        "too_many_tries",
        5,
    )
    assert "poison" in letter.content
    (sent,) = [e for e in line.channel.network.ledger("alice") if not e.received]
    assert letter.message == sent.id


async def test_an_answer_that_did_not_arrive_is_not_buried_with_a_poisoned_message(
    line, dead
):
    """Else its message would count as answered, and nobody would know better."""
    faults = line.channel.network.faults
    faults.set(Fault.REFUSE, times=1, code="gone", permanent=True)
    break_reading(line)
    line.channel.network.direct("alice", STANDARD)
    await line.intake.step()
    line.clock.advance(5)
    await line.worker.step()
    line.channel.network.direct("alice", "poison")  # before the refusal is known
    await line.intake.step()
    await line.sender.step()
    await line.settle()
    assert [letter.kind for letter in await dead.of(ALICE)] == ["message"]
    outcomes = await count_outcomes(line.events)
    assert (outcomes.totals[Outcome.ANSWERED], outcomes.adds_up) == (0, True)


async def test_one_letter_is_handled_again_and_the_others_stay(line, dead):
    await bury(line, "poison one", "poison two")
    first, second = await dead.of(ALICE)
    now = line.clock.now()
    assert await dead.replay(ALICE, now=now, by="ann", numbers=[second.number]) == 1
    assert [letter.number for letter in await dead.of(ALICE)] == [first.number]
    outcomes = await count_outcomes(line.events)
    assert outcomes.totals[Outcome.PENDING] == 1
    await line.settle()
    outcomes = await count_outcomes(line.events)
    assert (outcomes.totals[Outcome.DEAD], outcomes.adds_up) == (1, True)
    (event,) = await happened(line, EventType.LETTERS_REPLAYED)
    assert json.loads(event.facts["messages"]) == [second.message]
    assert event.facts["by"] == "ann"


async def test_a_letter_that_is_replayed_twice_at_once_is_handled_once(line, dead):
    await bury(line, "poison")
    now = line.clock.now()
    (letter,) = await dead.of(ALICE)
    counts = [
        await dead.replay(ALICE, now=now, by=by, numbers=[letter.number])
        for by in ("ann", "ben")
    ]
    assert counts == [1, 0]
    await line.settle()
    written = [
        record.text
        for record in await line.cases.records(ALICE)
        if record.author is Author.CUSTOMER
    ]
    assert written == ["poison"]
    assert {w.messages for w in (await line.inbox.waiting()).values()} == {0}


async def test_what_is_dropped_is_gone_and_its_outcome_stays(line, dead, redis):
    await bury(line, "poison")
    (letter,) = await dead.of(ALICE)
    assert await dead.drop(ALICE, now=line.clock.now(), by="ann") == 1
    assert await dead.drop(ALICE, now=line.clock.now(), by="ann") == 0
    assert await dead.every() == []
    assert await redis.exists(keys.of_customer(ALICE, "dead")) == 0
    outcomes = await count_outcomes(line.events)
    assert (outcomes.totals[Outcome.DEAD], outcomes.adds_up) == (1, True)
    (event,) = await happened(line, EventType.LETTERS_DROPPED)
    assert json.loads(event.facts["messages"]) == [letter.message]
    assert (event.at, event.facts["by"]) == (line.clock.now(), "ann")


async def test_malformed_letters_are_in_the_same_list_and_cannot_be_replayed(
    line, dead
):
    line.channel.network.faults.set(Fault.MALFORMED, times=1)
    line.channel.network.direct("bob", STANDARD)
    await line.settle()
    (letters,) = await dead.every()
    assert (letters.customer, letters.reasons) == (NOBODY, ("malformed",))
    assert await dead.replay(NOBODY, now=line.clock.now(), by="ann") == 0
    assert len(await dead.of(NOBODY)) == 1
    assert await dead.drop(NOBODY, now=line.clock.now(), by="ann") == 1
    assert (await count_outcomes(line.events)).totals[Outcome.DEAD] == 1


async def test_a_full_shard_drops_the_oldest_content_and_says_so(line, dead):
    await malformed(line, MAX_IN_SHARD)
    await malformed(line, 3, prefix="newer")
    kept = await dead.of(NOBODY)
    assert len(kept) == MAX_IN_SHARD
    assert [letter.message for letter in kept[-3:]] == ["newer0", "newer1", "newer2"]
    dropped = await happened(line, EventType.LETTERS_DROPPED)
    assert {event.facts["by"] for event in dropped} == {"limit"}
    ids = [json.loads(event.facts["messages"]) for event in dropped]
    assert sorted(ids) == [["bad0"], ["bad1"], ["bad2"]]
    outcomes = await count_outcomes(line.events)
    assert outcomes.totals[Outcome.DEAD] == MAX_IN_SHARD + 3


async def test_the_commands_show_text_only_when_asked(line, settings, capsys):
    await bury(line, "poison")
    await command.list_dead(settings)
    await command.show_dead(settings, ALICE, text=False)
    printed = capsys.readouterr().out
    assert "too_many_tries" in printed
    assert "5 tries" in printed
    assert "poison" not in printed
    await command.show_dead(settings, ALICE, text=True)
    assert "poison" in capsys.readouterr().out


async def test_the_commands_replay_and_drop_by_number(line, dead, settings, capsys):
    await bury(line, "poison one", "poison two")
    first, second = await dead.of(ALICE)
    await command.replay_dead(settings, ALICE, first.number)
    await command.drop_dead(settings, ALICE, second.number)
    assert await dead.every() == []
    with pytest.raises(InputError, match="no dead letters"):
        await command.show_dead(settings, ALICE, text=False)
    await malformed(line, 1)
    with pytest.raises(InputError, match="cannot be now"):
        await command.replay_dead(settings, NOBODY, None)
