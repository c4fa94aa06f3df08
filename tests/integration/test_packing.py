"""Commands that are packed in C arrive as the client's own would."""

from __future__ import annotations

import pytest
from redis.asyncio.connection import Connection
from redis.exceptions import DataError

COMMAND = ("EVALSHA", "0" * 40, 1, "{s01}queue:é", b"\x00\xff", 1732000000000, 0.5)


async def test_every_kind_of_part_arrives_as_the_client_would_send_it(redis):
    ours = redis.connection_pool.connection_class()
    commands = [COMMAND, ("SCRIPT EXISTS", "x"), ("SET", "line\r\nbreak", "")]
    theirs = Connection().pack_commands(commands)
    assert b"".join(ours.pack_commands(commands)) == b"".join(theirs)
    assert type(ours) is not Connection


async def test_what_cannot_be_sent_is_refused_without_a_word_of_it(redis):
    with pytest.raises(DataError) as refused:
        await redis.set("key", ["a customer's words"])
    assert "customer" not in str(refused.value)
    assert refused.value.__cause__ is None
