"""The Lua scripts, registered once. Each file documents its keys and arguments."""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from redis import exceptions
from redis.exceptions import (
    BusyLoadingError,
    NoScriptError,
    ReadOnlyError,
    RedisError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.errors import PermanentFailure, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis.asyncio import Redis
    from redis.commands.core import AsyncScript


class DropsDataError(RedisError):
    """The server makes room by dropping what is kept there."""


_USES = re.compile(r"^-- uses (\w+)$", re.MULTILINE)

# Answers of a server that is alive and cannot work now, and what they mean.
_PASSING = {
    "LOADING": "it is still loading its data",
    "OOM": "it is out of memory: give it more, or raise its maxmemory",
    "READONLY": "it is a read-only replica",
    "MISCONF": "it cannot write to its disk",
    "NOREPLICAS": "it has too few replicas",
    "MASTERDOWN": "its primary is down",
    "BUSY": "it is busy with a script",
    "NOAUTH": "it does not accept our user and password",
    "NOPERM": "our user may not do this: it needs the rights ~* and +@all",
    "EVICTS": "it drops data when it is full: set its maxmemory-policy to noeviction",
    "NOSCRIPT": "it has just forgotten our scripts: the next call brings them",
}
_CLASSES: dict[type[RedisError], str] = {
    exceptions.AuthenticationError: "NOAUTH",
    exceptions.NoPermissionError: "NOPERM",
    BusyLoadingError: "LOADING",
    DropsDataError: "EVICTS",
    NoScriptError: "NOSCRIPT",
    ReadOnlyError: "READONLY",
    exceptions.OutOfMemoryError: "OOM",  # type: ignore[attr-defined]  # old stubs
}


def script(redis: Redis[str], name: str) -> AsyncScript:
    """Return the script lua/<name>.lua, callable with keys and args."""
    return redis.register_script(source(name))


def source(name: str) -> str:
    """Return lua/<name>.lua; a line "-- uses other" becomes what lua/other.lua holds."""
    return _USES.sub(lambda found: source(found[1]), _file(name))


@cache
def _file(name: str) -> str:
    return (resources.files("bot.store") / "lua" / f"{name}.lua").read_text()


@contextmanager
def reporting_outages() -> Iterator[None]:
    """Turn what a store that is gone or refuses to write raises into our words.

    The client's own messages repeat the whole command, customers' texts included;
    none of them is passed on.

    Raises:
        StoreUnavailable: the store may come back; nothing was written, or the
            write is one that a repetition leaves unchanged.
        PermanentFailure: the store rejects the command.
    """
    try:
        yield
    except RedisError as error:
        passing = _passing_cause(error)
        kind = type(error).__name__
        if passing is None:
            raise PermanentFailure(f"the store rejects a command ({kind})") from None
        raise StoreUnavailable(f"{passing} ({kind})") from None


def _passing_cause(error: RedisError) -> str | None:
    """Return what will pass, in our words; None if it will not."""
    # What refuses a new connection comes wrapped: a wrong password, for one.
    causes = (error, error.__cause__)
    code = next((c for kind, c in _CLASSES.items() if _any_is(kind, causes)), None)
    if code is None and isinstance(error, (RedisConnectionError, RedisTimeoutError)):
        return "the store does not answer"
    if code is None:
        code = next((c for c in _PASSING if _answers_with(c, error)), None)
    return f"the store refuses to work: {_PASSING[code]}" if code else None


def _any_is(kind: type[RedisError], errors: tuple[BaseException | None, ...]) -> bool:
    return any(isinstance(error, kind) for error in errors)


def _answers_with(code: str, error: RedisError) -> bool:
    """Tell whether the server's answer has this code; in a pipeline it comes last."""
    answer = str(error).rpartition("caused error: ")[2]
    return answer.lstrip("('\"").startswith(code)
