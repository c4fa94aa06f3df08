"""What the model is to reach, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.nlubench.dataset import Name
from bot.nlubench.project import LEXICAL


@dataclass(frozen=True, slots=True)
class Target:
    """A bound of one figure: the least, or the most that it may be."""

    bound: float
    at_most: bool = False

    def met(self, value: float) -> bool:
        return value <= self.bound if self.at_most else value >= self.bound


OF_ALL: Mapping[str, Target] = {
    "calibration_error": Target(0.03, at_most=True),
    "load_s": Target(2.0, at_most=True),
    "pss_mb": Target(600.0, at_most=True),
}
OF_SET: Mapping[Name, Mapping[str, Target]] = {
    Name.BANKING77: {
        "accuracy": Target(0.945),
        "train_s": Target(60.0, at_most=True),
        "train_after_edit_s": Target(15.0, at_most=True),
    },
    Name.BANKING77_10: {"accuracy": Target(0.875)},
    Name.CLINC150: {"accuracy": Target(0.965), "auroc": Target(0.970)},
    Name.OWN: {
        "accuracy": Target(0.92),
        "needs_reply_f1": Target(0.97),
        "batched_per_cpu_s": Target(1_000.0),
    },
}
OF_LEXICAL = {"batched_per_cpu_s": Target(8_000.0)}  # own; it has no encoder to run


def targets_of(name: Name, *, profile: str) -> dict[str, Target]:
    """Return the targets of our own model on a data set, by figure.

    The lexical profile is there to be quick: what it reads right has no target.
    """
    if profile == LEXICAL:
        return dict(OF_ALL) | (OF_LEXICAL if name is Name.OWN else {})
    return {**OF_ALL, **OF_SET[name]}
