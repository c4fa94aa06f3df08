"""Small checks that are put together to the shape of a JSON document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

# Yields what is wrong, each with its place.
Check = Callable[[object, str], Iterable[str]]


def an_object(
    needed: Mapping[str, Check], allowed: Mapping[str, Check] | None = None
) -> Check:
    """Check an object: what it must have, what it may have, and nothing else."""
    known = {**needed, **(allowed or {})}

    def check(value: object, at: str) -> Iterable[str]:
        if not isinstance(value, dict):
            yield f"{at}: must be an object"
            return
        for name in needed:
            if name not in value:
                yield f"{at}/{name}: is missing"
        for name, item in value.items():
            if name in known:
                yield from known[name](item, f"{at}/{name}")
            else:
                yield f"{at}/{name}: is unknown"

    return check


def a_map(item: Check) -> Check:
    """Check an object whose names are ids."""

    def check(value: object, at: str) -> Iterable[str]:
        if not isinstance(value, dict):
            yield f"{at}: must be an object"
            return
        for name, one in value.items():
            yield from item(one, f"{at}/{name}")

    return check


def a_list(item: Check, *, least: int = 0, most: int | None = None) -> Check:
    def check(value: object, at: str) -> Iterable[str]:
        if not isinstance(value, list):
            yield f"{at}: must be a list"
            return
        if len(value) < least or (most is not None and len(value) > most):
            yield f"{at}: must have {_range(least, most)} items"
        for number, one in enumerate(value):
            yield from item(one, f"{at}/{number}")

    return check


def a_text(pattern: str = "", *, least: int = 0, most: int | None = None) -> Check:
    compiled = re.compile(pattern) if pattern else None

    def check(value: object, at: str) -> Iterable[str]:
        if not isinstance(value, str):
            yield f"{at}: must be a string"
        elif len(value) < least or (most is not None and len(value) > most):
            yield f"{at}: must have {_range(least, most)} characters"
        elif compiled and not compiled.fullmatch(value):
            yield f"{at}: is not of the form {pattern}"

    return check


def a_number(least: int | None = None, most: int | None = None) -> Check:
    def check(value: object, at: str) -> Iterable[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield f"{at}: must be a whole number"
        elif (least is not None and value < least) or (
            most is not None and value > most
        ):
            yield f"{at}: must be from {least} to {most}"

    return check


def one_of(*values: str) -> Check:
    allowed = frozenset(values)

    def check(value: object, at: str) -> Iterable[str]:
        if value not in allowed:
            yield f"{at}: must be one of {', '.join(values)}"

    return check


def any_of(*checks: Check) -> Check:
    """Check that a value is right by at least one of several shapes."""

    def check(value: object, at: str) -> Iterable[str]:
        faults = [list(one(value, at)) for one in checks]
        if all(faults):
            yield from min(faults, key=len)

    return check


def a_truth(value: object, at: str) -> Iterable[str]:
    if not isinstance(value, bool):
        yield f"{at}: must be true or false"


ID = a_text(r"[0-9]{1,19}")
MOMENT = a_text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
TEXT = a_text()
COUNT = a_number(0)


def _range(least: int, most: int | None) -> str:
    return f"at least {least}" if most is None else f"{least} to {most}"
