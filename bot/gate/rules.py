"""The rules: what speaks against a candidate, each with its reason.

A figure has to be worse by more than chance makes and by more than a little; see
`docs/trainers.md`, which tells trainers the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.gate.chance import (
    area,
    calibration_gap,
    chance_not_worse,
    chance_of_loss,
    changes,
)
from bot.gate.judged import Judged
from bot.gate.measure import sure_and_right
from bot.model.comparison import Code, LabelChange, Measured, Objection, Source
from bot.model.policy import GateRules

if TYPE_CHECKING:
    from numpy.typing import NDArray

CALIBRATION_SLACK = 0.01  # of the calibration error, whatever chance says
SCOPE_SLACK = 0.005  # of the area under the curve
# Examples are held out in other parts each time a model is trained, so more of them
# change places by chance than frozen messages do.
EXAMPLES_CHANCE = 0.01
EXAMPLES_SHARE = 0.002  # of all examples, or of an intent's
NAMED = 3  # intents that a sentence names

Mark = Callable[[Judged], bool]


@dataclass(frozen=True, slots=True)
class Pair:
    """The same messages as the live model and the candidate read them."""

    source: Source
    before: Sequence[Judged]
    after: Sequence[Judged]

    @property
    def what(self) -> str:
        """What the messages are called in a sentence."""
        frozen = self.source is Source.FROZEN
        return "test messages" if frozen else "training examples, read unseen,"


def objections(pair: Pair, found: Measured, rules: GateRules) -> Iterator[Objection]:
    """Yield all that speaks against the candidate on messages of one source."""
    labelled = _where(pair, lambda each: bool(each.labels))
    yield from _protected(pair, found, rules)
    yield from _less_right(labelled, found, rules)
    yield from _calibration(labelled, rules)
    if pair.source is Source.FROZEN:
        yield from _frozen_only(pair, labelled, rules)
        yield from _names(pair, rules)


def _frozen_only(pair: Pair, labelled: Pair, rules: GateRules) -> Iterator[Objection]:
    """What the bot would do is known of frozen messages only."""
    told = _where(pair, lambda each: each.needs_reply is not None)
    yield from _scope(labelled, rules)
    yield from _fell(
        *(labelled, rules, Code.COVERAGE_FELL, lambda e: e.right_alone),
        "The bot deals with fewer messages by itself that it understands: "
        "{lost} of {all} go to people now, {won} no longer do.",
    )
    yield from _fell(
        *(labelled, rules, Code.SPEAKS_WRONGLY, lambda e: not e.spoke_wrongly),
        "The bot would give more wrong answers by itself: {lost} new ones in {all} "
        "messages, {won} no longer.",
    )
    yield from _fell(
        *(labelled, rules, Code.SPEAKS_OUTSIDE, lambda e: not e.spoke_outside),
        "The bot would answer more messages that are not ours: {lost} new ones, {won} "
        "no longer.",
    )
    yield from _fell(
        *(told, rules, Code.REPLIES_MISSED, lambda e: e.reply_right),
        "It is known less well which messages need a reply: {lost} of {all} lost, {won} "
        "won.",
    )


def _where(pair: Pair, counts: Mark) -> Pair:
    kept = [
        (was, now)
        for was, now in zip(pair.before, pair.after, strict=True)
        if counts(now)
    ]
    return Pair(pair.source, [was for was, _ in kept], [now for _, now in kept])


def _protected(pair: Pair, found: Measured, rules: GateRules) -> Iterator[Objection]:
    guarded = [change for change in found.labels if change.protected]
    for change in guarded:
        if _loses(pair.source, change, rules, guarded=len(guarded)):
            there = change.after.there
            yield Objection(
                code=Code.PROTECTED_LOSES,
                label=change.label,
                sentence=f"The protected intent {change.label} is recognised less often: "
                f"of {there} {pair.what} {change.lost} are lost, {change.won} won.",
            )


def _loses(
    source: Source, change: LabelChange, rules: GateRules, *, guarded: int
) -> bool:
    """Tell whether a protected intent is recognised less often than by chance."""
    net = change.lost - change.won
    if source is Source.FROZEN:
        return net >= rules.at_least and change.chance <= rules.chance_protected
    least = max(rules.at_least, EXAMPLES_SHARE * 10 * change.after.there)
    return net >= least and change.chance <= rules.chance / guarded


def _less_right(pair: Pair, found: Measured, rules: GateRules) -> Iterator[Objection]:
    worst = sorted(found.labels, key=lambda change: change.won - change.lost)
    named = [
        f"{change.label} ({change.lost} of {change.after.there}{_now_read(pair, change)})"
        for change in worst[:NAMED]
        if change.lost > change.won
    ]
    most = f" Most lost: {', '.join(named)}." if named else ""
    yield from _fell(
        *(pair, rules, Code.LESS_RIGHT, lambda e: e.right),
        f"Fewer {pair.what} are read right: {{lost}} of {{all}} are lost, {{won}} won."
        f"{most}",
    )


def _now_read(pair: Pair, change: LabelChange) -> str:
    """Say as what most of an intent's lost messages are read now."""
    instead = Counter(
        now.guess.label
        for was, now in zip(pair.before, pair.after, strict=True)
        if change.label in was.labels and was.right and not now.right
    )
    if not instead:
        return ""
    label, _ = min(instead.items(), key=lambda item: (-item[1], item[0]))
    return f", read as {label}"


def _fell(
    pair: Pair, rules: GateRules, code: Code, good: Mark, sentence: str
) -> Iterator[Objection]:
    """Object if good marks were lost, more than by chance and more than a few."""
    before, after = [good(e) for e in pair.before], [good(e) for e in pair.after]
    lost, won = changes(before, after)
    chance, least = rules.chance, float(rules.at_least)
    if pair.source is not Source.FROZEN:
        chance, least = EXAMPLES_CHANCE, max(least, EXAMPLES_SHARE * len(after))
    if lost - won >= least and chance_of_loss(lost, won) <= chance:
        yield Objection(
            code=code, sentence=sentence.format(lost=lost, won=won, all=len(after))
        )


def _names(pair: Pair, rules: GateRules) -> Iterator[Objection]:
    """Object where far fewer entities of a kind are found.

    Nobody says which are right, so fewer may be better; half or less hardly is.
    """
    for kind in sorted({kind for each in pair.before for kind in each.kinds}):
        before, after = (
            [kind in each.kinds for each in judged]
            for judged in (pair.before, pair.after)
        )
        had, has = sum(before), sum(after)
        lost, won = changes(before, after)
        least = max(rules.at_least, had / 2)
        if lost - won >= least and chance_of_loss(lost, won) <= rules.chance:
            yield Objection(
                code=Code.NAMES_LOST,
                sentence=f"The entity {kind} is found in {has} {pair.what}, before in "
                f"{had}. Are its marks missing in the examples?",
            )


def _calibration(pair: Pair, rules: GateRules) -> Iterator[Objection]:
    sure, right = zip(
        *(sure_and_right(e) for e in (pair.before, pair.after)), strict=True
    )

    def worse_by(rows: NDArray[np.intp]) -> float:
        was, now = (
            calibration_gap(s[rows], r[rows]) for s, r in zip(sure, right, strict=True)
        )
        return now - was

    was, now = (calibration_gap(s, r) for s, r in zip(sure, right, strict=True))
    if _clearly(now - was, CALIBRATION_SLACK, worse_by, len(pair.after), rules):
        yield Objection(
            code=Code.CALIBRATION_WORSE,
            sentence="How sure the model is says less of how right it is: on "
            f"{len(pair.after)} {pair.what} the two are {now:.1%} apart, before "
            f"{was:.1%}.",
        )


def _scope(pair: Pair, rules: GateRules) -> Iterator[Objection]:
    inside = np.array([each.inside for each in pair.after], dtype=bool)
    ours = [np.array([each.ours for each in e]) for e in (pair.before, pair.after)]

    def worse_by(rows: NDArray[np.intp]) -> float:
        was, now = (area(each[rows], inside[rows]) for each in ours)
        return was - now

    was, now = (area(each, inside) for each in ours)
    if _clearly(was - now, SCOPE_SLACK, worse_by, len(inside), rules):
        yield Objection(
            code=Code.SCOPE_WORSE,
            sentence="What is not ours is told less well from what is: a message of ours "
            f"looks more like one than another does in {now:.1%} of all pairs, before in "
            f"{was:.1%}.",
        )


def _clearly(
    difference: float,
    slack: float,
    worse_by: Callable[[NDArray[np.intp]], float],
    messages: int,
    rules: GateRules,
) -> bool:
    """Tell whether a figure is worse by more than a little and more than by chance."""
    if difference <= slack:
        return False  # most often: no resampling then
    return chance_not_worse(worse_by, messages) <= rules.chance
