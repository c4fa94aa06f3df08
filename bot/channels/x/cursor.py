"""How far X was read: the newest ids, and what was seen of the time before them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from bot.channels.x.raw import fields_of, text_in, texts_of, within
from bot.channels.x.snowflake import just_before, moment_of

_MOST_SEEN = 2_000  # ids; an older one may be shown twice, which its key tells


class Source(str, Enum):
    """Where something was read; each is read at its own pace."""

    MENTIONS = "mentions"
    DIRECTS = "dms"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Place:
    """How far one source was read.

    X shows some posts late. So each reading begins a while before the newest id, and
    what was seen since then is kept here and not handed over again.
    """

    newest: str
    seen: tuple[str, ...] = ()

    def since(self, overlap: timedelta) -> str:
        """Return the id behind which to read, a while before the newest."""
        return min(self.newest, just_before(moment_of(self.newest) - overlap), key=int)

    def past(self, id_: str, overlap: timedelta) -> Place:
        newest = max(self.newest, id_, key=int)
        oldest = int(Place(newest).since(overlap))
        seen = (*(one for one in self.seen if int(one) > oldest), id_)
        return Place(newest, seen[-_MOST_SEEN:])

    def without(self, id_: str) -> Place:
        """Return the same place, at which this is not known as seen any more."""
        return Place(self.newest, tuple(one for one in self.seen if one != id_))


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in everything that X shows. Its text is opaque to everybody else."""

    places: Mapping[Source, Place]
    heard: str = ""  # the mark of the last event of the stream; see `heard`

    @classmethod
    def read(cls, text: str | None, *, since: datetime) -> Cursor:
        """Return what `text` names; a source that it does not name begins `since`."""
        try:
            fields = fields_of(json.loads(text or "{}"))
        except ValueError:
            fields = {}
        first = just_before(since)
        places = {}
        for source in Source:
            place = within(fields, source.value)
            newest = text_in(place, "newest") or ""
            seen = tuple(id_ for id_ in texts_of(place.get("seen")) if id_.isdecimal())
            known = newest.isascii() and newest.isdecimal()
            places[source] = Place(newest, seen) if known else Place(first)
        return cls(places, text_in(fields, "heard") or "")

    def past(self, source: Source, id_: str, overlap: timedelta) -> Cursor:
        """Return the place right behind `id_`."""
        return self._with(source, self.places[source].past(id_, overlap))

    def without(self, source: Source, id_: str) -> Cursor:
        """Return the place at which it has been dealt with that `id_` is gone."""
        return self._with(source, self.places[source].without(id_))

    def _with(self, source: Source, place: Place) -> Cursor:
        return replace(self, places={**self.places, source: place})

    def text(self) -> str:
        fields: dict[str, object] = {
            source.value: {"newest": place.newest, "seen": place.seen}
            for source, place in self.places.items()
        }
        if self.heard:
            fields["heard"] = self.heard
        return json.dumps(fields, separators=(",", ":"))
