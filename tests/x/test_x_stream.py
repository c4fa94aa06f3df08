"""What X tells at once: events of the account, heard on a connection that stays open."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.channels.x import ErrorKind
from bot.errors import StoreUnavailable
from bot.model.message import (
    Deleted,
    Nature,
    Visibility,
)
from tests.contract.x_harness import POLICY
from tests.waiting import until
from tests.x.x_line import XLine, read, stepped

MINUTE = 60


async def test_the_stream_brings_at_once_what_polling_would_bring_later(x, line):
    line.channel.follow(replace(POLICY, poll_every=timedelta(hours=1)))
    cursor = None
    await read(line.channel)
    async with line.listening(x):
        ada = x.person("ada")
        post = ada.post("@acmecare hi")
        direct = ada.message(x.brand, "psst")
        found = await stepped(line.channel, 2)
    assert {one.id for _, one in found} == {post.id, direct.id}
    assert {one.handle for _, one in found} == {"ada"}
    line.clock.advance(2 * 60 * MINUTE)
    polled = await read(line.channel, cursor)
    assert {m.id: m for _, m in polled} == {m.id: m for _, m in found}


async def test_an_encrypted_message_comes_with_its_writers_handle_looked_up_once(
    x, line
):
    async with line.listening(x):
        ada = x.person("ada")
        ada.chat(x.brand, "a secret")
        ada.chat(x.brand, "another")
        found = await stepped(line.channel, 2)
    assert [(m.nature, m.handle, m.text) for _, m in found] == [
        (Nature.ENCRYPTED, "ada", ""),
        (Nature.ENCRYPTED, "ada", ""),
    ]
    assert {m.visibility for _, m in found} == {Visibility.PRIVATE}
    assert len({m.id for _, m in found}) == 2
    assert line.units()["user_read"] == 2  # ours, and Ada's


async def test_what_was_heard_and_never_stored_is_handed_over_again(x, line):
    async with line.listening(x):
        ada = x.person("ada")
        for number in range(3):
            ada.chat(x.brand, f"secret {number}")
        await x.until(lambda: len(x.events()) == 3)
        found = []
        while len(found) < 3:  # each time only the first is stored
            async for cursor, message in line.channel.messages(
                after=found[-1][0] if found else None
            ):
                found.append((cursor, message.id))
                break
        assert len({id_ for _, id_ in found}) == 3
        assert await read(line.channel, found[-1][0]) == []


async def test_two_processes_that_hear_the_same_hand_it_over_once_each(x, line, redis):
    other = XLine(redis, x, line.clock)
    cursor, found = None, []
    async with line.listening(x), other.listening(x):
        await x.until(lambda: len(x.hub.connections) == 2)
        for number in range(3):
            x.person("ada").chat(x.brand, f"secret {number}")

        async def all_came() -> bool:
            nonlocal cursor
            for one in (line.channel, other.channel):
                new = await read(one, cursor)
                cursor = new[-1][0] if new else cursor
                found.extend(message.id for _, message in new)
            return len(found) >= 6

        await until(all_came)
        for _ in range(20):  # nothing comes again
            await asyncio.sleep(0.01)
            await all_came()
    other.channel.close()
    assert (len(found), len({*found})) == (6, 3)


async def test_events_that_come_twice_and_in_disorder_are_taken_once(x, line):
    x.faults.double_events = x.faults.reorder_events = True
    line.channel.follow(replace(POLICY, poll_every=timedelta(hours=1)))
    await read(line.channel)
    async with line.listening(x):
        ada = x.person("ada")
        ids = {ada.message(x.brand, f"{number}").id for number in range(4)}
        found = await stepped(line.channel, 4)
    assert sorted(m.id for _, m in found) == sorted(ids)


async def test_our_own_post_that_is_deleted_by_hand_comes_as_a_notice(x, line):
    post = x.brand.post("oops")
    async with line.listening(x):
        x.brand.delete(post)
        ((_, notice),) = await stepped(line.channel, 1)
    assert isinstance(notice, Deleted)
    assert (notice.id, notice.at) == (post.id, line.clock.now())


async def test_the_stream_outlives_that_the_store_is_away(x, line, monkeypatch):
    take, away = line.quota.take, [StoreUnavailable("away")]

    async def sometimes(*args, **kwargs):
        if away:
            raise away.pop()
        return await take(*args, **kwargs)

    monkeypatch.setattr(line.quota, "take", sometimes)
    async with line.listening(x):
        x.person("ada").chat(x.brand, "still there?")
        assert len(await stepped(line.channel, 1)) == 1
    assert away == []


async def test_the_stream_comes_back_after_a_break_and_ends_when_told(x, line):
    async with line.listening(x):
        x.hub.disconnect()
        await x.until(lambda: not x.hub.connections)
        await x.connected()
        x.person("ada").chat(x.brand, "still there?")
        assert len(await stepped(line.channel, 1)) == 1


async def test_that_the_stream_refuses_the_apps_token_is_told_until_x_takes_it(x, line):
    stop, told = asyncio.Event(), line.channel.troubles
    listening = asyncio.create_task(line.channel.listen(stop, token="of-another-app"))
    await x.until(lambda: ErrorKind.APP_TOKEN in told)
    await read(line.channel)  # our account's own token is taken, and says nothing of it
    assert ErrorKind.APP_TOKEN in told
    stop.set()
    await listening
    async with line.listening(x):
        await x.until(lambda: not told)
