"""What the page shows: threads, direct messages, and what the app did."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from bot.sim.x.core import Core
from bot.sim.x.people import Person
from bot.sim.x.things import Direct, Post
from bot.sim.x.wire import Json, stamp

POSTS_AT_MOST, DIRECTS_AT_MOST, CALLS_AT_MOST = 200, 200, 40


def scene(core: Core, brand: Person, people: Mapping[str, Person]) -> Json:
    """Return everything that the page shows at once."""
    return {
        "version": core.changes.count,
        "now": stamp(core.clock.now()),
        "brand": brand.username,
        "people": [_person(person) for person in people.values()],
        "posts": [_post(core, post) for post in _newest(core)][::-1],
        "directs": [_direct(core, direct) for direct in _directs(core, brand)][::-1],
        "ledger": _ledger(core),
        "faults": _faults(core),
    }


def _newest(core: Core) -> list[Post]:
    return list(islice(core.world.everything(), POSTS_AT_MOST))


def _directs(core: Core, brand: Person) -> list[Direct]:
    return list(islice(core.world.inbox(brand.id), DIRECTS_AT_MOST))


def _person(person: Person) -> Json:
    account = person.account
    return {
        "username": account.username,
        "name": account.name,
        "protected": account.protected,
        "suspended": account.suspended,
        "automated": account.automated,
    }


def _post(core: Core, post: Post) -> Json:
    return {
        "id": post.id,
        "by": core.world.accounts[post.author_id].username,
        "text": post.full_text,
        "at": stamp(post.created_at),
        "conversation": post.conversation_id,
        "reply_to": post.replied_to,
        "quoting": post.quoted,
        "reposting": post.reposted,
        "media": [f"/media/{key}" for key in post.media_keys],
        "edited": len(post.history) > 1,
        "hidden": post.hidden,
        "indexed": core.world.is_indexed(post),
        "by_api": post.by_api,
    }


def _direct(core: Core, direct: Direct) -> Json:
    accounts = core.world.accounts
    return {
        "id": direct.id,
        "by": accounts[direct.sender_id].username,
        "to": accounts[direct.recipient_id].username,
        "text": direct.text,
        "at": stamp(direct.created_at),
        "media": [f"/media/{key}" for key in direct.media_keys],
        "by_api": direct.by_api,
    }


def _ledger(core: Core) -> Json:
    ledger, credit = core.ledger, core.credit
    return {
        "requests": len(ledger.calls),
        "micros": ledger.micros,
        "spent": dict(ledger.spent),
        "credit": credit.left,
        "streams": len(core.hub.connections),
        "violations": [
            {"kind": one.kind, "endpoint": one.endpoint, "says": one.says}
            for one in ledger.violations[-20:]
        ],
        "calls": [
            {
                "endpoint": call.endpoint,
                "status": call.status,
                "error": call.error,
                "answered": call.answered,
                "micros": call.micros,
                "at": stamp(call.at),
            }
            for call in ledger.calls[-CALLS_AT_MOST:]
        ][::-1],
    }


def _faults(core: Core) -> Json:
    faults = core.faults
    return {
        "queue": [
            {"trouble": one.trouble.value, "endpoint": one.endpoint, "times": one.times}
            for one in faults.queue
        ],
        "no_millis": faults.no_millis,
        "double_events": faults.double_events,
        "reorder_events": faults.reorder_events,
        "drop_events": faults.drop_events,
    }
