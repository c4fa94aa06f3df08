"""The last look at a public text: what it stops, however disguised, and what passes."""

import time

import pytest

from bot.flow import public_check
from bot.flow.public_check import problems_of
from bot.model.message import Visibility
from tests.builders import POLICY

FACTS = ("FH-482913", "LS6 2AB", "nell.ashworth@mail.example", "+447700900123")


def codes(text, facts=(), visibility=Visibility.PUBLIC):
    found = problems_of(
        text, visibility, facts=facts, rules=POLICY.public, length=len, limit=280
    )
    return [problem.code for problem in found]


@pytest.mark.parametrize(
    "text",
    [
        "Yo\u200bur ord\u00ader is late",  # zero width space, soft hyphen
        "your\u00a0order is late",
        "Your \u043erd\u0435r is late",  # Cyrillic o and e
        "Y\u03bfur \u03bfrder is late",  # Greek o
        "\uff39\uff4f\uff55\uff52 order is late",  # full width
        "Yo\u0332ur order is late",  # underlined
    ],
)
def test_words_in_disguise_are_read_as_people_read_them(text):
    assert codes(text) == ["confirms_customer"]


def test_what_is_told_quotes_the_words_that_are_meant():
    (problem,) = problems_of(
        "Hi, your \u043erder left",
        Visibility.PUBLIC,
        facts=(),
        rules=POLICY.public,
        length=len,
        limit=280,
    )
    assert "“your order”" in problem.says


@pytest.mark.parametrize(
    "text",
    [
        "482913",
        "4 8 2 9 1 3",
        "six digits: 4-8-2-9-1-3",
        "482 913 is with a colleague",
        "4\ufe0f\u20e38\ufe0f\u20e32\ufe0f\u20e39\ufe0f\u20e31\ufe0f\u20e33\ufe0f\u20e3",
        "\u0664\u0668\u0662\u0669\u0661\u0663",
        "l s 6 - 2 a b",
        "Nell.Ashworth @ mail.example",
    ],
)
def test_what_the_customer_told_in_private_is_found_in_any_spelling(text):
    assert "private_fact" in codes(text, FACTS)
    assert "private_fact" not in codes(text)


def test_the_digits_of_a_postcode_alone_give_nothing_away():
    assert codes("It takes 6 to 2 days", FACTS) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("\uff26\uff28-\uff14\uff18\uff12\uff19\uff11\uff13", "order_number"),
        ("FH\u2011482913", "order_number"),
        ("the order number is 530077", "order_number"),
        ("SW1A 1AA is the address", "postcode"),
        ("4111_1111_1111_1111", "number"),
        ("077 00 / 90 01 / 23", "number"),
        ("0\u200b7\u200b7\u200b0\u200b0\u200b9\u200b0\u200b0\u200b1\u200b2", "number"),
        ("nell.ashworth (at) mail.example", "email"),
        ("nell dot ashworth at mail dot example", "email"),
        ("nell\uff20mail.example", "email"),
        ("https://fernhollow.example/x?email=bob@x.com", "email"),
        ("https://fernhollow.example/orders/530077", "order_number"),
        ("https://fernhollow.example/track?o=530077", "order_number"),
        ("https://fernhollow.example/track?p=LS6%202AB", "postcode"),
        ("fernhollow.example/call/07700900123", "number"),
    ],
)
def test_personal_data_is_found_in_disguise_and_inside_of_links(text, code):
    assert f"personal_data:{code}" in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "See bit.ly/xyz",
        "See evil.com",
        "evil.photography/fernhollow.example",
        "//evil.com",
        "https://fernhollow.example@evil.com/",
        "https://evil.com\\@fernhollow.example",
        "fernhollow.example\\evil.com",
        "https:/evil.com",
        "https://fernhollow.example.evil.com",
        "https://[fernhollow.example",
        "ftp://fernhollow.example/list",
        "hxxp://evil.com",
        "HTTPS://EVIL.COM",
        "\u0435vil.com",
    ],
)
def test_links_that_lead_elsewhere_are_stopped_with_or_without_a_scheme(text):
    assert "foreign_link" in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "See https://fernhollow.example/delivery.",
        "It's on (help.fernhollow.example).",
        "Fernhollow.example/returns has the details, or ask here.",
        "Hello @ann.smith.example, it's fine.thanks",
        "Open 9.30am-5pm, e.g. on Saturdays from 9.30.",
        "Standard is £3.95, Mon.-Fri., and free over £50.00.",
        "When your order leaves us you get an email",
        "Here's how to track your order on our site.",
        "You can return your purchase within 30 days.",
        "If it turns out to be faulty, we'll refund you.",
        "If anyone is in danger, please call 999.",
        "Thank you 🙏🏽 We've sent you a direct message.",
        "Merci, a person will answer. Спасибо!",
    ],
)
def test_general_sentences_and_own_links_pass(text):
    assert codes(text, FACTS) == []


@pytest.mark.parametrize(
    "text",
    [
        "When we looked, your order was gone.",
        "When we packed your order it rained.",
        "Your order leaves us when it can.",
    ],
)
def test_a_sentence_does_not_become_general_by_a_when_elsewhere(text):
    assert codes(text) == ["confirms_customer"]


def test_a_text_of_nothing_but_unseen_characters_is_empty():
    assert codes("\u200b \u2060") == ["empty_text"]


def test_a_private_text_may_hold_all_of_it():
    text = "Your order FH-482913 to LS6 2AB, see bit.ly/xyz"
    assert codes(text, FACTS, Visibility.PRIVATE) == []


@pytest.mark.parametrize("piece", ["a.", "1 ", "when a ", "your a ", "a at ", "@a-"])
def test_a_long_odd_text_costs_what_its_length_says(piece):
    """Twice the text, about twice the work: no expression goes back and forth."""

    def cost(times: int) -> float:
        public_check._look.cache_clear()  # what was looked at once costs nothing
        public_check._in_public.cache_clear()
        began = time.process_time()  # the machine may be busy with other things
        codes(piece * times)
        return time.process_time() - began

    short = min(cost(1500) for _ in range(5))
    long = min(cost(3000) for _ in range(5))
    assert long < 3 * short  # 2 is a line, 4 a square
