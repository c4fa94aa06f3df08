"""The project's own data as a data set: its examples, and its held-out messages."""

from __future__ import annotations

from pathlib import Path

from bot.errors import InputError
from bot.nlu.data import load_examples
from bot.nlu.evaluation import load_held_out
from bot.nlubench.dataset import OUT_OF_SCOPE, DataSet, Name, Sample

HELD_OUT = "tests/nlu/held_out_*.jsonl"


def load_own(project: Path) -> DataSet:
    """Read the project's examples and its held-out messages.

    Raises:
        ConfigError: the examples are missing or broken.
        InputError: there are no held-out messages, or one is broken.
    """
    test = tuple(
        Sample(message.text, message.label, message.needs_reply)
        for message in load_held_out(sorted(project.glob(HELD_OUT)))
    )
    if not test:
        raise InputError(f"{project / HELD_OUT}: no held-out messages")
    train = load_examples(project / "data" / "nlu")
    return DataSet(
        name=Name.OWN,
        train=tuple(Sample(example.text, example.label) for example in train),
        test=test,
        outside=OUT_OF_SCOPE,
        judges_outside=True,
        is_own=True,
    )
