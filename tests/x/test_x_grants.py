"""Tokens of OAuth 2 that run out while X is used."""

from __future__ import annotations

import pytest

from bot.channels.x import ErrorKind, Session, XError
from bot.model.outgoing import (
    Refused,
    Sent,
    Speaker,
)
from tests.x.written import LONG, POST, reply
from tests.x.x_line import XLine


class Grants:
    """Tokens of OAuth 2 whose first is no good any more."""

    def __init__(self, x) -> None:
        self._x, self._token, self.renewals = x, "stale", 0

    async def current(self) -> str:
        return self._token

    async def renewed(self, stale: str) -> str:
        self.renewals += 1
        self._token = self._x.grant().access
        return self._token


@pytest.fixture
def granted(redis, x):
    tokens = Grants(x)
    line = XLine(redis, x, x.core.clock, session=Session(tokens, base_url=x.url))
    yield line, tokens
    line.channel.close()


async def test_a_token_that_ran_out_is_renewed_while_reading(x, granted):
    line, tokens = granted
    x.person("ada").post("@acmecare hi")
    found = [m.text async for _, m in line.channel.messages(after=None)]
    assert (found, tokens.renewals) == (["@acmecare hi"], 1)


async def test_a_text_goes_out_in_the_next_try_after_its_token_ran_out(
    x, granted, mention
):
    line, tokens = granted
    outgoing = reply(x, mention)
    result = await line.channel.send(outgoing)
    assert result == Refused("unreachable", permanent=False)
    assert isinstance(await line.channel.send(outgoing), Sent)
    assert tokens.renewals == 1


class SlowGrants(Grants):
    """Tokens that are waited for, since another process renews them."""

    takes_s = 0

    async def current(self) -> str:
        self._x.core.clock.advance(self.takes_s)
        return self._token


@pytest.mark.parametrize(
    ("words", "takes_s"), [("On its way.", 4), (LONG, 2)], ids=["one post", "several"]
)
async def test_no_post_is_begun_when_another_sender_may_look_for_it_already(
    redis, x, mention, words, takes_s
):
    tokens = SlowGrants(x)
    await tokens.renewed("")
    line = XLine(redis, x, x.core.clock, session=Session(tokens, base_url=x.url))
    await line.channel.account()
    outgoing = reply(x, mention, words, speaker=Speaker.AGENT)
    tokens.takes_s = takes_s
    result = await line.channel.send(outgoing)
    assert result == Refused("unreachable", permanent=False)
    assert x.ledger.of(POST) == []
    tokens.takes_s = 0
    assert isinstance(await line.channel.send(outgoing), Sent)
    line.channel.close()


class NoGrants(Grants):
    """Tokens for which somebody has to sign in again."""

    async def current(self) -> str:
        raise XError(ErrorKind.TOKEN, "oauth2.token", status=400)


async def test_that_somebody_has_to_sign_in_is_among_the_troubles(redis, x, mention):
    session = Session(NoGrants(x), base_url=x.url)
    line = XLine(redis, x, x.core.clock, session=session)
    result = await line.channel.send(reply(x, mention))
    assert result == Refused("token", permanent=False)
    assert ErrorKind.TOKEN in line.channel.troubles
    line.channel.close()
