"""Direct messages: listed, sent, deleted for oneself."""

from __future__ import annotations

from collections.abc import Iterator

from bot.sim.x.core import Core
from bot.sim.x.endpoint import Answer, Ask, Endpoint, Handler
from bot.sim.x.includes import Wanted
from bot.sim.x.limits import DAY, Limit, Limits
from bot.sim.x.lists import page_of_directs
from bot.sim.x.refusals import forbidden, invalid, missing
from bot.sim.x.rules import NO_DIRECT
from bot.sim.x.shapes.answers import DIRECT, data, one, page
from bot.sim.x.shapes.bodies import NEW_DIRECT
from bot.sim.x.shapes.check import ID, TEXT, a_truth
from bot.sim.x.shapes.fields import OF_DIRECTS
from bot.sim.x.shapes.query import names, number, words
from bot.sim.x.things import Account, Direct

_READ = ("dm.read", "tweet.read", "users.read")
_WRITE = ("dm.write", "tweet.read", "users.read")
_KINDS = {"MessageCreate", "ParticipantsJoin", "ParticipantsLeave"}


def _page(core: Core, ask: Ask, directs: Iterator[Direct]) -> Answer:
    kinds = ask.query.get("event_types", frozenset(_KINDS))
    assert isinstance(kinds, frozenset)  # noqa: S101 - the form says so
    if "MessageCreate" not in kinds:
        directs = iter(())
    most = ask.count("max_results", 100)
    found, meta = page_of_directs(directs, ask, most=most)
    wanted = Wanted.of(ask.query)
    shown = [core.render.direct(direct, wanted.directs) for direct in found]
    beside = core.includes.of_directs(found, wanted, viewer=ask.who.user)
    body = {**({"data": shown} if shown else {}), **beside, "meta": meta}
    return Answer(body, paid=tuple(("dm_event_read", direct.id) for direct in found))


def inbox(core: Core, ask: Ask) -> Answer:
    """All that the account sent and received in the last 30 days."""
    return _page(core, ask, core.world.inbox(ask.who.user.id))


def talk(core: Core, ask: Ask) -> Answer:
    """The messages with one other account."""
    other = ask.path["participant_id"]
    return _page(core, ask, core.world.talk(ask.who.user.id, other))


def talk_by_id(core: Core, ask: Ask) -> Answer:
    """The messages of one conversation."""
    other = _other(core, ask, ask.path["id"])
    return _page(core, ask, core.world.talk(ask.who.user.id, other.id))


def single(core: Core, ask: Ask) -> Answer:
    event_id = ask.path["event_id"]
    direct = core.world.directs.get(event_id)
    me = ask.who.user.id
    if direct is None or me not in {direct.sender_id, direct.recipient_id}:
        return Answer({"errors": [missing("dm_event", "event_id", event_id)]})
    wanted = Wanted.of(ask.query)
    beside = core.includes.of_directs([direct], wanted, viewer=ask.who.user)
    body = {"data": core.render.direct(direct, wanted.directs), **beside}
    return Answer(body, paid=(("dm_event_read", event_id),))


def send_to(core: Core, ask: Ask) -> Answer:
    """Send to an account."""
    other = core.world.accounts.get(ask.path["participant_id"])
    if other is None:
        raise forbidden("dm_not_opened", NO_DIRECT)
    return _send(core, ask, other)


def send_in(core: Core, ask: Ask) -> Answer:
    """Send in a conversation that there is."""
    return _send(core, ask, _other(core, ask, ask.path["dm_conversation_id"]))


def _other(core: Core, ask: Ask, conversation_id: str) -> Account:
    both = set(conversation_id.split("-"))
    others = both - {ask.who.user.id}
    other = core.world.accounts.get(others.pop() if len(others) == 1 else "")
    if other is None or ask.who.user.id not in both:
        raise forbidden("dm_not_opened", NO_DIRECT)
    return other


def _send(core: Core, ask: Ask, other: Account) -> Answer:
    sender, text = ask.who.user, str(ask.body.get("text", ""))
    keys = _media(core, sender, ask)
    if not text.strip() and not keys:
        raise invalid("$.text: must not be empty", name="text", value=text)
    core.rules.check_direct(sender, other, text)
    direct = core.world.send(sender, other, text, media_keys=keys, by_api=True)
    core.changes.tell()
    told = {"dm_conversation_id": direct.conversation_id, "dm_event_id": direct.id}
    return Answer({"data": told}, 201, (("dm_send", direct.id),), effect=direct.id)


def _media(core: Core, owner: Account, ask: Ask) -> tuple[str, ...]:
    keys = []
    for attachment in ask.body.get("attachments", []):
        upload = core.uploads.get(attachment["media_id"])
        if upload is None or not upload.done or upload.media.owner_id != owner.id:
            says = "Your media IDs are invalid."
            raise invalid(says, name="attachments", value=attachment["media_id"])
        keys.append(upload.media.key)
    return tuple(keys)


def delete(core: Core, ask: Ask) -> Answer:
    """Delete for ourselves alone; the other side keeps it."""
    direct = core.world.directs.get(ask.path["event_id"])
    me = ask.who.user.id
    if direct is None or me not in {direct.sender_id, direct.recipient_id}:
        return Answer({"data": {"deleted": False}})
    direct.gone_for.add(me)
    core.changes.tell()
    return Answer({"data": {"deleted": True}}, effect=direct.id)


_QUERY = {
    **OF_DIRECTS,
    "max_results": number(1, 100),
    "pagination_token": words(16, 200),
    "event_types": names(_KINDS),
}
_SENDING = Limits("dm.send", (Limit(15), Limit(1_440, DAY)))
_SENT = data({"dm_conversation_id": TEXT, "dm_event_id": ID})


def _list(path: str, handle: Handler, name: str) -> Endpoint:
    return Endpoint(
        "GET",
        path,
        handle,
        Limits(name, (Limit(15),)),
        page(DIRECT),
        scopes=_READ,
        query=_QUERY,
    )


ENDPOINTS = (
    _list("/2/dm_events", inbox, "dm.read"),
    _list("/2/dm_conversations/with/{participant_id}/dm_events", talk, "dm.read_with"),
    _list("/2/dm_conversations/{id}/dm_events", talk_by_id, "dm.read_conversation"),
    Endpoint(
        "GET",
        "/2/dm_events/{event_id}",
        single,
        Limits("dm.read_one", (Limit(15),)),
        one(DIRECT),
        scopes=_READ,
        query=OF_DIRECTS,
    ),
    Endpoint(
        "DELETE",
        "/2/dm_events/{event_id}",
        delete,
        Limits("dm.delete", (Limit(300), Limit(1_500, DAY))),
        data({"deleted": a_truth}),
        scopes=("dm.read", "dm.write"),
    ),
    Endpoint(
        "POST",
        "/2/dm_conversations/with/{participant_id}/messages",
        send_to,
        _SENDING,
        _SENT,
        scopes=_WRITE,
        body=NEW_DIRECT,
    ),
    Endpoint(
        "POST",
        "/2/dm_conversations/{dm_conversation_id}/messages",
        send_in,
        _SENDING,
        _SENT,
        scopes=_WRITE,
        body=NEW_DIRECT,
    ),
)
