"""Files that agents share in Slack: what customers get, and what never leaves."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from bot.desk.slack.files import open_files
from bot.errors import PermanentFailure, TemporaryFailure
from bot.model.attachment import LARGEST_SENT, Attachment, AttachmentKind
from bot.model.record import Author, Delivery
from tests.slack_line import CHANNEL

PICTURE = b"\x89PNG a chair, from the side"


async def claimed(desk):
    case, card = await desk.case()
    await desk.slack.anna.click(card, "case_claim")
    await desk.done()
    return case, await desk.show(await desk.relay.view(case.id))


async def shares(desk, card, name, content=PICTURE, **more) -> None:
    more = {"text": "reply: Is it this one?", **more}
    await desk.slack.anna.share_file(CHANNEL, name, content, thread_ts=card.ts, **more)
    await desk.done()
    await desk.sent()


def got(desk):
    """Return our newest direct message to carol, and what is in its files."""
    network = desk.channel.network
    post = network.direct_messages("carol")[-1]
    files = [urlsplit(one.url).path.split("/") for one in post.attachments]
    return post.text, [(name, network.file(digest)) for *_, digest, name in files]


async def deliveries(desk, case) -> list[tuple[Delivery, str | None]]:
    view = await desk.relay.view(case.id)
    agents = [r for r in view.records if r.author is Author.AGENT]
    return [(r.delivery, r.problem) for r in agents]


def told(desk) -> list[str]:
    return [one.says() for one in desk.slack.ephemerals(desk.slack.anna)]


async def test_a_picture_shared_with_a_reply_reaches_the_customer_itself(desk):
    case, card = await claimed(desk)
    await shares(desk, card, "chair side.png")
    assert got(desk) == ("Is it this one?", [("chair%20side.png", PICTURE)])
    assert await deliveries(desk, case) == [(Delivery.SENT, None)]
    assert told(desk) == []


async def test_a_picture_from_the_composer_reaches_the_customer_itself(desk):
    case, card = await claimed(desk)
    await desk.slack.anna.click(card, "case_reply")
    await desk.slack.anna.view()
    picture = desk.slack.anna.upload("chair.png", PICTURE)
    await desk.slack.anna.submit({"text": "This one?", "files": [picture]})
    await desk.done()
    await desk.sent()
    assert got(desk) == ("This one?", [("chair.png", PICTURE)])
    assert await deliveries(desk, case) == [(Delivery.SENT, None)]


async def test_what_was_shared_is_sent_when_its_writer_takes_the_case_over(desk):
    _, card = await desk.case()
    await shares(desk, card, "chair.png")
    (asked,) = desk.slack.ephemerals(desk.slack.anna)
    await desk.slack.anna.click(asked, "take_over")
    await desk.done()
    await desk.sent()
    assert got(desk) == ("Is it this one?", [("chair.png", PICTURE)])


@pytest.mark.parametrize(
    ("name", "size", "why"),
    [
        ("contract.pdf", 5, "takes no such file"),
        ("wall.png", LARGEST_SENT + 1, "larger than 5 MB"),
    ],
)
async def test_what_the_network_does_not_take_is_refused_privately_with_its_text(
    desk, name, size, why
):
    case, card = await claimed(desk)
    before = desk.ledger()
    await shares(desk, card, name, bytes(size))
    assert desk.ledger() == before
    assert await deliveries(desk, case) == []
    (words,) = told(desk)
    assert "Not sent." in words
    assert why in words
    assert name in words


async def test_what_slack_only_shows_is_refused_privately(desk):
    _, card = await claimed(desk)
    before = desk.ledger()
    await shares(desk, card, "plan.png", kept_at="https://drive.example/plan")
    assert desk.ledger() == before
    (words,) = told(desk)
    assert "plan.png" in words
    assert "Upload the files themselves" in words


async def test_a_file_that_is_shared_without_reply_stays_at_the_desk(desk):
    case, card = await claimed(desk)
    before = desk.ledger()
    await shares(desk, card, "chair.png", text="look at this")
    assert desk.ledger() == before
    view = await desk.relay.view(case.id)
    assert [r.text for r in view.records if r.author is Author.NOTE] == [
        "look at this [file: chair.png]"
    ]


async def test_a_file_that_is_gone_when_it_is_to_be_sent_is_told_on_the_reply(desk):
    case, card = await claimed(desk)
    await desk.slack.anna.share_file(
        CHANNEL, "chair.png", PICTURE, text="reply: This one?", thread_ts=card.ts
    )
    await desk.done()
    desk.slack.space.files.clear()
    await desk.sent()
    assert await deliveries(desk, case) == [(Delivery.REFUSED, "file_unreadable")]


def file_at(url: str) -> Attachment:
    return Attachment(kind=AttachmentKind.IMAGE, name="chair.png", url=url)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/files-pri/T1-F1/chair.png",
        "https://files.slack.com.evil.example/chair.png",
        "http://files.slack.com/chair.png",
        "https://files.slack.com@evil.example/chair.png",
    ],
)
async def test_the_token_is_shown_to_slack_alone(desk, elsewhere):
    with pytest.raises(PermanentFailure, match="not kept in Slack"):
        await desk.files.read(file_at(elsewhere))


async def test_no_more_of_a_file_is_read_than_can_be_sent(desk):
    large = desk.slack.anna.upload("wall.png", bytes(LARGEST_SENT + 1))
    with pytest.raises(PermanentFailure, match="larger"):
        await desk.files.read(file_at(large["url_private"]))


async def test_slacks_page_for_signing_in_is_no_file(desk):
    picture = desk.slack.anna.upload("chair.png", PICTURE)
    desk.slack.faults.revoke_token()
    with pytest.raises(PermanentFailure, match="may not open it"):
        await desk.files.read(file_at(picture["url_private"]))


async def test_a_file_is_asked_for_again_when_slack_was_away(desk):
    picture = file_at(desk.slack.anna.upload("chair.png", PICTURE)["url_private"])
    async with open_files(desk.slack.bot_token, "http://127.0.0.1:9/api/") as files:
        with pytest.raises(TemporaryFailure, match="does not give a file"):
            await files.read(replace(picture, url="http://127.0.0.1:9/chair.png"))
