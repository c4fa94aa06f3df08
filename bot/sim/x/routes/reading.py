"""Posts: looked up, listed, searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice

from bot.sim.x.core import Core
from bot.sim.x.endpoint import BOTH, Answer, Ask, Endpoint
from bot.sim.x.includes import Wanted
from bot.sim.x.limits import Limit, Limits
from bot.sim.x.lists import page_of
from bot.sim.x.query import matches, parse
from bot.sim.x.refusals import invalid, missing, not_yours
from bot.sim.x.shapes.answers import POST, one, page, some
from bot.sim.x.shapes.fields import OF_POSTS, STRETCH
from bot.sim.x.shapes.query import choice, ids, names, number, words
from bot.sim.x.snowflakes import first_of
from bot.sim.x.things import Post
from bot.sim.x.wire import Json, milliseconds

_SCOPES = ("tweet.read", "users.read")
MENTIONS_AT_MOST, TIMELINE_AT_MOST = 800, 3200  # X shows no older ones
SEARCHABLE = timedelta(days=7)


def _error(core: Core, ask: Ask, post_id: str, by: str) -> Json | None:
    """Return what X says of a post that it does not show."""
    post = core.world.posts.get(post_id)
    if post is None:
        return missing("tweet", by, post_id)
    if not core.includes.may_see(post, ask.who.account):
        return not_yours("tweet", by, post_id)
    return None


def by_id(core: Core, ask: Ask) -> Answer:
    post_id = ask.path["id"]
    if error := _error(core, ask, post_id, "id"):
        return Answer({"errors": [error]})
    posts = [core.world.posts[post_id]]
    shown = _shown(core, ask, posts)
    return Answer({**shown, "data": shown["data"][0]}, paid=(("post_read", post_id),))


def several(core: Core, ask: Ask) -> Answer:
    wanted = ask.query["ids"]
    assert isinstance(wanted, tuple)  # noqa: S101 - the form says so
    errors = {i: _error(core, ask, i, "ids") for i in dict.fromkeys(wanted)}
    posts = [core.world.posts[i] for i, error in errors.items() if error is None]
    body = _shown(core, ask, posts)
    if wrong := [error for error in errors.values() if error]:
        body["errors"] = wrong + body.get("errors", [])
    return Answer(body, paid=tuple(("post_read", post.id) for post in posts))


def _shown(core: Core, ask: Ask, posts: list[Post]) -> Json:
    """Return posts with what stands beside them; without posts there is no data."""
    wanted = Wanted.of(ask.query)
    beside = core.includes.of_posts(posts, wanted, viewer=ask.who.account)
    data = [core.render.post(post, wanted.posts) for post in posts]
    return {**({"data": data} if data else {}), **beside}


def _page(
    core: Core,
    ask: Ask,
    posts: Iterable[Post],
    price: str,
    keep: Callable[[Post], bool],
) -> Answer:
    most = ask.count("max_results", 10)
    found, meta = page_of(posts, ask, most=most, keep=keep)
    body = {**_shown(core, ask, found), "meta": meta}
    return Answer(body, paid=tuple((price, post.id) for post in found))


def mentions(core: Core, ask: Ask) -> Answer:
    """Posts that name an account, but its own, as far as they are indexed."""
    account_id = ask.path["id"]
    if account_id not in core.world.accounts:
        return Answer({"errors": [missing("user", "id", account_id)]})
    newest = islice(core.world.mentions(account_id), MENTIONS_AT_MOST)
    is_own = ask.who.account is not None and ask.who.account.id == account_id
    return _page(
        core,
        ask,
        newest,
        "mention_read" if is_own else "post_read",
        lambda post: core.world.is_indexed(post) and post.author_id != account_id,
    )


def timeline(core: Core, ask: Ask) -> Answer:
    """Posts of one account."""
    account_id = ask.path["id"]
    account = core.world.accounts.get(account_id)
    if account is None:
        return Answer({"errors": [missing("user", "id", account_id)]})
    if account.protected and account is not ask.who.account:
        return Answer({"errors": [not_yours("user", "id", account_id)]})
    left_out = ask.query.get("exclude", frozenset())
    assert isinstance(left_out, frozenset)  # noqa: S101 - the form says so

    def keep(post: Post) -> bool:
        if "replies" in left_out and post.replied_to:
            return False
        if "retweets" in left_out and post.reposted:
            return False
        return account is ask.who.account or core.world.is_indexed(post)

    newest = islice(core.world.timeline(account_id), TIMELINE_AT_MOST)
    return _page(core, ask, newest, "post_read", keep)


def search(core: Core, ask: Ask) -> Answer:
    """Posts of the last week that fit a query."""
    query = parse(ask.text("query"))
    oldest = core.clock.now() - SEARCHABLE
    _check_age(ask, oldest)
    newest = (p for p in core.world.everything() if p.created_at >= oldest)

    def keep(post: Post) -> bool:
        return core.world.is_indexed(post) and matches(query, post, core.world)

    return _page(core, ask, newest, "post_read", keep)


def _check_age(ask: Ask, oldest: datetime) -> None:
    since, start = ask.text("since_id"), ask.query.get("start_time")
    first = first_of(milliseconds(oldest))
    if since and int(since) < first:
        raise invalid(
            f"'since_id' must be a tweet id created after [{oldest:%Y-%m-%dT%H:%MZ}]. "
            f"Please use a 'since_id' that is larger than {first}",
            name="since_id",
            value=since,
        )
    if isinstance(start, datetime) and start < oldest:
        raise invalid(
            f"'start_time' must be on or after {oldest:%Y-%m-%dT%H:%MZ}",
            name="start_time",
            value=start.isoformat(),
        )


_LIST = {**OF_POSTS, **STRETCH}

ENDPOINTS = (
    Endpoint(
        "GET",
        "/2/tweets/search/recent",
        search,
        Limits("search.recent", (Limit(300),), (Limit(450),)),
        page(POST),
        takes=BOTH,
        scopes=_SCOPES,
        query={
            **_LIST,
            "query": words(1, 512),
            "max_results": number(10, 100),
            "next_token": words(1, 200),
            "sort_order": choice("recency", "relevancy"),
        },
        needed=("query",),
    ),
    Endpoint(
        "GET",
        "/2/users/{id}/mentions",
        mentions,
        Limits("mentions", (Limit(300),), (Limit(450),)),
        page(POST),
        takes=BOTH,
        scopes=_SCOPES,
        query={**_LIST, "max_results": number(5, 100)},
    ),
    Endpoint(
        "GET",
        "/2/users/{id}/tweets",
        timeline,
        Limits("timeline", (Limit(900),), (Limit(10_000),)),
        page(POST),
        takes=BOTH,
        scopes=_SCOPES,
        query={
            **_LIST,
            "max_results": number(5, 100),
            "exclude": names({"replies", "retweets"}),
        },
    ),
    Endpoint(
        "GET",
        "/2/tweets",
        several,
        Limits("tweets.lookup", (Limit(5_000),), (Limit(3_500),)),
        some(POST),
        takes=BOTH,
        scopes=_SCOPES,
        query={**OF_POSTS, "ids": ids(100)},
        needed=("ids",),
    ),
    Endpoint(
        "GET",
        "/2/tweets/{id}",
        by_id,
        Limits("tweets.one", (Limit(900),), (Limit(450),)),
        one(POST),
        takes=BOTH,
        scopes=_SCOPES,
        query=OF_POSTS,
    ),
)
