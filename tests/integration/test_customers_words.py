"""What customers and agents write, beside the words: who they are, where it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import CaseConflict, UnsafeText
from bot.model.attachment import (
    LARGEST_SENT,
    MOST_ATTACHMENTS,
    MOST_SENT,
    Attachment,
    AttachmentKind,
)
from bot.model.case import AgentId
from bot.model.message import DIRECT, Profile, Visibility
from bot.model.outgoing import Outgoing, Refused, Speaker
from bot.model.record import Author, Delivery
from tests.builders import ALICE, NOON
from tests.first_line import FirstLine, on_simulator
from tests.ledger import only_view, post

ANN = AgentId("ann")
LOOKS_BEFORE_SENDING = 2  # for the message to reply to, and for what is newer
ODD = "product_question 0.9"


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    return on_simulator(redis, tmp_path, page="http://127.0.0.1:8080")


# -- who wrote, and where ----------------------------------------------------------


async def test_a_card_shows_what_the_author_shows_of_themselves(line):
    line.channel.network.show_profile("alice", Profile(name="Alice B.", followers=1200))
    post(line, ODD)
    await line.settle()
    assert (await only_view(line)).profile == Profile(name="Alice B.", followers=1200)


async def test_a_profile_that_a_message_lacks_stays_as_it_was_known(line):
    line.channel.network.show_profile("alice", Profile(name="Alice B."))
    post(line, ODD)
    await line.settle()
    line.channel.network._database.rows("DELETE FROM profiles")
    line.channel.network.direct("alice", ODD)
    await line.settle()
    assert (await only_view(line)).profile == Profile(name="Alice B.")


async def test_a_public_message_leads_to_where_it_stands_and_a_private_one_nowhere(
    line,
):
    posted = post(line, ODD)
    await line.settle()
    line.channel.network.direct("alice", ODD)
    await line.settle()
    view = await only_view(line)
    links = {r.id: r.link for r in view.records if r.outcome is not None}
    assert links.pop(posted) == f"http://127.0.0.1:8080/#post-{posted}"
    assert set(links.values()) == {None}


# -- files -------------------------------------------------------------------------

PHOTO = Attachment(
    kind=AttachmentKind.IMAGE,
    name="broken lamp.jpg",
    url="https://files.example/1.jpg",
    size=81_920,
    alt="A lamp with a broken foot",
)


async def test_files_are_linked_where_the_message_stands(line):
    line.channel.network.direct("alice", ODD, attachments=(PHOTO,))
    await line.settle()
    assert (await only_view(line)).records[0].attachments == (PHOTO,)


async def test_a_message_that_is_only_a_picture_goes_to_people(line):
    line.channel.network.direct("alice", "", attachments=(PHOTO,))
    await line.settle()
    assert (await only_view(line)).case.reason == "empty"


async def test_of_very_many_files_only_some_are_kept(line):
    line.channel.network.direct("alice", ODD, attachments=(PHOTO,) * 50)
    await line.settle()
    kept = (await only_view(line)).records[0].attachments
    assert len(kept) == MOST_ATTACHMENTS


async def test_files_go_with_the_message_that_its_author_deletes(line):
    asked = line.channel.network.direct("alice", ODD, attachments=(PHOTO,))
    await line.settle()
    line.channel.network.delete(asked)
    await line.settle()
    assert (await only_view(line)).records[0].attachments == ()


async def test_files_stay_when_the_text_is_edited(line):
    asked = line.channel.network.direct("alice", ODD, attachments=(PHOTO,))
    line.channel.network.edit(asked, f"{ODD}!")
    await line.settle()
    record = (await only_view(line)).records[0]
    assert (record.text, record.attachments) == (f"{ODD}!", (PHOTO,))


async def send(line: FirstLine, *files: Attachment, text: str = "See the picture."):
    """Let an agent answer the one case with `files`."""
    case = (await only_view(line)).case
    await line.relay.claim(case.id, ANN)
    await line.relay.reply(case.id, ANN, text, thread=case.thread, key="1", files=files)
    await line.settle()


async def test_an_agents_picture_reaches_the_customer_with_the_words(line):
    line.channel.network.direct("alice", ODD)
    await line.settle()
    await send(line, PHOTO)
    got = line.channel.network.direct_messages("alice")[-1]
    assert (got.text, got.attachments) == ("See the picture.", (PHOTO,))
    record = (await only_view(line)).records[-1]
    assert (record.attachments, record.delivery) == ((PHOTO,), Delivery.SENT)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ((replace(PHOTO, kind=AttachmentKind.VIDEO),), "no such file"),
        ((replace(PHOTO, size=LARGEST_SENT + 1),), "larger"),
        ((PHOTO,) * (MOST_SENT + 1), "at most"),
    ],
)
async def test_what_the_network_does_not_take_is_refused_before_it_is_sent(
    line, files, says
):
    line.channel.network.direct("alice", ODD)
    await line.settle()
    with pytest.raises(UnsafeText) as refused:
        await send(line, *files)
    assert says in refused.value.problems[0]
    assert (await only_view(line)).records[-1].author is not Author.AGENT


async def test_in_public_the_name_of_a_file_gives_nobody_away(line):
    post(line, ODD)
    await line.settle()
    with pytest.raises(UnsafeText):
        await send(line, replace(PHOTO, name="FH-482913.jpg"))


async def test_a_network_that_takes_no_such_file_says_so_with_a_code(line):
    line.channel.network.direct("alice", ODD)
    video = replace(PHOTO, kind=AttachmentKind.VIDEO)
    text = Outgoing(
        key="k",
        channel=line.channel.name,
        customer=ALICE,
        handle="alice",
        thread=DIRECT,
        visibility=Visibility.PRIVATE,
        text="See.",
        speaker=Speaker.AGENT,
        queued_at=NOON,
        files=(video,),
    )
    assert await line.channel.send(text) == Refused("file_not_taken", permanent=True)


# -- drafts that answer an old text ------------------------------------------------


async def held(line: FirstLine):
    post(line, ODD)
    await line.settle()
    view = await only_view(line)
    await line.relay.claim(view.case.id, ANN)
    return view


async def write_back(line: FirstLine, view, *, seen: str | None, key: str = "1"):
    return await line.relay.reply(
        view.case.id, ANN, "It does.", thread=view.case.thread, key=key, seen=seen
    )


async def test_a_reply_to_what_the_agent_has_seen_goes(line):
    view = await held(line)
    await write_back(line, view, seen=view.seen)


async def test_a_draft_is_refused_when_the_customer_has_written_since(line):
    view = await held(line)
    newer = line.channel.network.direct("alice", "oh, it works now")
    await line.settle()
    with pytest.raises(CaseConflict) as refused:
        await write_back(line, view, seen=view.seen)
    assert (refused.value.code, refused.value.newer) == ("newer", (newer,))
    await line.settle()
    ledger = line.channel.network.ledger("alice")
    assert "It does." not in [entry.text for entry in ledger]


async def test_an_agent_who_has_seen_the_newer_message_may_send_the_same_text(line):
    view = await held(line)
    line.channel.network.direct("alice", "oh, it works now")
    await line.settle()
    again = await line.relay.view(view.case.id)
    await write_back(line, view, seen=again.seen)


async def test_without_a_word_of_what_was_seen_a_reply_always_goes(line):
    view = await held(line)
    line.channel.network.direct("alice", "oh, it works now")
    await line.settle()
    await write_back(line, view, seen=None)


async def test_a_reply_that_was_taken_is_not_old_when_the_click_comes_again(line):
    view = await held(line)
    await write_back(line, view, seen=view.seen)
    line.channel.network.direct("alice", "thank you")
    await line.settle()
    await write_back(line, view, seen=view.seen)
    await line.settle()
    texts = [entry.text for entry in line.channel.network.ledger("alice")]
    assert texts.count("It does.") == 1


async def test_a_message_that_comes_during_the_look_is_not_overlooked(
    line, monkeypatch
):
    """The look and the reply are one step: a message between them makes it look again."""
    view = await held(line)
    line.channel.network.direct("alice", "oh, it works now")
    look, looks = line.cases.records, []

    async def records(customer):
        found = await look(customer)
        looks.append(found)
        if len(looks) == LOOKS_BEFORE_SENDING:
            await line.settle()  # the message joins the case just after the look
        return found

    monkeypatch.setattr(line.cases, "records", records)
    with pytest.raises(CaseConflict) as refused:
        await write_back(line, view, seen=view.seen)
    assert refused.value.code == "newer"
    assert len(looks) == LOOKS_BEFORE_SENDING + 1
