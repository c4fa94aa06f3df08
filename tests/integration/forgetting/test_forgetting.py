"""What is forgotten is nowhere any more in the store and its files. What happened stays."""

from __future__ import annotations

from datetime import timedelta

from bot.channels.simulator import Fault
from bot.flow.duty import Duty
from bot.flow.outcomes import count_outcomes
from bot.flow.rewriter import EVERY, Rewriter
from bot.model.event import Outcome
from bot.model.message import (
    CustomerId,
)
from bot.model.record import Author
from bot.store.deliveries import RedisDeliveries
from bot.store.forgetting import NOBODY
from tests.builders import ALICE, NOON, message
from tests.first_line import FirstLine
from tests.integration.forgetting.planted import (
    ANN,
    ODD,
    WORDS,
    a_case,
    accept,
    answer,
    forget,
    found_in,
    is_clean,
    plant,
)


async def test_no_word_of_a_forgotten_customer_is_left_in_the_store_or_its_files(
    line, redis, forgetting, tmp_path
):
    await plant(line, redis)
    store = tmp_path / "store"
    assert found_in(store, WORDS) == set(WORDS)
    done = await forget(line, forgetting)
    assert done.unfinished == 0
    assert await forgetting.rewrite(now=line.clock.now()) == ""
    assert found_in(store, WORDS) == set()
    assert await is_clean(line)


async def test_what_waited_is_counted_and_nothing_of_it_is_sent(
    line, redis, forgetting
):
    await plant(line, redis)
    before = len(line.channel.network.ledger("alice"))
    await forget(line, forgetting)
    line.channel.network.faults.clear(Fault.NETWORK_DOWN)
    await line.settle()
    assert len(line.channel.network.ledger("alice")) == before
    table = await count_outcomes(line.events)
    assert table.adds_up
    assert table.totals[Outcome.PENDING] == 0
    assert table.by_reason["deleted", Outcome.IGNORED] == 1
    assert await is_clean(line)


async def test_forgetting_again_finds_nothing_and_breaks_nothing(
    line, redis, forgetting
):
    await plant(line, redis)
    first = await forget(line, forgetting)
    again = await forget(line, forgetting)
    assert (first.messages, first.texts, first.letters) == (4, 4, 2)
    assert (again.messages, again.texts, again.letters) == (0, 0, 0)
    assert first.cases == again.cases
    assert await is_clean(line)


async def test_a_text_that_is_being_sent_is_forgotten_when_that_is_over(
    line, redis, forgetting, tmp_path
):
    """Without its words nobody could tell whether it arrived."""
    case = await a_case(line, "first")
    line.channel.network.faults.set(Fault.LOSE_ANSWER)
    line.channel.network.faults.set(Fault.NETWORK_DOWN, times=3)
    await answer(line, case, "we look for Wolkenschaf", key="r1")
    line.channel.network.faults.clear(Fault.NETWORK_DOWN)
    line.clock.set(await line.outbox.next_due())
    await line.sender.step()
    assert (await forget(line, forgetting)).unfinished == 1
    await line.settle()
    assert (await forget(line, forgetting)).unfinished == 0
    await forgetting.rewrite(now=line.clock.now())
    assert found_in(tmp_path / "store", WORDS) == set()
    sent = [e.text for e in line.channel.network.ledger("alice") if e.received]
    assert sum("Wolkenschaf" in text for text in sent) == 1
    assert await is_clean(line)


async def test_a_turn_that_has_read_the_words_does_not_write_them(
    line, redis, forgetting, tmp_path
):
    line.channel.network.direct("alice", f"{ODD} Wolkenschaf")
    await line.intake.step()
    read = line.readings.read

    async def forgotten_meanwhile(texts):
        line.readings.read = read
        await forget(line, forgetting)
        return await read(texts)

    line.readings.read = forgotten_meanwhile
    await line.settle()
    await forgetting.rewrite(now=line.clock.now())
    assert found_in(tmp_path / "store", WORDS) == set()
    assert (await count_outcomes(line.events)).totals[Outcome.IGNORED] == 1
    assert await is_clean(line)


async def test_what_was_forgotten_is_not_stored_when_it_is_delivered_again(
    line, forgetting
):
    one = message(f"{ODD} Wolkenschaf", at=NOON)
    await accept(line, one)
    await line.settle()
    await forget(line, forgetting)
    await accept(line, one)
    await line.settle()
    assert await line.cases.records(ALICE) == []


async def test_who_wanted_nothing_automatic_still_gets_nothing(line, forgetting):
    line.channel.network.direct("alice", "opt_out 0.95")
    await line.settle()
    assert await line.cases.opted_out(ALICE)
    await forget(line, forgetting)
    assert await line.cases.opted_out(ALICE)


async def test_who_writes_again_is_served_as_anybody_else(line, forgetting):
    await a_case(line, "first")
    await forget(line, forgetting)
    (view,) = (await line.relay.open_cases()).views
    assert view.case.handle == NOBODY
    await line.relay.resolve(view.case.id, ANN, resolution="answered")
    line.clock.advance(timedelta(days=30).total_seconds())
    await line.settle()
    line.channel.network.direct("alice", f"{ODD} hello again")
    await line.settle()
    (view,) = (await line.relay.open_cases()).views
    assert [r.text for r in view.records if r.author is Author.CUSTOMER] == [
        f"{ODD} hello again"
    ]
    assert await is_clean(line)


async def test_nobody_else_loses_anything(line, redis, forgetting):
    line.channel.network.direct("bob", f"{ODD} Wolkenschaf")
    await line.settle()
    bob = await line.cases.records(CustomerId("simulator:bob"))
    await plant_nothing_but_a_case(line)
    await forget(line, forgetting)
    assert await line.cases.records(CustomerId("simulator:bob")) == bob


async def plant_nothing_but_a_case(line: FirstLine) -> None:
    line.channel.network.direct("alice", f"{ODD} hello")
    await line.settle()


async def test_a_customer_is_found_by_the_handle_of_their_last_message(
    line, forgetting
):
    await plant_nothing_but_a_case(line)
    assert await forgetting.called("@Alice") == [ALICE]
    await forget(line, forgetting)
    assert await forgetting.called("alice") == []


async def test_clicks_that_wait_are_named(redis, forgetting, clock):
    body = {"message": {"text": "C-1010: Wolkenschaf"}}
    await RedisDeliveries(redis).take(
        "k1", lane="l", body=body, now=clock.now(), length=timedelta(seconds=30)
    )
    assert await forgetting.clicks_about(["C-1010"]) == 1
    assert await forgetting.clicks_about(["C-2020"]) == 0


async def test_what_authors_deleted_leaves_the_files_within_a_day(
    line, forgetting, clock, tmp_path
):
    rewriter = Rewriter(
        forgetting, Duty(line.duties, "rewrite"), clock=clock, log=line.log
    )
    await rewriter.step()
    gone = line.channel.network.post("alice", f"@{line.policy.handle} Wolkenschaf")
    await line.settle()
    line.channel.network.delete(gone)
    await line.settle()
    assert await rewriter.step() == 0
    assert found_in(tmp_path / "store", WORDS) == {"Wolkenschaf"}
    clock.advance(EVERY.total_seconds() + 60)
    assert await rewriter.step() == 1
    assert found_in(tmp_path / "store", WORDS) == set()
