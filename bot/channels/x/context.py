"""What surrounds a message: the posts that it answers and quotes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.channels.x.client import XClient
from bot.channels.x.errors import XError
from bot.channels.x.fields import POST_FIELDS
from bot.channels.x.includes import Includes, includes_of
from bot.channels.x.limits import POSTS_READ
from bot.channels.x.posts import Us, context_of, references
from bot.channels.x.raw import Fields, items_of, text_in
from bot.channels.x.reading import Item
from bot.model.message import (
    MAX_CONTEXT,
    ContextPost,
    Inbound,
    Message,
    Nature,
    Relation,
)

_REMEMBERED = 5_000  # posts, with those that could not be found
_FOR = timedelta(hours=6)  # then X is asked again: it may have been deleted
_AT_ONCE = 100  # posts in one look-up
_RELATIONS = {
    "replied_to": Relation.REPLIED_TO,
    "quoted": Relation.QUOTED,
}


@dataclass(frozen=True, slots=True)
class _Known:
    """A post as X showed it; `post` is None if X showed none."""

    at: datetime
    post: Fields | None = None
    beside: Includes = field(default_factory=Includes)


class Surroundings:
    """Puts threads together, and asks X for a post only once.

    Mostly the posts that a message speaks of come with it and cost nothing more. What
    a post said is remembered for some hours only, and not once it is known to be gone.
    """

    def __init__(self, client: XClient) -> None:
        self._client = client
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def gather(self, items: Sequence[Item]) -> None:
        """Get to know the posts that `items` speak of.

        What cannot be looked up now is left out: no message waits for its context.
        """
        self._forget_old()
        for item in items:
            self._keep(item.beside.posts, item.beside)
            self._keep({item.id: item.raw}, item.beside)
            self.drop(item.beside.gone)
        asked = {id_ for item in items for id_ in references(item.raw).values()}
        missing = sorted(asked - self._known.keys())
        for start in range(0, len(missing), _AT_ONCE):
            await self._look_up(missing[start : start + _AT_ONCE])

    def around(self, message: Inbound, raw: Fields, us: Us) -> Inbound:
        """Return a message with its context, as far as it is known, and whether we may hide it."""
        if not isinstance(message, Message):
            return message
        found = [
            self._context(_RELATIONS[kind], id_, us)
            for kind, id_ in references(raw).items()
            if kind in _RELATIONS
        ]
        above = references(raw).get("replied_to")
        while above and len(found) < MAX_CONTEXT:
            post = self._post(above)
            above = references(post).get("replied_to") if post else None
            found.append(self._context(Relation.EARLIER, above, us))
        context = tuple(one for one in found if one)
        return replace(message, context=context, hideable=self._below_ours(message, us))

    def _below_ours(self, message: Message, us: Us) -> bool:
        """Tell whether we are known to have begun its thread: there X lets us hide."""
        first = self._post(message.thread)
        ours = first is not None and text_in(first, "author_id") == us.id
        return ours and message.nature is not Nature.OWN

    def _context(
        self, relation: Relation, id_: str | None, us: Us
    ) -> ContextPost | None:
        known = self._known.get(id_) if id_ else None
        if known is None or known.post is None:
            return None
        return context_of(relation, known.post, known.beside, us)

    def _post(self, id_: str) -> Fields | None:
        known = self._known.get(id_)
        return known.post if known else None

    async def _look_up(self, ids: list[str]) -> None:
        try:
            body = await self._client.ask(
                POSTS_READ,
                lambda x, signed: x.get_tweets(ids, user_auth=signed, **POST_FIELDS),
            )
        except XError:
            return
        beside = includes_of(body)
        posts = {text_in(one, "id") or "": one for one in items_of(body.get("data"))}
        await self._client.ledger.pay_read("post_read", list(posts))
        self._keep(beside.posts, beside)
        self._keep(posts, beside)
        self.drop(set(ids) - posts.keys())

    def _keep(self, posts: Mapping[str, Fields], beside: Includes) -> None:
        for id_, post in posts.items():
            self._note(id_, _Known(self._now(), post, beside))
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def drop(self, ids: Collection[str]) -> None:
        """Forget what posts said: they are gone, and nobody is to be shown them."""
        for id_ in ids:
            self._note(id_, _Known(self._now()))

    def _note(self, id_: str, known: _Known) -> None:
        self._known[id_] = known
        self._known.move_to_end(id_)

    def _forget_old(self) -> None:
        since = self._now() - _FOR
        while self._known and next(iter(self._known.values())).at < since:
            self._known.popitem(last=False)

    def _now(self) -> datetime:
        return self._client.ledger.clock.now()
