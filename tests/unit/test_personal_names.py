"""Names of people are masked in any case where that can be told, and other words stay."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.flow.everyday_words import EVERYDAY_WORDS, FUNCTION_WORDS, NAMES_TOO
from bot.flow.personal_names import MASK, without_names
from tests.builders import ROOT


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my name is tara wells", "my name is <name>"),
        ("my names tara and my lamp broke", "my names <name> and my lamp broke"),
        ("name: tara wells order 12", "name: <name> order 12"),
        ("order 12, name tara wells", "order 12, name <name>"),
        ("my name is will", "my name is <name>"),
        ("my surname is now o'brien", "my surname is now <name>"),
        ("it is under the name of tara wells", "it is under the name of <name>"),
        ("the name on it is tara", "the name on it is <name>"),
        ("my user name is tara99x", "my user name is <name>"),
        ("i spoke to someone called tara", "i spoke to someone called <name>"),
        ("i'm called tara", "i'm called <name>"),
        ("ask mrs wells's son", "ask mrs <name> son"),
        ("Ordered by Mrs E. Wells, it", "Ordered by Mrs E. <name>, it"),
        ("order shipped, name is Li Wei", "order shipped, name is <name>"),
        ("it was sent to Tara's flat", "it was sent to <name> flat"),
        ("dr wells ordered it", "dr <name> ordered it"),
        ("hi its tara, where is it", "hi its <name>, where is it"),
        ("hello there, this is tara wells.", "hello there, this is <name>."),
        ("where is it? im tara from leeds", "where is it? im <name> from leeds"),
        ("tara here, where is it", "<name> here, where is it"),
        ("where is it? tara wells here", "where is it? <name> here"),
        ("where is it? kind regards tara wells", "where is it? kind regards <name>"),
        ("where is it. thanks, tara x", "where is it. thanks, <name> x"),
        ("where is it - tara", "where is it - <name>"),
        ("where is it\n\ntara wells", "where is it\n\n<name>"),
        ("I AM NELL CARTER", "I AM <name>"),
        ("I'm Nell Carter-O'Brien and", "I'm <name> and"),
        ("I spoke to Sarah yesterday, she", "I spoke to <name> yesterday, she"),
        ("ring the bell, ask for Priya Raman", "ring the bell, ask for <name>"),
        ("ring the bell and ask for tara.", "ring the bell and ask for <name>."),
        ("your colleague Marie Dubois said so", "your colleague <name> said so"),
        ("the driver Sanjay was kind", "the driver <name> was kind"),
        ("I was served by Tolu's desk", "I was served by <name> desk"),
    ],
)
def test_a_name_that_is_introduced_is_masked_in_any_case(text, found):
    assert without_names(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "my name is on the order",
        "take my name off everything",
        "is your name going to be on it",
        "what is the name of the shop in Bath",
        "hi im really cross, where is it",
        "hello, its late.",
        "its different from the photo",
        "nothing here, where is it",
        "customer here. where is it",
        "i miss deliveries",
        "Sir your parcel is late",
        "Dear Sir or Madam, it is late",
        "stop calling me Mr. Kindly mend it",
        "where is it thanks again",
        "is it wide enough - thanks",
        "cheers guys",
        "it is called off",
        "I AM SENDING IT BACK",
        "Two under 12",
        "I spoke to Customer Services twice",
        "I talked to DPD and they know nothing",
        "spoke to someone who was no help",
        "ask for Refund it says",
        "i ask for refund",
        "do i ask for bacs details",
        "is there a driver update",
    ],
)
def test_other_words_after_the_same_phrases_stay(text):
    assert without_names(text) == text


@pytest.mark.parametrize(
    ("own", "text", "found"),
    [
        (("Tara Wells",), "TARA wells, tara's lamp", "<name> <name>, <name>'s lamp"),
        (("nell_carter82",), "carter or @nell_carter82", "<name> or @<name>"),
        (("NellCarter",), "nell and nellcarter", "<name> and <name>"),
        (("Ann McDonald",), "mcdonald or McDonald", "<name> or <name>"),
        (("Jo Li",), "Jo said so; li is jo", "<name> said so; li is jo"),
        (("Will Rose",), "when will Rose come, Will", "when will <name> come, <name>"),
        (("Garden Shop",), "a garden like a Garden", "a garden like a <name>"),
        (("Where Is My Lamp",), "Where is my parcel", "Where is my parcel"),
        (("number",), "my <order_number> is late", "my <order_number> is late"),
        (("ｎell",), "nell is cross", "<name> is cross"),
        (("", "🌻", "@"), "nothing to be seen @ home", "nothing to be seen @ home"),
    ],
)
def test_authors_own_names_are_masked_wherever_they_stand(own, text, found):
    """Those that are everyday words as well need their capital."""
    assert without_names(text, own=own) == found


def test_a_word_of_every_day_is_no_name():
    assert not NAMES_TOO & EVERYDAY_WORDS
    assert FUNCTION_WORDS < EVERYDAY_WORDS


# -- the project's own examples --------------------------------------------------------

_ANNOTATION = re.compile(r"\[([^\[\]]+)\](?:\([^()]*\)|\{[^{}]*\})")
_AT_MOST = 0.0095  # of the examples hold something that is masked as a name
_STILL = 0.5  # of the capitalised names that are found, without their capitals


def _examples() -> list[str]:
    files = sorted(Path(ROOT / "data" / "nlu").glob("*.yml"))
    blocks = [one for file in files for one in yaml.safe_load(file.read_text())["nlu"]]
    lines = [
        line.removeprefix("- ")
        for block in blocks
        if "intent" in block
        for line in block["examples"].splitlines()
    ]
    return [_ANNOTATION.sub(r"\1", line) for line in lines]


def _named(text: str) -> list[str]:
    """Return what is masked in a text, piece by piece."""
    around = [re.escape(piece) for piece in without_names(text).split(MASK)]
    found = re.fullmatch("(.*?)".join(around), text, re.DOTALL)
    return list(found.groups()) if found else []


def test_few_of_the_projects_examples_lose_a_word_and_lower_case_hides_few_names():
    examples = _examples()
    named = [(text, name) for text in examples for name in _named(text)]
    assert 100 < len(named) < _AT_MOST * len(examples)
    written = [(text, name) for text, name in named if name[:1].isupper()]
    still = [name for text, name in written if name.lower() in _named(text.lower())]
    assert len(still) > _STILL * len(written)
