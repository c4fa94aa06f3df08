"""The report: plain first sentence, nothing personal, nothing loaded, the same bytes."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from bot.gate.measure import measured
from bot.gate.passing import as_json
from bot.gate.report import Signed, report
from bot.gate.words import headline
from bot.model.comparison import (
    Code,
    Comparison,
    Objection,
    Recent,
    Shift,
    Source,
    Verdict,
)
from tests.builders import NOON, POLICY
from tests.unit.gate.judging import crowd, judged

SIGNED = Signed(by="Nell", why="wrapping", at=NOON)
CARD, EMAIL, PHONE = "4111 1111 1111 1111", "nell@mail.example", "07700 900123"
PLANTED = f"charged on {CARD}, write to {EMAIL} or call {PHONE}, FH-482913, LS6 2AB"


def comparison(before=None, after=None, *objections, **fields) -> Comparison:
    before = crowd() if before is None else before
    after = before if after is None else after
    sources = (Source.FROZEN, Source.CROSS_VALIDATION)
    return Comparison(
        candidate="model-new",
        live="model-old",
        verdict=Verdict(tuple(objections)),
        measured=tuple(measured(s, before, after, policy=POLICY) for s in sources),
        **fields,
    )


def changed(was, now, text="box was huge", label="packaging", count=1):
    """Return a crowd before and after, in which some messages changed."""
    one = [judged(label, was, text=text, id=f"x{n}") for n in range(count)]
    two = [judged(label, now, text=text, id=f"x{n}") for n in range(count)]
    return crowd() + one, crowd() + two


def test_better_is_said_in_the_first_sentence():
    said = headline(comparison(*changed("praise", "packaging", count=3)))
    assert said == (
        "It may go live. Better: 3 of 303 test messages are read right that were not, "
        "0 no longer. Nothing protected lost."
    )


def test_what_a_protected_intent_lost_is_said_even_if_it_passes():
    before, after = changed("opt_out", "greet", label="opt_out", count=2)
    said = headline(comparison(before, after))
    assert "A little worse" in said
    assert said.endswith("lost no more than chance makes: opt_out (2).")


def test_a_refusal_says_how_many_reasons_and_that_nothing_is_touched():
    reason = Objection(code=Code.LESS_RIGHT, sentence="Fewer.")
    said = headline(comparison(None, None, reason, reason))
    assert said == "Refused, for 2 reasons. The live model stays."


def test_a_refused_first_model_leaves_nothing_that_stays():
    reason = Objection(code=Code.PUBLIC_SAFETY, sentence="It would say it.")
    first = replace(comparison(None, None, reason), live="")
    assert headline(first) == "Refused, for one reason. It cannot go live."


def test_nothing_changed_is_neither_better_nor_worse():
    assert "all 300 test messages are as right as before" in headline(comparison())


def test_another_request_of_the_message_read_first_is_no_loss():
    both = ("packaging", "praise")
    before = [*crowd(), judged("packaging", labels=both, found=both)]
    after = [*crowd(), judged("praise", labels=both, found=both)]
    found = comparison(before, after)
    assert "all 301 test messages are as right as before" in headline(found)
    assert "read differently" not in report(found, SIGNED)


def test_each_reason_stands_in_the_page():
    reason = Objection(code=Code.LESS_RIGHT, sentence="Fewer <b> are right.")
    page = report(comparison(None, None, reason), SIGNED)
    assert "Fewer &lt;b&gt; are right." in page
    assert "A refused model cannot be put live" in page
    assert "model promote" not in page


def test_a_page_that_passes_says_how_to_put_it_live_and_how_to_take_it_back():
    page = report(comparison(), SIGNED)
    assert "firstline model promote model-new" in page
    assert "firstline model rollback" in page


def test_a_first_model_has_a_page_as_well():
    only = [measured(Source.FROZEN, None, crowd(), policy=POLICY)]
    page = report(replace(comparison(), live="", measured=tuple(only)), SIGNED)
    assert "There was nothing to compare it with" in page


@pytest.mark.parametrize("secret", [CARD, EMAIL, PHONE, "482913", "LS6 2AB"])
def test_nothing_personal_is_in_the_page_or_in_what_is_kept(secret):
    found = comparison(*changed("praise", "packaging", text=PLANTED))
    for written in (report(found, SIGNED), as_json(found)):
        assert "charged on" in written
        assert secret not in written


def test_what_customers_wrote_is_told_by_counts_and_ids_alone():
    shift = Shift(before="chatter", after="packaging", ids=("m-17", "m-18"))
    found = comparison(recent=Recent(messages=40, days=7, shifts=(shift,)))
    page = report(found, SIGNED)
    assert "Of 40 messages of the last 7 days 2 would be read differently" in page
    assert "m-17" in page


class Loads(HTMLParser):
    """Whatever in a page would be fetched, and what is left open."""

    def __init__(self):
        super().__init__()
        self.fetched, self.ids, self.scripts = [], [], 0

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        for name, value in attrs:
            outside = not (value or "").startswith("#")
            if name in ("src", "href", "xlink:href", "action") and outside:
                self.fetched.append(value)
            if name == "id":
                self.ids.append(value)


def test_the_page_loads_nothing_and_runs_nothing():
    page = report(comparison(*changed("praise", "packaging")), SIGNED)
    seen = Loads()
    seen.feed(page)
    assert (seen.fetched, seen.scripts) == ([], 0)
    assert "default-src 'none'" in page
    assert not re.search(r"@import|url\((?!#)", page)


def test_the_pictures_share_no_ids_and_take_the_pages_colours():
    page = report(comparison(*changed("praise", "packaging")), SIGNED)
    seen = Loads()
    seen.feed(page)
    drawn = [each for each in seen.ids if not each.startswith(("figure_", "axes_"))]
    clips = [each for each in drawn if re.fullmatch(r"p[0-9a-f]{10}", each)]
    assert len(clips) == len(set(clips)) > 0
    assert "#0102" not in page
    assert "var(--after)" in page


def test_the_same_comparison_gives_the_same_bytes():
    found = comparison(*changed("praise", "packaging", count=4))
    assert report(found, SIGNED) == report(found, SIGNED)


def test_names_that_look_like_markup_do_no_harm():
    before, after = changed("praise", "packaging", text="<script>alert(1)</script>")
    page = report(comparison(before, after), Signed(by="<img>", why="&", at=NOON))
    assert "<script>" not in page
    assert "<img>" not in page
