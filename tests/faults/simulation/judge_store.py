"""Promises about the store: nothing is left over, nothing deleted is kept."""

from __future__ import annotations

from collections.abc import Iterator

from bot.model.message import CustomerId, Deleted
from bot.store import keys
from tests.faults.simulation.evidence import Complaint, Evidence
from tests.faults.simulation.wire import Wire
from tests.faults.simulation.world import SHARDS, World


def nothing_is_left_over(evidence: Evidence) -> Iterator[Complaint]:
    world = evidence.world
    for defect in world.defects:
        yield Complaint("-", f"{defect.process} raised {defect.error}")
    if world.unsettled:
        yield Complaint("-", "it never comes to rest")
    for shard in SHARDS:
        names = [keys.in_shard(shard, name) for name in ("ready", "leased", "timers")]
        names += world.wire.call("KEYS", keys.in_shard(shard, "outbox:*"))
        for name in sorted(names):
            left = world.wire.call("ZRANGE", name, 0, -1)
            for who in left:
                yield Complaint(who, f"still stands in {name}")
    for customer in {message.customer for message in world.network.written}:
        yield from _left_with(world, customer)


def _left_with(world: World, customer: CustomerId) -> Iterator[Complaint]:
    for name in ("mailbox", "queue"):
        count = world.wire.call("LLEN", keys.of_customer(customer, name))
        if count:
            yield Complaint(customer, f"{count} left in the {name}")
    fields = world.wire.call("HGETALL", keys.of_customer(customer, "customer"))
    for name, value in zip(fields[::2], fields[1::2], strict=True):
        if name.startswith("unsent:") and value != "0":
            yield Complaint(customer, f"{name} is {value} and nothing is on its way")
        if name in ("sending", "lane") or name.startswith("send_"):
            yield Complaint(customer, f"{name} is left: {value}")


def what_was_deleted_is_gone(evidence: Evidence) -> Iterator[Complaint]:
    """Wherever it was kept: no key holds the mark of any of its texts."""
    changes = evidence.world.network.changes
    deleted = [one for one in changes if isinstance(one, Deleted)]
    contents = _contents(evidence.world.wire) if deleted else {}
    for one in deleted:
        for key, text in contents.items():
            if f" mark{one.id[1:]}v" in text:
                yield Complaint(one.customer, f"{one.id} was deleted: {key} has it")


_READS = {
    "string": ("GET", ()),
    "hash": ("HGETALL", ()),
    "list": ("LRANGE", (0, -1)),
    "zset": ("ZRANGE", (0, -1)),
    "set": ("SMEMBERS", ()),
    "stream": ("XRANGE", ("-", "+")),
}


def _contents(wire: Wire) -> dict[str, str]:
    found = {}
    for key in wire.call("KEYS", "*"):
        command, args = _READS[str(wire.call("TYPE", key))]
        found[key] = str(wire.call(command, key, *args))
    return found


STORE_CHECKS = (nothing_is_left_over, what_was_deleted_is_gone)
