"""How X counts, and how an agent's long text becomes several posts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from bot.channels.counting import has_link, weighted_length
from bot.channels.x.parts import parts_of
from bot.channels.x.texts import said
from bot.model.attachment import Attachment, AttachmentKind
from bot.model.message import ChannelName, CustomerId, MessageId, ThreadId, Visibility
from bot.model.outgoing import Outgoing, Speaker
from bot.model.posts import MOST_POSTS, cut_into_posts

LONG = "We looked at it. " * 30
TEXT = Outgoing(
    key="k",
    channel=ChannelName("x"),
    customer=CustomerId("x:2222"),
    handle="ada",
    thread=ThreadId("7"),
    visibility=Visibility.PUBLIC,
    text=LONG,
    speaker=Speaker.AGENT,
    queued_at=datetime(2026, 11, 2, tzinfo=timezone.utc),
    reply_to=MessageId("7"),
)


def cut(text: str, *, limit: int) -> tuple[str, ...]:
    return cut_into_posts(text, limit=limit, length=weighted_length)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("plain words", 11),
        ("日本語", 6),
        ("👩🏽‍🚀", 2),
        ("see https://example.com/a/very/long/way/to/a/page", 27),
        ("cafe\u0301", 4),
        ("\ud83d", 2),
        ("", 0),
    ],
)
def test_texts_count_as_x_counts_them(text, counts):
    assert weighted_length(text) == counts


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("no link. None at all", False),
        ("https://example.com/a", True),
        ("go to shop.com now", True),
        ("version 2.0 is out", False),
    ],
)
def test_a_link_is_what_x_sees_as_one(text, linked):
    assert has_link(text) is linked


def test_a_text_that_fits_is_one_post_without_a_number():
    assert cut("short", limit=280) == ("short",)


def test_a_long_text_is_cut_between_sentences_and_numbered():
    parts = cut(LONG.strip(), limit=280)
    assert [part[-6:] for part in parts] == [" (1/2)", " (2/2)"]
    assert all(part[:-6].endswith("it.") for part in parts)
    assert all(weighted_length(part) <= 280 for part in parts)
    assert " ".join(part[:-6] for part in parts) == LONG.strip()


@pytest.mark.parametrize(
    "text", ["word " * 200, "x" * 1_000, "日" * 400, "a. " + "b" * 600, "👩🏽‍🚀" * 300]
)
def test_no_part_is_ever_too_long_and_no_sign_is_lost(text):
    parts = cut(text, limit=280)
    assert all(weighted_length(part) <= 280 for part in parts)
    bare = "".join(part[:-6] for part in parts)
    assert bare.replace(" ", "") == text.replace(" ", "")


def test_the_lines_of_a_long_text_stay_lines():
    steps = "Please try this:\n- Open the lid\n- Close it\n\nThen tell us. Thanks!"
    first, second = cut(f"{steps}\n{'a word ' * 38}", limit=280)
    assert first == f"{steps} (1/2)"
    assert second.startswith("a word a word")


def test_what_would_take_too_many_posts_is_left_whole():
    assert len(cut("a word " * 150, limit=280)) <= MOST_POSTS
    assert cut("a word " * 400, limit=280) == ("a word " * 400,)


def test_the_bots_text_is_always_one_post():
    assert len(parts_of(replace(TEXT, speaker=Speaker.BOT))) == 1
    assert len(parts_of(TEXT)) == 2


def test_a_direct_message_is_one_however_long_but_holds_one_file():
    files = tuple(
        Attachment(
            kind=AttachmentKind.IMAGE, name=name, url=f"https://a.example/{name}"
        )
        for name in ("a.png", "b.png")
    )
    direct = replace(TEXT, visibility=Visibility.PRIVATE, files=files)
    first, second = parts_of(direct)
    assert (first.text, first.files) == (LONG, files[:1])
    assert (second.text, second.files) == ("", files[1:])


def test_what_x_does_to_spaces_and_accents_makes_no_other_text():
    assert said(" cafe\u0301\r\n") == said("café")
