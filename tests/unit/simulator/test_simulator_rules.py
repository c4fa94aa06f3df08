"""The rules of the simulated network for what we send."""

from __future__ import annotations

from dataclasses import replace

from bot.model.outgoing import Refused, Sent, Speaker
from tests.unit.simulator.helpers import direct_to, reply_to


async def test_a_bot_may_answer_only_who_addressed_the_brand(channel, network):
    aside = network.post("ada", "fernhollow is great")
    refused = Refused("not_summoned", permanent=True)
    assert await channel.send(reply_to(aside)) == refused
    assert await channel.send(replace(reply_to(aside), reply_to=None)) == refused


async def test_an_agent_may_answer_who_did_not_address_the_brand(channel, network):
    aside = network.post("ada", "fernhollow is great")
    result = await channel.send(reply_to(aside, speaker=Speaker.AGENT))
    assert isinstance(result, Sent)


async def test_nobody_can_answer_a_post_that_is_not_there(channel):
    result = await channel.send(reply_to("gone", speaker=Speaker.AGENT))
    assert result == Refused("reply_not_found", permanent=True)


async def test_a_direct_message_is_not_answered_in_public(channel, network):
    secret = network.direct("ada", "hi")
    result = await channel.send(reply_to(secret, speaker=Speaker.AGENT))
    assert result == Refused("reply_not_found", permanent=True)


async def test_the_customer_writes_the_first_direct_message(channel, network):
    network.post("ada", "@fernhollow hi")
    network.direct("bob", "hi")
    refused = Refused("dm_not_opened", permanent=True)
    assert await channel.send(direct_to("ada")) == refused
    assert isinstance(await channel.send(direct_to("bob")), Sent)


async def test_identical_public_text_is_refused_for_a_quarter_of_an_hour(
    channel, network, clock
):
    post = network.post("ada", "@fernhollow hi")
    other = network.post("bob", "@fernhollow hi")
    assert isinstance(await channel.send(reply_to(post)), Sent)
    again = Refused("duplicate_text", permanent=True)
    assert await channel.send(reply_to(post)) == again
    assert isinstance(await channel.send(reply_to(other)), Sent)
    clock.advance(15 * 60)
    assert isinstance(await channel.send(reply_to(post)), Sent)


async def test_identical_direct_messages_are_allowed(channel, network):
    network.direct("ada", "hi")
    for _ in range(2):
        assert isinstance(await channel.send(direct_to("ada")), Sent)


async def test_text_is_measured_in_the_network_s_own_count(channel, network):
    post = network.post("ada", "@fernhollow hi")
    assert isinstance(await channel.send(reply_to(post, "日" * 140)), Sent)
    result = await channel.send(reply_to(post, "日" * 141))
    assert result == Refused("too_long", permanent=True)


async def test_nothing_is_no_text(channel, network):
    network.direct("ada", "hi")
    result = await channel.send(direct_to("ada", " \n"))
    assert result == Refused("empty_text", permanent=True)
