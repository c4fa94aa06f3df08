"""What our graph components share: a typed look at Rasa's untyped configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from bot.errors import ConfigError

Config = dict[str, object]
_T = TypeVar("_T", str, int, float)


def setting(config: Mapping[str, object], name: str, default: _T) -> _T:
    """Return `config[name]`, of the type of `default`; whole numbers pass as floats.

    Raises:
        ConfigError: the value has another type.
    """
    value = config.get(name, default)
    if isinstance(default, float) and type(value) is int:
        value = float(value)
    if type(value) is not type(default):
        kind = {str: "text", int: "a whole number", float: "a number"}[type(default)]
        raise ConfigError(f"config.yml: {name} must be {kind}, not {value!r}")
    return value


def names(config: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Return the list of words `config[name]`; empty if absent.

    Raises:
        ConfigError: it is not a list of texts.
    """
    value = config.get(name, [])
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ConfigError(f"config.yml: {name} must be a list of words")
    return tuple(value)
