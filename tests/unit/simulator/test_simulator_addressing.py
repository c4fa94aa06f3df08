"""Whom a post addresses, and in whose thread it stands."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.errors import InputError
from tests.unit.simulator.helpers import incoming, read


@pytest.mark.parametrize(
    "text",
    [
        "@fernhollow hi",
        "hi @FernHollow!",
        "(@fernhollow)",
        "＠fernhollow hi",
        "a\n@fernhollow",
    ],
)
async def test_a_post_that_names_us_comes_in(channel, network, text):
    post = network.post("ada", text)
    assert await incoming(channel) == [post]


@pytest.mark.parametrize(
    "text",
    [
        "fernhollow is great",
        "@fernhollows hi",
        "me@fernhollow.example",
        "@@fernhollow",
        "",
    ],
)
async def test_a_post_that_does_not_name_us_stays_outside(channel, network, text):
    network.post("ada", text)
    assert await incoming(channel) == []
    assert [post.text for post in network.timeline()] == [text]


async def test_a_reply_to_the_brand_comes_in_without_naming_it(channel, network):
    offer = network.brand_post("New tents are here.")
    reply = network.post("ada", "do they float?", in_reply_to=offer)
    ((_, message),) = await read(channel)
    assert (message.id, message.in_reply_to) == (reply, offer)
    assert message.thread == f"{offer}:ada"


async def test_a_reply_goes_to_everybody_whom_the_post_above_addressed(
    channel, network
):
    first = network.post("ada", "@fernhollow where is it?")
    second = network.post("ada", "it was due on Monday", in_reply_to=first)
    other = network.post("bob", "mine neither", in_reply_to=second)
    assert await incoming(channel) == [first, second, other]


async def test_a_chat_between_others_stays_outside(channel, network):
    first = network.post("ada", "nice tent")
    network.post("bob", "which one?", in_reply_to=first)
    assert await incoming(channel) == []


async def test_customers_in_one_conversation_have_separate_threads(channel, network):
    root = network.post("ada", "@fernhollow where is it?")
    network.post("bob", "same here", in_reply_to=root)
    network.post("ada", "anyone?", in_reply_to=root)
    threads = [message.thread for _, message in await read(channel)]
    assert threads == [f"{root}:ada", f"{root}:bob", f"{root}:ada"]


async def test_a_chosen_recipient_counts_although_the_text_does_not_name_us(
    channel, network
):
    told = network.post("ada", "@115850 where is it?", addressed=True)
    network.post("bob", "@fernhollow is what I call it", addressed=False)
    assert await incoming(channel) == [told]


async def test_the_brand_s_own_posts_are_never_messages(channel, network):
    network.brand_post("@fernhollow here, good morning")
    network.post("FernHollow", "and good evening @fernhollow")
    assert await incoming(channel) == []
    assert all(post.by_brand for post in network.timeline())


async def test_an_imported_reply_keeps_its_thread_although_the_post_above_is_unknown(
    channel, network
):
    network.post(
        "ada", "@fernhollow still", id="71", in_reply_to="70", conversation="60"
    )
    network.post("ada", "@fernhollow hello", id="81", in_reply_to="80")
    threads = [message.thread for _, message in await read(channel)]
    assert threads == ["60:ada", "80:ada"]


async def test_an_id_that_is_there_already_changes_nothing(channel, network):
    assert network.post("ada", "@fernhollow one", id="7") == "7"
    assert network.post("ada", "@fernhollow two", id="7") == "7"
    assert [message.text for _, message in await read(channel)] == ["@fernhollow one"]


async def test_the_name_that_others_see_becomes_the_handle(channel, network):
    network.register("4711", "ada_lovelace")
    network.direct("4711", "hi")
    ((_, message),) = await read(channel)
    assert (message.customer, message.handle) == ("simulator:4711", "ada_lovelace")


def test_what_a_person_cannot_post_is_an_input_error(network):
    with pytest.raises(InputError):
        network.post("", "@fernhollow hi")
    with pytest.raises(InputError):
        network.post("ada", "@fernhollow hi", id="")
    with pytest.raises(InputError):
        network.post("ada", "@fernhollow hi", at=datetime(2026, 1, 1))  # noqa: DTZ001 - the fault
    with pytest.raises(InputError):
        network.direct("fernhollow", "hi")
    assert network.timeline() == []


async def test_half_a_surrogate_pair_is_replaced_and_a_whole_one_joined(
    channel, network
):
    network.direct("ada", "\ud83d")
    network.direct("ada", "\ud83d\ude00")
    assert [message.text for _, message in await read(channel)] == ["\ufffd", "😀"]
