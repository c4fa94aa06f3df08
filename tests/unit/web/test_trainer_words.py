"""Figures in words, and the page's writes as edits."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.errors import InputError
from bot.model.change import (
    AddExamples,
    CreateLabel,
    EditAnswer,
    MoveExamples,
    RemoveExamples,
    ReplaceExample,
)
from bot.model.example import Example, Label, Mark, Origin, Provenance, Variant
from bot.model.message import Visibility
from bot.web.body import Body
from bot.web.trainer import words
from bot.web.trainer.edits import AT_MOST, edits_of, new_texts

NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
STORES = Label("faq/stores")


def body(*edits: dict) -> Body:
    return Body({"edits": list(edits)}, key="a-key-of-a-write")


@pytest.mark.parametrize(
    ("confidence", "says"),
    [(1.0, "very sure"), (0.94, "sure"), (0.4, "unsure"), (0.0, "guessing")],
)
def test_how_sure_a_model_is_has_words(confidence, says):
    assert words.sureness(confidence) == says


@pytest.mark.parametrize(
    ("share", "says"), [(1.0, "100 %"), (0.9999, "99 %"), (0.0, "0 %")]
)
def test_what_is_not_all_is_never_said_to_be(share, says):
    assert words.per_cent(share) == says


@pytest.mark.parametrize(
    ("passed", "says"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=30), "1 day ago"),
        (timedelta(days=30), "on 31 January 2026"),
    ],
)
def test_when_something_was_has_words(passed, says):
    assert words.ago(NOW - passed, NOW) == says


def example(text: str, *marks: Mark, origin: Origin = Origin.WRITTEN) -> Example:
    at = NOW - timedelta(hours=2)
    told = Provenance(by="Amira", at=at, why="gifts", origin=origin)
    return Example(
        label=STORES,
        text=text,
        marked=text,
        file="a.yml",
        line=1,
        marks=marks,
        provenance=told,
    )


def test_an_example_says_who_brought_it_in():
    says = words.origin(example("hi"), NOW)
    assert says == "written by Amira 2 hours ago: gifts"
    founding = example("hi", origin=Origin.FOUNDING)
    assert words.origin(founding, NOW) == "came with the product"


def test_an_example_is_shown_in_pieces_with_what_is_marked():
    marked = example("a wool rug, blue", Mark("product", 2, 10))
    assert list(words.pieces(marked)) == [
        ("a ", ""),
        ("wool rug", "product"),
        (", blue", ""),
    ]


def test_what_is_hidden_in_a_message_is_told_apart():
    assert list(words.masks("mail <email> or <order_number>")) == [
        ("mail ", False),
        ("email", True),
        (" or ", False),
        ("order number", True),
    ]


def test_a_label_may_break_at_its_signs_and_nowhere_becomes_html():
    assert words.breakable("faq/<b>_x") == "faq/<wbr>&lt;b&gt;_<wbr>x"
    assert words.breakable("model-06") == "model-<wbr>06"


def test_each_kind_of_edit_is_understood():
    answer = [{"visibility": "public", "text": " Yes. "}, {"visibility": "private"}]
    edits = edits_of(
        body(
            {"do": "add", "label": "faq/stores", "texts": [" a shop? ", " "]},
            {"do": "remove", "label": "faq/stores", "texts": ["b"]},
            {"do": "move", "label": "faq/stores", "texts": ["c"], "to": "greet"},
            {"do": "replace", "label": "faq/stores", "old": "d", "new": " e "},
            {"do": "create", "label": "faq/new", "texts": ["f"], "answer": answer},
            {"do": "answer", "name": "faq/stores", "variants": answer},
        )
    )
    yes = (Variant(text="Yes.", visibility=Visibility.PUBLIC),)
    assert edits == (
        AddExamples(STORES, ("a shop?",)),
        RemoveExamples(STORES, ("b",)),
        MoveExamples(STORES, ("c",), Label("greet")),
        ReplaceExample(STORES, "d", "e"),
        CreateLabel(label=Label("faq/new"), texts=("f",), answer=yes),
        EditAnswer("faq/stores", yes),
    )
    assert [text for _, text in new_texts(edits)] == ["a shop?", "e", "f"]


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ({"do": "burn"}, "cannot “burn”"),
        ({"do": "add", "label": "greet", "texts": [" "]}, "at least one example"),
        (
            {"do": "add", "label": "greet", "texts": ["a"] * (AT_MOST + 1)},
            "at the most",
        ),
        ({"do": "add", "label": " ", "texts": ["a"]}, "“label” is empty"),
        ({"do": "add", "label": "greet", "texts": "a"}, "must be a list"),
        (
            {"do": "answer", "name": "x", "variants": [{"text": "a"}]},
            "“visibility” is empty",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(edit, says):
    with pytest.raises(InputError, match=says):
        edits_of(body(edit))


def test_a_write_without_an_edit_is_refused():
    with pytest.raises(InputError, match="nothing to save"):
        edits_of(body())
