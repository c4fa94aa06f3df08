"""Words first, and a sentence encoder where the words alone leave it open.

Most messages are plain by their words, and these cost little to look at. Where the best
two labels come close, the encoder reads the text as well and both are pooled.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu.kernel import KernelHead, fit_kernel
from bot.nlu.lexical import Guess, LexicalModel, trusted
from bot.nlu.pool import choose_margin, fit_weights, margins, pooled
from bot.nlu.progress import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.nlu.encoder.port import SentenceEncoder
    from bot.nlu.head import Unseen

# Where there is too little data to choose: of the lexical margins, of the likeness.
DEFAULT_WEIGHTS: tuple[float, ...] = (1.2, 10.0)
LEXICAL_SHARE = 0.12  # of the weight of likeness: the best with ten examples an intent
EVERYTHING = 2.0  # a margin that no text reaches
_DESCRIBED, _ARRAYS = "second.json", "second.npz"
_KEPT = np.float16  # half the file, and exact enough for unit vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondSettings:
    """`price` is explained at `choose_margin`."""

    price: float = 0.02
    everything: bool = False  # read all texts with the encoder


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What is learned about vectors, and when it is asked.

    `weights` are those of the lexical margins and of the head's scores; texts whose
    lexical probabilities lead by `margin` or more are not looked at again.
    """

    head: KernelHead
    weights: tuple[float, ...]
    margin: float
    encoder_identity: str

    def save(self, folder: Path) -> None:
        """Write it into `folder`."""
        said = {
            "weights": self.weights,
            "margin": self.margin,
            "encoder": self.encoder_identity,
        }
        (folder / _DESCRIBED).write_text(json.dumps(said), encoding="utf-8")
        examples = self.head.examples.astype(_KEPT)
        np.savez_compressed(
            folder / _ARRAYS, examples=examples, weights=self.head.weights
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
            examples = arrays["examples"].astype(np.float32)
            head = KernelHead(examples, arrays["weights"])
        weights = tuple(float(weight) for weight in said["weights"])
        return cls(head, weights, float(said["margin"]), str(said["encoder"]))


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
        scores = [guess.margins[rows], self.second.head.scores(vectors)]
        likely = pooled(scores, self.second.weights)
        probabilities = guess.probabilities.copy()
        probabilities[rows] = trusted(likely, guess.trust[rows])
        return replace(guess, probabilities=probabilities)

    @staticmethod
    def _unsure(guess: Guess, margin: float) -> NDArray[np.intp]:
        """Return the texts of known words whose best two labels come close."""
        known = guess.trust > 0  # nothing that is said of the others is believed
        lead = np.zeros(len(known))
        shares = guess.probabilities[known, :-1] / guess.trust[known, None]
        lead[known] = margins(shares)
        return np.nonzero(known & (lead < margin))[0]


def fit_second(
    lexical: LexicalModel,
    unseen: Unseen,
    vectors: NDArray[np.float32],
    *,
    encoder_identity: str,
    settings: SecondSettings,
) -> SecondLook:
    """Learn from the vectors of the examples that `lexical` was trained on.

    How both are weighed and which texts are looked at again is chosen on examples
    that neither part had seen.
    """
    say(f"learning from the meaning of {len(vectors)} examples")
    kept = vectors.astype(_KEPT).astype(np.float32)  # as they will be loaded
    fitted = fit_kernel(kept, unseen.wanted, labels=len(lexical.head.labels))
    margin, weights = EVERYTHING, DEFAULT_WEIGHTS
    if unseen.margins is not None:
        both = [unseen.margins, fitted.unseen]
        weights = fit_weights(both, unseen.wanted, expected=LEXICAL_SHARE)
        quick = pooled(both[:1], (lexical.head.scale,))
        full = pooled(both, weights)
        margin = choose_margin(quick, full, unseen.wanted, price=settings.price)
    if settings.everything:
        margin = EVERYTHING
    return SecondLook(fitted.head, weights, margin, encoder_identity)
