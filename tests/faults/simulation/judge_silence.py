"""Promises about silence: after a claim, and after a stop."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bot.model.message import CustomerId, Message
from bot.model.outgoing import Speaker
from bot.store import keys
from tests.faults.simulation.evidence import Complaint, Evidence, about

TAKING = ("claim", "reply", "assign")
GIVING_UP = ("release", "hand_over", "resolve", "give_back")
FENCING = ("claim", "assign", "block")  # what waits then is never sent


def nothing_enters_sending_after_a_claim(evidence: Evidence) -> Iterator[Complaint]:
    for customer in {event["customer"] for event in evidence.events}:
        held = False
        for event in evidence.of(customer):
            if event["type"] == "case_changed":
                held = event["act"] in TAKING or (
                    held and event["act"] not in GIVING_UP
                )
            elif event["type"] in ("case_lapsed", "case_opened", "case_reopened"):
                held = False
            elif held and _bot_sends(event):
                says = f"{event['key']} entered sending after a claim"
                yield Complaint(customer, says)


def _bot_sends(event: dict[str, str]) -> bool:
    return event["type"] == "reply_sending" and event["speaker"] == "bot"


def what_was_decided_before_a_claim_is_never_sent_later(
    evidence: Evidence,
) -> Iterator[Complaint]:
    """Not even after the case was released: it is older than what people did."""
    for customer in {event["customer"] for event in evidence.events}:
        waiting: set[str] = set()
        fenced: set[str] = set()
        for event in evidence.of(customer):
            if event["type"] == "reply_queued" and event["speaker"] == "bot":
                waiting.add(event["key"])
            elif event["type"] == "case_changed" and event["act"] in FENCING:
                fenced |= waiting
            elif event["type"] == "reply_sending":
                if event["key"] in fenced:
                    says = f"{event['key']} was sent although a claim came between"
                    yield Complaint(customer, says)
                waiting.discard(event["key"])


def who_opted_out_hears_nothing_of_the_bot(evidence: Evidence) -> Iterator[Complaint]:
    """By the network's books: after the confirmation, until they say start."""
    network, last = evidence.world.network, evidence.outcomes
    for message in network.written:
        outcome = last.get(message.id, {})
        if outcome.get("reason") != "opt_out" or outcome.get("outcome") != "answered":
            continue
        said_again = [
            event["at_ms"]
            for event in evidence.of(message.customer)
            if event["type"] == "customer_opted_in"
            and event["at_ms"] >= outcome["at_ms"]
        ]
        own = f"{message.key}:say"
        posts = network.of(message.customer)
        place = next((i for i, p in enumerate(posts) if p.outgoing.key == own), None)
        later = posts[place + 1 :] if place is not None else []
        for post in later:
            by_bot = post.outgoing.speaker is Speaker.BOT
            if by_bot and not said_again:
                says = f"{post.outgoing.key} reached somebody who said stop"
                yield about(message, says)


def who_said_stop_last_is_silenced(evidence: Evidence) -> Iterator[Complaint]:
    """In whatever order and however late it came: their newest word counts."""
    last = evidence.outcomes
    newest: dict[CustomerId, Message] = {}
    for message in evidence.world.network.written:  # in the order of writing
        dead = last.get(message.id, {}).get("outcome") == "dead"
        if message.text in ("stop", "start") and not dead:
            newest[message.customer] = message
    for customer, message in newest.items():
        key = keys.of_customer(customer, "customer")
        state = evidence.world.wire.call("HGET", key, "state")  # none before a turn
        silenced = state is not None and json.loads(state)["opted_out"]
        if message.text == "stop" and not silenced:
            yield about(message, f"{message.id} said stop, and the bot may write")


SILENCE_CHECKS = (
    nothing_enters_sending_after_a_claim,
    what_was_decided_before_a_claim_is_never_sent_later,
    who_opted_out_hears_nothing_of_the_bot,
    who_said_stop_last_is_silenced,
)
