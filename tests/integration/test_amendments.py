"""What customers do to their messages afterwards: edits and deletions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from bot.channels.simulator import Fault
from bot.errors import CaseConflict, InputError
from bot.flow.outcomes import count_outcomes
from bot.model.case import AgentId
from bot.model.event import EventType, Outcome
from bot.model.message import DIRECT, Deleted, Edited, Malformed, MessageId
from bot.model.rank import Rank
from bot.store import keys
from bot.store.dead import RedisDeadLetters
from tests.builders import ALICE, CHANNEL, NOON, POLICY, message
from tests.first_line import FirstLine
from tests.ledger import only_view, post, received

ANN = AgentId("ann")
STANDARD = "faq/delivery_cost 0.9"
ODD = "product_question 0.9"
SECRET = "my number is 0171 555 987"


async def everything_kept(redis) -> str:
    """Return all that the store holds, keys and values."""
    found = []
    async for key in redis.scan_iter():
        kind = await redis.type(key)
        if kind == "stream":
            found.append(str(await redis.xrange(key)))
        elif kind == "list":
            found.append(str(await redis.lrange(key, 0, -1)))
        elif kind == "hash":
            found.append(str(await redis.hgetall(key)))
        elif kind == "zset":
            found.append(str(await redis.zrange(key, 0, -1)))
        elif kind == "set":
            found.append(str(await redis.smembers(key)))
        else:
            found.append(str(await redis.get(key)))
    return "\n".join(found)


def edited(id_: str, text: str, *, after: float = 1) -> Edited:
    at = NOON + timedelta(seconds=after)
    return Edited(channel=CHANNEL, id=MessageId(id_), customer=ALICE, text=text, at=at)


def deleted(id_: str, *, after: float = 2) -> Deleted:
    at = NOON + timedelta(seconds=after)
    return Deleted(channel=CHANNEL, id=MessageId(id_), customer=ALICE, at=at)


async def take_in(line: FirstLine, *what) -> None:
    """Store messages and carry out notices, one after the other."""
    for one in what:
        if isinstance(one, (Edited, Deleted)):
            await line.inbox.amend([one], now=line.clock.now())
        else:
            await line.inbox.accept(
                [one],
                now=line.clock.now(),
                quiet=timedelta(seconds=2),
                at_most=timedelta(seconds=10),
                rank=lambda _: Rank.MIDDLE,
            )


# -- before it was read ------------------------------------------------------------


async def test_what_was_edited_before_it_was_read_is_read_as_it_is_now(line):
    asked = post(line, ODD)
    line.channel.network.edit(asked, f"@{POLICY.handle} {STANDARD}")
    await line.settle()
    assert len(received(line)) == 1
    assert (await line.relay.open_cases()).total == 0
    (record, _) = await line.cases.records(ALICE)
    assert record.outcome is Outcome.ANSWERED
    assert STANDARD in record.text
    assert record.edited_at == NOON


async def test_what_was_deleted_before_it_was_read_is_only_counted(line, redis):
    asked = post(line, f"{ODD} {SECRET}")
    await line.intake.step()
    line.channel.network.delete(asked)
    await line.settle()
    assert received(line) == []
    (record,) = await line.cases.records(ALICE)
    assert (record.outcome, record.reason) == (Outcome.IGNORED, "deleted")
    assert (record.text, record.deleted_at) == ("", NOON)
    assert SECRET not in await everything_kept(redis)


async def test_of_a_burst_what_is_left_is_answered(line):
    gone = post(line, "I was wrong")
    left = post(line, STANDARD)
    line.channel.network.delete(gone)
    await line.settle()
    (entry,) = [e for e in line.channel.network.ledger("alice") if e.received]
    assert entry.in_reply_to == left
    outcomes = (await count_outcomes(line.events)).totals
    assert (outcomes[Outcome.IGNORED], outcomes[Outcome.ANSWERED]) == (1, 1)


async def test_an_edit_while_the_turn_is_decided_makes_it_decide_anew(line):
    """The commit of a turn that has read the old text is refused."""
    asked = post(line, ODD)
    await line.intake.step()
    line.clock.advance(10)
    read = line.readings.read

    async def interrupted(texts):
        found = await read(texts)
        line.readings.read = read
        line.channel.network.edit(asked, f"@{POLICY.handle} {STANDARD}")
        await line.intake.step()
        return found

    line.readings.read = interrupted
    await line.worker.step()
    await line.settle()
    assert (await line.relay.open_cases()).total == 0
    assert len(received(line)) == 1


# -- in any order ------------------------------------------------------------------


@pytest.mark.parametrize("order", list(permutations(range(4))))
async def test_in_whatever_order_they_come_the_end_is_the_same(line, redis, order):
    what = [
        message(f"{ODD} {SECRET}", private=True),
        edited("m1", f"{SECRET}!", after=1),
        edited("m1", f"{SECRET}?", after=2),
        deleted("m1", after=3),
    ]
    await take_in(line, *(what[place] for place in order))
    await take_in(line, *what)  # and once more
    await line.settle()
    (record,) = await line.cases.records(ALICE)
    assert (record.text, record.outcome) == ("", Outcome.IGNORED)
    assert SECRET not in await everything_kept(redis)
    kinds = [e.type for e in (await line.events.since({}))[0]]
    assert kinds.count(EventType.MESSAGE_ACCEPTED) == 1
    assert kinds.count(EventType.MESSAGE_HANDLED) == 1
    assert kinds.count(EventType.MESSAGE_DELETED) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_the_newest_edit_counts_whichever_comes_last(line, order):
    what = [
        message("greet 0.9", private=True),
        edited("m1", ODD, after=1),
        edited("m1", STANDARD, after=2),
    ]
    await take_in(line, *(what[place] for place in order))
    await line.settle()
    record = (await line.cases.records(ALICE))[0]
    assert record.text == STANDARD
    assert record.edited_at == NOON + timedelta(seconds=2)
    assert record.reading.top.label == "faq/delivery_cost"


async def test_a_late_original_that_was_deleted_meanwhile_stays_deleted(line):
    line.channel.network.faults.set(Fault.DELIVER_LATE, times=1)
    asked = line.channel.network.direct("alice", ODD)
    line.channel.network.delete(asked)
    await line.settle()
    line.clock.advance(10)
    await line.settle()
    (record,) = await line.cases.records(ALICE)
    assert record.deleted_at is not None
    assert received(line) == []


async def test_what_was_said_of_a_message_that_never_comes_is_forgotten_in_the_end(
    line, redis
):
    for number in range(1001):
        await take_in(line, edited(f"x{number}", SECRET))
    notes = 0
    async for key in redis.scan_iter("*amended*"):
        notes += await redis.hlen(key)
    assert notes < 1001


# -- after it was read -------------------------------------------------------------


async def test_desks_show_what_the_author_changed_and_the_outcome_stays(line):
    asked = post(line, ODD)
    await line.settle()
    before = await only_view(line)
    line.clock.advance(60)
    line.channel.network.edit(asked, f"@{POLICY.handle} never mind")
    await line.settle()
    after = await only_view(line)
    assert after.case.changed_at > before.case.changed_at
    assert after.records[0].text.endswith("never mind")
    assert after.records[0].outcome is before.records[0].outcome
    (event,) = [
        e
        for e in (await line.events.since({}))[0]
        if e.type is EventType.MESSAGE_EDITED
    ]
    assert event.facts == {"message": asked, "case": after.case.id}
    assert len(received(line)) == 1


async def test_a_deleted_message_leaves_only_its_line(line, redis):
    asked = line.channel.network.direct("alice", f"{ODD} {SECRET}")
    await line.settle()
    assert SECRET in await everything_kept(redis)
    line.channel.network.delete(asked)
    await line.settle()
    record = (await only_view(line)).records[0]
    assert (record.text, record.deleted_at is not None) == ("", True)
    assert record.reading is not None
    assert record.reading.entities == ()
    assert SECRET not in await everything_kept(redis)


async def test_a_dialogue_that_holds_a_deleted_text_ends(line, redis):
    asked = line.channel.network.direct("alice", "order_status 0.9")
    await line.settle()
    state = await redis.hget(keys.of_customer(ALICE, "customer"), "state")
    assert '"dialogue":' in state
    line.channel.network.delete(asked)
    await line.settle()
    state = await redis.hget(keys.of_customer(ALICE, "customer"), "state")
    assert '"dialogue":' not in state


async def test_a_draft_that_answers_an_edited_text_is_held_back(line):
    asked = post(line, ODD)
    await line.settle()
    view = await only_view(line)
    case = view.case
    await line.relay.claim(case.id, ANN)
    line.clock.advance(60)
    line.channel.network.edit(asked, f"@{POLICY.handle} in blue, please")
    await line.settle()
    with pytest.raises(CaseConflict) as refused:
        await line.relay.reply(
            case.id, ANN, "In red.", thread=case.thread, key="1", seen=view.seen
        )
    assert refused.value.newer == (asked,)
    seen = (await line.relay.view(case.id)).seen
    await line.relay.reply(
        case.id, ANN, "In blue.", thread=case.thread, key="2", seen=seen
    )


async def test_nobody_can_reply_in_public_to_a_post_that_is_gone(line):
    asked = post(line, ODD)
    await line.settle()
    case = (await only_view(line)).case
    await line.relay.claim(case.id, ANN)
    line.channel.network.delete(asked)
    await line.settle()
    with pytest.raises(InputError):
        await line.relay.reply(case.id, ANN, "Yes.", thread=case.thread, key="1")


async def test_a_private_thread_can_be_answered_though_its_message_is_gone(line):
    asked = line.channel.network.direct("alice", ODD)
    await line.settle()
    case = (await only_view(line)).case
    await line.relay.claim(case.id, ANN)
    line.channel.network.delete(asked)
    await line.settle()
    await line.relay.reply(case.id, ANN, "Yes.", thread=DIRECT, key="1")
    await line.settle()
    assert "Yes." in received(line)


# -- dead letters ------------------------------------------------------------------


async def test_a_dead_letter_that_its_author_deletes_loses_its_content(line, redis):
    asked = line.channel.network.direct("alice", f"order_status 0.9 poison {SECRET}")
    await line.settle()
    line.channel.network.delete(asked)
    await line.settle()
    assert SECRET not in await everything_kept(redis)
    await RedisDeadLetters(redis).replay(ALICE, now=line.clock.now(), by="ann")
    await line.settle()
    outcomes = await count_outcomes(line.events)
    assert (outcomes.totals[Outcome.IGNORED], outcomes.adds_up) == (1, True)


async def test_a_dead_letter_that_its_author_edits_is_replayed_as_it_is_now(
    line, redis
):
    asked = line.channel.network.direct("alice", "order_status 0.9 poison")
    await line.settle()
    line.channel.network.edit(asked, STANDARD)
    await line.settle()
    await RedisDeadLetters(redis).replay(ALICE, now=line.clock.now(), by="ann")
    await line.settle()
    records = [r for r in await line.cases.records(ALICE) if r.id == asked]
    assert [r.text for r in records] == [STANDARD]


@pytest.mark.parametrize("more", [0, 4])  # so that it is among the older ones
async def test_what_could_not_be_decoded_goes_when_its_author_deletes_it(
    line, redis, monkeypatch, more
):
    monkeypatch.setattr("bot.store.inbox.SEEN_KEPT", 3)
    broken = Malformed(
        channel=CHANNEL, id=MessageId("m1"), problem="cut off", raw=SECRET
    )
    others = (replace(broken, id=MessageId(f"o{n}"), raw="") for n in range(more))
    await take_in(line, broken, *others, deleted("m1"))
    assert SECRET not in await everything_kept(redis)


async def test_a_notice_that_cannot_be_decoded_is_parked_like_any_message(line):
    asked = post(line, ODD)
    await line.settle()
    line.channel.network.faults.set(Fault.MALFORMED, times=1)
    line.channel.network.edit(asked, "new words")
    await line.settle()
    outcomes = await count_outcomes(line.events)
    assert (outcomes.seen, outcomes.totals[Outcome.DEAD]) == (2, 1)
