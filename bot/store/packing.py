"""Commands as bytes, put together by hiredis in C.

The client does that in Python, a part at a time, which took a third of the time of
every pipeline. Its later versions do it this way; Rasa keeps us from those.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Union, cast

import hiredis
from redis.exceptions import DataError

Part = Union[str, bytes, int, float]


class Packing:
    """Goes before a connection class."""

    def pack_command(self, *args: Part) -> list[bytes]:
        return [_packed(args)]

    def pack_commands(self, commands: Iterable[tuple[Part, ...]]) -> list[bytes]:
        return [b"".join(map(_packed, commands))]


def _packed(args: tuple[Part, ...]) -> bytes:
    """Return one command; the words of a name like "SCRIPT LOAD" are parts.

    Raises:
        DataError: a part is neither text, bytes nor number.
    """
    name = args[0]
    if isinstance(name, str) and " " in name:
        args = (*name.split(), *args[1:])
    try:
        return bytes(hiredis.pack_command(cast("tuple[str]", args)))  # any length
    except TypeError:  # its words may hold the part
        raise DataError("a command has a part that cannot be sent") from None
