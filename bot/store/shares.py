"""How one batch is shared among shards and ranks. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.model.rank import Rank

# Ranks that a flood of better ones must not starve, with their part of a batch.
_RESERVED = {Rank.MIDDLE: 8, Rank.LAST: 16}
_WORTH_SHARING = 4
# Customers whose lease ran out are read one at a time: a part of a batch, so that
# what killed a worker does not hold up the others for long.
_EXPIRED = 4


@dataclass(frozen=True, slots=True)
class Due:
    """What one shard has: `since` is when the oldest of a rank was due, in ms."""

    expired: int
    count: Mapping[Rank, int]
    since: Mapping[Rank, int]

    @property
    def total(self) -> int:
        return self.expired + sum(self.count.values())


@dataclass(slots=True)
class Share:
    """How many of each kind to take from one shard."""

    expired: int = 0
    count: dict[Rank, int] = field(default_factory=lambda: dict.fromkeys(Rank, 0))

    @property
    def total(self) -> int:
        return self.expired + sum(self.count.values())


def shares_of(dues: Sequence[Due], limit: int) -> list[Share]:
    """Share `limit` customers among the shards: one Share for each of `dues`.

    Better ranks come first wherever they are, so no full shard holds up another's
    urgent customer. An eighth of the batch is kept for the middle and a sixteenth for
    the last rank, at least one each, if that rank has somebody; not of a batch that is
    too small to be shared.
    """
    shares = [Share() for _ in dues]
    for share, count in zip(
        shares,
        _spread([d.expired for d in dues], max(1, limit // _EXPIRED)),
        strict=True,
    ):
        share.expired = count
    left = limit - sum(share.expired for share in shares)
    kept = {
        rank: min(max(1, limit // part), sum(due.count[rank] for due in dues))
        for rank, part in _RESERVED.items()
        if limit >= _WORTH_SHARING
    }
    for rank in Rank:
        own = kept.pop(rank, 0)
        most = max(left - sum(kept.values()), min(own, left))
        taken = _take(rank, dues, most)
        for share, count in zip(shares, taken, strict=True):
            share.count[rank] = count
        left -= sum(taken)
    return shares


def _take(rank: Rank, dues: Sequence[Due], most: int) -> list[int]:
    """Return how many of `rank` each shard gives, those first that wait longest."""
    order = sorted(range(len(dues)), key=lambda n: dues[n].since.get(rank, 0))
    spread = _spread([dues[n].count[rank] for n in order], most)
    taken = dict(zip(order, spread, strict=True))
    return [taken[n] for n in range(len(dues))]


def _spread(counts: Sequence[int], most: int) -> list[int]:
    """Share `most` as evenly as `counts` allow, what is over to the first ones."""
    given = [0] * len(counts)
    while most > 0:
        open_ = [n for n, count in enumerate(counts) if given[n] < count]
        if not open_:
            break
        each = max(1, most // len(open_))
        for n in open_:
            more = min(each, counts[n] - given[n], most)
            given[n] += more
            most -= more
    return given
