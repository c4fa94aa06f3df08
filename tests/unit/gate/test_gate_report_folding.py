"""What is open on the report, what folds out, and what is left out and counted."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from bot.gate.measure import measured
from bot.gate.report import AT_MOST, SHOWN, report
from bot.model.comparison import Source
from tests.builders import POLICY
from tests.unit.gate.judging import crowd
from tests.unit.gate.test_gate_report import SIGNED, changed, comparison


class Folds(HTMLParser):
    """The messages that one sees at once, those that fold out, and what is folded."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.folded: list[str] = []
        self.closed: list[str] = []  # what closed parts are called
        self.opened: list[str] = []
        self._depth = 0
        self._into: list[str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs) -> None:
        told = dict(attrs)
        if tag == "details":
            self._depth += 1
            self._names = self.opened if "open" in told else self.closed
        elif tag == "summary":
            self._into = self._names
        elif tag == "p" and told.get("class") == "text":
            self._into = self.folded if self._depth else self.open

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "details"
        self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data.strip())


def page_of(count: int) -> str:
    """Return the report on a candidate that reads so many test messages better."""
    before, after = changed("praise", "packaging", count=count)
    after = [
        replace(one, text=f"box {at}") if one.id.startswith("x") else one
        for at, one in enumerate(after)
    ]
    found = comparison(before, after)
    return report(replace(found, measured=found.measured[:1]), SIGNED)


def test_the_first_messages_are_open_and_the_others_fold_out_each_once():
    folds = Folds(page_of(SHOWN + 3))
    assert (len(folds.open), len(folds.folded)) == (SHOWN, 3)
    assert len({*folds.open, *folds.folded}) == SHOWN + 3
    assert "3 more" in folds.closed


@pytest.mark.parametrize("count", [1, SHOWN])
def test_where_all_are_open_nothing_is_offered_to_fold_out(count):
    page = page_of(count)
    folds = Folds(page)
    assert (len(folds.open), folds.folded) == (count, [])
    assert not any(name.endswith("more") for name in folds.closed)
    assert "not shown" not in page


def test_what_is_left_out_of_a_long_list_is_counted():
    page = page_of(AT_MOST + 5)
    folds = Folds(page)
    assert len(folds.open) + len(folds.folded) == AT_MOST
    assert f"({AT_MOST + 5})" in page
    assert "And 5 that are not shown." in page


def test_a_reader_sees_a_dozen_at_once_and_hundreds_at_most():
    """As docs and pictures show it: more is not read by anybody."""
    assert (SHOWN, AT_MOST) == (12, 200)


def test_intents_without_a_change_are_folded_and_the_changed_stand_above_once():
    folds = Folds(page_of(1))
    assert "1 intents without a change" in folds.closed  # greet; packaging changed
    assert folds.opened == []


def test_of_a_first_model_all_intents_are_open():
    only = [measured(Source.FROZEN, None, crowd(), policy=POLICY)]
    page = report(replace(comparison(), live="", measured=tuple(only)), SIGNED)
    folds = Folds(page)
    assert "1 intents of this model" in folds.opened
