"""What comes in from X: threads, edits, deletions, late posts, limits, costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.x import ErrorKind, XError
from bot.flow.intake import Intake
from bot.model.message import (
    Deleted,
    Edited,
    Message,
    Nature,
    Relation,
)
from tests.builders import POLICY as MANAGERS_POLICY
from tests.contract.x_harness import POLICY
from tests.first_line import FirstLine
from tests.x.x_line import XLine, read

MINUTE = 60


async def messages(channel, after=None):
    return [m for _, m in await read(channel, after) if isinstance(m, Message)]


async def test_what_a_mention_answers_comes_with_it_and_costs_nothing_more(x, line):
    ours = x.brand.post("Our shops are open until eight.")
    bob = x.person("bob").post("Really? I stood before a closed door.", reply_to=ours)
    x.person("ada").post("@acmecare is that true?", reply_to=bob)
    *_, message = await messages(line.channel)
    assert [(c.relation, c.handle, c.ours) for c in message.context] == [
        (Relation.REPLIED_TO, "bob", False),
        (Relation.EARLIER, "acmecare", True),
    ]
    assert message.context[0].text == "Really? I stood before a closed door."
    assert message.context[0].link == f"https://x.com/bob/status/{bob.id}"
    assert message.thread == ours.id
    assert "post_read" not in line.units()


async def test_what_a_mention_quotes_comes_with_it_and_the_quote_addresses_us(x, line):
    ours = x.brand.post("New: parcels by bicycle.")
    x.person("ada").post("this never works, does it @acmecare", quoting=ours)
    (message,) = await messages(line.channel)
    assert message.text == "this never works, does it @acmecare"
    (quoted,) = message.context
    assert (quoted.relation, quoted.text, quoted.ours) == (
        *(Relation.QUOTED, "New: parcels by bicycle.", True),
    )
    assert message.summoned


async def test_a_post_that_is_gone_leaves_the_mention_without_context(x, line):
    bob = x.person("bob")
    gone = bob.post("something")
    x.person("ada").post("@acmecare look at this", reply_to=gone)
    bob.delete(gone)
    (message,) = await messages(line.channel)
    assert (message.in_reply_to, message.context) == (gone.id, ())


async def test_what_a_post_said_is_shown_nowhere_after_it_was_deleted(x, line):
    ada, bob = x.person("ada"), x.person("bob")
    post = ada.post("@acmecare my number is 4711")
    ((cursor, _),) = await read(line.channel)
    line.clock.advance(MINUTE)
    bob.post("@acmecare what do you say to that?", reply_to=post)
    ada.delete(post)
    (_, notice), (_, message) = await read(line.channel, cursor)
    assert isinstance(notice, Deleted)
    assert (message.in_reply_to, message.context) == (post.id, ())


async def test_who_was_only_carried_along_in_a_reply_has_not_addressed_us(x, line):
    bob = x.person("bob").post("@acmecare hello")
    x.person("ada").post("I do not think so", reply_to=bob)
    first, second = await messages(line.channel)
    assert (first.summoned, second.summoned) == (True, False)
    assert second.text == "I do not think so"


async def test_reposts_bots_and_our_own_words_are_known_as_such(x, line):
    bot = x.person("newsbot")
    bot.account.automated = True
    post = bot.post("@acmecare is in the news")
    x.person("ada").repost(post)
    x.brand.post("acme is hiring")
    line.channel.follow(replace(POLICY, listen="acme"))
    natures = [message.nature for message in await messages(line.channel)]
    assert natures == [Nature.MACHINE, Nature.REPOST, Nature.OWN]


async def test_an_edit_comes_as_a_notice_about_the_message_that_was_read(x, line):
    ada = x.person("ada")
    post = ada.post("@acmecare where is it?")
    ((cursor, first),) = await read(line.channel)
    line.clock.advance(5 * MINUTE)
    ada.edit(post, "@acmecare where is order 7?")
    (_, notice), (_, again) = await read(line.channel, cursor)
    assert isinstance(notice, Edited)
    assert (notice.id, notice.text) == (first.id, "@acmecare where is order 7?")
    assert again.id == first.id


async def test_a_post_that_was_edited_before_we_saw_it_is_still_a_message(x, line):
    ada = x.person("ada")
    post = ada.post("hello everybody")
    line.clock.advance(MINUTE)
    ada.edit(post, "hello @acmecare")
    (_, notice), (_, message) = await read(line.channel)
    assert isinstance(notice, Edited)
    assert isinstance(message, Message)
    assert (message.id, message.text) == (post.id, "hello @acmecare")


@pytest.mark.parametrize(
    "vanish",
    [
        lambda ada, post: ada.delete(post),
        lambda ada, post: setattr(ada.account, "suspended", True),
        lambda ada, post: setattr(ada.account, "protected", True),
    ],
)
async def test_a_mention_that_is_gone_soon_after_comes_as_a_notice_once(
    x, line, vanish
):
    ada = x.person("ada")
    post = ada.post("@acmecare where is it?")
    x.person("bob").post("@acmecare hello")
    *_, (cursor, _) = await read(line.channel)
    line.clock.advance(5 * MINUTE)
    vanish(ada, post)
    ((stored, notice),) = await read(line.channel, cursor)
    assert isinstance(notice, Deleted)
    assert (notice.id, notice.customer) == (post.id, f"x:{ada.id}")
    assert await read(line.channel, cursor) == [(stored, notice)]  # it was not stored
    assert await read(line.channel, stored) == []
    assert "post_read" not in line.units()


async def test_a_mention_that_x_only_forgets_to_show_is_not_gone(x, line):
    post = x.person("ada").post("@acmecare where is it?")
    ((cursor, _),) = await read(line.channel)
    post.shown_from = line.clock.now() + timedelta(hours=1)
    for _ in range(3):
        assert await read(line.channel, cursor) == []
    assert len(x.ledger.of("GET /2/tweets")) == 1


async def test_an_edit_is_no_deletion_of_what_was_there_before(x, line):
    ada = x.person("ada")
    post = ada.post("@acmecare where is it?")
    ((cursor, _),) = await read(line.channel)
    line.clock.advance(MINUTE)
    ada.edit(post, "@acmecare where is order 7?")
    kinds = [type(one) for _, one in await read(line.channel, cursor)]
    assert kinds == [Edited, Message]
    assert x.ledger.of("GET /2/tweets") == []


async def test_posts_that_x_shows_late_are_found_within_the_overlap(x, line):
    x.faults.late = lambda number: timedelta(minutes=4 * (number % 2))
    ada = x.person("ada")
    posted = [ada.post(f"@acmecare {number}").id for number in range(6)]
    found, cursor = [], None
    for _ in range(3):
        new = await read(line.channel, cursor)
        cursor = new[-1][0] if new else cursor
        found += [message.id for _, message in new]
        line.clock.advance(3 * MINUTE)
    assert sorted(found) == sorted(posted)


async def test_what_was_written_long_before_the_first_start_is_not_read(x, line):
    ada, now = x.person("ada"), line.clock.now()
    ada.post("@acmecare old", at=now - timedelta(hours=25))
    ada.message(x.brand, "old", at=now - timedelta(hours=25))
    new = ada.post("@acmecare new", at=now - timedelta(hours=23))
    assert [message.id for message in await messages(line.channel)] == [new.id]


async def test_many_pages_come_whole_and_oldest_first(x, line):
    ada, posted = x.person("ada"), []
    for number in range(250):
        line.clock.advance(1)
        posted.append(ada.post(f"@acmecare {number}").id)
    assert [message.id for message in await messages(line.channel)] == posted


async def test_moments_without_milliseconds_keep_them(x, line):
    x.faults.no_millis = True
    line.clock.advance(0.25)
    x.person("ada").post("@acmecare hi")
    x.person("ada").message(x.brand, "hi")
    at = {message.sent_at for message in await messages(line.channel)}
    assert at == {line.clock.now()}


async def test_a_backlog_of_direct_messages_is_read_over_several_windows(x, line):
    ada, written = x.person("ada"), []
    for number in range(1_700):  # 15 calls bring fewer
        line.clock.advance(0.01)
        written.append(ada.message(x.brand, f"{number}").id)
    assert await messages(line.channel) == []  # nothing before all of it is here
    line.clock.advance(16 * MINUTE)
    found = [message.id for message in await messages(line.channel)]
    assert found == written
    assert "rate_limit" not in x.ledger.refusals()
    assert line.units()["dm_read"] == 1_700


async def test_of_a_long_backlog_of_direct_messages_the_oldest_comes_too(x, line):
    ada, written = x.person("ada"), []
    for number in range(2_100):
        line.clock.advance(0.01)
        written.append(ada.message(x.brand, f"{number}").id)
    assert await messages(line.channel) == []
    line.clock.advance(16 * MINUTE)
    assert [one.id for one in await messages(line.channel)] == written


async def test_more_mentions_than_x_lists_come_whole_after_an_outage(x, line):
    ada, posted = x.person("ada"), []
    ada.post("@acmecare before")
    ((cursor, _),) = await read(line.channel)
    line.clock.advance(60 * MINUTE)
    for number in range(1_000):
        line.clock.advance(20)
        posted.append(ada.post(f"@acmecare {number}").id)
    found = await read(line.channel, cursor)
    assert [one.id for _, one in found] == posted
    assert await read(line.channel, found[-1][0]) == []


async def test_listening_goes_on_after_a_week_in_which_nobody_named_the_brand(x, line):
    line.channel.follow(replace(POLICY, listen="acme"))
    ada = x.person("ada")
    ada.post("acme lost my parcel")
    ((cursor, _),) = await read(line.channel)
    line.clock.advance(8 * 24 * 60 * MINUTE)
    post = ada.post("acme lost another one")
    ((_, heard),) = await read(line.channel, cursor)
    assert heard.id == post.id


async def test_polling_in_a_hurry_never_asks_more_often_than_x_lets_us(x, line):
    ada, cursor, found = x.person("ada"), None, 0
    for number in range(240):
        if number % 7 == 0:
            ada.message(x.brand, f"{number}")
            ada.post(f"@acmecare {number}")
        new = await read(line.channel, cursor)
        cursor, found = new[-1][0] if new else cursor, found + len(new)
        line.clock.advance(20)
    assert found == 2 * 35
    assert "rate_limit" not in x.ledger.refusals()


async def test_a_thing_is_paid_once_a_day_however_often_it_is_read(x, line):
    ada = x.person("ada")
    ada.message(x.brand, "hello")
    ada.post("@acmecare hello")
    for _ in range(5):
        await read(line.channel)
        line.clock.advance(MINUTE)
    assert line.units() == {"dm_read": 1, "mention_read": 1, "user_read": 1}


async def test_after_a_restart_what_was_paid_today_is_not_counted_again(redis, x, line):
    ada = x.person("ada")
    ada.message(x.brand, "hello")
    ada.post("@acmecare hello")
    await read(line.channel)
    again = XLine(redis, x, line.clock)
    await read(again.channel)
    again.channel.close()
    assert line.units() == {"dm_read": 1, "mention_read": 1, "user_read": 1}
    assert again.units() == {}
    spent = await line.spending.spent(line.channel.name, now=line.clock.now())
    assert sum(spent.today.values()) == sum(
        POLICY.prices[item] for item in line.units()
    )


async def test_it_is_not_asked_more_often_than_the_policy_says(x, line):
    line.channel.follow(replace(POLICY, poll_every=timedelta(minutes=5)))
    await read(line.channel)
    x.person("ada").post("@acmecare hi")
    line.clock.advance(4 * MINUTE)
    assert await read(line.channel) == []
    line.clock.advance(MINUTE)
    assert len(await read(line.channel)) == 1


async def test_too_many_requests_ends_in_silence_until_x_says(x, line):
    x.person("ada").post("@acmecare hi")
    x.faults.limit("GET /2/users/:id/mentions")
    assert await read(line.channel) == []
    assert await read(line.channel) == []
    assert line.channel.troubles[ErrorKind.RATE].endpoint == "mentions"
    line.clock.advance(16 * MINUTE)
    assert len(await read(line.channel)) == 1
    assert line.channel.troubles == {}


async def test_mentions_come_although_direct_messages_cannot_be_read(x, line):
    x.person("ada").post("@acmecare hi")
    x.faults.refuse("GET /2/dm_events", "client-forbidden", times=None)
    came = []
    with pytest.raises(XError) as caught:
        async for _, message in line.channel.messages(after=None):
            came.append(message.text)
    assert came == ["@acmecare hi"]
    assert caught.value.kind is ErrorKind.PERMISSION


async def test_what_does_not_pass_by_itself_is_told_beside_what_does(x, line):
    x.faults.limit("GET /2/users/:id/mentions", times=None)
    x.faults.refuse("GET /2/dm_events", "client-forbidden", times=None)
    with pytest.raises(XError) as caught:
        await read(line.channel)
    assert caught.value.kind is ErrorKind.PERMISSION


async def test_mentions_are_stored_although_direct_messages_cannot_be_read(
    x, line, redis
):
    post = x.person("ada").post("@acmecare hi")
    x.faults.refuse("GET /2/dm_events", "client-forbidden", times=None)
    inbox = FirstLine(redis, line.channel, line.clock).inbox
    intake = Intake(line.channel, inbox, MANAGERS_POLICY, clock=line.clock)
    with pytest.raises(XError):
        await intake.step()
    assert sum((await inbox.pending()).values()) == 1
    cursor = await inbox.cursor(line.channel.name)
    assert cursor is not None
    assert post.id in cursor


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lambda x: x.revoke_tokens(), ErrorKind.TOKEN),
        (lambda x: setattr(x.brand.account, "suspended", True), ErrorKind.SUSPENDED),
        (lambda x: setattr(x.credit, "left", 0), ErrorKind.CREDIT),
        (lambda x: x.faults.fail("*", times=None), ErrorKind.TRANSIENT),
    ],
)
async def test_what_keeps_us_from_reading_is_told_by_its_kind(x, line, spoil, kind):
    await read(line.channel)
    spoil(x)
    with pytest.raises(XError) as caught:
        await read(line.channel)
    assert caught.value.kind is kind
    assert kind in line.channel.troubles
    spent = await line.spending.spent(line.channel.name, now=line.clock.now())
    assert (spent.no_credit_since is not None) == (kind is ErrorKind.CREDIT)


async def test_listening_finds_who_names_the_brand_without_addressing_it(x, line):
    line.channel.follow(replace(POLICY, listen="acme"))
    x.person("ada").post("acme lost my parcel again")
    x.person("bob").post("@acmecare did acme lose it?")
    heard, asked = await messages(line.channel)
    assert (heard.handle, heard.summoned) == ("ada", False)
    assert (asked.handle, asked.summoned) == ("bob", True)
    assert line.units()["post_read"] == 2


async def test_only_what_stands_in_a_thread_of_ours_can_be_hidden(x, line):
    ours, ada = x.brand.post("News!"), x.person("ada")
    theirs = ada.post("@acmecare where is it?")
    answer = x.brand.post("On its way.", reply_to=theirs)
    below = ada.post("buy coins", reply_to=ours)
    ada.post("thanks", reply_to=answer)
    ada.message(x.brand, "hello")
    found = {m.text: m.hideable for m in await messages(line.channel)}
    assert found.pop(below.text)
    assert len(found) == 3
    assert not any(found.values())
