"""Posts that were shown and are shown no more: X tells of a deletion only its author."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from bot.channels.x.client import XClient
from bot.channels.x.errors import XError
from bot.channels.x.kept import LookUp
from bot.channels.x.posts import versions
from bot.channels.x.raw import UndecodableError
from bot.channels.x.reading import Item
from bot.model.message import Deleted, Message

_REMEMBERED = 5_000  # posts
_AT_ONCE = 100  # posts in one look-up


class Vanished:
    """Compares what is shown with what was, for as long as it is asked for again.

    That is for the time of the overlap. That a post is gone counts only after X has
    said so itself, which costs nothing if it is. It is told for as long as the post is
    expected: whoever has stored the notice expects it no more.
    """

    def __init__(self, client: XClient) -> None:
        self._client = client
        self._read: OrderedDict[str, Message] = OrderedDict()

    def note(self, item: Item, message: Message) -> None:
        """Remember whose post this was, without its words."""
        self._read[item.id] = message.amended(
            Deleted(
                channel=message.channel,
                id=message.id,
                customer=message.customer,
                at=message.sent_at,
            )
        )
        while len(self._read) > _REMEMBERED:
            self._read.popitem(last=False)

    async def among(
        self, expected: Sequence[str], shown: Sequence[Item]
    ) -> dict[str, Deleted]:
        """Return those of `expected` that are not `shown` and that X says are gone.

        They come by the ids under which they were expected.
        """
        there = {id_ for item in shown for id_ in _versions(item)}
        missing = [id_ for id_ in expected if id_ in self._read and id_ not in there]
        gone: set[str] = set()
        for start in range(0, len(missing), _AT_ONCE):
            gone |= await self._gone(missing[start : start + _AT_ONCE])
        now = self._client.ledger.clock.now()
        read = {id_: self._read[id_] for id_ in missing if id_ in gone}
        return {
            id_: Deleted(channel=one.channel, id=one.id, customer=one.customer, at=now)
            for id_, one in read.items()
        }

    async def _gone(self, ids: list[str]) -> set[str]:
        try:
            found, gone = await LookUp(self._client).some(ids)
        except XError:
            return set()
        for id_ in found:
            self._read.pop(id_, None)  # it is there: asked once is enough
        return gone


def _versions(item: Item) -> list[str]:
    try:
        return versions(item.raw)
    except UndecodableError:
        return [item.id]
