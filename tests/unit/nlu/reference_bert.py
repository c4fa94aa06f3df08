"""BERT's forward pass in plain numpy and 32 bits, to hold the quick graphs against."""

import numpy as np
from scipy.special import erf, softmax


def encode(weights, ids, *, layers=6, heads=12):
    """Return the unit mean vector of one text's token ids."""

    def linear(rows, name):
        return rows @ weights[name + ".weight"].T + weights[name + ".bias"]

    def norm(rows, name):
        centred = rows - rows.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
        return centred / spread * weights[name + ".weight"] + weights[name + ".bias"]

    words = weights["embeddings.word_embeddings.weight"][ids]
    places = weights["embeddings.position_embeddings.weight"][: len(ids)]
    kind = weights["embeddings.token_type_embeddings.weight"][0]
    hidden = norm(words + places + kind, "embeddings.LayerNorm")
    for number in range(layers):
        prefix = f"encoder.layer.{number}."
        query, key, value = (
            linear(hidden, f"{prefix}attention.self.{part}")
            .reshape(len(ids), heads, -1)
            .transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        share = softmax(query @ key.transpose(0, 2, 1) / query.shape[2] ** 0.5, axis=-1)
        seen = (share @ value).transpose(1, 0, 2).reshape(len(ids), -1)
        name = prefix + "attention.output"
        hidden = norm(hidden + linear(seen, name + ".dense"), name + ".LayerNorm")
        wide = linear(hidden, prefix + "intermediate.dense")
        bent = wide * 0.5 * (1 + erf(wide / 2**0.5))
        narrow = linear(bent, prefix + "output.dense")
        hidden = norm(hidden + narrow, prefix + "output.LayerNorm")
    vector = hidden.mean(axis=0)
    return vector / np.linalg.norm(vector)
