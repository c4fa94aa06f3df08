"""What goes out to X: once, whole, and refused with a reason."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.x import ErrorKind, Session, XError
from bot.errors import InputError
from bot.model.attachment import Attachment, AttachmentKind
from bot.model.message import (
    DIRECT,
    ChannelName,
    CustomerId,
    MessageId,
    ThreadId,
    Visibility,
)
from bot.model.outgoing import (
    NotThere,
    Outgoing,
    Refused,
    Sent,
    Speaker,
    Unknown,
    Unreachable,
)
from tests.contract.x_harness import POLICY
from tests.x.x_line import XLine

POST = "POST /2/tweets"
SECOND = timedelta(seconds=1)
LONG = "We have looked at it, and it is on its way to you now. " * 12


def reply(x, post, text="On its way.", *, speaker=Speaker.BOT, files=(), key="k"):
    person = x.core.world.accounts[post.author_id]
    return Outgoing(
        key=key,
        channel=ChannelName("x"),
        customer=CustomerId(f"x:{person.id}"),
        handle=person.username,
        thread=ThreadId(post.conversation_id),
        visibility=Visibility.PUBLIC,
        text=text,
        speaker=speaker,
        queued_at=x.core.clock.now(),
        reply_to=MessageId(post.id),
        files=files,
    )


def direct(x, person, text="On its way.", *, files=()):
    return Outgoing(
        key="d",
        channel=ChannelName("x"),
        customer=CustomerId(f"x:{person.id}"),
        handle=person.username,
        thread=DIRECT,
        visibility=Visibility.PRIVATE,
        text=text,
        speaker=Speaker.AGENT,
        queued_at=x.core.clock.now(),
        files=files,
    )


@pytest.fixture
def mention(x):
    return x.person("ada").post("@acmecare where is my parcel?")


def said(x):
    return [post.text for post in x.posts()]


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


@pytest.fixture
def picture(x):
    """A picture on a page of the local X."""
    made = x.person("files").picture(b"\x89PNG\r\n\x1a\nabc")
    address = f"{x.url}/media/{made.key}"
    return Attachment(
        kind=AttachmentKind.IMAGE, name="a.png", url=address, alt="how to fold it"
    )


async def test_pictures_go_with_a_reply_and_say_what_they_show(
    x, line, mention, picture
):
    result = await line.channel.send(reply(x, mention, files=(picture, picture)))
    assert isinstance(result, Sent)
    (post,) = x.posts()
    media = [x.core.world.media[key] for key in post.media_keys]
    assert [one.content for one in media] == [b"\x89PNG\r\n\x1a\nabc"] * 2
    assert [one.alt_text for one in media] == ["how to fold it"] * 2


async def test_a_direct_message_holds_one_picture_and_the_others_follow(
    x, line, picture
):
    ada = x.person("ada")
    ada.message(x.brand, "hello")
    outgoing = direct(x, ada, files=(picture, picture))
    result = await line.channel.send(outgoing)
    assert isinstance(result, Sent)
    sent = x.sent_directs()
    assert [(one.text, len(one.media_keys)) for one in sent] == [
        ("On its way.", 1),
        ("", 1),
    ]
    assert await line.channel.find_sent(outgoing) == result


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"kind": AttachmentKind.VIDEO}, Refused("file_not_taken", permanent=True)),
        (
            {"url": "http://127.0.0.1:9/a.png"},
            Refused("file_unreadable", permanent=False),
        ),
    ],
)
async def test_without_its_picture_nothing_is_posted(
    x, line, mention, picture, changes, refused
):
    spoilt = replace(picture, **changes)
    assert await line.channel.send(reply(x, mention, files=(spoilt,))) == refused
    assert said(x) == []


async def test_a_customers_picture_comes_in_as_a_link(x, line):
    ada = x.person("ada")
    photo = ada.picture(alt_text="a broken cup")
    ada.post("@acmecare look", media=(photo,))
    ada.message(x.brand, "here", media=(photo,))
    found = [m async for _, m in line.channel.messages(after=None)]
    assert [m.text for m in found] == ["@acmecare look", "here"]
    for message in found:
        (file,) = message.attachments
        assert file.kind is AttachmentKind.IMAGE
        assert file.url.startswith("http")


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


class Grants:
    """Tokens of OAuth 2 whose first is no good any more."""

    def __init__(self, x) -> None:
        self._x, self._token, self.renewals = x, "stale", 0

    async def current(self) -> str:
        return self._token

    async def renewed(self, stale: str) -> str:
        self.renewals += 1
        self._token = self._x.grant().access
        return self._token


@pytest.fixture
def granted(redis, x):
    tokens = Grants(x)
    line = XLine(redis, x, x.core.clock, session=Session(tokens, base_url=x.url))
    yield line, tokens
    line.channel.close()


async def test_a_token_that_ran_out_is_renewed_while_reading(x, granted):
    line, tokens = granted
    x.person("ada").post("@acmecare hi")
    found = [m.text async for _, m in line.channel.messages(after=None)]
    assert (found, tokens.renewals) == (["@acmecare hi"], 1)


async def test_a_text_goes_out_in_the_next_try_after_its_token_ran_out(
    x, granted, mention
):
    line, tokens = granted
    outgoing = reply(x, mention)
    result = await line.channel.send(outgoing)
    assert result == Refused("unreachable", permanent=False)
    assert isinstance(await line.channel.send(outgoing), Sent)
    assert tokens.renewals == 1


class SlowGrants(Grants):
    """Tokens that are waited for, since another process renews them."""

    takes_s = 0

    async def current(self) -> str:
        self._x.core.clock.advance(self.takes_s)
        return self._token


@pytest.mark.parametrize(
    ("words", "takes_s"), [("On its way.", 4), (LONG, 2)], ids=["one post", "several"]
)
async def test_no_post_is_begun_when_another_sender_may_look_for_it_already(
    redis, x, mention, words, takes_s
):
    tokens = SlowGrants(x)
    await tokens.renewed("")
    line = XLine(redis, x, x.core.clock, session=Session(tokens, base_url=x.url))
    await line.channel.account()
    outgoing = reply(x, mention, words, speaker=Speaker.AGENT)
    tokens.takes_s = takes_s
    result = await line.channel.send(outgoing)
    assert result == Refused("unreachable", permanent=False)
    assert x.ledger.of(POST) == []
    tokens.takes_s = 0
    assert isinstance(await line.channel.send(outgoing), Sent)
    line.channel.close()


class NoGrants(Grants):
    """Tokens for which somebody has to sign in again."""

    async def current(self) -> str:
        raise XError(ErrorKind.TOKEN, "oauth2.token", status=400)


async def test_that_somebody_has_to_sign_in_is_among_the_troubles(redis, x, mention):
    session = Session(NoGrants(x), base_url=x.url)
    line = XLine(redis, x, x.core.clock, session=session)
    result = await line.channel.send(reply(x, mention))
    assert result == Refused("token", permanent=False)
    assert ErrorKind.TOKEN in line.channel.troubles
    line.channel.close()


async def test_a_picture_that_took_too_long_goes_out_in_the_next_try(
    x, line, mention, picture
):
    def slowly(endpoint):
        line.clock.advance(4)
        return next_fault(endpoint)

    next_fault, x.faults.next = x.faults.next, slowly
    outgoing = reply(x, mention, files=(picture,))
    result = await line.channel.send(outgoing)
    assert result == Refused("unreachable", permanent=False)
    x.faults.next = next_fault
    assert isinstance(await line.channel.send(outgoing), Sent)
    assert len(x.ledger.of("POST /2/media/upload")) == 1


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
