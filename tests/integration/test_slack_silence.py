"""A socket that is open and says nothing is noticed, renewed and made up for."""

from __future__ import annotations

import asyncio

import pytest

from bot.desk.slack import socket
from bot.desk.slack.inward import Inward
from bot.errors import StoreUnavailable, TemporaryFailure
from tests.slack_line import CHANNEL
from tests.waiting import PATIENCE_S


async def looks(desk, *, seconds: int, parts: Inward | None = None) -> list[str]:
    """Let time pass while the watchdog looks; return what it reports."""
    told = []
    for _ in range(seconds // 5):
        desk.clock.advance(5)
        try:
            await (parts or desk.inward).watchdog.step()
        except TemporaryFailure as error:
            told.append(str(error))
        await desk.done()
    return told


def logged(desk, event: str) -> int:
    return sum(name == event for name, _ in desk.line.logged)


async def test_what_a_silent_socket_swallowed_is_caught_up_within_a_minute(desk):
    case, card = await desk.case()
    before = desk.ledger()
    await looks(desk, seconds=30)
    await desk.slack.anna.click(card, "case_claim")
    await desk.done()
    desk.slack.sockets.open[0].silent = True
    await desk.slack.anna.type(CHANNEL, "swallowed", thread_ts=card.ts)
    await desk.slack.anna.type(CHANNEL, "reply: It is there.", thread_ts=card.ts)
    told = await looks(desk, seconds=60)
    assert await desk.notes(case) == ["swallowed"]
    assert "was silent" in told[-1]
    assert logged(desk, "slack_socket_silent") == 1
    await desk.sent()
    assert desk.ledger()[len(before) :] == ["It is there."]
    await desk.slack.anna.type(CHANNEL, "heard again", thread_ts=card.ts)
    await desk.done()
    assert await desk.notes(case) == ["swallowed", "heard again"]


async def test_silence_is_noticed_although_nobody_writes_anything(desk):
    await desk.case()
    await looks(desk, seconds=30)
    desk.slack.sockets.open[0].silent = True
    assert await looks(desk, seconds=60)
    assert logged(desk, "slack_socket_silent") == 1
    assert len(desk.slack.sockets.open) == 1


async def test_a_socket_that_speaks_when_asked_is_left_alone(desk):
    await desk.case()
    assert await looks(desk, seconds=600) == []
    assert logged(desk, "slack_socket_silent") == 0
    assert desk.slack.calls("reactions.add", effect=True)
    (card,) = desk.slack.messages(CHANNEL)
    assert not any(card.reactions.values())


async def test_what_was_heard_is_not_read_again(desk):
    _, card = await desk.case()
    await looks(desk, seconds=30)
    reads = len(desk.slack.calls("conversations.replies"))
    for number in range(20):
        await desk.slack.anna.type(CHANNEL, f"note {number}", thread_ts=card.ts)
        await desk.done()
    assert await looks(desk, seconds=120) == []
    assert len(desk.slack.calls("conversations.replies")) == reads


async def test_what_was_written_while_nobody_listened_is_caught_up_at_the_start(
    desk, redis
):
    case, card = await desk.case()
    await desk.socket.close()
    for number in range(5):
        await desk.slack.anna.type(CHANNEL, f"note {number}", thread_ts=card.ts)
    await desk.slack.settle()
    desk.clock.advance(3600)
    told = await looks(desk, seconds=30)
    assert await desk.notes(case) == [f"note {number}" for number in range(5)]
    assert told == []  # nobody was deaf: nobody was there


async def test_one_message_that_fell_out_among_others_is_found(desk):
    case, card = await desk.case()
    await looks(desk, seconds=30)
    await desk.slack.anna.type(CHANNEL, "first", thread_ts=card.ts)
    await desk.done()
    desk.slack.sockets.open[0].silent = True
    await desk.slack.anna.type(CHANNEL, "second", thread_ts=card.ts)
    await desk.done()
    desk.slack.sockets.open[0].silent = False
    await desk.slack.anna.type(CHANNEL, "third", thread_ts=card.ts)
    await desk.done()
    await looks(desk, seconds=60)
    assert sorted(await desk.notes(case)) == ["first", "second", "third"]


async def test_500_replies_over_a_flapping_socket_are_each_sent_once(
    desk, proof, findings
):
    count = 500 if proof else 60
    case, card = await desk.case()
    before = len(desk.ledger())
    await desk.slack.anna.click(card, "case_claim")
    await desk.done()
    assert (await desk.relay.view(case.id)).case.assignee == desk.slack.anna.id
    words = [f"reply: number {number}" for number in range(count)]
    for number, said in enumerate(words):
        if number % 12 == 3:
            desk.slack.sockets.open[0].silent = True
        if number % 20 == 7:
            await desk.socket.close()
        if number % 10 == 9:
            await looks(desk, seconds=30)
        await desk.slack.anna.type(CHANNEL, said, thread_ts=card.ts)
    await looks(desk, seconds=120)
    await desk.sent()
    assert sorted(desk.ledger()[before:]) == sorted(w[7:] for w in words)
    findings.tell(f"Slack: {count} replies over a flapping socket, each sent once")


async def test_a_reply_that_the_store_did_not_take_holds_up_none_behind_it_for_long(
    desk, monkeypatch
):
    _, card = await desk.case()
    before = len(desk.ledger())
    await desk.slack.anna.click(card, "case_claim")
    await desk.done()
    really, refused = desk.relay.reply, []

    async def away_at_first(*what, **how):
        if not refused:
            refused.append(what)
            raise StoreUnavailable("the store does not answer")
        return await really(*what, **how)

    monkeypatch.setattr(desk.relay, "reply", away_at_first)
    for number in range(3):
        await desk.slack.anna.type(CHANNEL, f"reply: {number}", thread_ts=card.ts)
    await desk.done()
    await desk.sent()
    assert desk.ledger()[before:] == []  # in their order: the first is to be the first
    await looks(desk, seconds=5)
    await desk.sent()
    assert desk.ledger()[before:] == ["0", "1", "2"]


async def test_a_refused_token_is_told_and_tried_again(desk):
    await desk.socket.close()
    desk.slack.faults.revoke_token()
    with pytest.raises(TemporaryFailure, match="FIRSTLINE_SLACK_APP_TOKEN"):
        await desk.inward.watchdog.step()
    desk.slack.faults.clear()
    assert await looks(desk, seconds=30) == []
    assert desk.socket.is_open


async def test_a_dead_connection_is_opened_again(desk):
    case, card = await desk.case()
    await looks(desk, seconds=30)
    await desk.slack.sockets.open[0].ws.close()
    await looks(desk, seconds=30)
    await desk.slack.until(lambda: desk.slack.sockets.open, what="a new connection")
    await desk.slack.anna.type(CHANNEL, "hello again", thread_ts=card.ts)
    await desk.done()
    await looks(desk, seconds=30)
    assert await desk.notes(case) == ["hello again"]


async def test_a_dead_connection_holds_up_no_stop(desk, monkeypatch):
    monkeypatch.setattr(socket, "CLOSE_S", 0.1)
    (open_one,) = desk.slack.sockets.open
    open_one.ws._req.transport.pause_reading()  # no goodbye is ever answered
    await asyncio.wait_for(desk.socket.close(), PATIENCE_S)


async def test_only_one_process_reads_what_was_missed_and_each_proves_its_socket(desk):
    _, card = await desk.case()
    desk.watches = False
    await looks(desk, seconds=30)
    await desk.slack.ben.type(CHANNEL, "lunch?", thread_ts=card.ts)
    await looks(desk, seconds=30)
    assert desk.slack.calls("conversations.replies") == []
    desk.slack.sockets.open[0].silent = True
    assert await looks(desk, seconds=60)
    assert logged(desk, "slack_socket_silent") == 1
