"""How well several requests in one message are seen, and what is not ours at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import InputError
from bot.model.reading import Reading
from bot.nlu.evaluation import HeldOut


@dataclass(frozen=True, slots=True)
class Overlap:
    """What was found of what was there, in all messages together."""

    hits: int
    found: int
    there: int

    @property
    def precision(self) -> float:
        return self.hits / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.hits / self.there if self.there else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.hits / max(self.found + self.there, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFigures:
    """`further` counts the requests beside the first one, `all` the first one, too.

    `exact` is the share of messages of which just the right set was read, and
    `false_alarms` the share of single requests that were taken for several.
    """

    messages: int
    several: int  # messages that ask for more than one thing
    further: Overlap
    all: Overlap
    exact: float
    false_alarms: float


def request_figures(
    messages: Sequence[HeldOut], readings: Sequence[Reading]
) -> RequestFigures:
    """Compare all requests of `messages` with those that were read.

    A further request counts as found whichever of a message's requests is read as
    the first one.

    Raises:
        InputError: there are no messages.
    """
    if not messages:
        raise InputError("nothing to evaluate: no messages with requests")
    there = [{message.label, *message.also} for message in messages]
    found = [[request.label for request in reading.requests] for reading in readings]
    pairs = list(zip(there, found, strict=True))
    singles = [got for wanted, got in pairs if len(wanted) == 1]
    return RequestFigures(
        messages=len(messages),
        several=len(messages) - len(singles),
        further=Overlap(
            hits=sum(len(set(got[1:]) & wanted) for wanted, got in pairs),
            found=sum(len(got) - 1 for _, got in pairs),
            there=sum(len(wanted) - 1 for wanted, _ in pairs),
        ),
        all=Overlap(
            hits=sum(len(set(got) & wanted) for wanted, got in pairs),
            found=sum(len(got) for _, got in pairs),
            there=sum(len(wanted) for wanted, _ in pairs),
        ),
        exact=sum(set(got) == wanted for wanted, got in pairs) / len(pairs),
        false_alarms=sum(len(got) > 1 for got in singles) / max(len(singles), 1),
    )


def area_under_curve(ours: Sequence[float], others: Sequence[float]) -> float:
    """Return how often one of `ours` is greater than one of `others`; a tie is half.

    Raises:
        InputError: one of them is empty.
    """
    if not ours or not others:
        raise InputError("nothing to compare: no messages in scope, or none out of it")
    order = sorted([(value, 1) for value in ours] + [(value, 0) for value in others])
    total, below, at = 0.0, 0, 0
    while at < len(order):
        end = at
        while end < len(order) and order[end][0] == order[at][0]:
            end += 1
        inside = sum(is_ours for _, is_ours in order[at:end])
        outside = end - at - inside
        total += inside * (below + outside / 2)
        below += outside
        at = end
    return total / (len(ours) * len(others))


def load_texts(file: Path) -> list[str]:
    """Read the `text` of each JSON line.

    Raises:
        InputError: the file is missing, or a line has no text; names it.
    """
    if not file.is_file():
        raise InputError(f"There is no file {file}.")
    lines = file.read_text(encoding="utf-8").splitlines()
    return [_text(line, f"{file}:{at}") for at, line in enumerate(lines, start=1)]


def _text(line: str, place: str) -> str:
    try:
        return str(json.loads(line)["text"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{place}: expected an object with text") from error
