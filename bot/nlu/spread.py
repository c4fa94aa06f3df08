"""Groups of texts on a plane: those that use the same words lie near each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

FEWEST = 4  # groups that a plane is made for; fewer stand in a row
_SEED = 7
_NEIGHBOURS = 8  # groups that each one is drawn towards
_CLOSEST = 0.035  # of the plane's side: names have to be read
_PUSHES = 200


def spread(groups: Mapping[str, Sequence[str]]) -> dict[str, tuple[float, float]]:
    """Return each group's place, both axes from 0.0 to 1.0.

    The same groups always lie in the same places. Only what is near means something:
    the axes have no meaning of their own.
    """
    names = list(groups)
    rows = _rows([" \n ".join(groups[name]) for name in names])
    if rows is None:
        return {
            name: ((at + 1) / (len(names) + 1), 0.5) for at, name in enumerate(names)
        }
    places = _apart(_framed(_plane(rows)))
    return {
        name: (round(float(x), 4), round(float(y), 4))
        for name, (x, y) in zip(names, places, strict=True)
    }


def _rows(texts: Sequence[str]) -> csr_matrix | None:
    """Return the weighted words of each; None where there is nothing to compare."""
    # Whoever only reads messages does without, here and below.
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

    if len(texts) < FEWEST:
        return None
    try:
        return TfidfVectorizer(sublinear_tf=True, max_df=0.5).fit_transform(texts)
    except ValueError:  # no word, or none that half of them do not have
        return None


def _plane(rows: csr_matrix) -> NDArray[np.float64]:
    from sklearn.manifold import TSNE  # noqa: PLC0415

    alike = (rows @ rows.T).toarray()
    apart = np.clip(1.0 - alike, 0.0, None)
    np.fill_diagonal(apart, 0.0)
    layout = TSNE(
        perplexity=min(_NEIGHBOURS, (alike.shape[0] - 1) / 3),
        metric="precomputed",
        init="random",
        learning_rate=50.0,
        random_state=_SEED,
    )
    return np.asarray(layout.fit_transform(apart), dtype=np.float64)


def _framed(places: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = places.min(axis=0), places.max(axis=0)
    framed: NDArray[np.float64] = (places - low) / np.where(high > low, high - low, 1.0)
    return framed


def _apart(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Push apart what lies so near that its name could not be read."""
    for _ in range(_PUSHES):
        away = places[:, None] - places[None]
        distance = np.linalg.norm(away, axis=2) + np.eye(len(places)) + 1e-9
        push = np.clip(_CLOSEST - distance, 0.0, None) / 2
        if not push.any():
            break
        places = places + (away / distance[..., None] * push[..., None]).sum(axis=1)
    return _framed(places)
