"""What the simulated network shows: its ledger and its pages."""

from __future__ import annotations

from datetime import timedelta

from bot.channels.simulator import NewPost
from bot.model.message import ThreadId
from tests.unit.simulator.helpers import NOON, direct_to, reply_to


async def test_the_ledger_holds_what_customers_wrote_and_received(
    channel, network, clock
):
    post = network.post("ada", "@fernhollow hi")
    network.direct("bob", "psst")
    network.brand_post("Written by hand elsewhere.", in_reply_to=post)
    clock.advance(9)
    await channel.send(reply_to(post, "hello ada"))
    wrote, received = network.ledger("ada")
    assert (wrote.id, wrote.received, wrote.text) == (post, False, "@fernhollow hi")
    assert (received.received, received.text) == (True, "hello ada")
    assert (received.in_reply_to, received.at) == (post, NOON + timedelta(seconds=9))
    assert received.thread == wrote.thread == f"{post}:ada"
    assert [entry.account for entry in network.ledger()] == ["ada", "bob", "ada"]


async def test_the_ledger_shows_who_really_got_a_reply(channel, network):
    post = network.post("ada", "@fernhollow hi")
    await channel.send(reply_to(post, "for bob", account="bob"))
    assert [e.text for e in network.ledger("ada") if e.received] == ["for bob"]
    assert network.ledger("bob") == []


async def test_pages_show_threads_and_direct_messages_apart(channel, network):
    post = network.post("ada", "@fernhollow hi")
    network.post("bob", "me too", in_reply_to=post)
    network.direct("ada", "my number is 1")
    await channel.send(reply_to(post, "write to us in private"))
    await channel.send(direct_to("ada", "thanks"))
    thread = network.thread(ThreadId(f"{post}:ada"))
    assert [p.text for p in thread] == ["@fernhollow hi", "write to us in private"]
    texts = [p.text for p in network.direct_messages("ada")]
    assert texts == ["my number is 1", "thanks"]
    assert [p.account for p in network.timeline()] == ["ada", "bob", "fernhollow"]
    assert network.direct_messages("bob") == []


def test_a_timeline_ends_with_the_newest(network):
    for number in range(5):
        network.post("ada", str(number))
    assert [post.text for post in network.timeline(newest=2)] == ["3", "4"]


async def test_changes_name_each_new_post_once(channel, network):
    post = network.post("ada", "@fernhollow hi")
    first = network.changes(0)
    assert [p.id for p in first.posts] == [post]
    assert network.changes(first.latest).posts == ()
    assert network.changes(first.latest).latest == first.latest
    await channel.send(reply_to(post))
    second = network.changes(first.latest)
    assert [(p.text, p.by_brand) for p in second.posts] == [("hello", True)]
    assert second.latest > first.latest


def test_more_changes_than_a_page_are_all_seen(network):
    network.post_many(NewPost(account="ada", text=str(n)) for n in range(7))
    seen, latest = [], 0
    while (changes := network.changes(latest, at_most=3)).posts:
        seen += [post.text for post in changes.posts]
        latest = changes.latest
    assert seen == [str(n) for n in range(7)]
