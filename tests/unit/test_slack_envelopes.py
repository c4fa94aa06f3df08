"""What Slack hands us: which of it counts, and what is the same thing twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.slack.envelopes import envelope_of, message_envelope
from bot.desk.slack.plain import emoji_in, is_reply, plain, without_reply
from tests.slack_double.typed import blocks_of, text_of
from tests.slack_double.workspace import Workspace

SAID = {
    "type": "message",
    "channel": "C1",
    "ts": "2.0",
    "thread_ts": "1.0",
    "user": "U1",
    "text": "hello",
}


def event(**changes):
    body = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1"}
    return {**body, "event": {**SAID, **changes}}


def changed(now: dict, before: dict, **more):
    return event(
        subtype="message_changed",
        ts="3.0",
        thread_ts=None,
        message={**SAID, **now},
        previous_message={**SAID, **before},
        **more,
    )


def click(action="case_claim", **changes):
    return {
        "type": "block_actions",
        "token": "secret",
        "response_url": "https://hooks.slack.com/secret",
        "trigger_id": "1.2.3",
        "user": {"id": "U1"},
        "container": {"type": "message", "channel_id": "C1", "message_ts": "1.0"},
        "message": {"ts": "1.0", "text": "customer's words", "blocks": [{}]},
        "actions": [{"action_id": action, "action_ts": "9.1", "value": "{}"}],
        **changes,
    }


def test_a_message_in_a_thread_is_named_by_team_channel_and_ts():
    envelope = envelope_of(event())
    assert (envelope.key, envelope.lane) == ("message:T1:C1:2.0", "C1:1.0")


def test_another_event_id_is_the_same_message():
    assert envelope_of({**event(), "event_id": "Ev2"}).key == envelope_of(event()).key


def test_the_history_names_a_message_as_the_event_does():
    assert message_envelope(SAID, team="T1").key == envelope_of(event()).key


@pytest.mark.parametrize(
    "changes",
    [
        {"thread_ts": None},
        {"bot_id": "B1"},
        {"subtype": "channel_join"},
        {"subtype": "bot_message"},
        {"type": "reaction_added"},
        {"type": "app_mention"},
    ],
)
def test_what_is_nothing_to_us(changes):
    assert envelope_of(event(**changes)) is None


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ({"attachments": [{}]}, {}),  # a link unfolded
        ({"reply_count": 2}, {"reply_count": 1}),
        ({"edited": {"ts": "2.5"}}, {"edited": {"ts": "2.5"}}),  # and after an edit
        ({"bot_id": "B1", "text": "new", "edited": {"ts": "2.5"}}, {"text": "old"}),
    ],
)
def test_changes_without_other_words_are_nothing(now, before):
    assert envelope_of(changed(now, before)) is None


def test_each_edit_is_one_thing():
    first = envelope_of(changed({"text": "b", "edited": {"ts": "2.5"}}, {"text": "a"}))
    second = envelope_of(changed({"text": "c", "edited": {"ts": "2.6"}}, {"text": "b"}))
    assert len({first.key, second.key, envelope_of(event()).key}) == 3
    assert first.lane == second.lane == envelope_of(event()).lane


def test_a_message_whose_thread_goes_on_without_it_is_a_deletion():
    gone = envelope_of(changed({"subtype": "tombstone"}, {}, deleted_ts="2.0"))
    assert gone.key == "message:T1:C1:2.0:deleted"


def test_a_card_of_ours_that_was_deleted_counts():
    deleted = event(
        subtype="message_deleted",
        thread_ts=None,
        deleted_ts="1.0",
        previous_message={"ts": "1.0", "bot_id": "B1", "text": "card"},
    )
    envelope = envelope_of(deleted)
    assert (envelope.body["ours"], envelope.body["thread_ts"]) == (True, "1.0")


def test_a_click_is_named_by_what_was_clicked_where_when_and_by_whom():
    keys = {
        envelope_of(click()).key,
        envelope_of(click(user={"id": "U2"})).key,
        envelope_of(click("case_release")).key,
        envelope_of(click(container={"channel_id": "C1", "message_ts": "7.0"})).key,
    }
    assert len(keys) == 4
    assert envelope_of(click(trigger_id="other")).key in keys


def test_secrets_and_copies_of_cards_are_not_kept():
    kept = str(envelope_of(click()).body)
    assert "secret" not in kept
    assert "customer's words" not in kept


def test_what_opens_a_dialogue_waits_behind_nothing():
    assert envelope_of(click("case_claim")).lane == "C1:1.0"
    opening = envelope_of(click("case_resolve"))
    assert opening.lane == opening.key


def test_a_refused_dialogue_can_be_submitted_again():
    view = {"id": "V1", "callback_id": "compose", "blocks": [{}], "state": {}}
    submission = {"type": "view_submission", "user": {"id": "U1"}, "view": view}
    first = envelope_of({**submission, "trigger_id": "1"})
    again = envelope_of({**submission, "trigger_id": "2"})
    assert first.key != again.key
    assert first.lane == again.lane
    assert "blocks" not in first.body["view"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "event",
                    "message",
                    "view",
                    "actions",
                    "user",
                    "container",
                    "ts",
                    "subtype",
                    "thread_ts",
                    "previous_message",
                    "edited",
                    "channel",
                    "text",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(
    st.sampled_from(["block_actions", "view_submission", "event_callback", ""]), JSON
)
def test_nothing_that_comes_breaks_the_door(kind, rest):
    body = rest if isinstance(rest, dict) else {"event": rest}
    envelope_of({**body, "type": kind})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("see <https://example.com>", "see https://example.com"),
        ("see <http://example.com|example.com>", "see example.com"),
        ("<https://example.com/a|our page>", "our page (https://example.com/a)"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("hi <@U012AB|anna> in <#C1|care> <!here>", "hi @anna in #care @here"),
    ],
)
def test_customers_read_what_agents_see(written, meant):
    assert plain(written) == meant


def test_emoji_are_signs_and_not_their_names():
    blocks = [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "emoji", "name": "wave", "unicode": "1f44b"},
                        {"type": "emoji", "name": "our_logo"},
                    ],
                }
            ],
        }
    ]
    emoji = emoji_in({"blocks": blocks})
    assert plain("hi :wave: :our_logo: 10:30:45", emoji) == "hi 👋 :our_logo: 10:30:45"


@pytest.mark.parametrize(
    "typed",
    [
        "hi 👋🏼 and 👋, done ✓ ❤️",
        "<b> & </b> https://example.com/a?b=1&c=2",
        "👩🏽‍💻 at 10:30:45 🐌🐌",
    ],
)
def test_what_slack_makes_of_typed_words_is_undone(typed):
    space = Workspace()
    message = {"blocks": blocks_of(space, typed)}
    assert plain(text_of(space, typed), emoji_in(message)) == typed


@pytest.mark.parametrize("written", ["reply: x", "Reply : x", "  REPLY:x", "reply:\nx"])
def test_what_is_a_reply(written):
    assert is_reply(written)
    assert without_reply(written) == "x"


@pytest.mark.parametrize(
    "written", ["> reply: x", "replies: x", "re: x", "no reply: x"]
)
def test_what_is_none(written):
    assert not is_reply(written)
    assert without_reply(written) == written
