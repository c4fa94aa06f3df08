"""How well each label is read, by what was said of examples held out."""

from bot.model.comparison import LabelFigures
from bot.nlu.unseen_quality import quality_of
from bot.nlu.unseen_readings import UnseenReading

READ = [  # what it is, what it is read as
    *(("late", "late"), ("late", "late"), ("late", "lost"), ("late", "lost")),
    *(("lost", "lost"), ("lost", "late")),
    ("new", "late"),
]


def readings():
    return [
        UnseenReading(f"digest {at}", label, read_as, 0.8, 0.1, 0.9)
        for at, (label, read_as) in enumerate(READ)
    ]


def test_each_label_is_counted_as_it_is_and_as_it_is_read():
    assert quality_of(readings()).figures == {
        "late": LabelFigures(there=4, found=4, right=2),
        "lost": LabelFigures(there=2, found=3, right=1),
        "new": LabelFigures(there=1, found=0, right=0),
    }


def test_what_was_taken_for_another_thing_once_is_no_confusion():
    assert quality_of(readings()).confused == (("late", "lost", 2),)


def test_misread_are_those_read_otherwise_and_no_others():
    misread = quality_of(readings()).misread
    assert misread == {
        "digest 2": "lost",
        "digest 3": "lost",
        "digest 5": "late",
        "digest 6": "late",
    }


def test_a_model_without_unseen_readings_says_nothing():
    quality = quality_of([])
    assert (quality.figures, quality.confused, quality.misread) == ({}, (), {})
