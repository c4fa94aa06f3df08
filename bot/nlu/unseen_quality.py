"""What the unseen readings kept in a model's file say of each label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from bot.model.comparison import LabelFigures
from bot.model.quality import Quality
from bot.nlu.unseen_readings import UnseenReading

_OFTEN: Final = 2  # a confusion that happened once says nothing


def quality_of(readings: Sequence[UnseenReading]) -> Quality:
    """Return figures by label, and what is taken for what."""
    there = Counter(one.label for one in readings)
    found = Counter(one.read_as for one in readings)
    right = Counter(one.label for one in readings if one.right)
    wrong = Counter((one.label, one.read_as) for one in readings if not one.right)
    return Quality(
        figures={
            label: LabelFigures(there=count, found=found[label], right=right[label])
            for label, count in there.items()
        },
        confused=tuple(
            (label, read_as, count)
            for (label, read_as), count in wrong.most_common()
            if count >= _OFTEN
        ),
        misread={one.digest: one.read_as for one in readings if not one.right},
    )
