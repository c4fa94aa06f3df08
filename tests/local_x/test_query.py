"""The query language by itself: whatever is written is read or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.sim.x.query import matches, parse
from bot.sim.x.refusals import Refused
from bot.sim.x.world import World
from tests.local_x.conftest import START

PIECES = some.sampled_from(
    ["acme", "OR", "(", ")", "-", "-(", '"', "@ann", "is:reply", "from:ann", ":", "#a"]
)


@given(some.lists(PIECES, max_size=200).map(" ".join) | some.text(max_size=512))
def test_any_text_is_read_or_refused(text):
    try:
        query = parse(text)
    except Refused as refused:
        assert refused.status == 400
    else:
        assert query.stands_alone


@pytest.fixture
def world():
    from bot.clock import ManualClock

    return World(ManualClock(START))


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("parcel", True),
        ("PARCEL late", True),
        ("parce", False),
        ('"late parcel"', False),
        ("parcel OR lamp", True),
        ("lamp OR chair", False),
        ("parcel -late", False),
        ("parcel -(lamp OR chair)", True),
        ("@acmecare", True),
        ("@acme", False),
        ("#help", True),
        ("from:ANN", True),
        ("from:bob", False),
        ("parcel lang:en", True),
        ("parcel lang:de", False),
        ("parcel has:links", True),
        ("url:acme.com", True),
        ("parcel is:reply", False),
        ("parcel has:media", False),
    ],
)
def test_a_post_is_found_by_what_it_says(world, query, is_found):
    ann = world.add_account("ann")
    world.add_account("acmecare")
    text = "@acmecare my parcel is late #help https://acme.com/x"
    post = world.publish(ann, text)
    assert matches(parse(query), post, world) == is_found
