"""Stretches of a list: by ids, by time, in pages."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
import tweepy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.local_x.clients import ask
from tests.local_x.conftest import START


@pytest.fixture
def posts(x, clock):
    """Ten mentions, a second apart, the oldest first."""
    ann, made = x.person("ann"), []
    for number in range(10):
        made.append(ann.post(f"@acmecare number {number}"))
        clock.advance(1)
    return made


async def found(api, x, **more):
    page = await ask(lambda: api.get_users_mentions(x.brand.id, user_auth=True, **more))
    return [int(p["text"].rpartition(" ")[2]) for p in page.get("data", [])]


async def test_ids_bound_a_stretch_on_both_sides(x, api, posts):
    more = {"since_id": posts[2].id, "until_id": posts[6].id}
    assert await found(api, x, **more) == [5, 4, 3]


async def test_moments_bound_a_stretch(x, api, posts):
    more = {
        "start_time": START + timedelta(seconds=3),
        "end_time": START + timedelta(seconds=6),
    }
    assert await found(api, x, **more) == [5, 4, 3]


async def test_an_empty_stretch_is_refused(x, api, posts):
    with pytest.raises(tweepy.BadRequest):
        await found(api, x, since_id=posts[6].id, until_id=posts[2].id)


async def test_a_page_that_x_never_gave_is_refused(x, api, posts):
    with pytest.raises(tweepy.BadRequest, match="pagination_token"):
        await found(api, x, pagination_token="nonsense")


async def test_x_shows_the_newest_800_mentions_alone(x, api, clock):
    ann = x.person("ann")
    for number in range(810):
        ann.post(f"@acmecare number {number}")
        clock.advance(1)
    seen, token = [], None
    while True:
        more = {"max_results": 100, "pagination_token": token, "user_auth": True}
        page = await ask(partial(api.get_users_mentions, x.brand.id, **more))
        seen += page["data"]
        token = page["meta"].get("next_token")
        if token is None:
            break
    assert len(seen) == 800 and seen[-1]["text"] == "@acmecare number 10"


@given(size=some.integers(5, 12), arrivals=some.lists(some.booleans(), max_size=4))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_pages_show_each_post_once_whatever_arrives_between(size, arrivals):
    from bot.clock import ManualClock
    from bot.sim.x.endpoint import Ask
    from bot.sim.x.lists import page_of
    from bot.sim.x.world import World

    clock = ManualClock(START)
    world = World(clock)
    ann, us = world.add_account("ann"), world.add_account("acmecare")
    before = []
    for number in range(30):
        before.append(world.publish(ann, f"@acmecare {number}").id)
        clock.advance(number % 3)  # some within one millisecond
    seen, query, more = [], {}, list(arrivals)
    while True:
        ask_now = Ask(None, {}, query, {})
        page, meta = page_of(
            world.mentions(us.id), ask_now, most=size, keep=lambda post: True
        )
        seen += [post.id for post in page]
        if "next_token" not in meta:
            break
        query = {"pagination_token": meta["next_token"]}
        if more and more.pop():
            clock.advance(1)
            world.publish(ann, "@acmecare a new one")
    assert seen == before[::-1]
