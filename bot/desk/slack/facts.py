"""What is noted on each message of ours in Slack: all that the book says of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.clock import from_ms, to_ms
from bot.desk.slack.plan import Change, Kind, Post
from bot.ports.chat import CardBook, OwnId, Page, Place, Posted, Shown

Facts = dict[str, str]


def facts_of(post: Post, whose: str) -> Facts:
    """Return the facts of a new message."""
    return {
        "id": post.id,
        "of": whose,
        "kind": post.kind.value,
        "number": str(post.number),
        "digest": post.drawing.digest,
        "begins": str(to_ms(post.begins)),
        "told": post.told,
    }


def facts_after(change: Change, page: Page, whose: str) -> Facts:
    """Return the facts of a message that says something else now."""
    begins = to_ms(page.begins) if page.begins else 0
    return {
        "id": change.id,
        "of": whose,
        "kind": (Kind.CARD if change.line is None else Kind.LINE).value,
        "number": str(page.number),
        "digest": change.drawing.digest,
        "begins": str(begins),
        "told": page.told if change.line is None else "",
    }


async def keep(
    book: CardBook,
    shown: Shown,
    facts: Mapping[str, str],
    place: Place,
    *,
    now: datetime,
) -> bool:
    """Let the book say where a message is. False if it is known to be elsewhere, too."""
    id_, number = OwnId(facts["id"]), int(facts["number"])
    if facts["kind"] == Kind.CARD.value:
        return await book.keep_card(
            shown,
            number,
            place,
            facts["digest"],
            begins=from_ms(int(facts["begins"])),
            told=facts["told"],
            now=now,
        )
    if facts["kind"] == Kind.LINE.value:
        line = Posted(place.ts, facts["digest"])
        return await book.keep_line(shown, number, id_, line)
    return await book.keep_ping(shown, number, id_, place.ts, told=facts["told"])
