"""`firstline train queue`: the review queue in a terminal, or for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from getpass import getuser

from rich.console import Console
from rich.markup import escape

from bot.clock import SystemClock
from bot.errors import InputError
from bot.flow.review_queue import ReviewQueue
from bot.model.review import Cause, NewTopic, ReviewGroup, ReviewId, ReviewItem
from bot.open_store import open_store
from bot.settings import Settings


async def show_queue(
    settings: Settings, *, cause: str, limit: int, as_json: bool
) -> int:
    """Print what is worth a look, what teaches most first, and what may be missing.

    Raises:
        InputError: there is no such cause.
    """
    wanted = _cause(cause)
    async with open_store(settings) as store:
        queue = ReviewQueue(store.reviews, clock=SystemClock())
        page = await queue.page(limit=limit, cause=wanted)
        topics = () if wanted else await queue.topics()
    if as_json:
        told = {
            "waiting": page.waiting,
            "groups": [_group_shape(group) for group in page.groups],
            "topics": [_topic_shape(topic) for topic in topics],
        }
        print(json.dumps(told, indent=1))  # noqa: T201 - for programs, not people
        return 0
    console = Console()
    for line in _lines(page.groups, topics):
        console.print(escape(line), soft_wrap=True)
    console.print(f"{page.waiting} messages wait, in {page.total} groups.")
    return 0


async def dismiss(settings: Settings, items: Sequence[str]) -> int:
    """Close items from which there is nothing to learn, each with its near-duplicates.

    Raises:
        InputError: one of them is not open.
    """
    async with open_store(settings) as store:
        queue = ReviewQueue(store.reviews, clock=SystemClock())
        groups = [await queue.group(ReviewId(item)) for item in items]
        ids = [item.id for group in groups for item in group.items]
        closed = await queue.dismiss(ids, by=getuser())
    Console().print(f"{len(closed)} messages are dismissed.")
    return 0


def _cause(code: str) -> Cause | None:
    if not code:
        return None
    found = next((cause for cause in Cause if cause.value == code), None)
    if found is None:
        known = ", ".join(cause.value for cause in Cause)
        raise InputError(f"There is no cause “{code}”: choose one of {known}.")
    return found


def _lines(groups: Sequence[ReviewGroup], topics: Sequence[NewTopic]) -> Iterator[str]:
    for group in groups:
        first = group.items[0]
        yield f"{first.id}  {_why(first)}  {_read_as(first)}{_times(group.size)}"
        yield f"    {_printable(first.text)}"
    for topic in topics:
        yield f"New topic? {topic.name}  ({topic.size} messages)"
        for item in topic.items:
            yield f"    {_printable(item.text)}"


def _why(item: ReviewItem) -> str:
    return ", ".join(cause.value for cause in item.causes)


def _read_as(item: ReviewItem) -> str:
    said = f", should be {item.proposed}" if item.proposed else ""
    return f"{item.label} {item.confidence:.2f}{said}"


def _times(size: int) -> str:
    return f"  ×{size}" if size > 1 else ""


def _printable(text: str) -> str:
    """Return the text without what moves the cursor of a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _group_shape(group: ReviewGroup) -> Mapping[str, object]:
    return {
        "id": group.id,
        "size": group.size,
        "worth": round(group.worth, 3),
        "items": [_item_shape(item) for item in group.items],
    }


def _item_shape(item: ReviewItem) -> Mapping[str, object]:
    return {
        "id": item.id,
        "channel": item.channel,
        "message": item.message,
        "text": item.text,
        "sent_at": item.sent_at.isoformat(),
        "causes": [cause.value for cause in item.causes],
        "label": item.label,
        "confidence": round(item.confidence, 3),
        "alternatives": {
            one.label: round(one.confidence, 3) for one in item.alternatives
        },
        "proposed": item.proposed,
        "examples": item.examples.value,
    }


def _topic_shape(topic: NewTopic) -> Mapping[str, object]:
    return {
        "name": topic.name,
        "size": topic.size,
        "words": topic.words,
        "items": [_item_shape(item) for item in topic.items],
    }
