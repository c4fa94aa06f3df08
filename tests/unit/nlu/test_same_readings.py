"""What makes reading fast changes no reading: each short cut against the long way."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from bot.nlu.features import Block, BlockSettings, Features
from bot.nlu.finder import PatternSettings
from bot.nlu.gazetteer import Gazetteer, NameMarks
from bot.nlu.head import LinearHead
from bot.nlu.language import _classify, _identifier
from bot.nlu.margins import margins_of
from bot.nlu.normalise import _found, clean, tokens
from bot.nlu.patterns import FINDERS, without_overlap
from bot.nlu.phrases import Phrases
from bot.nlu.pieces import Pieces
from bot.nlu.ranking import Rankings, ranking_of
from bot.nlu.remembered import Remembered
from bot.nlu.runs import Runs, owners, stretched
from bot.nlu.wordbook import PerWord, Wordbook, written
from tests.unit.nlu.one_text import find_patterns

LINES = [
    "where is my order",
    "is it here yet ?",
    "a b ab aba abab",
    "returns returns returns",
    "i want my money back now !",
]
SETTINGS = [
    BlockSettings(analyzer="word", shortest=1, longest=2),
    BlockSettings(analyzer="word", shortest=2, longest=3, min_count=1),
    BlockSettings(analyzer="word", shortest=1, longest=9),
    BlockSettings(analyzer="char_wb", shortest=2, longest=4),
    BlockSettings(analyzer="char_wb", shortest=1, longest=3, weight=0.5),
]
WORDS = st.lists(
    st.sampled_from(["a", "ab", "order", "where", "is", "money", "ünd", "?", "aba"]),
    max_size=12,
).map(" ".join)
NAMES = ("tent", "royal mail", "royal mail van", "mail", "dpd")
PIECES = st.sampled_from(
    [
        *("FH-482913", "4111 1111 1111 1111", "07700 900412", "LS6 2AB", "£3.50"),
        *(
            "a@b.example",
            "a (at) b dot com",
            "x at y dot com",
            "fifty quid",
            "www.a.example",
            "@a",
            "７７",
            "tomorrow",
            "£",
            "34",
            "thur",
            "3 May",
            "٤٨٢٩١٣",
            "order no ",
            "@",
            "5",
            " ",
            "x",
        ),
        *("ago ", " days ", "last ", " in ", "a couple of ", "weeks ", "the ", "late"),
        *(
            "day before ",
            "yesterday",
            "may ",
            "of ",
            "3rd ",
            "12 ",
            "on ",
            "2moro ",
            "tuesday ",
        ),
    ]
)


@pytest.mark.parametrize(
    "settings", SETTINGS, ids=lambda s: f"{s.analyzer}-{s.longest}"
)
@tried(deadline=None)
@given(lines=st.lists(WORDS, min_size=1, max_size=5))
def test_ngrams_are_counted_as_by_the_vectorizer_that_learned(settings, lines):
    block = Block.learn(settings, LINES)
    words = settings.analyzer == "word"
    counter = CountVectorizer(
        analyzer=settings.analyzer,
        ngram_range=(settings.shortest, settings.longest),
        lowercase=False,
        tokenizer=str.split if words else None,
        token_pattern=None if words else r"(?u)\b\w\w+\b",
        vocabulary={term: column for column, term in enumerate(block.terms)},
    )
    counts = counter.transform(lines).toarray().astype(np.float32)
    weighted = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0) * block.idf
    lengths = np.sqrt((weighted**2).sum(axis=1, keepdims=True))
    wanted = weighted / np.where(lengths == 0, 1, lengths) * settings.weight
    found = Features((block,)).matrix([line.split() for line in lines]).toarray()
    assert np.allclose(found, wanted, atol=1e-6)


@tried(deadline=None)
@given(lines=st.lists(WORDS, min_size=1, max_size=4), at=st.data())
@pytest.mark.parametrize(
    "settings", SETTINGS, ids=lambda s: f"{s.analyzer}-{s.longest}"
)
def test_runs_of_words_say_what_their_features_would(settings, lines, at):
    block = Block.learn(settings, LINES)
    labels = np.random.default_rng(7).normal(size=(len(block.terms), 3))
    head = LinearHead(("a", "b", "c"), labels.astype(np.float32), np.zeros(3))
    words = " ".join(lines).split()
    place = st.integers(0, len(words))
    runs = at.draw(st.lists(st.tuples(place, place).map(sorted), min_size=1))
    starts, ends = np.array(runs, np.intp).T
    features = Features((block,))
    (margins,) = margins_of(features, head)
    for _ in range(2):  # with words that are new, and with known ones
        places = features.book.numbers(words)
        found, empty = margins.of(Runs(places, starts, ends))
        rows = Features((block,)).matrix([words[start:end] for start, end in runs])
        assert np.allclose(found, head.margins(rows), atol=1e-5)
        assert empty.tolist() == (np.diff(rows.indptr) == 0).tolist()


class Lengths(PerWord):
    """A table of how long each word is."""

    def __init__(self, book):
        super().__init__(book)
        self.found = np.zeros(0, np.int64)

    def _learn(self, words, first):
        self.found = written(self.found, first, np.array([*map(len, words)]))

    def of(self, numbers):
        self.catch_up()
        return self.found[numbers].tolist()


@tried(deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from(["a", "bb", "FH-1", "x@y.z", "12", "ccc"])),
                  st.booleans()),
    )
)  # fmt: skip
def test_words_keep_their_numbers_and_what_names_somebody_is_let_go(texts):
    book, numbers = Wordbook(), {}
    lengths = Lengths(book)
    for text, asked in texts:
        found = book.numbers(text).tolist()
        assert [book.words[at] for at in found] == text
        if asked:  # a table may be left behind
            assert lengths.of(found) == [*map(len, text)]
        plain = {w: at for w, at in zip(text, found, strict=True) if w.isalpha()}
        assert {**numbers, **plain} == {**plain, **numbers}
        numbers |= plain
        assert set(book.words[: book.kept]) == set(numbers)


def test_a_full_book_is_begun_anew(monkeypatch):
    monkeypatch.setattr("bot.nlu.wordbook.WORDS_KEPT", 4)
    features = Features((Block.learn(SETTINGS[2], LINES),))
    wanted = features.matrix([["order"]]).toarray()
    for word in "abcdefgh":
        features.book.numbers([word, "order"])
        assert len(features.book.words) <= 5
        assert np.array_equal(features.matrix([["order"]]).toarray(), wanted)
    assert features.book.edition > 1


@tried(deadline=None, max_examples=500)
@given(st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=60))
@example("LS6 2AB٤٨٢٩١٣")  # digits that are none to a postcode
@example("LS6 2AB_")
def test_a_finder_that_is_passed_over_would_have_found_nothing(text):
    settings = PatternSettings()
    plain = text.translate({wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)})
    found = [entity for _, find in FINDERS for entity in find(plain, settings)]
    assert find_patterns(text, settings) == without_overlap(found)


@tried(deadline=None)
@given(WORDS, st.lists(WORDS, max_size=4))
def test_phrases_are_found_as_by_searching_for_them(line, phrases):
    lines = {" ".join(tokens(phrase)) for phrase in phrases} - {""}
    wanted = sum(bool(re.search(rf"(?<!\S){re.escape(p)}(?!\S)", line)) for p in lines)
    found = Phrases({"one": phrases, "two": ["zzz"]}).find(line.split())
    assert dict(found) == ({"one": wanted} if wanted else {})


@given(st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=60))
def test_tokens_between_blanks_are_those_of_the_whole_text(text):
    assert tokens(text) == list(_found(clean(text)))


@given(st.lists(st.sampled_from([*NAMES, "a", "tents,", "\n", "x-mail"]), max_size=9))
def test_names_are_found_as_by_trying_every_word(words):
    text = " ".join(words)
    gazetteer = Gazetteer.from_json(dict.fromkeys(NAMES, "carrier"))
    spans = [match.span() for match in re.finditer(r"[^\W_]+(?:['’&-][^\W_]+)*", text)]
    stems = [text[start:end].removesuffix("s") for start, end in spans]
    found, at = [], 0
    while at < len(stems):
        name = max((n for n in NAMES if stems[at:][: len(n.split())] == n.split()),
                   key=len, default="")  # fmt: skip
        size = len(name.split())
        if name:
            found.append((name, spans[at][0], spans[at + size - 1][1]))
        at += max(size, 1)
    assert [(e.value, e.start, e.end) for e in gazetteer.find(text)] == found
    book = Wordbook()
    (may_hold,) = NameMarks(gazetteer, book).may_hold(Pieces.of([text], book))
    assert may_hold or not found


@pytest.mark.parametrize(
    "text",
    ["wo ist meine bestellung?", "où est ma commande", "where is my order", "", "ok", "注文はどこですか"],
)  # fmt: skip
def test_a_language_is_told_as_by_the_identifier_itself(text):
    language, certainty = _classify(text)
    wanted, theirs = _identifier().classify(text)
    assert language == wanted
    assert certainty == pytest.approx(theirs, abs=1e-4)


def test_labels_are_added_up_and_ranked_as_they_are_likely():
    ranking = ranking_of({"a": 0.2, "b": 0.5, "c": 0.3})
    assert list(ranking) == [("b", 0.5), ("c", 0.3), ("a", 0.2)]
    assert ranking.best(1) == [("b", 0.5)]
    assert ranking.total(frozenset({"a", "c", "x"})) == pytest.approx(0.5)


@given(st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.3]), min_size=1, max_size=12))
def test_the_likeliest_labels_are_in_order_and_the_first_of_equals_is_first(likely):
    labels = tuple(map(str, range(len(likely))))
    (ranking,) = Rankings(labels, np.array([likely]))
    order = sorted(range(len(likely)), key=lambda at: -likely[at])
    wanted = [(labels[at], likely[at]) for at in order]
    assert list(ranking) == wanted
    for count in range(len(likely) + 1):
        assert ranking.best(count) == wanted[:count]


def test_a_word_is_looked_at_once_and_what_is_personal_each_time():
    asked = []
    found = Remembered(lambda word: asked.append(word) or len(word))
    for word in ("order", "FH-482913", "nell@mail.example", "@fernhollow", "x" * 41):
        assert (found[word], found[word]) == (len(word), len(word))
    assert asked.count("order") == asked.count("@fernhollow") == 1
    assert set(found) == {"order", "@fernhollow"}


def test_what_is_remembered_of_words_stays_bounded(monkeypatch):
    monkeypatch.setattr("bot.nlu.remembered.WORDS_KEPT", 10)
    found = Remembered(len)
    for first in "abcdefghijklmnopqrstuvwxyz":
        assert found[first * 3] == 3
        assert len(found) <= 10


@given(st.lists(st.integers(0, 4), max_size=8))
def test_owners_and_stretches_are_those_of_the_plain_way(sizes):
    starts = [10 * at for at in range(len(sizes))]
    counts = np.array(sizes, np.intp)
    wanted = [
        first + at
        for first, size in zip(starts, sizes, strict=True)
        for at in range(size)
    ]
    assert owners(counts).tolist() == np.repeat(np.arange(len(sizes)), counts).tolist()
    assert stretched(np.array(starts, np.intp), counts).tolist() == wanted
