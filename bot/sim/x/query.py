"""The query language of search and of the filtered stream: a sensible part of it.

Words, "phrases", @names, #tags, -not, OR, brackets, and the operators below. What
X knows and this does not, it refuses, so that nothing is silently not searched for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.sim.x.refusals import Refused, invalid
from bot.sim.x.text import links_in, names_in
from bot.sim.x.things import Post
from bot.sim.x.world import World

_PIECE = re.compile(r'\s*(-?"[^"]*"|-?\(|\)|[^\s()]+)')

Test = Callable[[Post, World], bool]


@dataclass(frozen=True)
class Query:
    """A query that can be asked of a post.

    Attributes:
        stands_alone: whether it holds something that X accepts by itself.
    """

    test: Test
    stands_alone: bool


def _from(value: str) -> Test:
    def test(post: Post, world: World) -> bool:
        account = world.accounts[post.author_id]
        return value.removeprefix("@").lower() in {account.username.lower(), account.id}

    return test


def _to(value: str) -> Test:
    def test(post: Post, world: World) -> bool:
        account = world.accounts.get(post.in_reply_to_user_id or "")
        return account is not None and value.lower() == account.username.lower()

    return test


def _conversation(value: str) -> Test:
    return lambda post, _world: post.conversation_id == value


def _retweets_of(value: str) -> Test:
    def test(post: Post, world: World) -> bool:
        other = world.posts.get(post.reposted or "")
        return other is not None and _from(value)(other, world)

    return test


def _url(value: str) -> Test:
    wanted = value.strip('"').lower()
    return lambda post, _world: any(
        wanted in link.lower() for link in links_in(post.text)
    )


def _in_reply_to(value: str) -> Test:
    return lambda post, _world: post.replied_to == value


def _quotes_of(value: str) -> Test:
    return lambda post, _world: post.quoted == value


STANDALONE: dict[str, Callable[[str], Test]] = {
    "from": _from,
    "to": _to,
    "conversation_id": _conversation,
    "retweets_of": _retweets_of,
    "url": _url,
    "in_reply_to_tweet_id": _in_reply_to,
    "quotes_of_tweet_id": _quotes_of,
}
IS: dict[str, Test] = {
    "retweet": lambda post, _world: post.reposted is not None,
    "reply": lambda post, _world: post.replied_to is not None,
    "quote": lambda post, _world: post.quoted is not None,
    "verified": lambda post, world: (
        world.accounts[post.author_id].verified_type != "none"
    ),
}
HAS: dict[str, Test] = {
    "links": lambda post, _world: bool(links_in(post.text)),
    "media": lambda post, _world: bool(post.media_keys),
    "mentions": lambda post, _world: bool(names_in(post.full_text)),
    "hashtags": lambda post, _world: "#" in post.text,
}


def parse(text: str) -> Query:
    """Read a query.

    Raises:
        Refused: 400; it is malformed, or has an operator that is unknown.
    """
    pieces = _PIECE.findall(text)
    query, rest = _alternatives(pieces)
    if rest:
        raise _wrong("unbalanced brackets", text)
    if not query.stands_alone:
        says = (
            "Rules must contain at least one positive, non-stopword clause: "
            "is:, has: and lang: need another one beside them"
        )
        raise _wrong(says, text)
    return query


def matches(query: Query, post: Post, world: World) -> bool:
    return query.test(post, world)


def _alternatives(pieces: list[str]) -> tuple[Query, list[str]]:
    first, rest = _together(pieces)
    found = [first]
    while rest and rest[0] == "OR":
        following, rest = _together(rest[1:])
        found.append(following)
    tests = [one.test for one in found]
    every = all(one.stands_alone for one in found)
    return Query(lambda p, w: any(t(p, w) for t in tests), every), rest


def _together(pieces: list[str]) -> tuple[Query, list[str]]:
    found: list[Query] = []
    while pieces and pieces[0] not in {"OR", ")"}:
        one, pieces = _single(pieces[0], pieces[1:])
        found.append(one)
    if not found:
        raise _wrong("no viable alternative at input", " ".join(pieces))
    tests = [one.test for one in found]
    some = any(one.stands_alone for one in found)
    return Query(lambda p, w: all(t(p, w) for t in tests), some), pieces


def _single(piece: str, rest: list[str]) -> tuple[Query, list[str]]:
    negated = piece.startswith("-") and len(piece) > 1
    if negated:
        piece = piece[1:]
    if piece == "(":
        query, rest = _alternatives(rest)
        if not rest or rest[0] != ")":
            raise _wrong("missing ')'", piece)
        rest = rest[1:]
    else:
        query = _term(piece)
    if negated:
        return Query(lambda p, w: not query.test(p, w), stands_alone=False), rest
    return query, rest


def _term(piece: str) -> Query:
    operator, colon, value = piece.partition(":")
    if colon and operator.isidentifier() and not value.startswith("//"):
        return _operator(operator, value, piece)
    if piece.startswith("@"):
        name = piece[1:].lower()
        return Query(lambda p, _w: name in names_in(p.full_text), stands_alone=True)
    words = piece.strip('"').casefold()
    pattern = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")
    return Query(
        lambda p, _w: pattern.search(p.full_text.casefold()) is not None,
        stands_alone=True,
    )


def _operator(operator: str, value: str, piece: str) -> Query:
    if value and operator in STANDALONE:
        return Query(STANDALONE[operator](value), stands_alone=True)
    if operator == "lang" and value:
        return Query(lambda p, _w: p.lang == value, stands_alone=False)
    table = {"is": IS, "has": HAS}.get(operator, {})
    if value in table:
        return Query(table[value], stands_alone=False)
    raise _wrong(
        f"Reference to invalid operator '{operator}'. Operator is not available in "
        "current product or product packaging. Please refer to complete available "
        "operator list at https://docs.x.com.",
        piece,
    )


def _wrong(says: str, text: str) -> Refused:
    message = f"There were errors processing your request: {says}"
    return invalid(message, name="query", value=text, kind="query")
