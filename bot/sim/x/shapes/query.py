"""Parameters of queries: read, and refused in X's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

from bot.sim.x.refusals import invalid
from bot.sim.x.wire import moment_of

# Turns a parameter's text into its value; ValueError says what is wrong with it.
Kind = Callable[[str], object]
Query = Mapping[str, Kind]


def number(least: int, most: int) -> Kind:
    def read(text: str) -> object:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ValueError(f"is not between {least} and {most}")
        return int(text)

    return read


def names(allowed: Iterable[str]) -> Kind:
    """Read a list of names between commas."""
    known = tuple(sorted(set(allowed)))

    def read(text: str) -> object:
        given = text.split(",")
        for name in given:
            if name not in known:
                raise ValueError(f"is not one of [{','.join(known)}]")
        return frozenset(given)

    return read


def ids(most: int) -> Kind:
    def read(text: str) -> object:
        given = text.split(",")
        if not all(map(_is_id, given)):
            raise ValueError("does not match ^[0-9]{1,19}$")
        if len(given) > most:
            raise ValueError(f"has more than {most} items")
        return tuple(given)

    return read


def snowflake(text: str) -> object:
    if not _is_id(text):
        raise ValueError("does not match ^[0-9]{1,19}$")
    return text


def words(least: int, most: int) -> Kind:
    def read(text: str) -> object:
        if not least <= len(text) <= most:
            raise ValueError(f"must have {least} to {most} characters")
        return text

    return read


def choice(*values: str) -> Kind:
    def read(text: str) -> object:
        if text not in values:
            raise ValueError(f"is not one of [{','.join(values)}]")
        return text

    return read


def moment(text: str) -> object:
    try:
        return moment_of(text)
    except ValueError:
        raise ValueError("is not a valid RFC3339 date-time") from None


def truth(text: str) -> object:
    return choice("true", "false")(text) == "true"


def _is_id(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) <= 19


def read_query(
    query: Query, given: Iterable[tuple[str, str]], *, needed: Iterable[str] = ()
) -> dict[str, object]:
    """Read the parameters of a request.

    Raises:
        Refused: one is unknown, given twice, malformed or missing.
    """
    values: dict[str, object] = {}
    for name, text in given:
        if name not in query:
            known = ",".join(sorted(query))
            _refuse(f"The query parameter [{name}] is not one of [{known}]", name, text)
        if name in values:
            _refuse(f"The `{name}` query parameter is given twice", name, text)
        try:
            values[name] = query[name](text)
        except ValueError as error:
            says = f"The `{name}` query parameter value [{text}] {error}"
            _refuse(says, name, text)
    for name in needed:
        if name not in values:
            _refuse(f"The `{name}` query parameter can not be empty", name, "")
    return values


def _refuse(says: str, name: str, text: str) -> NoReturn:
    raise invalid(says, name=name, value=text)
