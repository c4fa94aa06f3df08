"""What of customers' words an example may have, and whose it then is said to be."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot.model.example import Origin
from bot.model.message import (
    ChannelName,
    CustomerId,
    MessageId,
    ThreadId,
    Visibility,
)
from bot.model.network_rules import ExampleUse
from bot.model.review import Cause, Finding, ReviewId, ReviewItem
from bot.web.trainer.beside import Beside

AT = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
FREE, ASK, NEVER = (
    ExampleUse.WORD_FOR_WORD,
    ExampleUse.WITH_CONSENT,
    ExampleUse.NEVER,
)
WRAP = "could you wrap the lamp as a present"
WRAP_TOO = "hiya could you wrap the lamp as a present for my nan"
OWN = "do you gift wrap"


def item(id_: str, text: str = WRAP, *, use: ExampleUse = FREE) -> ReviewItem:
    return ReviewItem(
        id=ReviewId(id_),
        channel=ChannelName("simulator"),
        message=MessageId(id_),
        customer=CustomerId(f"simulator:{id_}"),
        thread=ThreadId("t"),
        visibility=Visibility.PRIVATE,
        text=text,
        sent_at=AT,
        added_at=AT,
        findings=(Finding(cause=Cause.UNSURE, at=AT),),
        label="packaging",
        confidence=0.4,
        group=ReviewId(id_),
        examples=use,
    )


def test_an_example_is_said_to_have_the_words_of_each_customer_who_wrote_them():
    beside = Beside((item("R-1", "wrap it"), item("R-2"), item("R-3", WRAP_TOO)))
    copied = beside.copied([WRAP, OWN, "wrap it"])
    assert copied == {WRAP: ("R-2", "R-3"), "wrap it": ("R-1",)}
    assert beside.origin(copied) is Origin.MESSAGE


@pytest.mark.parametrize(
    ("items", "text", "origin"),
    [
        ((), OWN, Origin.WRITTEN),
        ((item("R-1"),), OWN, Origin.REWORDED),
        ((item("R-1"),), WRAP, Origin.MESSAGE),
        ((item("R-1", use=ASK),), WRAP, Origin.CONSENT),
        ((item("R-1"), item("R-2", use=ASK)), WRAP, Origin.CONSENT),
        ((item("R-1"), item("R-2", "other words", use=ASK)), WRAP, Origin.MESSAGE),
    ],
)
def test_an_example_comes_from_where_its_words_come_from(items, text, origin):
    beside = Beside(items)
    assert beside.origin(beside.copied([text])) is origin


@pytest.mark.parametrize(
    ("use", "consented", "said"),
    [
        (FREE, False, ""),
        (ASK, True, ""),
        (ASK, False, "only if the customer agreed"),
        (NEVER, False, "forbids"),
        (NEVER, True, "forbids"),
    ],
)
def test_a_customers_words_are_refused_as_their_network_wants(use, consented, said):
    beside = Beside((item("R-1", use=use),), consented)
    assert beside.against(OWN) == []
    found = beside.against(f"[{WRAP}](product)")
    assert len(found) == bool(said)
    assert said in "".join(found)


def test_what_was_masked_cannot_be_saved():
    assert "<email>" in Beside().against("write to <email>")[0]
