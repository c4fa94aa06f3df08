"""What a text shows beside its intent, and by which kind of cue."""

import pytest

from bot.errors import ConfigError
from bot.model.sign import Cue, Sign, SignKind
from bot.nlu.normalise import tokens
from bot.nlu.ranking import ranking_of
from bot.nlu.signals import SocialSignals
from bot.nlu.signs import SignReader, SignWords, shouts

READER = SignReader(
    {
        SignKind.URGENCY: SignWords(words=("asap", "right now"), never=("asap mug",)),
        SignKind.ANGER: SignWords(
            words=("fuming", "😡"),
            hints=("bloody", "crap"),
            intents=frozenset({"abuse"}),
            unless=frozenset({"praise"}),
        ),
        SignKind.PLEASURE: SignWords(
            words=("so pleased",), intents=frozenset({"praise"})
        ),
        SignKind.SARCASM: SignWords(words=("slow clap",), hints=("brilliant", "wow")),
    },
    problems=frozenset({"late", "abuse"}),
)


def read(text, intent="", **likely):
    signs = READER.read(text, tokens(text), ranking_of(likely), intent)
    return {sign.kind: sign for sign in signs}


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Absolutely FUMING", Cue.WORDS),
        ("where is it 😡", Cue.WORDS),
        ("bloody useless!!!", Cue.HINTS),
        ("bloody crap", Cue.HINTS),
        ("WHERE IS MY SOFA!!!", Cue.HINTS),
    ],
)
def test_a_telling_word_or_two_hints_are_anger(text, cue):
    sign = read(text)[SignKind.ANGER]
    assert sign.score >= 0.5
    assert sign.cue is cue


@pytest.mark.parametrize(
    "text", ["bloody lovely lamp", "WHERE IS MY SOFA", "is it in?!!", "perfumed", ""]
)
def test_one_hint_is_no_anger(text):
    assert read(text).get(SignKind.ANGER, Sign(SignKind.ANGER)).score < 0.5


def test_one_hint_written_twice_is_still_one():
    assert read("bloody bloody lamp")[SignKind.ANGER].score < 0.5


def test_an_intent_tells_a_sign_that_no_list_foresaw():
    assert read("you inbred halfwits", abuse=0.8, late=0.2)[SignKind.ANGER] == Sign(
        SignKind.ANGER, 0.8, Cue.INTENT
    )


def test_rough_words_mean_nothing_where_the_text_is_praise():
    assert SignKind.ANGER not in read("bloody crap day, fuming", "praise", praise=0.9)


def test_what_looks_like_a_sign_and_is_not_meant_so_does_not_count():
    assert read("need it asap")[SignKind.URGENCY].score >= 0.5
    assert read("is the asap mug dishwasher safe")[SignKind.URGENCY].score < 0.5


def test_friendly_words_about_a_problem_are_mockery():
    sign = read("brilliant, day nine", late=0.7)[SignKind.SARCASM]
    assert (sign.score >= 0.5, sign.cue) == (True, Cue.CONTRAST)
    assert read("brilliant lamp", praise=0.9, late=0.1)[SignKind.SARCASM].score < 0.5


def test_mockery_takes_back_the_pleasure():
    assert SignKind.PLEASURE in read("so pleased", praise=0.6)
    mocked = read("slow clap. so pleased", praise=0.4, late=0.4)
    assert SignKind.SARCASM in mocked
    assert SignKind.PLEASURE not in mocked


def test_signs_come_in_one_order_and_weak_ones_are_left_out():
    signs = read("so pleased, need it asap, brilliant", late=0.01)
    assert list(signs) == [SignKind.URGENCY, SignKind.PLEASURE, SignKind.SARCASM]
    assert all(sign.score >= 0.2 for sign in signs.values())


def test_an_abbreviation_in_capitals_is_no_shout():
    assert not shouts("FH-482913 came by DPD")
    assert shouts("THIS IS NOT GOOD ENOUGH")


@pytest.mark.parametrize(
    ("signs", "told"),
    [
        ({"rage": {}}, "no sign called 'rage'"),
        ({"anger": {"wrods": []}}, "signs: anger knows no 'wrods'"),
        ({"anger": ["fuming"]}, "signs: anger must hold lists"),
        ({"anger": {"words": "fuming"}}, "words must be a list"),
    ],
)
def test_a_mistake_in_the_lists_is_told(signs, told):
    with pytest.raises(ConfigError, match=told):
        SocialSignals({"signs": signs})
