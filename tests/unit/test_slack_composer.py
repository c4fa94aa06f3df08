"""The composer, as agents see it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.desk.slack import blocks
from bot.desk.slack.ids import unpacked
from bot.model.message import DIRECT
from tests.builders import NOON, POLICY, THREAD
from tests.unit.slack_dialogues import FACTS, IN_PRIVATE, RETURNS, fields, kept, preview
from tests.unit.slack_says import only, says
from tests.unit.test_slack_card import scene, view, wrote

# -- the composer ----------------------------------------------------------------


def test_the_composer_asks_where_only_if_there_is_a_choice():
    one = blocks.compose_modal(view(), scene(), FACTS)
    assert "thread" not in fields(one)
    assert kept(one)["to"] == THREAD
    assert "In public: everybody can read it" in says(one)
    two = blocks.compose_modal(view(None, wrote(), IN_PRIVATE), scene(), FACTS)
    choice = fields(two)["thread"]
    assert [one["value"] for one in choice["options"]] == [DIRECT, THREAD]
    assert choice["initial_option"]["value"] == THREAD  # the case's own
    assert "to" not in kept(two)


def test_the_composer_shows_what_is_answered_in_the_chosen_thread():
    both = view(None, wrote(), IN_PRIVATE)
    quoted = only(blocks.compose_modal(both, scene(), FACTS), "rich_text_quote")
    assert says(quoted) == "where is my parcel"
    private = blocks.compose_modal(both, scene(), FACTS, thread=DIRECT)
    assert says(only(private, "rich_text_quote")) == "and privately"


def test_the_composer_counts_as_the_channel_does():
    made = blocks.compose_modal(view(), scene(), FACTS, text="Hello", preview=preview())
    assert "5 of 280" in says(made)
    assert "The customer reads" not in says(made)


def test_the_composer_tells_every_problem_at_once():
    bad = preview(problems=("It names an order.", "It holds a <phone> number."))
    read = says(blocks.compose_modal(view(), scene(), FACTS, text="Hello", preview=bad))
    assert "It cannot go out like this" in read
    assert "• It names an order.\n• It holds a &lt;phone&gt; number." in read


def test_a_long_text_is_shown_in_the_posts_that_it_goes_out_as():
    long = preview(parts=("first half", "second half"), length=312, limit=560)
    read = says(blocks.compose_modal(view(), scene(), FACTS, text="x", preview=long))
    assert "312 of 560" in read
    assert ":warning:" not in read
    assert "It goes out as 2 posts" in read
    assert "second half" in read


def test_a_signature_is_shown_as_the_customer_will_read_it():
    signed = preview("Hello\n^AB")
    read = says(
        blocks.compose_modal(view(), scene(), FACTS, text="Hello", preview=signed)
    )
    assert "The customer reads:" in read
    assert "Hello\n^AB" in read


@pytest.mark.parametrize("name", [":wave:", ":+1:", ":wave::skin-tone-3:"])
def test_the_name_of_an_emoji_is_told_before_the_customer_reads_it(name):
    text = f"Hello {name} it leaves at 10:30:45."
    made = blocks.compose_modal(
        view(), scene(), FACTS, text=text, preview=preview(text)
    )
    assert "the customer sees these letters" in says(made)
    plain = "See https://fernhollow.example:8080/a:b:c at 10:30:45. :)"
    made = blocks.compose_modal(
        view(), scene(), FACTS, text=plain, preview=preview(plain)
    )
    assert "these letters" not in says(made)


def test_that_the_customer_wrote_meanwhile_stands_above_everything():
    newer = view(None, wrote(), wrote("never mind, it came!", id="m9", at=NOON))
    made = blocks.compose_modal(newer, scene(), FACTS, preview=preview(newer=True))
    top = says(made["blocks"][:2])
    assert "The customer has written since you opened this" in top
    assert "never mind, it came!" in top


def test_suggestions_are_offered_until_something_is_written():
    empty = blocks.compose_modal(view(), scene(), FACTS, suggestions=[RETURNS])
    assert "Question: return policy" in says(empty)
    assert "61% sure · knowledge base: faq/return_policy" in says(empty)
    (use,) = only(empty, "button")
    assert unpacked(use["value"]) == {"case": "C-1000", "label": "faq/return_policy"}
    begun = blocks.compose_modal(
        view(), scene(), FACTS, text="Hi", suggestions=[RETURNS]
    )
    assert not only(begun, "button")


def test_what_hardly_fits_is_not_offered():
    unlikely = replace(RETURNS, confidence=0.01)
    assert not only(
        blocks.compose_modal(view(), scene(), FACTS, suggestions=[unlikely]), "button"
    )
    made = blocks.suggestions_modal(view(), FACTS, suggestions=[unlikely])
    assert "has no answer that fits" in says(made)


def test_a_text_put_in_by_us_reaches_a_field_that_somebody_typed_into():
    typed = blocks.compose_modal(view(), scene(), FACTS)
    put = blocks.compose_modal(view(), scene(), FACTS, text="Suggested", draft=1)
    assert "text" in fields(typed)
    assert fields(put)["text#1"]["initial_value"] == "Suggested"
    assert kept(put)["draft"] == "1"


def test_the_composer_says_for_how_long_a_reply_can_be_undone():
    undo = int(POLICY.desk.undo.total_seconds())
    assert f"you can undo it for {undo} s" in says(
        blocks.compose_modal(view(), scene(), FACTS)
    )


def test_how_long_a_reply_will_wait_is_said_before_it_is_sent():
    waits = preview(wait="It goes out in about 12 min: X lets us send 15 <in> 15.")
    made = blocks.compose_modal(view(), scene(), FACTS, text="Hello", preview=waits)
    assert "about 12 min: X lets us send 15 &lt;in&gt; 15." in says(made)
    at_once = blocks.compose_modal(
        view(), scene(), FACTS, text="Hello", preview=preview()
    )
    assert "hourglass" not in says(at_once)
