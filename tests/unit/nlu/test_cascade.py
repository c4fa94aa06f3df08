"""The encoder is asked where words leave it open, and only there."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from bot.errors import ConfigError
from bot.model.reading import FALLBACK
from bot.nlu.cascade import (
    EVERYTHING,
    Cascade,
    SecondLook,
    SecondSettings,
    fit_meaning,
    fit_second,
    unsettled,
)
from bot.nlu.features import BlockSettings
from bot.nlu.head import HeadSettings
from bot.nlu.hold_out import Lesson
from bot.nlu.lexical import LexicalModel
from bot.nlu.normalise import tokens
from bot.nlu.pool import choose_margin, fit_weights, margins, pooled
from bot.nlu.profile import encoder_identity, profile_of

TOPICS = {
    "cat": ["my cat", "a kitten", "cats purr", "kitten food", "cat flap", "big cat"],
    "dog": ["my dog", "a puppy", "dogs bark", "puppy food", "dog lead", "big dog"],
}
TEXTS = [text for texts in TOPICS.values() for text in texts]
LABELS = [label for label, texts in TOPICS.items() for _ in texts]


class Meaning:
    """An encoder that knows cats from dogs; keeps what it was asked."""

    identity, width = "meaning-1", 2

    def __init__(self):
        self.asked = []

    def encode(self, texts):
        self.asked += texts
        near = [any(w in t for w in ("cat", "kitten", "purr")) for t in texts]
        return np.array([[n, not n] for n in near], dtype=np.float32).reshape(-1, 2)


@pytest.fixture
def encoder():
    return Meaning()


def learned(texts, labels, vectors, **settings):
    lesson = Lesson.of(texts, labels, folds=3, seed=7)
    blocks = [BlockSettings(analyzer="word", shortest=1, longest=1)]
    lexical, unseen = LexicalModel.train_and_hold_out(
        texts, lesson, blocks=blocks, head=HeadSettings()
    )
    second, likely = fit_second(
        lexical.head,
        unseen,
        fit_meaning(vectors, lesson),
        encoder_identity=Meaning.identity,
        settings=SecondSettings(**settings),
    )
    return lexical, second, likely


def trained(encoder, **settings):
    vectors = Meaning().encode(TEXTS)
    lexical, second, _ = learned(TEXTS, LABELS, vectors, **settings)
    return Cascade(lexical, second, encoder)


def at_margin(model, margin):
    return replace(model, second=replace(model.second, margin=margin))


def read(model, *texts):
    guess = model.guess(texts, [tokens(text) for text in texts])
    return [model.labels[at] for at in guess.probabilities.argmax(axis=1)], guess


def test_the_encoder_decides_what_words_leave_open(encoder):
    model = at_margin(trained(encoder), 0.9)
    assert read(model, "my cat", "my big food, catnip")[0] == ["cat", "cat"]
    assert encoder.asked == ["my big food, catnip"]


def test_the_encoder_is_not_asked_where_words_are_clear(encoder):
    assert read(at_margin(trained(encoder), 0.0), "my cat")[0] == ["cat"]
    assert encoder.asked == []


def test_everything_is_encoded_in_the_accurate_profile(encoder):
    model = trained(encoder, everything=True)
    assert model.second.margin == EVERYTHING
    read(model, "my cat", "a puppy")
    assert encoder.asked == ["my cat", "a puppy"]


def test_few_examples_let_the_encoder_read_whatever_its_price(encoder):
    """What is read again comes right once at most: no gain is worth a price of 1.0."""
    assert trained(encoder, price=1.0).second.margin > 0


def test_texts_of_unknown_words_stay_unsure_and_cost_nothing(encoder):
    best, guess = read(trained(encoder, everything=True), "qqq zzz", "", "🎈")
    assert best == [FALLBACK] * 3
    assert encoder.asked == []
    assert np.allclose(guess.probabilities.sum(axis=1), 1.0)


def test_a_text_is_read_the_same_alone_and_among_others(encoder):
    model = trained(encoder)
    texts = ["my cat", "big food", "a puppy zzz", "purr bark", ""]
    together = read(model, *texts)[1].probabilities
    alone = np.vstack([read(model, text)[1].probabilities for text in texts])
    assert np.allclose(together, alone, atol=1e-6)


def test_what_is_stored_is_what_was_learned(encoder, tmp_path):
    second = trained(encoder).second
    assert SecondLook.load(tmp_path) is None
    second.save(tmp_path)
    loaded = SecondLook.load(tmp_path)
    assert loaded.weights == second.weights
    assert (loaded.inside, loaded.confidence) == (second.inside, second.confidence)
    assert (loaded.margin, loaded.encoder_identity) == (second.margin, "meaning-1")
    assert np.array_equal(loaded.head.weights, second.head.weights)
    assert np.array_equal(loaded.head.examples, second.head.examples)


ANSWERS = ("cat", "dog", "faq/food", "nlu_fallback")


@pytest.mark.parametrize(
    ("likely", "margin", "asked"),
    [
        ([0.90, 0.06, 0.04], 0.8, False),
        ([0.60, 0.35, 0.05], 0.8, True),
        ([0.04, 0.06, 0.90], 0.8, True),  # too little for what no person looks at
        ([0.01, 0.01, 0.98], 0.8, False),
        ([0.01, 0.01, 0.98], EVERYTHING, True),
        ([0.04, 0.06, 0.90], 0.0, False),  # an encoder that never helps
    ],
)
def test_words_alone_must_be_surer_of_a_standard_answer(likely, margin, asked):
    assert unsettled(np.array([likely]), ANSWERS, margin).tolist() == [asked]


def test_examples_out_of_scope_tell_what_is_ours():
    texts = [f"{text} {n}" for text in TEXTS for n in range(4)]
    strange = [f"{a} {b}" for a in ("bus", "tax", "moon", "poem") for b in "abcdefg"]
    labels = [label for label in LABELS for _ in range(4)] + ["out_of_scope"] * 28
    places = {"cat": (1, 0, 0), "dog": (0, 1, 0), "out_of_scope": (0, 0, 1)}
    vectors = np.array([places[label] for label in labels], dtype=np.float32)
    lexical, second, likely = learned(texts + strange, labels, vectors)
    assert likely.shape == (len(labels), 3)
    assert second.inside == len(texts)
    assert (second.head.examples[: second.inside, 2] == 0).all()
    outside = lexical.head.labels.index("out_of_scope")
    assert second.confidence.outside == outside
    nothing = np.zeros((3, 3))
    likely = second.probabilities(nothing, vectors[[0, -1, 5]])
    assert likely.argmax(axis=1)[1] == outside
    assert (likely[[0, 2], outside] < 0.5).all()


def test_training_twice_gives_the_same(encoder):
    one, two = trained(encoder).second, trained(encoder).second
    assert np.array_equal(one.head.weights, two.head.weights)
    assert one.weights == two.weights


def test_one_example_of_a_label_still_trains():
    vectors = Meaning().encode(["my cat", "my dog"])
    _, second, likely = learned(["my cat", "my dog"], ["cat", "dog"], vectors)
    assert likely.shape == (0, 2)
    assert second.margin == EVERYTHING
    assert second.head.scores(vectors).argmax(axis=1).tolist() == [0, 1]


def test_weights_calibrate_and_ignore_what_is_noise():
    rng = np.random.default_rng(5)
    scores = rng.normal(size=(5000, 4))
    chances = softmax(scores * 2.5, axis=1)
    wanted = np.array([rng.choice(4, p=row) for row in chances])
    weights = fit_weights([scores, rng.normal(size=(5000, 4))], wanted)
    assert weights[0] == pytest.approx(2.5, rel=0.1)
    assert weights[1] < 0.1


def test_two_witnesses_are_surer_than_one():
    rng = np.random.default_rng(6)
    wanted = rng.integers(0, 3, size=3000)
    seen = [np.eye(3)[wanted] + rng.normal(size=(3000, 3)) for _ in range(2)]
    both = fit_weights(seen, wanted)
    alone = fit_weights(seen[:1], wanted)

    def lost(scores, weights):
        total = sum(s * w for s, w in zip(scores, weights, strict=True))
        return -log_softmax(total, axis=1)[np.arange(3000), wanted].mean()

    assert lost(seen, both) < lost(seen[:1], alone) - 0.05


@pytest.mark.parametrize(("count", "low", "high"), [(60, 0.1, 0.3), (90_000, 0.8, 1.2)])
def test_few_examples_leave_the_share_as_it_usually_is(count, low, high):
    rng = np.random.default_rng(9)
    wanted = rng.integers(0, 3, size=count)
    seen = [np.eye(3)[wanted] + rng.normal(size=(count, 3)) for _ in range(2)]
    first, second = fit_weights(seen, wanted, expected=0.12)
    assert low < first / second < high


def test_the_encoder_is_asked_where_it_pays():
    lead = np.linspace(0.0, 0.99, 100)
    quick = np.column_stack([0.5 + lead / 2, 0.5 - lead / 2])
    wanted = np.where(lead < 0.5, 1, 0)  # the quick part is wrong where it is unsure
    full = np.eye(2)[wanted]
    assert choose_margin(quick, full, wanted, price=0.1) == pytest.approx(
        0.5, abs=0.021
    )
    assert choose_margin(quick, quick, wanted, price=0.1) == 0.0
    never = np.column_stack([np.zeros(100), np.ones(100)])
    wrong = np.zeros(100, dtype=int)
    sure = choose_margin(never, 1 - never, wrong, price=0.1)
    assert sure == 0.0  # a lead of 1.0 is above all margins


def test_a_dear_encoder_is_asked_less():
    rng = np.random.default_rng(8)
    lead = rng.uniform(size=4000)
    quick = np.column_stack([0.5 + lead / 2, 0.5 - lead / 2])
    wanted = (rng.uniform(size=4000) > 0.5 + lead / 2).astype(int)
    full = np.eye(2)[wanted]
    cheap = choose_margin(quick, full, wanted, price=0.05)
    dear = choose_margin(quick, full, wanted, price=0.3)
    assert 0.3 < dear < 0.5
    assert cheap > 0.8


def test_margins_are_between_the_best_two():
    likely = pooled([np.log(np.array([[0.7, 0.1, 0.2], [0.25, 0.25, 0.5]]))], [1.0])
    assert margins(likely) == pytest.approx([0.5, 0.25])


def test_an_unknown_profile_is_told():
    assert profile_of({}) == "cascade"
    with pytest.raises(ConfigError, match="lexical, accurate or cascade, not quick"):
        profile_of({"profile": "quick"})


@pytest.mark.parametrize(
    ("said", "found"),
    [("lexical", ""), ("accurate", "minilm:"), ("cascade", "minilm:")],
)
def test_the_encoder_is_part_of_what_names_a_model(tmp_path, said, found):
    file = tmp_path / "config.yml"
    name = "bot.nlu.classifier.IntentModel"
    file.write_text(f"pipeline:\n- name: {name}\n  profile: {said}\n")
    assert encoder_identity(file).startswith(found)
    assert bool(encoder_identity(file)) == bool(found)


def test_what_is_learned_is_what_will_be_loaded(encoder, tmp_path):
    model = trained(encoder)
    model.lexical.save(tmp_path)
    model.second.save(tmp_path)
    again = Cascade(LexicalModel.load(tmp_path), SecondLook.load(tmp_path), encoder)
    texts = ["my cat", "big food", "a puppy zzz", "purr bark", ""]
    mine, theirs = (read(each, *texts)[1].probabilities for each in (model, again))
    assert np.array_equal(mine, theirs)
