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
from typing import TYPE_CHECKING

import numpy as np

from bot.model.reading import FALLBACK
from bot.nlu.features import Block, BlockSettings, Features, share
from bot.nlu.head import HeadSettings, LinearHead, Unseen, fit_head
from bot.nlu.normalise import NOT_WORDS, tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

FAMILIAR = 0.35  # share of known words from which the head is trusted in full


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
    words: frozenset[str] = field(init=False, repr=False)
    common: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", self.features.words)
        object.__setattr__(self, "common", self.features.common_words)

    @classmethod
    def train(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        *,
        blocks: Sequence[BlockSettings],
        head: HeadSettings,
    ) -> LexicalModel:
        """Learn from texts and their labels. Deterministic.

        Raises:
            ValueError: fewer than two labels, or no words at all.
        """
        model, _ = cls.train_and_hold_out(texts, labels, blocks=blocks, head=head)
        return model

    @classmethod
    def train_and_hold_out(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        *,
        blocks: Sequence[BlockSettings],
        head: HeadSettings,
    ) -> tuple[LexicalModel, Unseen]:
        """Do what `train` does, and also tell what was said of unseen examples."""
        tokenised = [tokens(text) for text in texts]
        features = Features.learn(blocks, tokenised)
        fitted, unseen = fit_head(features.matrix(tokenised), labels, head)
        return cls(features, fitted), unseen

    @property
    def labels(self) -> tuple[str, ...]:
        """The columns of a guess: the labels and, last, `FALLBACK`."""
        return (*self.head.labels, FALLBACK)

    def guess(self, tokenised: Sequence[Sequence[str]]) -> Guess:
        """Classify texts together that `normalise.tokens` has split.

        Where few words are known, probability moves to "unsure": character n-grams
        alone would be sure about a text in another language.
        """
        rows = self.features.matrices(tokenised)
        margins = self.head.margins(*rows)
        likely = self.head.sharpened(margins, *rows)
        # Emoji count as words; placeholders and punctuation do not.
        words = [[t for t in each if t not in NOT_WORDS] for each in tokenised]
        known = np.array([share(each, self.words) for each in words])
        trust = np.minimum(known / FAMILIAR, 1.0)
        common = np.array([share(each, self.common) for each in words])
        return Guess(trusted(likely, trust), margins, trust, known, common)

    def save(self, folder: Path) -> None:
        """Write the model into `folder`."""
        blocks = [
            {"settings": asdict(block.settings), "terms": block.terms}
            for block in self.features.blocks
        ]
        described = {
            "labels": self.head.labels,
            "scale": self.head.scale,
            "blocks": blocks,
        }
        text = json.dumps(described, ensure_ascii=False)
        (folder / "model.json").write_text(text, encoding="utf-8")
        idf = {f"idf_{i}": block.idf for i, block in enumerate(self.features.blocks)}
        np.savez_compressed(
            folder / "arrays.npz", weights=self.head.weights, bias=self.head.bias, **idf
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
            weights, bias = arrays["weights"], arrays["bias"]
        labels = tuple(described["labels"])
        head = LinearHead(labels, weights, bias, float(described["scale"]))
        return cls(Features(blocks), head)
