"""What agents do beside claiming, answering and resolving, on a real server."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.channels.simulator import Fault
from bot.clock import to_ms
from bot.errors import CaseConflict, InputError, UnsafeText
from bot.model.case import BACK_TO_BOT, CaseStatus
from bot.model.event import EventType
from bot.model.message import DIRECT
from bot.model.record import Author, Delivery
from bot.store import keys
from tests.builders import NOON
from tests.first_line import FirstLine
from tests.integration.acting import (
    ANN,
    BEN,
    ODD,
    STANDARD,
    UNDO_S,
    case_of,
    first_line,
    happened,
    record,
    replied,
)
from tests.ledger import received


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    return first_line(redis, tmp_path)


# -- a reply that is kept back -----------------------------------------------------


async def test_a_reply_goes_out_when_it_can_no_longer_be_undone(line):
    case = await case_of(line, "alice")
    await replied(line, case)
    line.clock.advance(UNDO_S - 0.001)
    await line.sender.step()
    assert "We look into it." not in received(line, "alice")
    line.clock.advance(0.001)
    await line.sender.step()
    assert "We look into it." in received(line, "alice")


async def test_a_reply_that_was_undone_never_goes_out(line):
    case = await case_of(line, "alice")
    reply = await replied(line, case)
    assert (await line.relay.undo(case.id, ANN, reply)).status is CaseStatus.CLAIMED
    await line.settle()
    assert "We look into it." not in received(line, "alice")
    assert (await record(line, case, reply)).delivery is Delivery.WITHDRAWN
    (event,) = await happened(line, EventType.REPLY_WITHDRAWN)
    assert event.facts["key"] == reply


async def test_an_undone_reply_was_no_answer(line):
    case = await case_of(line, "alice")
    reply = await replied(line, case)
    assert (await line.relay.undo(case.id, ANN, reply)).answered_at is None


async def test_an_answer_that_went_out_before_stays_the_first_one(line):
    case = await case_of(line, "alice")
    await replied(line, case)
    first = (await line.cases.get(case.id)).answered_at
    await line.settle()
    await line.relay.reply(case.id, ANN, "And more.", thread=case.thread, key="2")
    after = await line.relay.undo(case.id, ANN, f"{case.id}:2")
    assert after.answered_at == first


async def test_of_two_answers_the_one_that_is_not_undone_is_the_first(line):
    case = await case_of(line, "alice")
    first = await replied(line, case)
    line.clock.advance(1)
    await line.relay.reply(case.id, ANN, "And more.", thread=case.thread, key="2")
    second = line.clock.now()
    after = await line.relay.undo(case.id, ANN, first)
    assert (after.answered_at, after.later_answers) == (second, ())


async def test_undoing_twice_is_undoing_once(line):
    case = await case_of(line, "alice")
    reply = await replied(line, case)
    await line.relay.undo(case.id, ANN, reply)
    await line.relay.undo(case.id, BEN, reply)
    assert len(await happened(line, EventType.REPLY_WITHDRAWN)) == 1


async def test_what_has_begun_to_be_sent_is_not_undone(line):
    case = await case_of(line, "alice")
    reply = await replied(line, case)
    line.clock.advance(UNDO_S)
    begun = await line.outbox.begin(
        now=line.clock.now(), lease=timedelta(seconds=30), limit=10
    )
    assert [task.outgoing.key for task in begun] == [reply]
    with pytest.raises(CaseConflict) as caught:
        await line.relay.undo(case.id, ANN, reply)
    assert caught.value.code == "too_late"
    line.clock.advance(60)  # its sender is gone: another one looks it up
    await line.settle()
    assert received(line, "alice").count("We look into it.") == 1


async def test_what_another_server_may_have_forgotten_is_not_undone(line, redis):
    case = await case_of(line, "alice")
    reply = await replied(line, case)
    generation = keys.in_shard(keys.shard_of(case.customer), "generation")
    await redis.hset(generation, "replaced_at", to_ms(line.clock.now()))
    with pytest.raises(CaseConflict) as caught:
        await line.relay.undo(case.id, ANN, reply)
    assert caught.value.code == "too_late"
    await line.settle()
    assert received(line, "alice").count("We look into it.") == 1


async def test_an_undo_and_a_sender_at_once_end_one_way(line):
    for number in range(20):
        case = await case_of(line, f"a{number}")
        reply = await replied(line, case, f"Words {number}.")
        line.clock.advance(UNDO_S)

        async def undone(case=case, reply=reply) -> bool:
            try:
                await line.relay.undo(case.id, ANN, reply)
            except CaseConflict as conflict:
                assert conflict.code == "too_late"
                return False
            return True

        was_undone, _ = await asyncio.gather(undone(), line.sender.step())
        await line.settle()
        arrived = f"Words {number}." in received(line, f"a{number}")
        assert arrived is not was_undone


async def test_a_reply_that_is_kept_back_delays_nobody_else(line):
    case = await case_of(line, "alice")
    await replied(line, case)
    line.channel.network.direct("bob", STANDARD)
    await line.intake.step()
    due = await line.turns.next_due()
    line.clock.set(due)
    await line.worker.step()
    await line.sender.step()
    assert line.clock.now() < NOON + timedelta(seconds=2 * UNDO_S)
    assert received(line, "bob")
    assert "We look into it." not in received(line, "alice")


async def test_what_stands_behind_an_undone_reply_goes_on(line):
    case = await case_of(line, "alice")
    reply = await replied(line, case, "One.")
    await line.relay.reply(case.id, ANN, "Two.", thread=case.thread, key="2")
    await line.relay.undo(case.id, ANN, reply)
    await line.settle()
    assert received(line, "alice")[-1:] == ["Two."]


async def test_a_reply_of_a_resolved_case_can_still_be_undone(line):
    case = await case_of(line, "alice")
    reply = await replied(line, case)
    await line.relay.resolve(case.id, ANN, "answered")
    after = await line.relay.undo(case.id, ANN, reply)
    assert after.status is CaseStatus.RESOLVED
    await line.settle()
    assert "We look into it." not in received(line, "alice")


async def test_only_an_agents_reply_of_that_case_can_be_undone(line):
    case, other = await case_of(line, "alice"), await case_of(line, "bob")
    reply = await replied(line, other)
    (ours,) = [
        r for r in await line.cases.records(case.customer) if r.author is Author.BOT
    ]
    for wrong in (reply, ours.id, "nonsense"):
        with pytest.raises(InputError):
            await line.relay.undo(case.id, ANN, wrong)


# -- a reply that did not arrive ---------------------------------------------------


async def test_a_refused_reply_is_sent_again_once(line):
    case = await case_of(line, "alice")
    reply = await replied(line, case)
    line.channel.network.faults.set(Fault.REFUSE)
    await line.settle()
    assert (await record(line, case, reply)).delivery is Delivery.REFUSED
    for agent in (ANN, ANN):
        await line.relay.retry(case.id, agent, reply)
    await line.settle()
    assert received(line, "alice").count("We look into it.") == 1
    again = await record(line, case, f"{reply}:again")
    assert again.delivery is Delivery.SENT


async def test_what_arrived_is_not_sent_again(line):
    case = await case_of(line, "alice")
    reply = await replied(line, case)
    await line.settle()
    with pytest.raises(InputError):
        await line.relay.retry(case.id, ANN, reply)


# -- who has it ---------------------------------------------------------------------


async def test_an_open_case_is_assigned_and_the_bot_falls_silent(line):
    case = await case_of(line, "alice")
    after = await line.relay.assign(case.id, ANN, BEN)
    assert (after.status, after.assignee) == (CaseStatus.CLAIMED, BEN)
    (event,) = await happened(line, EventType.CASE_CHANGED)
    assert (event.facts["agent"], event.facts["to"]) == (ANN, BEN)
    line.channel.network.direct("alice", STANDARD)
    before = received(line, "alice")
    await line.settle()
    assert received(line, "alice") == before


async def test_a_case_is_taken_over_from_its_holder(line):
    case = await case_of(line, "alice")
    await line.relay.claim(case.id, ANN)
    await line.relay.assign(case.id, BEN, BEN)
    await line.relay.reply(case.id, BEN, "Mine now.", thread=DIRECT, key="1")
    with pytest.raises(CaseConflict) as caught:
        await line.relay.reply(case.id, ANN, "Mine.", thread=DIRECT, key="2")
    assert (caught.value.code, caught.value.holder) == ("not_yours", BEN)


async def test_assigning_to_who_has_it_changes_nothing(line):
    case = await case_of(line, "alice")
    await line.relay.claim(case.id, ANN)
    before = await line.cases.get(case.id)
    assert await line.relay.assign(case.id, BEN, ANN) == before


async def test_a_resolved_case_is_assigned_to_nobody(line):
    case = await case_of(line, "alice")
    await line.relay.claim(case.id, ANN)
    await line.relay.resolve(case.id, ANN, "answered")
    with pytest.raises(CaseConflict) as caught:
        await line.relay.assign(case.id, ANN, BEN)
    assert caught.value.code == "closed"


async def test_an_assignment_that_comes_twice_counts_once(line):
    case = await case_of(line, "alice")
    await line.relay.assign(case.id, ANN, BEN, key="d1")
    await line.relay.release(case.id, BEN)
    after = await line.relay.assign(case.id, ANN, BEN, key="d1")
    assert after.status is CaseStatus.OPEN


# -- back to the bot, and no bot at all ----------------------------------------------


async def test_a_case_given_back_lets_the_bot_answer_again(line):
    case = await case_of(line, "alice")
    await line.relay.claim(case.id, ANN)
    after = await line.relay.give_back(case.id, ANN)
    assert (after.status, after.resolution) == (CaseStatus.RESOLVED, BACK_TO_BOT)
    before = len(received(line, "alice"))
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    assert len(received(line, "alice")) == before + 1
    assert await line.relay.mine(ANN) == []


async def test_what_comes_after_is_a_case_of_its_own(line):
    case = await case_of(line, "alice")
    await line.relay.give_back(case.id, ANN)
    again = await case_of(line, "alice")
    assert again.id != case.id
    earlier = await line.relay.earlier_cases(case.customer)
    assert [one.id for one in earlier] == [again.id, case.id]


async def test_nobody_gives_back_what_another_holds(line):
    case = await case_of(line, "alice")
    await line.relay.claim(case.id, ANN)
    with pytest.raises(CaseConflict) as caught:
        await line.relay.give_back(case.id, BEN)
    assert caught.value.code == "not_yours"


async def test_who_was_blocked_hears_nothing_of_the_bot(line):
    case = await case_of(line, "alice")
    await line.relay.block(case.id, ANN)
    await line.relay.give_back(case.id, ANN)
    before = received(line, "alice")
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    assert received(line, "alice") == before
    (event,) = await happened(line, EventType.CUSTOMER_OPTED_OUT)
    assert (event.facts["case"], event.facts["agent"]) == (case.id, ANN)


async def test_blocking_withholds_what_the_bot_has_not_begun_to_send(line):
    line.channel.network.direct("alice", ODD)
    await line.intake.step()
    line.clock.set(await line.turns.next_due())
    await line.worker.step()
    (case,) = await line.relay.search("alice")
    await line.relay.block(case.id, ANN)
    await line.settle()
    assert received(line, "alice") == []
    (event,) = await happened(line, EventType.REPLY_WITHHELD)
    assert event.facts["reason"] == "opted_out"


async def test_an_agent_may_still_write_to_whom_the_bot_may_not(line):
    case = await case_of(line, "alice")
    await line.relay.block(case.id, ANN)
    await replied(line, case)
    await line.settle()
    assert received(line, "alice")[-1] == "We look into it."


async def test_who_was_blocked_can_start_again(line):
    case = await case_of(line, "alice")
    await line.relay.block(case.id, ANN)
    await line.relay.block(case.id, ANN)
    assert len(await happened(line, EventType.CUSTOMER_OPTED_OUT)) == 1
    await line.relay.give_back(case.id, ANN)
    line.channel.network.direct("alice", "start")
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    assert len(await happened(line, EventType.CUSTOMER_OPTED_IN)) == 1


# -- what is longer than one post ---------------------------------------------------

LONG = "We are sorry that this took so long. " * 11 + "Thank you for waiting."


async def test_a_long_public_reply_goes_out_in_posts_in_order_each_once(line):
    case = await case_of(line, "carol", public=True)
    shown = await line.relay.preview(case.id, ANN, LONG, thread=case.thread)
    assert shown.problems == ()
    before = len(received(line, "carol"))
    reply = await replied(line, case, LONG)
    line.channel.network.faults.set(Fault.LOSE_ANSWER)
    await line.settle()
    posts = received(line, "carol")[before:]
    assert posts == list(shown.parts)
    assert [one[-5:] for one in posts] == ["(1/2)", "(2/2)"]
    assert (await record(line, case, reply)).delivery is Delivery.SENT


async def test_an_undo_takes_all_posts_of_a_long_reply_back(line):
    case = await case_of(line, "carol", public=True)
    before = received(line, "carol")
    reply = await replied(line, case, LONG)
    await line.relay.undo(case.id, ANN, reply)
    await line.settle()
    assert received(line, "carol") == before


async def test_what_would_take_too_many_posts_is_refused_to_its_writer(line):
    case = await case_of(line, "carol", public=True)
    await line.relay.claim(case.id, ANN)
    with pytest.raises(UnsafeText, match="characters"):
        await line.relay.reply(case.id, ANN, LONG * 5, thread=case.thread, key="1")
