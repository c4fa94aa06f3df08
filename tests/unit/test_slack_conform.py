"""Holding requests against a description finds what departs from it."""

from __future__ import annotations

import pytest

from tests.slack_double import record
from tests.slack_double.conform import judge
from tests.slack_double.ledger import Call
from tests.slack_double.record import Recorded
from tests.slack_double.shapes.arguments import METHODS

ANSWER = {
    "type": "object",
    "required": ["ok", "ts"],
    "properties": {"ok": {"type": "boolean"}, "ts": {"type": "string"}},
    "additionalProperties": False,
}
REFUSAL = {
    "type": "object",
    "required": ["ok", "error"],
    "properties": {"error": {"enum": ["not_in_channel"]}},
}
PARAMETERS = [
    {"name": "token", "in": "header", "required": True, "type": "string"},
    {"name": "channel", "in": "formData", "required": True, "type": "string"},
    {"name": "ts", "in": "formData", "required": True, "type": "string"},
    {"name": "inclusive", "in": "formData", "type": "boolean"},
]
SPEC = {
    "info": {"version": "1"},
    "paths": {
        "/chat.delete": {
            "post": {
                "parameters": PARAMETERS,
                "responses": {
                    "200": {"schema": ANSWER},
                    "default": {"schema": REFUSAL},
                },
            }
        }
    },
}
ASKED = {"channel": "C1", "ts": "1.0"}
DONE = {"ok": True, "ts": "1.0"}


def found(sent, answer, *, method="chat.delete") -> list[str]:
    """Return what one call brings up, apart from the methods not called."""
    one = Recorded(method, "POST", sent, answer, by_product=True)
    return [w for w in judge(SPEC, [one]).unexplained() if "never" not in w]


def test_a_call_as_described_brings_up_nothing():
    assert found(ASKED, DONE) == []
    assert found(ASKED, {"ok": False, "error": "not_in_channel"}) == []


@pytest.mark.parametrize(
    ("sent", "answer", "words"),
    [
        ({"channel": "C1"}, DONE, "missing parameter ts"),
        ({**ASKED, "colour": "red"}, DONE, "parameter colour"),
        ({**ASKED, "inclusive": "perhaps"}, DONE, "type of inclusive"),
        (ASKED, {"ok": True}, "answer: /ts is missing"),
        (ASKED, {**DONE, "colour": 1}, "answer: /colour is unknown"),
        (ASKED, {"ok": True, "ts": 1}, "answer: ts is no type"),
        (ASKED, {"ok": False, "error": "no_mood"}, "error no_mood"),
    ],
)
def test_each_departure_is_named(sent, answer, words):
    assert found(sent, answer) == [f"chat.delete: {words} (1 times)"]


def test_a_method_that_is_not_described_and_one_that_is_not_called_are_told():
    told = judge(SPEC, [Recorded("team.info", "GET", {}, DONE, False)]).unexplained()
    assert "team.info: method (1 times)" in told
    idle = [line for line in told if line.endswith("never called with success")]
    assert len(idle) == len(METHODS) - 1


def test_the_record_tells_the_product_from_the_tests_of_the_double(
    tmp_path, monkeypatch
):
    kept = tmp_path / "record"
    monkeypatch.setenv(record.WHERE, str(kept))
    for test in ("tests/test_slack_double.py::a", "tests/test_slack_cards.py::b"):
        monkeypatch.setenv("PYTEST_CURRENT_TEST", test)
        record.keep([Call("chat.delete", ASKED, 0.0, sent=ASKED, answer=DONE)])
    assert [one.by_product for one in record.read(kept)] == [False, True]
