"""Promises about messages: one outcome each, one answer, a case, or a dead letter."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from bot.model.message import Message
from bot.store import keys
from tests.faults.simulation.customers import IGNORABLE
from tests.faults.simulation.evidence import Complaint, Evidence, about
from tests.faults.simulation.process import QUICK
from tests.faults.simulation.world import World

REPLIED = ("answered", "asked")
FOR_PEOPLE = ("handed_off", "joined")


def every_message_has_one_outcome(evidence: Evidence) -> Iterator[Complaint]:
    accepted = Counter(e["message"] for e in evidence.happened("message_accepted"))
    last = evidence.outcomes
    network = evidence.world.network
    for message in (*network.written, *network.garbled):
        count, outcome = accepted.pop(message.id, 0), last.get(message.id)
        if count != 1:
            yield about(message, f"{message.id} was accepted {count} times")
        if outcome is None:
            yield about(message, f"{message.id} has no outcome")
        elif isinstance(message, Message):
            kept = _seen(evidence.world, message)
            said = f"{outcome['outcome']}|{outcome['reason']}"
            if kept != said:
                yield about(message, f"{message.id} is {said}, and kept as {kept}")
    for stranger in accepted:
        yield Complaint("-", f"{stranger} was accepted and never written")


def _seen(world: World, message: Message) -> Any:
    key = keys.of_customer(message.customer, "seen")
    return world.wire.call("HGET", key, message.id)


def nothing_is_ignored_that_wants_something(evidence: Evidence) -> Iterator[Complaint]:
    """A turn may be left unanswered if one of its messages asks for nothing."""
    first: dict[str, dict[str, str]] = {}
    for event in evidence.happened("message_handled"):
        if event["outcome"] != "dead" and event["reason"] != "deleted":
            first.setdefault(event["message"], event)
    turns, network = defaultdict(list), evidence.world.network
    for message in network.written:
        if found := first.get(message.id):
            turns[message.customer, message.thread, found["at_ms"]].append(message)
    for turn in turns.values():
        named = {first[message.id]["outcome"] for message in turn}
        said = [text for one in turn for text in network.versions_of(one)]
        light = any(text.startswith(IGNORABLE) for text in said)
        if named == {"coalesced"}:
            yield about(turn[-1], f"{turn[-1].id} was read together with nothing")
        if "ignored" in named and not light:
            yield about(turn[-1], f"{turn[-1].id} was ignored: {turn[-1].text}")


def answers_arrive_once(evidence: Evidence) -> Iterator[Complaint]:
    got = evidence.arrived
    last = evidence.outcomes
    for message in evidence.world.network.written:
        outcome = last.get(message.id, {}).get("outcome")
        count = got[f"{message.key}:say"]
        if outcome in REPLIED and count != 1:
            says = f"{message.id} is {outcome} and got {count} replies"
            yield about(message, says)
        if outcome in ("coalesced", "ignored") and count:
            yield about(message, f"{message.id} is {outcome} and got a reply")


def handed_off_messages_stand_on_a_case(evidence: Evidence) -> Iterator[Complaint]:
    last, texts = evidence.outcomes, evidence.world.network.versions_of
    for message in evidence.world.network.written:
        outcome = last.get(message.id, {})
        if outcome.get("outcome") not in FOR_PEOPLE:
            continue
        mine = [
            view
            for view in evidence.views.values()
            if view.case.customer == message.customer
        ]
        lines = [r for view in mine[:1] for r in view.records if r.id == message.id]
        if not mine:
            yield about(message, f"{message.id} was handed off without a case")
        elif [line.text for line in lines] != [texts(message)[-1]]:
            says = f"{message.id} stands {len(lines)} times, or not as it is"
            yield about(message, says)
        elif lines[0].outcome is None or lines[0].outcome.value != outcome["outcome"]:
            yield about(message, f"{message.id} has another outcome on the card")


def dead_messages_are_kept_and_told(evidence: Evidence) -> Iterator[Complaint]:
    dead: Counter[str] = Counter()
    last = evidence.outcomes
    for message in evidence.world.network.written:
        outcome = last.get(message.id, {})
        if outcome.get("outcome") == "dead":
            dead[message.customer] += 1
            cases = [v.case.customer for v in evidence.views.values()]
            if message.customer not in cases:
                yield about(message, f"{message.id} is dead and nobody was told")
    for customer, count in dead.items():
        kept = len(evidence.letters.get(customer, ()))
        if kept < count:
            says = f"{count} messages are dead and {kept} letters"
            yield Complaint(customer, says)


def only_what_failed_is_dead(evidence: Evidence) -> Iterator[Complaint]:
    """After all tries; and by its own fault, or that of what was read with it."""
    texts = {message.id: message.text for message in evidence.world.network.written}
    for customer, letters in evidence.letters.items():
        guilty = {one.at for one in letters if _is_poison(texts.get(one.message, ""))}
        for one in letters:
            if one.kind == "malformed":
                continue
            if one.tries < QUICK.max_tries:
                says = f"letter {one.number} is dead after {one.tries} tries"
                yield Complaint(customer, says)
            sound = one.kind == "message" and one.at not in guilty
            if sound and not evidence.world.weather.kills_alone:
                yield Complaint(customer, f"{one.message} is dead and could be read")


def _is_poison(text: str) -> bool:
    return "poison" in text


AFTER_A_FAILOVER_TOO = (
    every_message_has_one_outcome,
    nothing_is_ignored_that_wants_something,
    handed_off_messages_stand_on_a_case,
)
MESSAGE_CHECKS = (
    *AFTER_A_FAILOVER_TOO,
    answers_arrive_once,
    dead_messages_are_kept_and_told,
    only_what_failed_is_dead,
)
