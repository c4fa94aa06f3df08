"""Holding requests against X's description finds what departs from it."""

from __future__ import annotations

import json

import pytest

from bot.sim.x import LocalX, record
from tests.local_x.clients import ask, client
from tests.local_x.conform.__main__ import judge

PROBLEM = "https://api.x.com/2/problems/invalid-request"
SCHEMAS = {
    "Post": {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "text": {"type": "string"},
            "referenced_posts": {"type": "array", "items": {"type": "object"}},
        },
    },
    "Answer": {
        "type": "object",
        "properties": {"data": {"$ref": "#/components/schemas/Post"}},
    },
    "Wrong": {"type": "object", "properties": {"type": {"enum": [PROBLEM]}}},
    "Problem": {"discriminator": {"mapping": {PROBLEM: "#/components/schemas/Wrong"}}},
}
ANSWER = {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}}
FIELDS = {
    "type": "array",
    "items": {"type": "string", "enum": ["id", "text", "lang"]},
}
SPEC = {
    "info": {"version": "1"},
    "components": {"schemas": SCHEMAS},
    "paths": {
        "/2/tweets/{id}": {
            "get": {
                "parameters": [
                    {"name": "id", "in": "path", "schema": {}, "required": True},
                    {"name": "post.fields", "in": "query", "schema": FIELDS},
                ],
                "responses": {"200": {"content": ANSWER}},
            }
        }
    },
}
POST = {"data": {"id": "1", "text": "hello", "referenced_tweets": [{}]}}


def found(query, answer=POST, *, endpoint="GET /2/tweets/:id", status=200):
    """Return what one request brings up, apart from the endpoints not called."""
    line = {"endpoint": endpoint, "query": query, "body": {}, "test": ""}
    report = judge(SPEC, [{**line, "status": status, "answer": answer}])
    return [wrong for wrong in report.unexplained() if "never" not in wrong]


def test_both_sets_of_names_are_taken_for_the_same():
    assert found({"tweet.fields": "lang,author_id"}) == []
    assert found({"post.fields": "lang"}) == []


@pytest.mark.parametrize(
    ("query", "answer", "words"),
    [
        ({"colour": "red"}, POST, "parameter colour"),
        ({"tweet.fields": "shape"}, POST, "parameter post.fields: enum shape"),
        ({}, {"data": {"id": 1}}, "answer: data/id is no type"),
        ({}, {"data": {"id": "1", "mood": "good"}}, "answer: /data/mood is unknown"),
    ],
)
def test_what_departs_is_named_with_its_place(query, answer, words):
    [wrong] = found(query, answer)
    assert words in wrong


def test_an_endpoint_that_is_not_described_is_told():
    [wrong] = found({}, endpoint="GET /2/moods/:id")
    assert wrong == "GET /2/moods/:id: endpoint (1 times)"


def test_a_refusal_has_to_be_a_problem_that_is_described():
    assert found({}, {"type": PROBLEM}, status=400) == []
    assert found({}, {"type": "about:blank"}, status=403) == []  # explained
    [wrong] = found({}, {"type": "other"}, status=400)
    assert "refusal 400: type other" in wrong


def test_an_endpoint_that_was_never_called_is_told():
    assert "POST /2/tweets: never called with success" in judge(SPEC, []).unexplained()


async def test_requests_and_events_are_kept_on_wish(tmp_path, monkeypatch, clock):
    path = tmp_path / "record.jsonl"
    monkeypatch.setenv(record.WHERE, str(path))
    async with LocalX(clock=clock) as x:
        await ask(client(x).get_me)
        x.faults.lose_answer("GET /2/users/me")
        x.hub.sent.append({"data": {}})
    [call, event] = map(json.loads, path.read_text().splitlines())
    assert (call["endpoint"], call["status"]) == ("GET /2/users/me", 200)
    assert event["event"] == {"data": {}}
    assert "test_requests_and_events_are_kept" in call["test"]
