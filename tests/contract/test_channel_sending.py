"""The promises of bot.ports.Channel on what goes out, and how long it may be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model.message import MessageId, Visibility
from bot.model.outgoing import (
    CannotTell,
    NotThere,
    Refused,
    Sent,
    Speaker,
    Unknown,
    Unreachable,
)
from tests.contract.steps import (
    ODD_TEXTS,
    answer_to,
    direct_and_read,
    ids,
    post_and_read,
)


@pytest.mark.parametrize("come_in", [post_and_read, direct_and_read])
async def test_a_sent_text_reaches_the_customer_once(network, channel, come_in):
    message = await come_in(network, "ada")
    network.clock.advance(5)
    result = await channel.send(answer_to(message, "on its way", network))
    assert isinstance(result, Sent)
    assert result.at == network.clock.now()
    assert network.received("ada") == ["on its way"]


async def test_a_sent_text_reaches_nobody_else(network, channel):
    await direct_and_read(network, "bob")
    message = await direct_and_read(network, "ada")
    await channel.send(answer_to(message, "only for ada", network))
    assert network.received("bob") == []


async def test_every_sent_text_has_an_id_of_its_own(network, channel):
    message = await direct_and_read(network)
    results = [
        await channel.send(answer_to(message, text, network)) for text in ("one", "two")
    ]
    assert len({result.id for result in results if isinstance(result, Sent)}) == 2


async def test_what_we_send_never_comes_in_as_a_message(network, channel):
    public = await post_and_read(network, "ada")
    private = await direct_and_read(network, "ada")
    for message in (public, private):
        assert isinstance(
            await channel.send(answer_to(message, "hello", network)), Sent
        )
    assert await ids(channel) == [public.id, private.id]


async def test_an_agent_can_send_too(network, channel):
    message = await post_and_read(network)
    outgoing = replace(answer_to(message, "hello", network), speaker=Speaker.AGENT)
    assert isinstance(await channel.send(outgoing), Sent)


async def test_an_agents_long_text_arrives_as_the_posts_that_it_was_shown_as(
    network, channel
):
    text = "We looked at it, all of us. " * 14 + "And it is there."
    posts = channel.posts(text, Visibility.PUBLIC, Speaker.AGENT)
    message = await post_and_read(network, "ada")
    outgoing = replace(answer_to(message, text, network), speaker=Speaker.AGENT)
    result = await channel.send(outgoing)
    if len(posts) == 1:
        assert result == Refused("too_long", permanent=True)
        return
    assert isinstance(result, Sent)
    assert network.received("ada") == list(posts)
    assert await channel.find_sent(outgoing) == result


@pytest.mark.parametrize("permanent", [True, False])
async def test_a_refusal_says_why_and_whether_to_try_again(network, channel, permanent):
    outgoing = answer_to(await post_and_read(network, "ada"), "hello", network)
    code = network.refuse_the_next_send("blocked", permanent=permanent)
    assert await channel.send(outgoing) == Refused(code, permanent)
    assert network.received("ada") == []
    assert isinstance(await channel.send(outgoing), Sent)


@pytest.mark.parametrize("come_in", [post_and_read, direct_and_read])
async def test_a_lost_answer_is_unknown_and_then_found(network, channel, come_in):
    outgoing = answer_to(await come_in(network, "ada"), "hello", network)
    network.lose_the_next_answer()
    network.clock.advance(3)
    assert await channel.send(outgoing) == Unknown()
    sent_at = network.clock.now()
    network.clock.advance(60)
    found = await channel.find_sent(outgoing)
    assert isinstance(found, Sent)
    assert found.at == sent_at
    assert network.received("ada") == ["hello"]


@pytest.mark.parametrize("come_in", [post_and_read, direct_and_read])
async def test_a_dropped_request_is_unknown_and_then_not_there(
    network, channel, come_in
):
    outgoing = answer_to(await come_in(network, "ada"), "hello", network)
    network.drop_the_next_request()
    assert await channel.send(outgoing) == Unknown()
    assert await channel.find_sent(outgoing) == NotThere()
    assert network.received("ada") == []
    assert isinstance(await channel.send(outgoing), Sent)
    assert network.received("ada") == ["hello"]


@pytest.mark.parametrize("come_in", [post_and_read, direct_and_read])
async def test_the_look_up_finds_what_the_send_answered(network, channel, come_in):
    outgoing = answer_to(await come_in(network), "hello", network)
    assert await channel.find_sent(outgoing) == NotThere()
    sent = await channel.send(outgoing)
    assert isinstance(sent, Sent)
    assert await channel.find_sent(outgoing) == sent


async def test_a_look_up_that_fails_cannot_tell(network, channel):
    outgoing = answer_to(await post_and_read(network), "hello", network)
    sent = await channel.send(outgoing)
    network.break_the_next_lookup()
    assert await channel.find_sent(outgoing) == CannotTell()
    assert await channel.find_sent(outgoing) == sent


async def test_the_same_words_of_an_earlier_day_are_not_taken_for_these(
    network, channel
):
    message = await direct_and_read(network)
    await channel.send(answer_to(message, "hello", network))
    network.clock.advance(86_400)
    again = answer_to(message, "hello", network)
    assert await channel.find_sent(again) == NotThere()


async def test_the_same_words_to_somebody_else_are_not_taken_for_these(
    network, channel
):
    for come_in in (post_and_read, direct_and_read):
        ada, bob = await come_in(network, "ada"), await come_in(network, "bob")
        await channel.send(answer_to(ada, "hello", network))
        assert await channel.find_sent(answer_to(bob, "hello", network)) == NotThere()


async def test_other_words_to_the_same_message_are_not_taken_for_these(
    network, channel
):
    message = await post_and_read(network)
    await channel.send(answer_to(message, "hello", network))
    assert await channel.find_sent(answer_to(message, "hi", network)) == NotThere()


@pytest.mark.parametrize("come_in", [post_and_read, direct_and_read])
async def test_texts_that_are_known_to_be_others_are_not_taken_for_this(
    network, channel, come_in
):
    outgoing = answer_to(await come_in(network), "ok", network)
    first = await channel.send(outgoing)
    assert isinstance(first, Sent)
    found = await channel.find_sent(outgoing, known=frozenset({first.id}))
    assert found == NotThere()


@pytest.mark.parametrize("come_in", [post_and_read, direct_and_read])
async def test_whatever_we_said_there_is_found_if_any_words_will_do(
    network, channel, come_in
):
    message = await come_in(network, "ada")
    network.clock.advance(5)
    sent = await channel.send(answer_to(message, "hello", network))
    network.clock.advance(60)
    again = replace(answer_to(message, "hi", network), caused_at=message.sent_at)
    assert await channel.find_sent(again, any_words=True) == sent
    assert await channel.find_sent(again) == NotThere()


@pytest.mark.parametrize("come_in", [post_and_read, direct_and_read])
async def test_what_we_said_to_others_or_before_is_not_found_whatever_its_words(
    network, channel, come_in
):
    ada, bob = await come_in(network, "ada"), await come_in(network, "bob")
    await channel.send(answer_to(bob, "hello", network))
    await channel.send(answer_to(ada, "hello", network))
    network.clock.advance(60)
    later = answer_to(await come_in(network, "ada"), "hi", network)
    assert await channel.find_sent(later, any_words=True) == NotThere()


async def test_allowances_are_told_for_every_kind_each_once(channel):
    for visibility in Visibility:
        allowances = channel.allowances(visibility)
        names = [allowance.name for allowance in allowances]
        assert len(set(names)) == len(names)
        assert all(allowance.count >= 1 for allowance in allowances)


async def test_a_network_has_a_name_in_what_agents_read_of_its_rules(channel):
    assert channel.rules.called.strip()


async def test_a_send_while_the_network_is_down_does_not_raise(network, channel):
    outgoing = answer_to(await post_and_read(network, "ada"), "hello", network)
    network.take_the_network_down()
    result = await channel.send(outgoing)
    assert result == Unknown() or (isinstance(result, Refused) and not result.permanent)
    assert await channel.find_sent(outgoing) == Unreachable()
    network.bring_the_network_back()
    assert await channel.find_sent(outgoing) == NotThere()
    assert network.received("ada") == []


async def test_an_answer_to_nothing_is_refused_for_good(network, channel):
    message = await post_and_read(network)
    lost = replace(answer_to(message, "hi", network), reply_to=MessageId("not there"))
    result = await channel.send(lost)
    assert isinstance(result, Refused)
    assert result.permanent


async def test_no_text_makes_a_send_raise(network, channel):
    message = await direct_and_read(network, "ada")
    for text in (*ODD_TEXTS.values(), "half a pair: \ud83d", " "):
        result = await channel.send(answer_to(message, text, network))
        assert isinstance(result, (Sent, Refused))


def test_lengths_count_as_the_network_counts(network, channel):
    assert {text: channel.length(text) for text in network.counts} == network.counts


def test_the_examples_of_lengths_hold_what_networks_count_differently(network):
    everything = "".join(network.counts)
    assert "日" in everything
    assert "https://" in everything
    assert any(ord(character) > 0xFFFF for character in everything)


@pytest.mark.parametrize("speaker", Speaker)
@pytest.mark.parametrize("visibility", Visibility)
def test_what_is_sent_in_several_posts_fits_into_each(channel, visibility, speaker):
    limit = channel.limit(visibility)
    assert channel.posts("hello", visibility, speaker) == ("hello",)
    for text in ("We looked at it. " * (limit // 8), "x" * limit * 2, "日" * limit):
        posts = channel.posts(text, visibility, speaker)
        assert len(posts) == 1 or all(channel.length(one) <= limit for one in posts)
        assert posts == (text,) or speaker is Speaker.AGENT


def test_plain_words_count_one_for_each_character(channel):
    assert [channel.length(text) for text in ("", "a", "where is it")] == [0, 1, 11]


@pytest.mark.parametrize("text", [*ODD_TEXTS.values(), "\ud83d"], ids=ascii)
def test_every_text_has_a_length(channel, text):
    assert channel.length(text) >= 0


@pytest.mark.parametrize("come_in", [post_and_read, direct_and_read])
async def test_the_limit_is_the_longest_text_that_is_sent(network, channel, come_in):
    message = await come_in(network, "ada")
    longest = "x" * channel.limit(message.visibility)
    too_long = await channel.send(answer_to(message, longest + "x", network))
    assert isinstance(too_long, Refused)
    assert too_long.permanent
    assert isinstance(await channel.send(answer_to(message, longest, network)), Sent)
    assert network.received("ada") == [longest]
