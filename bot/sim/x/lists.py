"""Pages of posts and direct messages, newest first."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from bot.sim.x.endpoint import Ask
from bot.sim.x.refusals import invalid
from bot.sim.x.snowflakes import first_of
from bot.sim.x.things import Direct, Post
from bot.sim.x.wire import Json, milliseconds


def stretch(ask: Ask) -> tuple[int, int]:
    """Return the ids between which the wanted posts lie, both left out.

    Raises:
        Refused: the parameters contradict each other.
    """
    low, high = -1, 1 << 63
    for name, is_low in (("since_id", True), ("until_id", False)):
        if (text := ask.text(name)) and is_low:
            low = max(low, int(text))
        elif text:
            high = min(high, int(text))
    start, end = ask.query.get("start_time"), ask.query.get("end_time")
    if isinstance(start, datetime):
        low = max(low, first_of(milliseconds(start)) - 1)
    if isinstance(end, datetime):
        high = min(high, first_of(milliseconds(end)))
    if low >= high:
        raise invalid("'since' must be earlier than 'until'", name="since_id")
    token = ask.text("pagination_token") or ask.text("next_token")
    return low, min(high, before(token)) if token else high


def page_of(
    posts: Iterable[Post], ask: Ask, *, most: int, keep: Callable[[Post], bool]
) -> tuple[list[Post], Json]:
    """Return the newest `most` wanted posts, and `meta` with the way to the next."""
    low, high = stretch(ask)
    found: list[Post] = []
    more = False
    for post in posts:
        number = int(post.id)
        if number <= low:
            break
        if number >= high or not keep(post):
            continue
        if len(found) == most:
            more = True
            break
        found.append(post)
    meta: Json = {"result_count": len(found)}
    if found:
        meta |= {"newest_id": found[0].id, "oldest_id": found[-1].id}
    if more:
        meta["next_token"] = token_for(found[-1].id)
    return found, meta


def page_of_directs(
    directs: Iterator[Direct], ask: Ask, *, most: int
) -> tuple[list[Direct], Json]:
    """Return the newest `most` direct messages; there is no `since_id`."""
    token = ask.text("pagination_token")
    high = before(token) if token else 1 << 63
    found: list[Direct] = []
    meta: Json = {}
    for direct in directs:
        if int(direct.id) >= high:
            continue
        if len(found) == most:
            meta["next_token"] = token_for(found[-1].id)
            break
        found.append(direct)
    return found, {"result_count": len(found), **meta}


def token_for(last_id: str) -> str:
    """Return an opaque token that leads to what is older."""
    return base64.b32encode(f"page-{last_id}".encode()).decode().rstrip("=").lower()


def before(token: str) -> int:
    """Return the id that a token stands for.

    Raises:
        Refused: it is none of ours.
    """
    try:
        padded = token.upper() + "=" * (-len(token) % 8)
        kind, _, last = base64.b32decode(padded).decode().partition("-")
        if kind != "page":
            raise ValueError(token)
        return int(last)
    except ValueError:
        raise invalid(
            f"The `pagination_token` query parameter value [{token}] is not valid",
            name="pagination_token",
            value=token,
        ) from None
