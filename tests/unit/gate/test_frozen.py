"""The frozen messages: read with their places, and only what measures counts."""

import json

import pytest

from bot.errors import InputError
from bot.gate.frozen import Frozen, load_frozen, that_count
from bot.nlu.data import load_examples
from tests.builders import ROOT


def write(project, name, *rows):
    file = project / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(json.dumps(row) for row in rows))
    return file


def row(id_="t-1", text="where is it", label="order_status", **more):
    return {"id": id_, "text": text, "label": label, "needs_reply": True, **more}


def test_all_shipped_messages_are_read():
    found = load_frozen(ROOT)
    assert len([each for each in found if each.label]) > 900
    assert len([each for each in found if each.needs_reply is not None]) > 1200


def test_no_shipped_message_is_a_training_example():
    examples = load_examples(ROOT / "data" / "nlu")
    messages = load_frozen(ROOT)
    found = that_count(
        messages,
        examples=[example.text for example in examples],
        labels={example.label for example in examples},
    )
    assert found.notes == ()
    assert len(found.messages) == len(messages)


def test_trainers_may_add_messages_of_their_own(tmp_path):
    write(tmp_path, "data/frozen/wrapping.jsonl", row(label="packaging"))
    (found,) = load_frozen(tmp_path)
    assert (found.label, found.needs_reply) == ("packaging", True)


def test_a_line_that_is_not_as_expected_is_told_with_its_place(tmp_path):
    file = write(tmp_path, "data/frozen/mine.jsonl", row(), {"text": "no label"})
    with pytest.raises(InputError, match=rf"{file}:2: expected an object with id"):
        load_frozen(tmp_path)


def counting(*messages, examples=(), labels=("order_status", "refund_status")):
    return that_count(messages, examples=examples, labels=labels)


ONE = Frozen(id="1", text="Where's my parcel?", label="order_status")
OTHER = Frozen(id="2", text="and my money", label="refund_status")


def test_a_message_that_was_learned_by_heart_measures_nothing():
    found = counting(ONE, OTHER, examples=["where's  MY parcel?"])
    assert found.messages == (OTHER,)
    assert found.notes[0].startswith("1 test messages are training examples")


def test_a_message_of_an_intent_that_is_gone_is_left_out_and_said_to_be():
    found = counting(ONE, OTHER, labels=("refund_status",))
    assert found.messages == (OTHER,)
    assert "order_status" in found.notes[0]


def test_a_further_request_of_an_intent_that_is_gone_is_asked_of_nobody():
    both = Frozen(id="3", text="and both", label="order_status", also=("gone",))
    (found,) = counting(both).messages
    assert found.labels == ("order_status",)


def test_messages_without_a_label_count_for_what_was_said_of_them():
    quiet = Frozen(id="3", text="cheers", needs_reply=False)
    assert counting(ONE, quiet).messages == (ONE, quiet)


def test_without_messages_nothing_can_be_compared():
    with pytest.raises(InputError, match="no frozen messages"):
        counting(ONE, labels=())


def test_ids_name_one_message_each():
    with pytest.raises(InputError, match="share an id"):
        counting(ONE, Frozen(id="1", text="other words", label="order_status"))
