"""Figures of several requests in one message, held against a count by hand."""

import pytest

from bot.errors import InputError
from bot.model.reading import Reading, Request
from bot.nlu.evaluation import HeldOut
from bot.nlu.request_figures import area_under_curve, load_texts, request_figures


def wanted(label: str, *also: str) -> HeldOut:
    return HeldOut(id="x", text="x", label=label, also=also, needs_reply=True)


def read(*labels: str) -> Reading:
    return Reading(tuple(Request(label, 0.9) for label in labels))


def test_the_figures_are_those_of_a_count_by_hand():
    found = request_figures(
        [wanted("a"), wanted("a"), wanted("a", "b"), wanted("a", "b", "c")],
        [read("a"), read("a", "c"), read("b", "a"), read("a", "d")],
    )
    assert (found.messages, found.several) == (4, 2)
    assert (found.further.hits, found.further.found, found.further.there) == (1, 3, 3)
    assert (found.all.hits, found.all.found, found.all.there) == (5, 7, 7)
    assert found.further.precision == found.further.recall == pytest.approx(1 / 3)
    assert found.all.f1 == pytest.approx(5 / 7)
    assert found.exact == 0.5
    assert found.false_alarms == 0.5


def test_nothing_found_is_no_division_by_zero():
    found = request_figures([wanted("a", "b")], [read("c")])
    assert (found.further.precision, found.further.recall, found.further.f1) == (
        0,
        0,
        0,
    )
    assert found.false_alarms == 0.0


def test_without_messages_there_are_no_figures():
    with pytest.raises(InputError):
        request_figures([], [])


@pytest.mark.parametrize(
    ("ours", "others", "area"),
    [
        ([0.9, 0.8], [0.1, 0.2], 1.0),
        ([0.1], [0.9], 0.0),
        ([0.5, 0.5], [0.5], 0.5),
        ([0.9, 0.3], [0.5, 0.3], 0.625),
    ],
)
def test_the_area_is_how_often_ours_is_the_greater(ours, others, area):
    assert area_under_curve(ours, others) == pytest.approx(area)


def test_an_area_needs_both_kinds():
    with pytest.raises(InputError):
        area_under_curve([0.5], [])


def test_a_line_without_text_is_named(tmp_path):
    file = tmp_path / "out.jsonl"
    file.write_text('{"text": "hello"}\n{"id": "2"}\n')
    with pytest.raises(InputError, match=r"out\.jsonl:2"):
        load_texts(file)
    with pytest.raises(InputError, match="no file"):
        load_texts(tmp_path / "absent.jsonl")
