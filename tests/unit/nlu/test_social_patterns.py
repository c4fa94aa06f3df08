"""What people write in a hurry is found, and what only looks like it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.finder import PatternSettings
from tests.unit.nlu.one_text import find_patterns

FERNHOLLOW = PatternSettings()


def found(text):
    return [(entity.kind, entity.value) for entity in find_patterns(text, FERNHOLLOW)]


# fmt: off
WRITTEN = [
    ("£1,299.50", "amount", "1299.50 GBP"),
    ("12 quid", "amount", "12 GBP"),
    ("12quid", "amount", "12 GBP"),
    ("£20", "amount", "20 GBP"),
    ("£ 20", "amount", "20 GBP"),
    ("GBP 40", "amount", "40 GBP"),
    ("40 gbp", "amount", "40 GBP"),
    ("EUR 12,50", "amount", "12.50 EUR"),
    ("1.299,50 €", "amount", "1299.50 EUR"),
    ("€35", "amount", "35 EUR"),
    ("99p", "amount", "0.99 GBP"),
    ("2.5k quid", "amount", "2500 GBP"),
    ("£1.2k", "amount", "1200 GBP"),
    ("fifty quid", "amount", "50 GBP"),
    ("a tenner", "amount", "10 GBP"),
    ("a fiver", "amount", "5 GBP"),
    ("two hundred euros", "amount", "200 EUR"),
    ("twenty bucks", "amount", "20 USD"),
    ("£２０", "amount", "20 GBP"),
    ("user(at)gmail dot com", "email", "user@gmail.com"),
    ("joe [at] mail [dot] co [dot] uk", "email", "joe@mail.co.uk"),
    ("nina at example dot com", "email", "nina@example.com"),
    ("kt.bell@example.org.", "email", "kt.bell@example.org"),
    ("(ann_b@example.com)", "email", "ann_b@example.com"),
    ("ruth+shop@example.co.uk", "email", "ruth+shop@example.co.uk"),
    ("ａnn＠example.com", "email", "ann@example.com"),
    ("FH 48 29 13", "order_number", "FH-482913"),
    ("fh-48-29-13", "order_number", "FH-482913"),
    ("FH 482.913", "order_number", "FH-482913"),
    ("FH 📦 482913", "order_number", "FH-482913"),
    ("ＦＨ４８２９１３", "order_number", "FH-482913"),
    ("FH٤٨٢٩١٣", "order_number", "FH-482913"),
    ("order ref 482913", "order_number", "FH-482913"),
    ("fh:482913", "order_number", "FH-482913"),
    ("+44 7700 900123", "phone", "+447700900123"),
    ("0044 7700 900123", "phone", "+447700900123"),
    ("07700.900.123", "phone", "+447700900123"),
    ("(020) 7946 0958", "phone", "+442079460958"),
    ("📞07700900123", "phone", "+447700900123"),
    ("０７７００９００１２３", "phone", "+447700900123"),
    ("tmrw", "date", "tmrw"),
    ("next tues", "date", "next tues"),
    ("2moro", "date", "2moro"),
    ("tonite", "date", "tonite"),
    ("last wk", "date", "last wk"),
    ("2 wks ago", "date", "2 wks ago"),
    ("since monday", "date", "since monday"),
    ("3 May", "date", "3 may"),
    ("May 3rd, 2026", "date", "may 3rd, 2026"),
    ("the 14th", "date", "the 14th"),
    ("a fortnight ago", "date", "a fortnight ago"),
    ("thurs morning", "date", "thurs morning"),
    ("01.03.26", "date", "01.03.26"),
    ("https://example.com/a?b=1,", "link", "https://example.com/a?b=1"),
    ("www.example.com/x)", "link", "www.example.com/x"),
    ("@FernHollow", "handle", "fernhollow"),
    ("@jules_w", "handle", "jules_w"),
]
INNOCENT = [
    "5 pounds of flour",
    "ten pounds heavier",
    "barcode 5012345678901 x",
    "item 330.118.42",
    "page 114",
    "120 x 180 cm",
    "meet at noon dot matrix",
    "at home. dot.",
    "i sat in the sun",
    "may i ask",
    "mon ami",
    "a@b",
    "@",
    "model 482913",
    "FH-48291",
    "1.5 m",
    "MK3 4pm",
    "h3",
    "pence",
    "the pound shop",
    "quid pro quo",
    "dot com boom",
    "v2.10.3",
    "10:30",
    "20%",
    "#1",
    "3 of 4",
    "buck up",
    "at 5",
    "in 2 sizes",
    "size 12",
    "no 12",
    "p 4",
    "5 stars",
    "bay 14",
]
# fmt: on


@pytest.mark.parametrize(("written", "kind", "value"), WRITTEN)
def test_a_form_is_found_inside_a_sentence_and_alone(written, kind, value):
    assert found(f"so {written} then") == [(kind, value)]
    assert found(written) == [(kind, value)]


@pytest.mark.parametrize("innocent", INNOCENT)
def test_everyday_words_and_figures_are_nothing(innocent):
    assert found(f"so {innocent} then") == []


NUMBERS = st.integers(0, 999_999).map("{:06}".format)
BETWEEN = st.sampled_from(["", " ", "-", "#", ": ", "–", " 📦 "])


@given(NUMBERS, BETWEEN, st.sampled_from(["FH", "fh", "Fh", "ＦＨ"]))
def test_every_order_number_has_one_value(digits, between, prefix):
    for written in (
        digits,
        f"{digits[:3]} {digits[3:]}",
        " ".join((digits[:2], digits[2:4], digits[4:])),
    ):
        text = f"about {prefix}{between}{written} please"
        assert found(text) == [("order_number", f"FH-{digits}")]


@given(st.integers(1, 9_999), st.integers(0, 99))
def test_a_sum_means_the_same_however_it_is_set(pounds, pence):
    value = f"{pounds}.{pence:02} GBP"
    for written in (
        f"£{pounds}.{pence:02}",
        f"£{pounds:,}.{pence:02}",
        f"{pounds:,}.{pence:02} quid",
        f"GBP {pounds},{pence:02}",
    ):
        assert found(f"paid {written} for it") == [("amount", value)]


@given(st.text(max_size=300))
def test_each_entity_is_a_piece_of_the_text(text):
    for entity in find_patterns(text, FERNHOLLOW):
        assert 0 <= entity.start < entity.end <= len(text)
        assert entity.value
