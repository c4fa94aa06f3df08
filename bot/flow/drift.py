"""Whether messages are read otherwise than in the weeks before. Pure.

The share of messages in each measure is held against the same days of the week in the
four weeks before, as on a control chart that knows how much days differ anyway (Laney's
p′-chart):

  p    the measure's share on the days before, all together
  z_i  2 √n_i (arcsin √p_i − arcsin √p) of each such day, which is nearly normal for rare
       things, too; their spread s is 1 if days differ by chance alone, and more where
       campaigns or storms move them
  z    2 √m (arcsin √p_now − arcsin √p) / s, with 1 / m = 1 / n_now + 1 / n

What lies further out than chance lets it in one of 370 looks, over all measures
together, has moved, if it is also at least MOVES of all messages: what is merely sure
to be a difference need not matter. Less than FEWEST_NOW messages now, or FEWEST_DAYS
days of FEWEST_A_DAY before, say nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from math import asin, sqrt
from statistics import NormalDist, stdev
from typing import Final

from bot.model.drift import ABSTAINED, LABEL, READ, UNKNOWN, UNSURE, ReadingDay, Shift
from bot.model.event import Event, EventType
from bot.model.message import MessageId
from bot.model.reading import FALLBACK
from bot.model.reason import Reason

NOW: Final = timedelta(days=2)  # today so far, and yesterday
BEFORE: Final = timedelta(days=28)
FEWEST_NOW: Final = 100
FEWEST_DAYS: Final = 5
FEWEST_A_DAY: Final = 20
MOVES: Final = 0.02  # of all messages
_CHANCE: Final = 0.0027 / 2  # on either side
_EXAMPLES: Final = 3
# Apart from the policy: a threshold that a manager moves is no drift.
_SURE: Final = 0.7
_KNOWN: Final = 0.75
_NOT_KNOWN: Final = frozenset({Reason.LOW_CONFIDENCE.value, Reason.UNKNOWN_WORDS.value})


def tally(events: Iterable[Event], day_of: Callable[[Event], date]) -> list[ReadingDay]:
    """Count what `events` say about readings, by day. Others are left out."""
    counts: dict[date, Counter[str]] = {}
    examples: dict[date, dict[str, tuple[MessageId, ...]]] = {}
    for event in events:
        if event.type is not EventType.MESSAGE_HANDLED:
            continue
        if "confidence" not in event.facts:
            continue  # read together with another one, or by an older program
        day = day_of(event)
        of_day = examples.setdefault(day, {})
        id_ = MessageId(event.facts.get("message", ""))
        for measure in _measures(event):
            counts.setdefault(day, Counter())[measure] += 1
            of_day[measure] = (*of_day.get(measure, ()), id_)[-_EXAMPLES:]
        of_day.pop(READ, None)
    return [
        ReadingDay(day=day, counts=dict(counts[day]), examples=examples[day])
        for day in sorted(counts)
    ]


def _measures(event: Event) -> list[str]:
    """Return in what a message counts."""
    facts = event.facts
    label = facts.get("label", "")
    found = {
        READ: True,
        UNKNOWN: float(facts.get("known_words", "1")) < _KNOWN,
        UNSURE: float(facts["confidence"]) < _SURE,
        ABSTAINED: facts.get("reason") in _NOT_KNOWN or label == FALLBACK,
        f"{LABEL}{label}": bool(label),
    }
    return [measure for measure, counts in found.items() if counts]


def shifts(days: Sequence[ReadingDay], *, today: date) -> tuple[Shift, ...]:
    """Return what has moved, the largest move first; nothing if too little is known."""
    since = today - NOW + timedelta(days=1)
    recent = [one for one in days if since <= one.day <= today]
    weekdays = {
        (today - timedelta(days=number)).weekday() for number in range(NOW.days)
    }
    before = [
        one
        for one in days
        if since - BEFORE <= one.day < since
        and one.day.weekday() in weekdays
        and _read(one) >= FEWEST_A_DAY
    ]
    messages = sum(map(_read, recent))
    if messages < FEWEST_NOW or len(before) < FEWEST_DAYS:
        return ()
    measures = sorted(
        {name for one in (*recent, *before) for name in one.counts} - {READ}
    )
    limit = NormalDist().inv_cdf(1 - _CHANCE / max(1, len(measures)))
    found = [
        shift
        for measure in measures
        if (shift := _shift(measure, recent, before, since=since, limit=limit))
    ]
    return tuple(sorted(found, key=lambda one: -abs(one.share - one.before)))


def _shift(
    measure: str,
    recent: Sequence[ReadingDay],
    before: Sequence[ReadingDay],
    *,
    since: date,
    limit: float,
) -> Shift | None:
    total, usual = sum(map(_read, before)), _count(measure, before)
    now = sum(map(_read, recent))
    share, old = _count(measure, recent) / now, usual / total
    if abs(share - old) < MOVES:
        return None
    z = _z(share, old, 1 / (1 / now + 1 / total)) / _spread(measure, before, old)
    if abs(z) < limit:
        return None
    examples = [id_ for one in recent for id_ in one.examples.get(measure, ())]
    return Shift(
        measure=measure,
        since=since,
        messages=now,
        share=share,
        before=old,
        examples=tuple(examples[-_EXAMPLES:]),
    )


def _spread(measure: str, days: Sequence[ReadingDay], p: float) -> float:
    """Return how much days differ beyond chance; 1 if they do not."""
    each = [_z(one.counts.get(measure, 0) / _read(one), p, _read(one)) for one in days]
    return max(1.0, stdev(each))


def _z(share: float, p: float, n: float) -> float:
    return 2 * sqrt(n) * (asin(sqrt(share)) - asin(sqrt(p)))


def _read(day: ReadingDay) -> int:
    return day.counts.get(READ, 0)


def _count(measure: str, days: Sequence[ReadingDay]) -> int:
    return sum(day.counts.get(measure, 0) for day in days)
