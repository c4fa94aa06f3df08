"""A public post in X's form, as a message."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot.channels.x.posts import read_post
from bot.model.attachment import AttachmentKind
from bot.model.message import (
    Edited,
    Malformed,
    Message,
    Nature,
    Profile,
    Visibility,
)
from tests.unit.x.shapes import ADA, NOW_ID, US, beside, post


def message_of(raw, included=None) -> Message:
    (message,) = read_post(raw, included or beside(), US)
    assert isinstance(message, Message)
    return message


def test_a_post_is_a_message_of_its_author_in_its_conversation():
    message = message_of(post(conversation_id="77"))
    assert (message.channel, message.id, message.customer) == ("x", NOW_ID, "x:2222")
    assert (message.thread, message.handle) == ("77", "ada")
    assert message.visibility is Visibility.PUBLIC
    assert message.text == "hey @Fernhollow where is it"
    assert message.link == f"https://x.com/ada/status/{NOW_ID}"
    assert message.profile == Profile(name="Ada L.")


def test_the_moment_has_the_milliseconds_that_only_the_id_tells():
    moment = datetime(2026, 7, 24, 21, 23, 23, 502_000, tzinfo=timezone.utc)
    written = message_of(post(created_at="2026-07-24T21:23:23Z")).sent_at
    assert abs(written - moment).total_seconds() < 0.5
    assert written.microsecond % 1000 == 0
    assert message_of(post(created_at=None)).sent_at == written


def test_a_date_that_its_id_does_not_bear_out_counts_as_it_is_said():
    raw = post(created_at="2026-07-25T10:00:00.250Z")
    assert message_of(raw).sent_at.isoformat() == "2026-07-25T10:00:00.250000+00:00"


def test_the_names_that_x_puts_before_a_reply_are_not_the_authors_words():
    raw = post(
        text="@Fernhollow @bob still nothing",
        display_text_range=[17, 30],
        in_reply_to_user_id="1000",
        referenced_tweets=[{"type": "replied_to", "id": "5"}],
    )
    message = message_of(raw)
    assert (message.text, message.in_reply_to) == ("still nothing", "5")


def test_a_name_that_the_author_wrote_first_stays():
    raw = post(text="@Fernhollow hi", display_text_range=[0, 14])
    assert message_of(raw).text == "@Fernhollow hi"


def test_signs_links_and_what_x_adds_at_the_end_read_as_they_were_written():
    quoted, short = "https://x.com/bob/status/9", "https://t.co/{}"
    raw = post(
        text="&lt;3 a &amp; b https://t.co/a https://t.co/p https://t.co/q",
        entities={
            "urls": [
                {"url": short.format("a"), "expanded_url": "https://shop.example/?a&b"},
                {"url": short.format("q"), "expanded_url": quoted},
                {
                    "url": short.format("p"),
                    "expanded_url": "https://x.com/ada/status/1/photo/1",
                    "media_key": "3_1",
                },
            ]
        },
    )
    assert message_of(raw).text == "<3 a & b https://shop.example/?a&b"


def test_a_link_to_a_post_in_the_middle_was_written_by_the_author():
    raw = post(
        text="https://t.co/q is odd",
        entities={
            "urls": [
                {"url": "https://t.co/q", "expanded_url": "https://x.com/b/status/9"}
            ]
        },
    )
    assert message_of(raw).text == "https://x.com/b/status/9 is odd"


def test_a_long_post_is_read_whole():
    raw = post(text="cut …", note_tweet={"text": "cut off nowhere"})
    assert message_of(raw).text == "cut off nowhere"


@pytest.mark.parametrize(
    ("changes", "summoned"),
    [
        ({}, True),  # names us
        ({"entities": {}}, False),  # does not
        ({"entities": {}, "in_reply_to_user_id": "1000"}, True),  # answers us
        ({"display_text_range": [16, 27]}, False),  # X put our name there
        (
            {"entities": {}, "referenced_tweets": [{"type": "quoted", "id": "8"}]},
            True,  # quotes us
        ),
        (
            {"entities": {}, "referenced_tweets": [{"type": "quoted", "id": "9"}]},
            False,  # quotes somebody else
        ),
    ],
)
def test_who_names_answers_or_quotes_us_has_addressed_us(changes, summoned):
    known = beside(
        posts=[post(id="8", author_id="1000"), post(id="9", author_id="3333")]
    )
    assert message_of(post(**changes), known).summoned is summoned


@pytest.mark.parametrize(
    ("raw", "author", "nature"),
    [
        (post(), ADA, Nature.WRITTEN),
        (post(author_id="1000"), {"id": "1000", "username": "Fernhollow"}, Nature.OWN),
        (
            post(referenced_tweets=[{"type": "retweeted", "id": "8"}]),
            ADA,
            Nature.REPOST,
        ),
        (post(), {**ADA, "affiliation": {"description": "Automated"}}, Nature.MACHINE),
        (post(), {**ADA, "affiliation": {"description": "Acme Ltd"}}, Nature.WRITTEN),
    ],
)
def test_what_nobody_wrote_to_us_is_known_as_such(raw, author, nature):
    assert message_of(raw, beside(author)).nature is nature


def test_an_edit_is_told_in_front_of_the_message_of_the_first_version():
    later = str(int(NOW_ID) + (60_000 << 22))
    raw = post(
        id=later,
        edit_history_tweet_ids=[NOW_ID, later],
        text="better words",
        created_at="2026-07-24T21:24:23Z",
    )
    notice, message = read_post(raw, beside(), US)
    assert isinstance(notice, Edited)
    assert (notice.id, notice.text, notice.customer) == (
        NOW_ID,
        "better words",
        "x:2222",
    )
    assert isinstance(message, Message)
    assert (message.id, message.text) == (NOW_ID, "better words")
    assert message.edited_at == notice.at
    assert (notice.at - message.sent_at).total_seconds() == 60
    assert message.link == f"https://x.com/ada/status/{later}"


def test_pictures_and_films_come_as_links():
    media = [
        {
            "media_key": "3_1",
            "type": "photo",
            "url": "https://pbs.twimg.com/media/a.jpg?name=orig",
            "alt_text": "a broken cup",
        },
        {
            "media_key": "7_2",
            "type": "video",
            "preview_image_url": "https://pbs.twimg.com/p.jpg",
            "variants": [
                {"content_type": "application/x-mpegURL", "url": "https://v/a.m3u8"},
                {
                    "content_type": "video/mp4",
                    "bit_rate": 9,
                    "url": "https://v.x/lo.mp4",
                },
                {
                    "content_type": "video/mp4",
                    "bit_rate": 99,
                    "url": "https://v.x/hi.mp4",
                },
            ],
        },
    ]
    raw = post(attachments={"media_keys": ["3_1", "7_2", "not there"]})
    image, film = message_of(raw, beside(media=media)).attachments
    assert (image.kind, image.name, image.alt) == (
        *(AttachmentKind.IMAGE, "a.jpg", "a broken cup"),
    )
    assert (film.kind, film.url) == (AttachmentKind.VIDEO, "https://v.x/hi.mp4")


def test_an_author_whom_x_does_not_show_any_more_is_known_by_the_number():
    message = message_of(post(), beside({"id": "4", "username": "bob"}))
    assert (message.customer, message.handle) == ("x:2222", "2222")


@pytest.mark.parametrize(
    "raw",
    [
        post(text=None),
        post(author_id=None),
        post(author_id=5),
        post(author_id="٣"),
        post(id="none"),
        {},
        {"id": ["a"], "text": {"secret": 1}},
    ],
)
def test_what_cannot_be_read_is_kept_and_named_without_its_words(raw):
    (broken,) = read_post({**raw, "secret": "secret words"}, beside(), US)
    assert isinstance(broken, Malformed)
    assert broken.id
    assert "secret words" in broken.raw
    assert "secret" not in broken.problem


@pytest.mark.parametrize("odd", [None, 5, [], {}, "x", [None], [[]], {"a": 1}, True])
@pytest.mark.parametrize("name", [*sorted(post()), "referenced_tweets", "note_tweet"])
def test_nothing_that_x_may_send_makes_it_raise(name, odd):
    made = read_post({**post(), name: odd}, beside(), US)
    assert all(isinstance(one, (Message, Malformed, Edited)) for one in made)


@pytest.mark.parametrize(
    ("problem", "gone"),
    [
        ("resource-not-found", {"7"}),
        ("not-authorized-for-resource", {"7"}),
        ("internal-error", set()),
        ("resource-unavailable", set()),
        ("field-hydration-failure", set()),
    ],
)
def test_only_what_x_says_for_good_is_gone(problem, gone):
    error = {"resource_id": "7", "type": f"https://api.x.com/2/problems/{problem}"}
    assert beside(errors=[error]).gone == gone
