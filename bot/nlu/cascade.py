"""Words first, and a sentence encoder where the words alone leave it open.

Most messages are plain by their words, and these cost little to look at. Where the best
two labels come close, the encoder reads the text as well and both are pooled. So it does
before the bot says something by itself, unless the words are surer than that.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu.confidence import Confidence, confidence_from, fit_confidence
from bot.nlu.head import outside_of
from bot.nlu.hold_out import ENOUGH
from bot.nlu.kernel import KernelHead, fit_kernel
from bot.nlu.leaning import FEW, Leaning, fit_leaning
from bot.nlu.lexical import Guess, LexicalModel, trusted
from bot.nlu.pool import choose_margin, fit_weights, margins, summed
from bot.nlu.progress import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.nlu.encoder.port import SentenceEncoder
    from bot.nlu.head import LinearHead, Unseen
    from bot.nlu.hold_out import Lesson

# Where there is too little data to choose: of the lexical margins, of the likeness.
DEFAULT_WEIGHTS: tuple[float, ...] = (1.2, 10.0)
LEXICAL_SHARE = 0.12  # of the weight of likeness: the best with ten examples an intent
EVERYTHING = 2.0  # a margin that no text reaches
SPOKEN = 0.95  # as sure as words must be of a standard answer: no person looks at it
_DESCRIBED, _ARRAYS = "second.json", "second.npz"
_KEPT = np.float16  # half the file, and exact enough for unit vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondSettings:
    """`price` is explained at `choose_margin`; it is in full only of many examples."""

    price: float = 0.02
    everything: bool = False  # read all texts with the encoder


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What is learned about vectors, and when it is asked.

    `weights` are those of the lexical margins and of the head's scores; texts whose
    lexical probabilities lead by `margin` or more are not looked at again. The first
    `inside` examples of the head are of ours, the others out of scope. With a `leaning`
    vectors move before the head compares them, as its examples did.
    """

    head: KernelHead
    weights: tuple[float, ...]
    margin: float
    encoder_identity: str
    inside: int
    confidence: Confidence
    leaning: Leaning | None = None

    def probabilities(
        self, lexical: NDArray[np.float64], vectors: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Return (texts, labels), from lexical margins and vectors of the texts."""
        if self.leaning:
            vectors = self.leaning.of(vectors)
        scores, nearest = self.head.compared(vectors, first=self.inside)
        return self.confidence.probabilities(
            summed([lexical, scores], self.weights), nearest
        )

    def save(self, folder: Path) -> None:
        """Write it into `folder`."""
        said = {
            "weights": self.weights,
            "margin": self.margin,
            "encoder": self.encoder_identity,
            "inside": self.inside,
            "confidence": self.confidence.told(),
        }
        (folder / _DESCRIBED).write_text(json.dumps(said), encoding="utf-8")
        examples, weights = self.head.examples, self.head.weights
        np.savez_compressed(
            folder / _ARRAYS,
            examples=examples.astype(_KEPT),
            weights=weights.astype(_KEPT),
            **(self.leaning.kept() if self.leaning else {}),
        )

    @classmethod
    def load(cls, folder: Path) -> SecondLook | None:
        """Read what `save` wrote; None if the model is lexical.

        Raises:
            OSError, ValueError, KeyError: the files are damaged.
        """
        if not (folder / _DESCRIBED).is_file():
            return None
        said = json.loads((folder / _DESCRIBED).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            head = KernelHead(
                arrays["examples"].astype(np.float32),
                arrays["weights"].astype(np.float32),
            )
            leaning = Leaning.stored(arrays)
        weights = tuple(float(weight) for weight in said["weights"])
        return cls(
            head,
            weights,
            float(said["margin"]),
            str(said["encoder"]),
            int(said["inside"]),
            confidence_from(said["confidence"]),
            leaning,
        )


@dataclass(frozen=True, slots=True)
class Cascade:
    """Both looks. Without the second it is the lexical model alone."""

    lexical: LexicalModel
    second: SecondLook | None = None
    encoder: SentenceEncoder | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The columns of a guess."""
        return self.lexical.labels

    def guess(
        self,
        texts: Sequence[str],
        tokenised: Sequence[Sequence[str]],
    ) -> Guess:
        """Classify `texts`, which `normalise.tokens` has split, together."""
        guess = self.lexical.guess(tokenised)
        if self.second is None or self.encoder is None:
            return guess
        rows = self._unsure(guess, self.second.margin)
        if not len(rows):
            return guess
        vectors = self.encoder.encode([texts[row] for row in rows])
        likely = self.second.probabilities(guess.margins[rows], vectors)
        probabilities = guess.probabilities.copy()
        probabilities[rows] = trusted(likely, guess.trust[rows])
        return replace(guess, probabilities=probabilities)

    def _unsure(self, guess: Guess, margin: float) -> NDArray[np.intp]:
        """Return the texts of known words that these do not settle."""
        known = np.nonzero(guess.trust > 0)[0]  # of the others nothing is believed
        likely = guess.probabilities[known, :-1] / guess.trust[known, None]
        return np.asarray(known[unsettled(likely, self.labels, margin)])


def unsettled(
    likely: NDArray[np.float64], labels: Sequence[str], margin: float
) -> NDArray[np.bool_]:
    """Tell where lexical probabilities leave it open what is meant.

    The best two labels come closer than `margin`, or the best is a standard answer and
    less sure than what is said without a person has to be. A margin of 0.0 says that
    the encoder is never worth asking.
    """
    if margin <= 0:
        return np.zeros(len(likely), dtype=bool)
    spoken = np.array(["/" in label for label in labels])[likely.argmax(axis=1)]
    close = margins(likely) < margin
    return np.asarray(close | (spoken & (likely.max(axis=1) < SPOKEN)))


@dataclass(frozen=True, slots=True)
class Meaning:
    """The head over vectors, and what it says of examples that it never saw."""

    head: KernelHead
    inside: int
    scores: NDArray[np.float64]  # (unseen, labels)
    nearest: NDArray[np.float64]  # (unseen,), to another example of ours
    leaning: Leaning | None = None


def fit_meaning(vectors: NDArray[np.float32], lesson: Lesson) -> Meaning:
    """Learn from the vectors of the examples. Deterministic."""
    say(f"learning from the meaning of {len(vectors)} examples")
    outside = lesson.wanted == outside_of(lesson.labels)
    order = np.argsort(outside, kind="stable")  # ours come first
    inside = int((~outside).sum())
    kept, wanted = _as_kept(vectors)[order], lesson.wanted[order]
    leaning = None
    if len(wanted) <= FEW * len(lesson.labels):
        leaning, moved = fit_leaning(kept, wanted, labels=len(lesson.labels))
        kept = _as_kept(moved)
    fitted = fit_kernel(
        kept,
        wanted,
        labels=len(lesson.labels),
        asked=np.argsort(order)[lesson.unseen],
        first=inside,
        dice=lesson.dice[order],
    )
    head = replace(fitted.head, weights=_as_kept(fitted.head.weights))
    return Meaning(head, inside, fitted.unseen, fitted.nearest, leaning)


def _as_kept(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `values` as they will be when they are loaded again."""
    return values.astype(_KEPT).astype(np.float32)


def fit_second(
    words: LinearHead,
    unseen: Unseen,
    meaning: Meaning,
    *,
    encoder_identity: str,
    settings: SecondSettings,
) -> tuple[SecondLook, NDArray[np.float64]]:
    """Put what was learned from words and from meaning together.

    How both are weighed, how sure they are together and which texts are looked at
    again is chosen on examples that neither part had seen.

    Returns:
        It, and the probabilities of each of those examples by the whole cascade.
    """
    usual = SecondLook(
        *(meaning.head, DEFAULT_WEIGHTS, EVERYTHING, encoder_identity, meaning.inside),
        Confidence(outside=outside_of(words.labels)),
        meaning.leaning,
    )
    if not len(unseen.wanted):
        return usual, unseen.margins
    look, full = _believable(usual, unseen, meaning)
    quick = words.believed(unseen.margins)
    if not settings.everything:
        # Few examples cannot tell a margin well, and words learned from few are poor.
        price = settings.price * min(1.0, len(unseen.wanted) / ENOUGH)
        margin = choose_margin(quick, full, unseen.wanted, price=price)
        look = replace(look, margin=margin)
    again = unsettled(quick, words.labels, look.margin)
    return look, np.where(again[:, None], full, quick)


def _believable(
    look: SecondLook, unseen: Unseen, meaning: Meaning
) -> tuple[SecondLook, NDArray[np.float64]]:
    """Weigh the scores of unseen examples, and learn how sure they are together."""
    scores, wanted = [unseen.margins, meaning.scores], unseen.wanted
    weights = fit_weights(scores, wanted, expected=LEXICAL_SHARE)
    pooled, outside = summed(scores, weights), look.confidence.outside
    confidence = fit_confidence(
        pooled, wanted, outside=outside, nearest=meaning.nearest
    )
    look = replace(look, weights=weights, confidence=confidence)
    return look, confidence.probabilities(pooled, meaning.nearest)
