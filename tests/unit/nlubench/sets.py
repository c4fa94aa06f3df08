"""Data sets in the form of the published ones, made here: words in a plain order."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from random import Random

TOPICS = {
    "lost_card?": ["card", "lost", "gone", "missing"],
    "Top_up": ["top", "balance", "add", "money"],
    "w2": ["tax", "form", "year", "employer"],
}
OUTSIDE = ["weather", "cat", "moon", "sings", "purple"]
FILLERS = ["please", "my", "the", "now", "can", "you", "help", "with", "it"]


def texts(words: list[str], count: int, *, seed: int) -> list[str]:
    """Return `count` different texts that are mostly of `words`."""
    random = Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        chosen = random.choices(words, k=3) + random.choices(FILLERS, k=3)
        random.shuffle(chosen)
        found[" ".join(chosen)] = None
    return list(found)


def write_banking77(folder: Path, *, train: int = 14, test: int = 6) -> Path:
    """Write banking77/ with `TOPICS`; the training texts have breaks and brackets."""
    here = folder / "banking77"
    here.mkdir(parents=True)
    for name, count, seed in (("train", train, 1), ("test", test, 2)):
        with (here / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["text", "category"])
            for label, words in TOPICS.items():
                for text in texts(words, count, seed=seed):
                    writer.writerow([f"\n- {text} [sic](x): \u0001é\n", label])
    return folder


def write_clinc150(folder: Path, *, train: int = 14, test: int = 6) -> Path:
    """Write clinc150/data_full.json with `TOPICS`, and `OUTSIDE` out of scope."""
    here = folder / "clinc150"
    here.mkdir(parents=True)
    parts: dict[str, list[list[str]]] = {}
    for part, count, seed in (("train", train, 1), ("val", 2, 3), ("test", test, 2)):
        parts[part] = [
            [text, label]
            for label, words in TOPICS.items()
            for text in texts(words, count, seed=seed)
        ]
        outside = texts(OUTSIDE, count, seed=seed)
        parts[f"oos_{part}"] = [[text, "oos"] for text in outside]
    (here / "data_full.json").write_text(json.dumps(parts))
    return folder
