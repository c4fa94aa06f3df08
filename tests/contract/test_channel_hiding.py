"""The promises of bot.ports.Channel on what we hide from a network's readers."""

from __future__ import annotations

import pytest

from bot.errors import InputError
from bot.model.message import MessageId
from tests.contract.steps import direct_and_read, newest


async def test_a_reply_to_our_own_post_is_hidden_and_shown_again(network, channel):
    posted = network.customer_answers_us("ada", "buy coins")
    message = await newest(network, posted)
    assert message.hideable
    for hidden in (True, True, False, False):  # doing it again changes nothing
        await channel.hide(message.id, hidden=hidden)
        assert network.is_hidden(posted) is hidden


async def test_a_direct_message_cannot_be_hidden(network, channel):
    message = await direct_and_read(network)
    assert not message.hideable
    with pytest.raises(InputError):
        await channel.hide(message.id)


async def test_what_is_not_there_cannot_be_hidden(channel):
    with pytest.raises(InputError):
        await channel.hide(MessageId("404"))


async def test_while_the_network_is_away_nothing_is_hidden_and_it_says_why(
    network, channel
):
    posted = network.customer_answers_us("ada", "buy coins")
    network.take_the_network_down()
    with pytest.raises(InputError, match=r"\w+ .+\."):
        await channel.hide(posted)
    network.bring_the_network_back()
    assert not network.is_hidden(posted)
