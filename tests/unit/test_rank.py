"""Who goes first when there is more than can be read, and who is never starved."""

from __future__ import annotations

import pytest

from bot.flow.rank import rank_of
from bot.model.rank import Rank
from bot.store.shares import Due, shares_of
from tests.builders import POLICY, message


@pytest.mark.parametrize(
    ("text", "where", "expected"),
    [
        ("where is my order", {"private": True}, Rank.FIRST),
        ("@fernhollow the lamp caught fire", {}, Rank.FIRST),
        ("the lamp CAUGHT fire!", {"summoned": False}, Rank.FIRST),
        ("@fernhollow do you deliver to Wales", {}, Rank.MIDDLE),
        ("my lamp is broken", {"summoned": False}, Rank.LAST),
        ("@fernhollow @friend https://example.com/x", {}, Rank.LAST),
        ("@fernhollow 🙃🙃", {}, Rank.LAST),
        ("RT @fernhollow: our new lamps are here", {}, Rank.LAST),
        ("", {}, Rank.LAST),
    ],
)
def test_private_and_urgent_come_first_and_noise_last(text, where, expected):
    assert rank_of(message(text, **where), POLICY) is expected


def due(first: int = 0, middle: int = 0, last: int = 0, expired: int = 0, since=0):
    counts = dict(zip(Rank, (first, middle, last), strict=True))
    return Due(
        expired=expired,
        count=counts,
        since={rank: since for rank, count in counts.items() if count},
    )


def taken(dues, limit, rank) -> list[int]:
    return [share.count[rank] for share in shares_of(dues, limit)]


def test_an_urgent_customer_of_the_last_shard_does_not_wait_for_a_full_first_one():
    dues = [due(middle=10_000), *[due()] * 14, due(first=1)]
    assert taken(dues, 64, Rank.FIRST)[15] == 1
    assert sum(share.total for share in shares_of(dues, 64)) == 64


def test_a_flood_of_the_first_rank_leaves_a_small_share_to_the_others():
    dues = [due(first=5000, middle=5000, last=5000)] * 16
    assert sum(taken(dues, 64, Rank.FIRST)) == 64 - 8 - 4
    assert sum(taken(dues, 64, Rank.MIDDLE)) == 8
    assert sum(taken(dues, 64, Rank.LAST)) == 4


def test_a_share_that_nobody_needs_goes_to_the_others():
    assert sum(taken([due(first=500)] * 2, 64, Rank.FIRST)) == 64
    assert sum(taken([due(last=500)] * 2, 64, Rank.LAST)) == 64


def test_the_reserved_share_goes_to_the_shard_where_somebody_waits_longest():
    dues = [due(first=99, last=9, since=50), due(first=99, last=9, since=20)]
    assert taken(dues, 20, Rank.LAST) == [0, 1]


def test_customers_whose_lease_ran_out_take_only_a_part_of_a_batch():
    shares = shares_of([due(middle=50, expired=50)] * 2, 64)
    assert sum(share.expired for share in shares) == 16
    assert sum(share.total for share in shares) == 64


@pytest.mark.parametrize("limit", [1, 2, 5, 64, 1000])
def test_a_batch_is_never_larger_than_it_may_be_nor_smaller_than_it_could(limit):
    dues = [due(first=3, middle=n, last=2, expired=1) for n in range(16)]
    shares = shares_of(dues, limit)
    every = sum(d.expired + sum(d.count.values()) for d in dues)
    assert sum(share.total for share in shares) <= limit
    without_expired = limit - sum(share.expired for share in shares)
    waiting = every - 16
    assert sum(sum(s.count.values()) for s in shares) == min(without_expired, waiting)
