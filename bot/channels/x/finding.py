"""Find what became of a text of ours whose answer was lost."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime, timedelta

from bot.channels.x.errors import ErrorKind, XError
from bot.channels.x.parts import Part, parts_of
from bot.channels.x.people import People
from bot.channels.x.said import Said, Sayings, Unclear
from bot.channels.x.texts import said
from bot.model.message import MessageId, Visibility
from bot.model.outgoing import (
    CannotTell,
    Found,
    NotThere,
    Outgoing,
    Sent,
    Unreachable,
)

SKEW = timedelta(seconds=60)  # how far X's clock may be from ours
# Troubles that pass, or that somebody ends: asked again later, X will tell.
_PASSING = frozenset(
    {
        *(ErrorKind.RATE, ErrorKind.TRANSIENT, ErrorKind.TOKEN, ErrorKind.CREDIT),
        *(ErrorKind.SUSPENDED, ErrorKind.PERMISSION),
    }
)


class Finder:
    """Looks among what we said since a text was caused."""

    def __init__(self, sayings: Sayings, people: People) -> None:
        self._sayings, self._people = sayings, people

    async def find(
        self, outgoing: Outgoing, *, known: Set[MessageId], any_words: bool
    ) -> Found:
        """Look for a text; see Channel.find_sent. Of several posts all must be there."""
        # of any words only those count that are surely younger than their cause
        skew = timedelta(0) if any_words else SKEW
        try:
            ours = await self.said(outgoing, skew=skew)
        except Unclear:
            return CannotTell()
        except XError as error:
            return Unreachable() if error.kind in _PASSING else CannotTell()
        new = [one for one in ours if one.id not in known]
        if any_words:
            there = [one for one in new if _beside(one, outgoing)]
            return Sent(there[0].id, there[0].at) if there else NotThere()
        parts = parts_of(outgoing)
        found = posted(parts, outgoing, new)
        complete = len(found) == len(parts)
        return Sent(found[0].id, found[0].at) if complete else NotThere()

    async def said(self, outgoing: Outgoing, *, skew: timedelta = SKEW) -> list[Said]:
        """Return what we said where `outgoing` belongs, since it was caused.

        X's clock may be `skew` behind ours, by which an agent's words were queued.

        Raises:
            XError, Unclear: it cannot be read, or proves nothing.
        """
        us, since = await self._people.us(), since_of(outgoing) - skew
        if outgoing.visibility is Visibility.PRIVATE:
            return await self._sayings.directs(us.id, account_of(outgoing), since)
        return await self._sayings.posts(us.id, since)


def posted(parts: tuple[Part, ...], outgoing: Outgoing, ours: list[Said]) -> list[Said]:
    """Return the first of `parts` that are there, without a gap."""
    private = outgoing.visibility is Visibility.PRIVATE
    found: list[Said] = []
    above = outgoing.reply_to
    for part in parts:
        left = (one for one in ours if one not in found)
        fits = (
            one for one in left if _is(one, part) and (private or one.reply_to == above)
        )
        this = next(fits, None)
        if this is None:
            break
        found.append(this)
        above = this.id
    return found


def since_of(outgoing: Outgoing) -> datetime:
    return outgoing.caused_at or outgoing.queued_at


def account_of(outgoing: Outgoing) -> str:
    """Return the customer's id on X."""
    return outgoing.customer.removeprefix(f"{outgoing.channel}:")


def _is(one: Said, part: Part) -> bool:
    return one.text == said(part.text) and (bool(part.text) or one.has_files)


def _beside(one: Said, outgoing: Outgoing) -> bool:
    """Tell whether we said it in the thread where `outgoing` belongs."""
    if outgoing.visibility is Visibility.PRIVATE:
        return True
    same = one.conversation == outgoing.thread and one.to == account_of(outgoing)
    return same or one.reply_to == outgoing.reply_to
