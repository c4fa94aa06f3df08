"""What goes out to X: once, whole, and refused with a reason."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import InputError
from bot.model.message import (
    MessageId,
)
from bot.model.outgoing import (
    NotThere,
    Refused,
    Sent,
    Speaker,
    Unknown,
    Unreachable,
)
from tests.contract.x_harness import POLICY
from tests.x.written import LONG, POST, SECOND, direct, reply, said


async def test_an_agents_long_text_answers_the_customer_and_then_itself(
    x, line, mention
):
    outgoing = reply(x, mention, LONG, speaker=Speaker.AGENT)
    result = await line.channel.send(outgoing)
    posts = x.posts()
    assert len(posts) == 3
    assert [post.replied_to for post in posts] == [mention.id, posts[0].id, posts[1].id]
    assert [post.text[-6:] for post in posts] == [" (1/3)", " (2/3)", " (3/3)"]
    assert isinstance(result, Sent)
    assert result.id == posts[0].id
    assert await line.channel.find_sent(outgoing) == result


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("fault", ["lose_answer", "lose_request", "limit"])
async def test_a_text_that_stops_half_way_goes_on_where_it_stopped(
    x, line, mention, number, fault
):
    outgoing = reply(x, mention, LONG, speaker=Speaker.AGENT)
    lose(x, fault, after=number - 1)
    first = await line.channel.send(outgoing)
    assert not isinstance(first, Sent)
    line.clock.advance(120)
    found = await line.channel.find_sent(outgoing)
    whole = fault == "lose_answer" and number == 3
    assert isinstance(found, Sent if whole else NotThere)
    result = found if whole else await line.channel.send(outgoing)
    assert isinstance(result, Sent)
    assert [text[-6:] for text in said(x)] == [" (1/3)", " (2/3)", " (3/3)"]
    assert result.id == x.posts()[0].id


async def test_an_answer_that_does_not_end_in_time_is_none(
    x, line, mention, monkeypatch
):
    """Else one call would hold up the sender, and all who wait for a text, for ever."""
    monkeypatch.setattr("bot.channels.x.client.WHOLE_S", 0.5)
    x.faults.slow(POST, 1.5)
    outgoing = reply(x, mention, "We look into it.")
    assert await line.channel.send(outgoing) == Unknown()
    await x.until(x.posts, what="the post whose answer nobody waited for")
    assert isinstance(await line.channel.find_sent(outgoing), Sent)
    assert said(x) == ["We look into it."]


def lose(x, fault, *, after):
    """Let the post after so many others go wrong."""
    if after == 0:
        getattr(x.faults, fault)(POST)
        return
    world, count = x.core.world, [0]

    def heard(what, thing):
        if what == "post.create" and thing.by_api:
            count[0] += 1
            if count[0] == after:
                getattr(x.faults, fault)(POST)

    world.listeners.append(heard)


async def test_the_bots_long_text_is_refused_without_asking_x(x, line, mention):
    assert await line.channel.send(reply(x, mention, LONG)) == Refused(
        "too_long", permanent=True
    )
    assert x.ledger.of(POST) == []


async def test_a_duplicate_after_a_lost_answer_means_that_it_went_out(x, line, mention):
    outgoing = reply(x, mention)
    x.faults.lose_answer(POST)
    assert await line.channel.send(outgoing) == Unknown()
    line.clock.advance(10)
    result = await line.channel.send(outgoing)  # as if the look-up had missed it
    assert isinstance(result, Sent)
    assert said(x) == ["On its way."]
    assert x.violations.pop().kind == "duplicate"


async def test_the_same_words_for_another_post_are_refused_as_such(x, line, mention):
    assert isinstance(await line.channel.send(reply(x, mention)), Sent)
    line.clock.advance(60)
    again = x.person("ada").post("@acmecare where?")
    result = await line.channel.send(reply(x, again))
    assert result == Refused("duplicate_text", permanent=True)
    assert x.violations.pop().kind == "duplicate"


@pytest.mark.parametrize(
    ("spoil", "refused"),
    [
        (lambda x: x.revoke_tokens(), Refused("token", permanent=False)),
        (
            lambda x: setattr(x.brand.account, "suspended", True),
            Refused("suspended", permanent=False),
        ),
        (
            lambda x: setattr(x.credit, "left", 0),
            Refused("credit", permanent=False),
        ),
        (
            lambda x: x.faults.refuse(POST, "client-forbidden"),
            Refused("permission", permanent=False),
        ),
        (lambda x: x.faults.limit(POST), Refused("rate_limited", permanent=False)),
        (
            lambda x: x.faults.limit(POST, headers=False),
            Refused("rate_limited", permanent=False),
        ),
        (
            lambda x: x.person("ada").delete(x.person("ada").first),
            Refused("reply_not_found", permanent=True),
        ),
        (
            lambda x: x.faults.refuse(POST, "You may not."),
            Refused("refused", permanent=True),
        ),
        (lambda x: x.faults.fail(POST, html=True), Unknown()),
        (lambda x: x.faults.fail(POST, after=True), Unknown()),
        (lambda x: x.faults.lose_request(POST), Unknown()),
    ],
)
async def test_each_refusal_has_its_code_and_says_whether_to_try_again(
    x, line, mention, spoil, refused
):
    x.person("ada").first = mention
    spoil(x)
    assert await line.channel.send(reply(x, mention)) == refused


async def test_who_did_not_address_us_is_not_answered_by_anybody(x, line):
    post = x.person("ada").post("acme lost my parcel")
    result = await line.channel.send(reply(x, post, speaker=Speaker.AGENT))
    assert result == Refused("not_summoned", permanent=True)
    assert x.violations.pop().kind == "not_summoned"


async def test_who_has_not_written_gets_no_direct_message(x, line):
    result = await line.channel.send(direct(x, x.person("ada")))
    assert result == Refused("dm_not_opened", permanent=True)
    assert x.violations.pop().kind == "dm_not_opened"


async def test_the_sixteenth_direct_message_in_a_quarter_of_an_hour_is_not_tried(
    x, line
):
    ada = x.person("ada")
    ada.message(x.brand, "hello")
    results = [await line.channel.send(direct(x, ada, f"{n}")) for n in range(16)]
    assert [type(one) for one in results[:15]] == [Sent] * 15
    assert results[15] == Refused("rate_limited", permanent=False)
    assert "rate_limit" not in x.ledger.refusals()


async def test_a_look_up_waits_while_the_limit_is_used_up(x, line):
    ada = x.person("ada")
    ada.message(x.brand, "hello")
    outgoing = direct(x, ada)
    for _ in range(15):
        assert await line.channel.find_sent(outgoing) == NotThere()
    assert await line.channel.find_sent(outgoing) == Unreachable()
    assert "rate_limit" not in x.ledger.refusals()


@pytest.mark.parametrize("private", [True, False])
async def test_a_text_is_found_although_xs_clock_is_behind_ours(x, line, private):
    """What was queued "later" than X says that it was sent, would be sent twice."""
    ada = x.person("ada")
    ada.message(x.brand, "hello")
    post = ada.post("@acmecare hello")
    written = direct(x, ada) if private else reply(x, post)
    now = line.clock.now()
    outgoing = replace(written, speaker=Speaker.AGENT, queued_at=now + SECOND)
    sent = await line.channel.send(outgoing)
    assert isinstance(sent, Sent)
    assert await line.channel.find_sent(outgoing) == sent
    assert await line.channel.find_sent(outgoing, known={sent.id}) == NotThere()
    found = await line.channel.find_sent(outgoing, any_words=True)
    assert found == NotThere()


@pytest.mark.parametrize(
    "text",
    [
        "Look here: https://example.com/help?a=1&b=2 and tell us.",
        "@ada we are <sorry> & will call",
        "two lines\n\nand “quotes” – ok",
        "cafe\u0301 ☕️",
    ],
)
async def test_what_x_makes_of_our_words_is_found_again(x, line, mention, text):
    outgoing = reply(x, mention, text)
    sent = await line.channel.send(outgoing)
    assert isinstance(sent, Sent)
    assert await line.channel.find_sent(outgoing) == sent
    ada = x.person("ada")
    ada.message(x.brand, "hello")
    outgoing = direct(x, ada, text)
    sent = await line.channel.send(outgoing)
    assert isinstance(sent, Sent)
    assert await line.channel.find_sent(outgoing) == sent


async def test_what_a_text_costs_depends_on_a_link_in_it(x, line, mention):
    await line.channel.send(reply(x, mention, "On its way."))
    await line.channel.send(reply(x, mention, "See https://example.com/help"))
    ada = x.person("ada")
    ada.message(x.brand, "hello")
    await line.channel.send(direct(x, ada, "See https://example.com/help"))
    bought = {name: n for name, n in line.units().items() if name.endswith("sent")}
    assert bought == {"reply_sent": 1, "link_sent": 1, "dm_sent": 1}


@pytest.mark.parametrize("wanted", [True, False])
async def test_an_invitation_has_xs_own_button_if_the_policy_wants_it(
    x, line, mention, wanted
):
    line.channel.follow(replace(POLICY, deep_link=wanted))
    outgoing = replace(reply(x, mention, "Please write to us."), invites=True)
    assert isinstance(await line.channel.send(outgoing), Sent)
    (call,) = x.ledger.of(POST)
    button = f"https://x.com/messages/compose?recipient_id={x.brand.id}"
    assert call.body.get("direct_message_deep_link") == (button if wanted else None)
    assert line.units().get("link_sent", 0) == int(wanted)


async def test_a_reply_in_our_conversation_can_be_hidden_and_shown(x, line):
    ours = x.brand.post("News!")
    post = x.person("ada").post("buy coins", reply_to=ours)
    await line.channel.hide(MessageId(post.id))
    assert post.hidden
    await line.channel.hide(MessageId(post.id), hidden=False)
    assert not post.hidden


async def test_a_reply_in_somebody_elses_conversation_cannot_be_hidden(
    x, line, mention
):
    with pytest.raises(InputError, match="X has not hidden this"):
        await line.channel.hide(MessageId(mention.id))
    x.violations.clear()


async def test_many_texts_at_once_go_out_each_once(x, line):
    ada = x.person("ada")
    posts = [ada.post(f"@acmecare {number}") for number in range(40)]
    results = await asyncio.gather(
        *(
            line.channel.send(reply(x, post, f"Answer {number}", key=f"{number}"))
            for number, post in enumerate(posts)
        )
    )
    assert all(isinstance(one, Sent) for one in results)
    assert sorted(said(x)) == sorted(f"Answer {number}" for number in range(40))


async def test_a_hundred_posts_in_a_quarter_of_an_hour_are_all_that_is_tried(x, line):
    ada = x.person("ada")
    for number in range(101):
        post = ada.post(f"@acmecare {number}")
        last = await line.channel.send(reply(x, post, f"Answer {number}"))
    assert last == Refused("rate_limited", permanent=False)
    assert len(x.posts()) == 100
    line.clock.advance(timedelta(minutes=16).total_seconds())
    assert isinstance(await line.channel.send(reply(x, post, "Answer")), Sent)
