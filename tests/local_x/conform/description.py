"""X's published description, asked about one request, answer or event at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema

from tests.local_x.conform.names import answered, asked

Json = dict[str, Any]
ACTIVITY, FILTERED = "/2/activity/stream", "/2/tweets/search/stream"


class Description:
    """Yields where something departs from the description, in a few words."""

    def __init__(self, spec: Json) -> None:
        self._spec = spec
        self._resolver = jsonschema.RefResolver("", spec)
        self._paths = {_plain(path): path for path in spec["paths"]}

    def operation(self, endpoint: str) -> Json | None:
        """Return the description of e.g. `GET /2/users/:id/mentions`."""
        verb, _, path = endpoint.partition(" ")
        known = self._paths.get(_plain(path))
        return self._spec["paths"].get(known, {}).get(verb.lower())

    def of_request(self, endpoint: str, query: Json, body: Json) -> Iterator[str]:
        operation = self.operation(endpoint)
        if operation is None:
            yield "endpoint"
            return
        parameters = {
            p["name"]: p for p in map(self._at, operation.get("parameters", []))
        }
        known = set(parameters)
        sent = dict(asked(name, text, known) for name, text in query.items())
        for name, text in sent.items():
            if name not in known:
                yield f"parameter {name}"
            elif text:
                yield from self._of_parameter(name, text, parameters[name]["schema"])
        for name, parameter in parameters.items():
            needed = parameter.get("required") and parameter["in"] == "query"
            if needed and name not in sent:
                yield f"missing parameter {name}"
        yield from self._of_body(operation, body)

    def _of_parameter(self, name: str, text: str, schema: Json) -> Iterator[str]:
        value: object = text
        if schema.get("type") == "array":
            value = text.split(",")
        elif schema.get("type") == "integer":
            value = int(text)
        for error in self._errors(schema, value):
            yield f"parameter {name}: {error.validator} {error.instance}"

    def _of_body(self, operation: Json, body: Json) -> Iterator[str]:
        content = operation.get("requestBody", {}).get("content", {})
        if not body or not content:
            if body:
                yield "body where none is known"
            return
        schema = content["application/json"]["schema"]
        for error in self._errors(schema, body):
            yield f"body: {_place(error)} is no {error.validator}"

    def of_answer(self, endpoint: str, status: int, answer: Json) -> Iterator[str]:
        operation = self.operation(endpoint)
        if operation is None:
            return
        responses = operation["responses"]
        if status < 400 and str(status) not in responses:
            yield f"status {status}"
            status = next(int(code) for code in responses if code.isdecimal())
        if status >= 400:
            yield from self._of_refusal(status, answer)
            return
        schema = responses[str(status)]["content"]["application/json"]["schema"]
        yield from self._held(schema, answered(answer), "answer")

    def _of_refusal(self, status: int, answer: Json) -> Iterator[str]:
        """A refusal is a problem of a known type, or X's older code and message."""
        kinds = self._spec["components"]["schemas"]["Problem"]["discriminator"]
        found = kinds["mapping"].get(answer.get("type", ""))
        if found is None:
            yield f"refusal {status}: type {answer.get('type')}"
            return
        yield from self._held({"$ref": found}, answer, f"refusal {status}")

    def of_event(self, event: Json) -> Iterator[str]:
        """An event of one of the streams; both are told apart by their form."""
        if "matching_rules" in event:
            name = "StreamPostsResponse"
            ref = {"$ref": f"#/components/schemas/{name}"}
            yield from self._held(ref, answered(event), "event")
            return
        data = answered(event["data"])
        kind, payload = data["event_type"], data.pop("payload")
        ref = {"$ref": "#/components/schemas/ActivityStreamResponse"}
        yield from self._held(ref, {"data": data}, "event")
        schemas = self._spec["components"]["schemas"]
        kinds = schemas["ActivityStreamingResponsePayload"]["discriminator"]["mapping"]
        if kind not in kinds:
            yield f"event {kind}: no payload is known"
        else:
            yield from self._held({"$ref": kinds[kind]}, payload, f"event {kind}")

    # The schemas themselves.

    def _held(self, schema: Json, value: object, what: str) -> Iterator[str]:
        for error in self._errors(schema, value):
            yield f"{what}: {_place(error)} is no {error.validator}"
        for place in self._unknown(schema, value, ""):
            yield f"{what}: {place} is unknown"

    def _errors(self, schema: Json, value: object) -> Iterator[Any]:
        return jsonschema.Draft7Validator(schema, resolver=self._resolver).iter_errors(
            value
        )

    def _at(self, schema: Json) -> Json:
        while "$ref" in schema:
            schema = self._resolver.resolve(schema["$ref"])[1]
        return schema

    def _unknown(self, schema: Json, value: object, at: str) -> Iterator[str]:
        """Yield names of which an open object's description says nothing."""
        schema = self._at(schema)
        if isinstance(value, list) and "items" in schema:
            for item in value:
                yield from self._unknown(schema["items"], item, f"{at}/[]")
        if not isinstance(value, dict) or "properties" not in schema:
            return
        for name, item in value.items():
            if name in schema["properties"]:
                inner = schema["properties"][name]
                yield from self._unknown(inner, item, f"{at}/{name}")
            elif not (name.endswith("_str") and name.removesuffix("_str") in value):
                yield f"{at}/{name}"


def _plain(path: str) -> str:
    return re.sub(r"\{\w+\}|:\w+", "*", path)


def _place(error: Any) -> str:
    steps = "/".join(str(step) for step in error.absolute_path)
    return re.sub(r"\b\d+\b", "[]", steps) or "the whole"
