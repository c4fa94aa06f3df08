"""Figures of an evaluation, on an understanding whose mistakes are known."""

import json

import pytest

from bot.errors import InputError
from bot.model.reading import Reading, Request, Signals
from bot.nlu.evaluation import (
    HeldOut,
    calibration_error,
    evaluate,
    load_held_out,
    macro_f1,
)


class Parrot:
    """Understands what is written: "label confidence needs"."""

    async def read(self, texts):
        return [self._read(*text.split()) for text in texts]

    @staticmethod
    def _read(label, confidence, needs):
        intent, _, faq = label.partition("/")
        request = Request(intent, float(confidence), faq or None)
        return Reading((request,), signals=Signals(needs_reply=float(needs)))


def message(text, label, *, needs_reply=True, also=()):
    return HeldOut(id=text, text=text, label=label, needs_reply=needs_reply, also=also)


async def test_the_figures_are_those_of_a_count_by_hand():
    result = await evaluate(
        Parrot(),
        [
            message("greet 0.9 0.9", "greet"),
            message("faq/a 0.7 0.9", "faq/b"),
            message("spam 0.5 0.2", "spam", needs_reply=False),
            message("greet 0.3 0.9", "thanks", needs_reply=False, also=("greet",)),
        ],
    )
    assert result.label_accuracy == 0.5
    assert result.lenient_accuracy == 0.75
    assert result.intent_accuracy == 0.75
    assert result.reply_accuracy == 0.75
    assert result.reply_f1 == pytest.approx(0.8)
    assert result.coverage == 0.5
    assert result.accuracy_when_covered == 0.5
    assert result.confusions == (("faq/b", "faq/a", 1), ("thanks", "greet", 1))


def test_macro_f1_weighs_labels_alike():
    assert macro_f1(["a", "a", "a", "b"], ["a", "a", "a", "a"]) == pytest.approx(
        (6 / 7) / 2
    )


def test_perfect_calibration_has_no_error():
    assert calibration_error([0.75] * 4, [True, True, True, False]) == 0.0
    assert calibration_error([0.9] * 4, [False] * 4) == pytest.approx(0.9)


async def test_nothing_to_evaluate_is_an_error():
    with pytest.raises(InputError):
        await evaluate(Parrot(), [])


def test_a_broken_line_is_named(tmp_path):
    file = tmp_path / "held.jsonl"
    good = {"id": 1, "text": "hi", "label": "greet", "needs_reply": True}
    file.write_text(json.dumps(good) + "\n\n{\n")
    with pytest.raises(InputError, match=r"held\.jsonl:3"):
        load_held_out([file])
