"""The Lua scripts, registered once. Each file documents its keys and arguments."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis.asyncio import Redis
    from redis.commands.core import AsyncScript

# Answers of a server that is alive and cannot work now.
_PASSING = ("LOADING", "OOM", "READONLY", "MISCONF", "NOREPLICAS", "MASTERDOWN", "BUSY")


def script(redis: Redis[str], name: str) -> AsyncScript:
    """Return the script lua/<name>.lua, callable with keys and args."""
    text = (resources.files("bot.store") / "lua" / f"{name}.lua").read_text()
    return redis.register_script(text)


@contextmanager
def reporting_outages() -> Iterator[None]:
    """Turn what a store that is gone or refuses to write raises into our words.

    Raises:
        StoreUnavailable: the store may come back; nothing was written, or the
            write is one that a repetition leaves unchanged.
    """
    try:
        yield
    except (RedisConnectionError, RedisTimeoutError) as error:
        raise StoreUnavailable(f"the store does not answer: {error}") from error
    except ResponseError as error:
        if not any(word in str(error) for word in _PASSING):
            raise
        raise StoreUnavailable(f"the store refuses to write: {error}") from error
    except RedisError as error:
        raise StoreUnavailable(f"the store failed: {error}") from error
