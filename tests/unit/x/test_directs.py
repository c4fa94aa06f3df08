"""Direct messages in both of X's forms, and encrypted ones."""

from __future__ import annotations

import pytest

from bot.channels.x.directs import read_direct, read_encrypted, read_old_directs
from bot.model.message import DIRECT, Malformed, Message, Nature, Visibility
from tests.unit.x.shapes import NOW_ID, US, beside, direct, old_directs


def test_both_forms_of_one_direct_message_are_the_same_message():
    (one,) = read_direct(direct(), beside(), US)
    (other,) = read_old_directs(old_directs(), US)
    assert one == other


def test_a_direct_message_is_private_and_its_senders():
    (message,) = read_direct(direct(text="a &amp; b"), beside(), US)
    assert isinstance(message, Message)
    assert (message.id, message.customer, message.handle) == (NOW_ID, "x:2222", "ada")
    assert (message.thread, message.visibility) == (DIRECT, Visibility.PRIVATE)
    assert message.text == "a & b"


@pytest.mark.parametrize(
    "raw", [direct(sender_id="1000"), direct(event_type="ParticipantsJoin")]
)
def test_what_we_sent_and_who_joined_is_no_message(raw):
    assert read_direct(raw, beside(), US) == []


def test_what_we_sent_is_no_message_in_the_old_form_either():
    assert read_old_directs(old_directs(sender="1000"), US) == []


def test_another_bots_direct_message_is_known_as_such():
    (message,) = read_old_directs(old_directs(automated=True), US)
    assert isinstance(message, Message)
    assert message.nature is Nature.MACHINE


def test_a_picture_in_the_old_form_comes_as_a_link():
    media = {"type": "photo", "media_url_https": "https://ton.twitter.com/1/a.jpg"}
    (message,) = read_old_directs(
        old_directs(attachment={"type": "media", "media": media}), US
    )
    assert isinstance(message, Message)
    assert [file.name for file in message.attachments] == ["a.jpg"]


@pytest.mark.parametrize("raw", [direct(sender_id=None), direct(id=None), {}])
def test_what_cannot_be_read_is_kept(raw):
    (broken,) = read_direct({**raw, "secret": "words"}, beside(), US)
    assert isinstance(broken, Malformed)
    assert "words" not in broken.problem


def chat(**changes):
    made = {
        "id": "e4f4d3fc-8bbf",
        "sender_id": "2222",
        "created_at_msec": "1784841183370",
        "encoded_event": "CwABAAAA",
    }
    made.update(changes)
    return {name: value for name, value in made.items() if value is not None}


def test_an_encrypted_message_says_who_wrote_and_that_nobody_here_can_read_it():
    (message,) = read_encrypted(chat(), US, handle="ada")
    assert isinstance(message, Message)
    assert message.nature is Nature.ENCRYPTED
    assert (message.text, message.handle, message.customer) == ("", "ada", "x:2222")
    assert message.visibility is Visibility.PRIVATE
    assert not message.summoned
    assert message.link == "https://x.com/messages/compose?recipient_id=2222"
    assert message.sent_at.timestamp() == 1784841183.370


def test_an_encrypted_message_of_our_own_is_none():
    assert read_encrypted(chat(sender_id="1000"), US) == []


@pytest.mark.parametrize("name", ["id", "sender_id", "created_at_msec"])
def test_an_encrypted_event_that_cannot_be_read_is_kept(name):
    (broken,) = read_encrypted(chat(**{name: None}), US)
    assert isinstance(broken, Malformed)
