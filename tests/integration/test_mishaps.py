"""What goes wrong with one text, one clock or one command stops nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.simulator import Fault
from bot.errors import StoreUnavailable
from bot.model.allowance import Allowance
from bot.model.case import AgentId
from bot.model.message import DIRECT, CustomerId
from bot.model.outgoing import Refused
from bot.model.record import Delivery
from bot.store import keys
from bot.store.dead import RedisDeadLetters
from bot.store.event_files import EventFiles, line_of
from bot.store.outbox import READ_AGAIN, READS
from bot.store.pace import Buckets, Pace
from bot.store.server import connect
from tests.builders import ALICE, NOON
from tests.consistency import misfits
from tests.ledger import decide, post, times_received

ANN = AgentId("ann")
STANDARD = "faq/delivery_cost 0.9"
ODD = "product_question 0.9"
HALF = "\ud83d"  # of a surrogate pair: no text that can be encoded


# -- networks that are not set up everywhere -----------------------------------------


async def test_what_a_process_has_no_keys_for_waits_for_one_that_has_them(line, redis):
    """For longer than tries last: nobody's message may end as a dead letter for that."""
    asked = post(line, STANDARD)
    await line.intake.step()
    here = line.channels.pop("simulator")
    for _ in range(60):
        line.clock.set(await line.turns.next_due())
        await line.worker.step()
    assert await RedisDeadLetters(redis).every() == []
    line.channels["simulator"] = here
    await line.settle()
    assert times_received(line)["alice"] == 1
    told = [facts for name, facts in line.logged if name == "channel_missing"]
    assert told == [{"channel": "simulator"}]
    assert asked not in str(line.logged)


async def test_a_text_in_doubt_is_looked_up_where_its_network_is_set_up(line):
    line.channel.network.faults.set(Fault.LOSE_ANSWER, times=1)
    post(line, STANDARD)
    await decide(line)
    await line.sender.step()
    here = line.channels.pop("simulator")
    for _ in range(30):
        line.clock.set(await line.outbox.next_due())
        await line.sender.step()
    line.channels["simulator"] = here
    await line.settle()
    assert times_received(line)["alice"] == 1
    (said,) = [r for r in await line.cases.records(ALICE) if r.delivery]
    assert said.delivery is Delivery.SENT


# -- texts ---------------------------------------------------------------------------


async def test_an_id_that_is_no_text_costs_no_other_text_its_end(line, monkeypatch):
    whole = line.channel.send

    async def odd(outgoing):
        sent = await whole(outgoing)
        return replace(sent, id=HALF) if "eve" in outgoing.customer else sent

    monkeypatch.setattr(line.channel, "send", odd)
    for account in ("eve", "bob", "alice"):
        post(line, STANDARD, account=account)
    await line.settle()
    assert [times_received(line)[name] for name in ("eve", "bob", "alice")] == [1, 1, 1]
    assert await line.cases.active() == []


async def test_a_refusal_in_odd_characters_is_a_refusal(line, monkeypatch):
    async def refuse(outgoing):
        return Refused(HALF, permanent=True)

    monkeypatch.setattr(line.channel, "send", refuse)
    post(line, STANDARD)
    await line.settle()
    (case,) = await line.cases.active()
    assert case.reason == "reply_refused"


async def test_agents_may_write_half_a_character(line):
    line.channel.network.direct("alice", ODD)
    await line.settle()
    (case,) = await line.cases.active()
    await line.relay.claim(case.id, ANN)
    await line.relay.reply(case.id, ANN, f"Fine {HALF}", thread=DIRECT, key="1")
    await line.settle()
    last = (await line.cases.records(case.customer))[-1]
    assert (last.text, last.delivery) == ("Fine \ufffd", Delivery.SENT)


async def make_unreadable(redis, account: str) -> None:
    """Write the first text as a version would that knows more sorts of speakers."""
    queue = keys.of_customer(CustomerId(f"simulator:{account}"), "queue")
    text = await redis.lindex(queue, 0)
    known, other = r"\"speaker\":\"bot\"", r"\"speaker\":\"choir\""
    assert known in text
    await redis.lset(queue, 0, text.replace(known, other))


async def test_a_text_that_cannot_be_read_holds_up_nobody_else(line, redis):
    for account in ("eve", "bob"):
        post(line, STANDARD, account=account)
    await decide(line)
    await make_unreadable(redis, "eve")
    await line.sender.step()
    assert (times_received(line)["bob"], times_received(line)["eve"]) == (1, 0)
    begun = line.clock.now()
    await line.settle()
    (case,) = await line.cases.active()
    assert (case.customer, case.reason) == ("simulator:eve", "reply_uncertain")
    assert line.clock.now() - begun >= READS * READ_AGAIN  # others may read it
    assert times_received(line)["eve"] == 0


async def test_a_text_that_this_process_cannot_read_is_sent_by_one_that_can(
    line, redis
):
    post(line, STANDARD, account="eve")
    await decide(line)
    queue = keys.of_customer(CustomerId("simulator:eve"), "queue")
    text = await redis.lindex(queue, 0)
    await make_unreadable(redis, "eve")
    await line.sender.step()
    await redis.lset(queue, 0, text)
    await line.settle()
    assert times_received(line)["eve"] == 1
    assert await line.cases.active() == []


# -- mail ----------------------------------------------------------------------------


async def test_a_text_that_failed_hurries_no_turn_that_backs_off(
    line, redis, monkeypatch
):
    """It is mail to a customer who waits already, and keeps the time."""

    async def refuse(outgoing):
        return Refused("no", permanent=True)

    post(line, STANDARD)
    await decide(line)
    line.channel.network.direct("alice", f"{STANDARD} poison")
    whole = line.readings.read

    async def broken(texts):
        raise ZeroDivisionError

    monkeypatch.setattr(line.readings, "read", broken)
    await decide(line)  # fails, and backs off
    due = await line.turns.next_due()
    monkeypatch.setattr(line.channel, "send", refuse)
    await line.sender.step()
    assert await line.turns.next_due() == due
    assert await misfits(redis) == []
    monkeypatch.setattr(line.readings, "read", whole)
    await line.settle()


async def test_a_message_after_a_text_that_failed_waits_in_one_place(
    line, redis, monkeypatch
):
    async def refuse(outgoing):
        return Refused("no", permanent=True)

    post(line, STANDARD)
    await decide(line)
    monkeypatch.setattr(line.channel, "send", refuse)
    await line.sender.step()
    line.channel.network.direct("alice", STANDARD)  # of the first rank
    await line.intake.step()
    assert await misfits(redis) == []
    await line.settle()


# -- the store -----------------------------------------------------------------------


async def test_scripts_that_the_server_forgets_are_an_outage_and_then_brought_again(
    line, server
):
    post(line, STANDARD)
    await line.intake.step()
    async with connect(server.address) as other:
        await other.script_flush()
    post(line, STANDARD, account="bob")
    with pytest.raises(StoreUnavailable, match="scripts"):
        await line.intake.step()
    await line.settle()
    assert times_received(line)["alice"] == times_received(line)["bob"] == 1


async def test_a_clock_that_was_an_hour_ahead_stops_no_sender(line, redis):
    pace = Allowance("posts", 100, timedelta(minutes=10))
    wrong, right = Buckets(redis), Buckets(redis)
    bucket = Pace(line.channel.name, (pace,))
    await wrong.take(bucket, 10, now=NOON + timedelta(hours=1))
    taken = [
        await right.take(bucket, 10, now=NOON + timedelta(minutes=minute))
        for minute in range(4)
    ]
    assert taken == [0, 9, 9, 9]  # and no more than the allowance


async def test_a_clock_that_is_a_little_behind_gets_no_second_allowance(line, redis):
    pace = Allowance("posts", 100, timedelta(minutes=10))
    bucket = Pace(line.channel.name, (pace,))
    first, second = Buckets(redis), Buckets(redis)
    assert await first.take(bucket, 10, now=NOON) == 10
    assert await second.take(bucket, 10, now=NOON - timedelta(seconds=30)) == 0
    assert await first.take(bucket, 10, now=NOON) == 0


def test_an_id_with_a_line_break_of_its_own_is_read_back_from_the_files(tmp_path):
    files = EventFiles(tmp_path)
    odd = "".join(map(chr, (0x85, 0x2028, 0x2029, 0x0B, 0x0C, 0x1C, 0x0D)))
    rows = [("1-0", {"customer": f"x:{odd}"}), ("2-0", {"customer": "x:b"})]
    files.write("s00", [line_of(row) for row in rows])
    assert files.read("s00", after="0", limit=10) == rows
    assert files.read("s00", after="1-0", limit=10) == rows[1:]


async def test_whom_we_wrote_to_in_thousands_of_threads_is_still_read(line, redis):
    """All these are forgotten with the next turn, which must not fail half done."""
    post(line, STANDARD)
    await line.settle()
    threads = {f"{name}:t{n}": "1000" for n in range(6000) for name in ("spoke", "bot")}
    customer = keys.of_customer(CustomerId("simulator:alice"), "customer")
    await redis.hset(customer, mapping=threads)
    line.clock.advance(60)
    post(line, STANDARD)
    await line.settle()
    assert times_received(line)["alice"] == 2
    assert await redis.hlen(customer) < 100
