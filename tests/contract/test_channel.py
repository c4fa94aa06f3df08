"""The promises of bot.ports.Channel on what comes in; sending has its own file."""

from __future__ import annotations

import pytest

from bot.errors import TemporaryFailure
from bot.model.message import DIRECT, Malformed, Message, Visibility
from tests.contract.steps import (
    ODD_TEXTS,
    direct_and_read,
    ids,
    post_and_read,
    read,
)


async def test_a_mention_comes_in_with_its_customer_thread_and_time(network, channel):
    message = await post_and_read(network, "ada", "where is my parcel?")
    assert message.channel == channel.name
    assert message.customer == network.customer("ada")
    assert message.handle == "ada"
    assert message.text == "where is my parcel?"
    assert message.visibility is Visibility.PUBLIC
    assert message.thread != DIRECT
    assert message.sent_at == network.clock.now()
    assert message.summoned


async def test_a_direct_message_comes_in_as_private(network):
    message = await direct_and_read(network)
    assert (message.visibility, message.thread) == (Visibility.PRIVATE, DIRECT)


async def test_a_customer_is_the_same_in_public_and_in_private(network):
    mention = await post_and_read(network, "ada")
    direct = await direct_and_read(network, "ada")
    other = await direct_and_read(network, "bob")
    assert mention.customer == direct.customer != other.customer


async def test_an_empty_network_yields_nothing_and_ends(channel):
    assert await read(channel) == []


async def test_messages_come_oldest_first_whether_public_or_private(network, channel):
    posted = []
    for number in range(20):
        network.clock.advance(1)
        write = network.customer_directs if number % 3 else network.customer_posts
        posted.append(write(f"customer{number % 4}", f"message {number}"))
    assert await ids(channel) == posted


async def test_every_cursor_resumes_right_behind_its_message(network, channel):
    posted = [network.customer_posts("ada", str(number)) for number in range(5)]
    for number, (cursor, _) in enumerate(await read(channel)):
        assert await ids(channel, cursor) == posted[number + 1 :]


async def test_a_cursor_that_was_not_kept_loses_nothing(network, channel):
    network.customer_posts("ada", "hi")
    assert await read(channel) == await read(channel) != []


async def test_a_reader_that_stops_half_way_goes_on_after_what_it_stored(
    network, channel
):
    posted = [network.customer_posts("ada", str(number)) for number in range(4)]
    stored = []
    async for cursor, message in channel.messages(after=None):
        stored.append((cursor, message.id))
        if len(stored) == 2:
            break
    rest = await ids(channel, stored[-1][0])
    assert [id_ for _, id_ in stored] + rest == posted


async def test_what_is_written_later_comes_after_the_last_cursor(network, channel):
    network.customer_posts("ada", "first")
    ((cursor, _),) = await read(channel)
    assert await read(channel, cursor) == []
    later = network.customer_posts("ada", "second")
    assert await ids(channel, cursor) == [later]


async def test_a_message_that_shows_up_late_still_comes_after_the_cursor(
    network, channel
):
    network.show_the_next_message_late()
    late = network.customer_posts("ada", "written first")
    assert await ids(channel) == []
    newer = network.customer_posts("bob", "written second")
    (cursor, first), *_ = await read(channel)
    assert (first.id, await ids(channel, cursor)) == (newer, [late])


async def test_a_redelivered_message_is_recognised_by_its_key(network, channel):
    network.show_the_next_message_twice()
    network.customer_posts("ada", "hi")
    (one_cursor, one), (other_cursor, other) = await read(channel)
    assert one == other
    assert one.key == other.key
    assert one_cursor != other_cursor


async def test_what_cannot_be_decoded_stops_nothing(network, channel):
    before = network.customer_posts("ada", "before")
    network.garble_the_next_message()
    broken = network.customer_posts("ada", "a secret about me")
    after = network.customer_posts("ada", "after")
    messages = [message for _, message in await read(channel)]
    assert [message.id for message in messages] == [before, broken, after]
    assert [type(m) for m in messages] == [Message, Malformed, Message]


async def test_what_cannot_be_decoded_names_the_cause_without_the_content(
    network, channel
):
    network.garble_the_next_message()
    network.customer_posts("ada", "a secret about me")
    ((_, broken),) = await read(channel)
    assert broken.channel == channel.name
    assert broken.raw
    assert broken.problem
    assert "secret" not in broken.problem


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
async def test_texts_come_in_as_they_were_written(network, text):
    shown = network.shown(text)
    assert (await post_and_read(network, text=text)).text == shown
    assert (await direct_and_read(network, text=text)).text == shown


async def test_a_network_that_is_down_is_a_temporary_failure(network, channel):
    posted = network.customer_posts("ada", "hi")
    network.take_the_network_down()
    with pytest.raises(TemporaryFailure):
        await read(channel)
    network.bring_the_network_back()
    assert await ids(channel) == [posted]
