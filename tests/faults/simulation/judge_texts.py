"""Promises about our texts: once, in order, with one end each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.model.message import Message
from bot.model.outgoing import Speaker
from tests.faults.simulation.evidence import Complaint, Evidence
from tests.faults.simulation.network import Post

ENDS = ("sent", "refused", "unknown", "withheld", "expired", "withdrawn")


def every_text_ends_once(evidence: Evidence) -> Iterator[Complaint]:
    """The end that the events name is the one that the network knows."""
    got = evidence.arrived
    owner = {e["key"]: e["customer"] for e in evidence.events if e.get("key")}
    ends: dict[str, list[str]] = {key: [] for key in owner}
    for event in evidence.happened(*(f"reply_{end}" for end in ENDS)):
        ends[event["key"]].append(event["type"].removeprefix("reply_"))
    for key, found in ends.items():
        if len(found) != 1:
            yield Complaint(owner[key], f"{key} ended {len(found)} times: {found}")
        elif got[key] not in {"sent": (1,), "unknown": (0, 1)}.get(found[0], (0,)):
            yield Complaint(
                owner[key], f"{key} is {found[0]}, arrived {got[key]} times"
            )
    for key in got - Counter(ends.keys()):
        yield Complaint(owner.get(key, "-"), f"{key} arrived {got[key]} times")


def queued_texts_are_counted_once(evidence: Evidence) -> Iterator[Complaint]:
    queued = Counter(e["key"] for e in evidence.happened("reply_queued"))
    owner = {e["key"]: e["customer"] for e in evidence.happened("reply_queued")}
    for key, count in queued.items():
        if count != 1:
            yield Complaint(owner[key], f"{key} was queued {count} times")


def replies_follow_the_order_of_messages(evidence: Evidence) -> Iterator[Complaint]:
    shown: dict[str, int] = {}
    for place, one in enumerate(evidence.world.network.shown):
        if isinstance(one, Message):
            shown.setdefault(one.id, place)
    latest: dict[tuple[str, str], int] = {}
    died = {e["message"] for e in _handled_as(evidence, "dead")}
    for post in evidence.world.network.received:
        text = post.outgoing
        if text.speaker is not Speaker.BOT or ":instead" in text.key:
            continue
        if text.asks_rating:
            continue
        place, where = shown[_cause(post)], (text.customer, text.thread)
        if place < latest.get(where, -1) and _cause(post) not in died:
            says = f"{text.key} came after the reply to a later message"
            yield Complaint(text.customer, says)
        latest[where] = max(place, latest.get(where, -1))


def _handled_as(evidence: Evidence, outcome: str) -> Iterator[dict[str, str]]:
    handled = evidence.happened("message_handled")
    return (event for event in handled if event["outcome"] == outcome)


def _cause(post: Post) -> str:
    """Return the id of the message that a text of the bot's answers: net:m3:say."""
    return post.outgoing.key.split(":")[1]


def nothing_is_said_twice(evidence: Evidence) -> Iterator[Complaint]:
    """By the network's books alone, whatever the store has forgotten."""
    posts = [post.outgoing for post in evidence.world.network.received]
    owner = {text.key: text.customer for text in posts}
    for key, count in Counter(text.key for text in posts).items():
        if count > 1:
            yield Complaint(owner[key], f"{key} arrived {count} times")


TEXT_CHECKS = (
    every_text_ends_once,
    queued_texts_are_counted_once,
    replies_follow_the_order_of_messages,
)
