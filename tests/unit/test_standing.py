"""Who waits, since when and where: read off the case and what was written in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.model.case import CaseStatus
from bot.model.message import DIRECT, Visibility
from bot.model.record import Author
from bot.model.standing import language_of, last_written, places, waiting_since
from tests.builders import NOON, THREAD, case, reading
from tests.unit.test_slack_card import wrote

MINUTE = timedelta(minutes=1)
EARLIER = wrote(id="m0", at=NOON - 20 * MINUTE)
ANSWER = wrote(id="t1", at=NOON - 10 * MINUTE, author=Author.AGENT)
LATER = wrote("and privately", id="m2", at=NOON - MINUTE, thread=DIRECT)


def test_a_customer_waits_since_what_they_wrote_after_our_answer():
    of = case(CaseStatus.CLAIMED, opened_at=EARLIER.at)
    assert waiting_since(of, [EARLIER]) == EARLIER.at
    assert waiting_since(of, [EARLIER, ANSWER, LATER]) == LATER.at


def test_nothing_counts_that_is_older_than_what_opened_the_case():
    of = case(opened_at=NOON - 3 * MINUTE)
    assert waiting_since(of, [EARLIER, wrote(at=of.opened_at)]) == of.opened_at
    assert waiting_since(of, []) == of.opened_at


def test_nobody_waits_for_us_once_it_is_the_customers_turn():
    for status in (CaseStatus.WAITING, CaseStatus.RESOLVED):
        assert waiting_since(case(status), [EARLIER]) is None


def test_each_thread_is_a_place_the_one_written_to_last_first():
    found = places([LATER, EARLIER, ANSWER, wrote("again", id="m3")])
    assert [(one.thread, one.last.id) for one in found] == [
        (THREAD, "m3"),
        (DIRECT, "m2"),
    ]
    assert [one.visibility for one in found] == [Visibility.PUBLIC, Visibility.PRIVATE]


def test_the_last_words_are_the_customers_own():
    assert last_written([EARLIER, ANSWER]) == EARLIER
    assert last_written([ANSWER]) is None


def test_the_language_is_that_of_the_newest_message_of_which_it_is_known():
    german = reading("order_status", 0.4)
    german = replace(german, signals=replace(german.signals, language="de"))
    unknown = replace(german, signals=replace(german.signals, language="und"))
    records = [wrote(reading=german), wrote(reading=unknown), wrote(reading=None)]
    assert language_of(records) == "de"
    assert language_of([wrote(reading=unknown)]) == ""
