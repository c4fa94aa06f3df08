"""Vectors that lean towards the label they look like, where examples are few.

An encoder knows what texts are about and not which differences count here. A ridge
regression tells from a vector where the mean of its label's examples lies, and the vector
moves there by as much again as it can be told; the head over vectors then compares what
has moved. Of many examples the head finds all this out by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Chosen on held-out training questions of BANKING77; see docs/nlu.md.
FEW = 25  # examples a label, in the mean; of 30 and more it is no use
LEANING = np.float32(2.0)  # by how much of what is told a vector moves
RIDGE = 1.0  # what is added to each direction's sum of squares
_TINY = np.float32(1e-9)
_KEPT = np.float16


@dataclass(frozen=True, slots=True)
class Leaning:
    """Where a vector moves: by `LEANING` times its way from `middle` through `turn`.

    Both are exact in 16 bits.
    """

    middle: NDArray[np.float32]  # (width,)
    turn: NDArray[np.float32]  # (width, width)

    @classmethod
    def stored(cls, arrays: Mapping[str, NDArray[np.float16]]) -> Leaning | None:
        """Return what is among the `arrays` that `kept` gave, if it is.

        Raises:
            KeyError: half of it is missing.
        """
        if "turn" not in arrays:
            return None
        middle, turn = arrays["middle"], arrays["turn"]
        return cls(middle.astype(np.float32), turn.astype(np.float32))

    def kept(self) -> dict[str, NDArray[np.float16]]:
        """Return it as arrays for `stored`."""
        return {"middle": self.middle.astype(_KEPT), "turn": self.turn.astype(_KEPT)}

    def of(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return `vectors` where they have moved to, as unit vectors."""
        return _moved(vectors, (vectors - self.middle) @ self.turn)


def fit_leaning(
    vectors: NDArray[np.float32], wanted: NDArray[np.int64], *, labels: int
) -> tuple[Leaning, NDArray[np.float32]]:
    """Learn from unit `vectors`, whose rows' labels are the columns `wanted`.

    Returns:
        It, and where each of `vectors` moves if its own label is not known: as a new
        text does.
    """
    middle = _rounded(vectors.mean(axis=0, dtype=np.float64))
    rows = (vectors - middle).astype(np.float64)
    targets = _means(vectors, wanted, labels)[wanted]
    inverse = np.linalg.inv(rows.T @ rows + RIDGE * np.eye(rows.shape[1]))
    turn = inverse @ (rows.T @ targets)
    own = np.einsum("ij,ij->i", rows @ inverse, rows)[:, None]
    untold = targets - (targets - rows @ turn) / (1 - own)
    moved = _moved(vectors, untold.astype(np.float32))
    return Leaning(middle, _rounded(turn)), moved


def _means(
    vectors: NDArray[np.float32], wanted: NDArray[np.int64], labels: int
) -> NDArray[np.float64]:
    """Return the direction of each label's mean, from the middle of all of them."""
    sums = np.zeros((labels, vectors.shape[1]))
    np.add.at(sums, wanted, vectors)
    means = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), _TINY)
    return np.asarray(means - means.mean(axis=0))


def _moved(
    vectors: NDArray[np.float32], by: NDArray[np.float32]
) -> NDArray[np.float32]:
    rows = vectors + LEANING * by
    size = np.linalg.norm(rows, axis=1, keepdims=True)
    moved: NDArray[np.float32] = rows / np.maximum(size, _TINY)
    return moved


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return values.astype(_KEPT).astype(np.float32)
