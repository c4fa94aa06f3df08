"""The lexical model: texts in, a probability for every label out.

Labels are the full retrieval intents ("faq/delivery_times"), so that one model
chooses both the intent and the standard answer. Stored as JSON and plain arrays,
never as pickles: loading a model runs no code of its own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from bot.model.reading import FALLBACK
from bot.nlu.confidence import confidence_from
from bot.nlu.features import Block, BlockSettings, Features
from bot.nlu.head import KEPT, HeadSettings, LinearHead, Unseen, fit_head
from bot.nlu.hold_out import FOLDS, Lesson
from bot.nlu.margins import BlockMargins, margins_of
from bot.nlu.normalise import NOT_WORDS, tokens
from bot.nlu.runs import Runs
from bot.nlu.wordbook import PerWord, written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.nlu.runs import Numbers

FAMILIAR = 0.35  # share of known words from which the head is trusted in full


_NO_WORD, _STRANGE, _KNOWN, _COMMON = range(4)


class _Marks(PerWord):
    """What kind of word each is."""

    def __init__(self, features: Features) -> None:
        super().__init__(features.book)
        self._marks = dict.fromkeys(features.words, _KNOWN)
        self._marks.update(dict.fromkeys(features.common_words, _COMMON))
        self._marks.update(dict.fromkeys(NOT_WORDS, _NO_WORD))
        self._of_words = np.zeros(0, np.int8)  # by their numbers

    def _learn(self, words: Sequence[str], first: int) -> None:
        marks = np.array([self._marks.get(word, _STRANGE) for word in words], np.int8)
        self._of_words = written(self._of_words, first, marks)

    def at(self, places: Numbers) -> NDArray[np.int8]:
        """Return the mark of the word at each place."""
        self.catch_up()
        marks: NDArray[np.int8] = self._of_words[places]
        return marks


@dataclass(frozen=True, slots=True)
class Guess:
    """`probabilities` has one row a text and one column a label of the model."""

    probabilities: NDArray[np.float64]
    margins: NDArray[np.float64]  # (texts, labels without the last), of the head
    trust: NDArray[np.float64]  # (texts,), how far known words let the head be believed
    known: NDArray[np.float64]  # (texts,), share of words seen in training
    common: NDArray[np.float64]  # (texts,), share of words that are common there


def trusted(
    likely: NDArray[np.float64], trust: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return `likely` with a last column, to which goes what is not trusted."""
    return np.hstack([likely * trust[:, None], 1 - trust[:, None]])


@dataclass(frozen=True)
class LexicalModel:
    """Features and head that belong together."""

    features: Features
    head: LinearHead
    _marks: _Marks = field(init=False, repr=False, compare=False)
    _margins: list[BlockMargins] = field(init=False, repr=False, compare=False)
    _one_at_a_time: Lock = field(default_factory=Lock, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_marks", _Marks(self.features))
        object.__setattr__(self, "_margins", margins_of(self.features, self.head))

    @classmethod
    def train(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        *,
        blocks: Sequence[BlockSettings],
        head: HeadSettings,
        folds: int = FOLDS,
    ) -> LexicalModel:
        """Learn from texts and their labels. Deterministic.

        Raises:
            ValueError: fewer than two labels, or no words at all.
        """
        lesson = Lesson.of(texts, labels, folds=folds, seed=head.seed)
        model, _ = cls.train_and_hold_out(texts, lesson, blocks=blocks, head=head)
        return model

    @classmethod
    def train_and_hold_out(
        cls,
        texts: Sequence[str],
        lesson: Lesson,
        *,
        blocks: Sequence[BlockSettings],
        head: HeadSettings,
    ) -> tuple[LexicalModel, Unseen]:
        """Do what `train` does, and also tell what was said of unseen examples.

        Raises:
            ValueError: no words at all.
        """
        tokenised = [tokens(text) for text in texts]
        features = Features.learn(blocks, tokenised)
        fitted, unseen = fit_head(features.matrix(tokenised), lesson, head)
        return cls(features, fitted), unseen

    @property
    def labels(self) -> tuple[str, ...]:
        """The columns of a guess: the labels and, last, `FALLBACK`."""
        return (*self.head.labels, FALLBACK)

    def guess(self, tokenised: Sequence[Sequence[str]]) -> Guess:
        """Classify texts together that `normalise.tokens` has split."""
        with self._one_at_a_time:
            return self._guess(Runs.of(tokenised, self.features.book))

    def guess_runs(self, text: Sequence[str], starts: Numbers, ends: Numbers) -> Guess:
        """Classify runs of the words of one `text`, which may overlap."""
        with self._one_at_a_time:
            return self._guess(Runs(self.features.book.numbers(text), starts, ends))

    def _guess(self, runs: Runs) -> Guess:
        """Classify runs of words.

        Where few words are known, probability moves to "unsure": character n-grams
        alone would be sure about a text in another language.
        """
        margins, empty = self._said(runs)
        likely = self.head.believed(margins)
        likely[empty] = 1 / len(self.head.labels)
        marks = self._marks.at(runs.places)
        # Emoji count as words; placeholders and punctuation do not.
        counted = marks != _NO_WORD
        known = runs.shares(marks >= _KNOWN, counted)
        common = runs.shares(marks >= _COMMON, counted)
        trust = np.minimum(known / FAMILIAR, 1.0)
        return Guess(trusted(likely, trust), margins, trust, known, common)

    def _said(self, runs: Runs) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the margins, and which runs have no known n-gram at all."""
        total = np.tile(self.head.bias, (len(runs), 1))
        empty = np.ones(len(runs), bool)
        for block in self._margins:
            said, nothing = block.of(runs)
            total += said
            empty &= nothing
        return total.astype(np.float64), empty

    def save(self, folder: Path) -> None:
        """Write the model into `folder`."""
        blocks = [
            {"settings": asdict(block.settings), "terms": block.terms}
            for block in self.features.blocks
        ]
        described = {
            "labels": self.head.labels,
            "scale": self.head.scale,
            "confidence": self.head.confidence.told(),
            "blocks": blocks,
        }
        text = json.dumps(described, ensure_ascii=False)
        (folder / "model.json").write_text(text, encoding="utf-8")
        idf = {f"idf_{i}": block.idf for i, block in enumerate(self.features.blocks)}
        weights = self.head.weights.astype(KEPT)
        np.savez_compressed(
            folder / "arrays.npz", weights=weights, bias=self.head.bias, **idf
        )

    @classmethod
    def load(cls, folder: Path) -> LexicalModel:
        """Read what `save` wrote.

        Raises:
            OSError, ValueError, KeyError: the files are absent or damaged.
        """
        described = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
            blocks = tuple(
                Block(
                    BlockSettings(**block["settings"]),
                    tuple(block["terms"]),
                    arrays[f"idf_{i}"],
                )
                for i, block in enumerate(described["blocks"])
            )
            weights, bias = arrays["weights"].astype(np.float32), arrays["bias"]
        labels = tuple(described["labels"])
        scale = float(described["scale"])
        confidence = confidence_from(described["confidence"])
        head = LinearHead(labels, weights, bias, scale, confidence)
        return cls(Features(blocks), head)
