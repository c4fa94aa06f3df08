"""What X does not let an app do, and what it counts as a violation."""

from __future__ import annotations

from datetime import timedelta

import pytest
import tweepy

from bot.sim.x.rules import NOT_SUMMONED
from tests.local_x.clients import ask


async def reply(api, post, text):
    return await ask(lambda: api.create_tweet(text=text, in_reply_to_tweet_id=post.id))


def kinds(x):
    return [violation.kind for violation in x.violations]


async def test_nobody_is_answered_who_has_not_called_us(x, api):
    post = x.person("ann").post("acme lost my parcel")
    with pytest.raises(tweepy.Forbidden) as caught:
        await reply(api, post, "We look into it.")
    assert NOT_SUMMONED in str(caught.value)
    assert (kinds(x), x.posts()) == (["not_summoned"], [])


async def test_who_quotes_us_has_called_us(x, api):
    ours = x.brand.post("Our shop is open again.")
    quote = x.person("ann").post("not for me", quoting=ours)
    await reply(api, quote, "What did not work?")
    assert x.violations == []


async def test_who_answers_us_has_called_us(x, api):
    ann = x.person("ann")
    first = ann.post("@acmecare help")
    await reply(api, first, "What happened?")
    [ours] = x.posts()
    second = ann.post("it broke", reply_to=ours)
    assert second.full_text == "@acmecare it broke"
    await reply(api, second, "We send a new one.")
    assert x.violations == []


async def test_an_answer_may_be_continued_below_itself(x, api):
    first = x.person("ann").post("@acmecare help")
    await reply(api, first, "First open the box. (1/2)")
    [part] = x.posts()
    made = await reply(api, part, "Then press the button. (2/2)")
    assert made["data"]["text"].startswith("@ann Then")
    assert x.violations == []


async def test_the_same_text_is_refused_to_the_same_person(x, api, clock):
    ann, bob = x.person("ann"), x.person("bob")
    await reply(api, ann.post("@acmecare one"), "We look into it.")
    await reply(api, bob.post("@acmecare two"), "We look into it.")
    again = ann.post("@acmecare three")
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        await reply(api, again, "we look  into it.")
    clock.advance(timedelta(hours=25).total_seconds())
    await reply(api, again, "We look into it.")
    assert kinds(x) == ["duplicate"]


async def test_the_strict_reading_takes_no_text_twice(x, api):
    x.rules.names_count = False
    await reply(api, x.person("ann").post("@acmecare one"), "We look into it.")
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        await reply(api, x.person("bob").post("@acmecare two"), "We look into it.")


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("a" * 280, True),
        ("a" * 281, False),
        ("猫" * 140, True),
        ("猫" * 141, False),
        ("a" * 256 + " https://acme.com/" + "b" * 200, True),
        ("@ann " + "a" * 280, True),
        ("@bob " + "a" * 280, False),
    ],
)
async def test_length_is_weighted_and_leading_names_are_free(x, api, text, fits):
    post = x.person("ann").post("@acmecare help")
    if fits:
        await reply(api, post, text)
    else:
        with pytest.raises(tweepy.BadRequest, match="too long"):
            await reply(api, post, text)
    assert kinds(x) == ([] if fits else ["too_long"])


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("@ann we look into it, and @dave knows more", ["names_a_stranger"]),
        ("We look into it, @ann and @bob, says @acmecare", []),
        ("Buy $ACME and $OTHR", ["cashtags"]),
        ("Buy $ACME", []),
    ],
)
async def test_what_x_lets_pass_may_still_break_a_rule(x, api, text, broken):
    x.person("dave")
    x.person("bob")
    await reply(api, x.person("ann").post("@acmecare @bob help"), text)
    assert (kinds(x), len(x.posts())) == (broken, 1)


async def test_a_reply_can_be_hidden_only_below_our_own_post(x, api):
    ours = x.brand.post("Our shop is open again.")
    rude = x.person("ann").post("you liars", reply_to=ours)
    told = await ask(lambda: api.hide_reply(rude.id))
    assert told == {"data": {"hidden": True}} and rude.hidden
    other = x.person("bob").post("@acmecare you liars")
    with pytest.raises(tweepy.Forbidden):
        await ask(lambda: api.hide_reply(other.id))


async def test_only_an_own_post_can_be_deleted(x, api):
    theirs = x.person("ann").post("@acmecare help")
    await reply(api, theirs, "We look into it.")
    [ours] = x.posts()
    told = await ask(lambda: api.delete_tweet(ours.id))
    assert told == {"data": {"deleted": True}} and x.posts() == []
    with pytest.raises(tweepy.Forbidden):
        await ask(lambda: api.delete_tweet(theirs.id))


async def test_a_direct_message_needs_one_from_the_other_side(x, api):
    ann = x.person("ann")
    with pytest.raises(tweepy.Forbidden, match="permission to DM"):
        await ask(lambda: api.create_direct_message(participant_id=ann.id, text="Hi"))
    ann.message(x.brand, "hello?")
    await ask(lambda: api.create_direct_message(participant_id=ann.id, text="Hi"))
    assert [d.text for d in ann.messages_with(x.brand)] == ["hello?", "Hi"]
    assert kinds(x) == ["dm_not_opened"]


async def test_a_suspended_account_can_do_nothing(x, api):
    post = x.person("ann").post("@acmecare help")
    x.brand.account.suspended = True
    with pytest.raises(tweepy.Forbidden, match="suspended"):
        await reply(api, post, "We look into it.")
    assert x.violations == []
