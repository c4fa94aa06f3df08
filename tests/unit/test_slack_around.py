"""What stands around a message on card, line and history; what only a hand can do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.desk.slack.blocks import render_card, render_line
from bot.model.case import CaseStatus
from bot.model.message import ContextPost, Nature, Relation
from bot.model.record import Author, Delivery
from tests.builders import case
from tests.unit.slack_says import says
from tests.unit.test_slack_card import ours, scene, view, wrote

ABOVE = ContextPost(
    relation=Relation.REPLIED_TO,
    handle="bob",
    text="my sofa came <!here> without legs",
    link="https://net.example/bob/1",
)
LINK = "https://net.example/alice/1"


@pytest.mark.parametrize("shown", ["card", "line"])
def test_the_posts_around_a_message_stand_above_it(shown):
    record = wrote("what about this?", context=(ABOVE, replace(ABOVE, ours=True)))
    drawn = (
        render_card(view(case(), record), scene())
        if shown == "card"
        else render_line(record, case(), scene())
    )
    text = says(drawn.blocks)
    assert "in reply to @bob: my sofa came" in text
    assert "in reply to us" in text
    assert "<!here>" not in text
    assert text.index("my sofa") < text.index("what about this?")


def test_the_author_of_a_post_may_be_unknown():
    nobody = replace(ABOVE, handle="", relation=Relation.QUOTED)
    assert "quotes somebody" in says(
        render_line(wrote(context=(nobody,)), case(), scene()).blocks
    )


def test_what_is_encrypted_is_said_to_be_so():
    sealed = wrote("", nature=Nature.ENCRYPTED)
    for drawn in (
        render_card(view(case(), sealed), scene()),
        render_line(sealed, case(), scene()),
    ):
        assert "cannot be read here" in says(drawn.blocks)


@pytest.mark.parametrize("author", [Author.BOT, Author.AGENT])
@pytest.mark.parametrize("code", ["not_summoned", "dm_not_opened"])
def test_what_the_network_takes_from_nobody_through_us_is_done_by_hand(author, code):
    asked = wrote(link=LINK)
    refused = ours(author, Delivery.REFUSED, problem=code, in_reply_to=asked.id)
    card = render_card(view(case(CaseStatus.CLAIMED), asked, refused), scene())
    text = says(card.blocks)
    assert "answer by hand in its app" in text
    assert LINK in text


@pytest.mark.parametrize(
    ("delivery", "code"), [(Delivery.SENT, None), (Delivery.REFUSED, "rate_limited")]
)
def test_what_arrived_or_may_be_sent_again_needs_no_hand(delivery, code):
    text = ours(Author.AGENT, delivery, problem=code, in_reply_to="m1")
    shown = render_card(view(case(CaseStatus.CLAIMED), wrote(), text), scene())
    assert "by hand" not in says(shown.blocks)
