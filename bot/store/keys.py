"""The names of everything in Redis. All keys of a customer carry their shard's tag."""

from __future__ import annotations

from functools import lru_cache
from zlib import crc32

from bot.model.case import CaseId, IncidentId
from bot.model.message import ChannelName, CustomerId
from bot.model.rank import Rank
from bot.model.review import ReviewId

SHARDS = tuple(f"s{number:02d}" for number in range(16))  # fixed; workers are not

# Where the customers of each rank wait for a worker, in every shard; as in lua/.
READY = {Rank.FIRST: "ready:first", Rank.MIDDLE: "ready", Rank.LAST: "ready:last"}


@lru_cache(maxsize=1024)  # a turn names a dozen keys of its customer
def shard_of(customer: CustomerId) -> str:
    """Return the shard that holds everything of `customer`."""
    return SHARDS[crc32(customer.encode()) % len(SHARDS)]


def shard_of_case(case: CaseId) -> str:
    """Return the shard of a case: its number carries it (see `case_number`)."""
    return SHARDS[int(case.removeprefix("C-")) % len(SHARDS)]


def shard_of_incident(incident: IncidentId) -> str:
    """Return the shard of an incident, which is that of the case it began with."""
    return SHARDS[int(incident.removeprefix("I-")) % len(SHARDS)]


def incident_number(shard: str, count: int) -> int:
    """Return the number of the shard's `count`-th incident."""
    return count * len(SHARDS) + SHARDS.index(shard)


def of_incident(incident: IncidentId, name: str = "incident") -> str:
    return f"{{{shard_of_incident(incident)}}}{name}:{incident}"


def duty(name: str) -> str:
    return f"{{duty:{name}}}duty"


def case_number(shard: str, count: int) -> int:
    """Return the number of the shard's `count`-th case, which `shard_of_case` undoes."""
    return (count + 62) * len(SHARDS) + SHARDS.index(shard)  # the first is about 1,000


READERS = "{readers}readers"  # who keeps bookmarks
REWRITTEN = "{rewriting}at"  # when the server's files were written anew last, ms
ARCHIVE_NAME = "{archive}name"  # what this store's files of old events go by


def cursor(channel: ChannelName) -> str:
    return f"{{channel:{channel}}}cursor"


def taken(channel: ChannelName) -> str:
    """Return the key of the messages that were accepted ahead of the cursor."""
    return f"{{channel:{channel}}}taken"


def bucket(channel: ChannelName, allowance: str) -> str:
    """Return the key of the tokens that all senders of a channel share."""
    return f"{{pace:{channel}}}{allowance}"


def quota(channel: ChannelName, window: str) -> str:
    """Return the key of the calls that all processes make of a channel's network."""
    return f"{{quota:{channel}}}{window}"


def spending(channel: ChannelName, name: str) -> str:
    """Return the key of what a channel's network charges in a day or a month."""
    return f"{{spending:{channel}}}{name}"


def deliveries(name: str) -> str:
    """Return the key of what a desk outside the program hands us."""
    return f"{{deliveries}}{name}"


def said(channel: ChannelName, name: str) -> str:
    """Return the key of what our account on a channel has lately said in public."""
    return f"{{said:{channel}}}{name}"


def kept_check(channel: ChannelName) -> str:
    """Return the key of how far the check of kept posts is."""
    return f"{{kept:{channel}}}round"


def readings(name: str) -> str:
    """Return the key of how messages were read on a day, or how far that is counted."""
    return f"{{readings}}{name}"


def bookmark(reader: str) -> str:
    return f"{{reader:{reader}}}bookmark"


def in_shard(shard: str, name: str) -> str:
    """Return the key of something that a shard has once: ready, leased, events, …"""
    return f"{{{shard}}}{name}"


def of_customer(customer: CustomerId, name: str) -> str:
    """Return the key of something that each customer has: mailbox, history, …"""
    return f"{{{shard_of(customer)}}}{name}:{customer}"


def of_case(case: CaseId) -> str:
    return f"{{{shard_of_case(case)}}}case:{case}"


def of_review(review: ReviewId) -> str:
    """Return the key of a review item, whose id names the shard: R-s03-…"""
    return in_shard(shard_of_review(review), f"review:{review}")


def shard_of_review(review: ReviewId) -> str:
    return review.split("-")[1]


QUIET = in_shard(SHARDS[0], "quiet")  # what the bot is to say nothing about
QUIET_EVENTS = in_shard(SHARDS[0], "events")
