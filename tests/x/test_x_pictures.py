"""Pictures that go out to X and come in from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model.attachment import Attachment, AttachmentKind
from bot.model.outgoing import (
    Refused,
    Sent,
)
from tests.x.written import direct, reply, said


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
