"""Ways to damage a legal history in one place, and the rules that must find each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from bot.model.event import Event, EventType
from tests.builders import NOON

E = EventType
LATER = NOON + timedelta(days=1)
# One damage: the events with it, the rules of which one must find it, and the id.
Damaged = tuple[list[Event], set[str], str]


def at(events: list[Event], kind: EventType, **facts: str) -> Iterator[int]:
    """Yield where events of this kind with these facts are."""
    for n, event in enumerate(events):
        if event.type is kind and facts.items() <= event.facts.items():
            yield n


def lost(kind: EventType, fact: str, *rules: str, **facts: str):
    """Every way to lose one such event."""

    def damages(events: list[Event]) -> Iterator[Damaged]:
        for n in at(events, kind, **facts):
            yield events[:n] + events[n + 1 :], set(rules), events[n].facts[fact]

    return damages


def doubled(kind: EventType, fact: str, *rules: str, **facts: str):
    """Every way to do one such thing twice."""

    def damages(events: list[Event]) -> Iterator[Damaged]:
        for n in at(events, kind, **facts):
            twice = events[: n + 1] + events[n:]
            yield twice, set(rules), events[n].facts[fact]

    return damages


def altered(kind: EventType, fact: str, *rules: str, change, **facts: str):
    """Every way to alter one such event; the damage is found by its `fact`."""

    def damages(events: list[Event]) -> Iterator[Damaged]:
        for n in at(events, kind, **facts):
            changed = replace(events[n], facts={**events[n].facts, **change})
            named = changed.facts[fact]
            yield [*events[:n], changed, *events[n + 1 :]], set(rules), named

    return damages


def sent_without_sending(events: list[Event]) -> Iterator[Damaged]:
    for n in at(events, E.REPLY_SENDING):
        if events[n + 1].type is not E.REPLY_WITHHELD:  # it may leave the queue so
            rest = events[:n] + events[n + 1 :]
            yield rest, {"texts in order"}, events[n].facts["key"]


def ended_before_it_was_sent(events: list[Event]) -> Iterator[Damaged]:
    for n in at(events, E.REPLY_SENT):
        swapped = [*events[: n - 1], events[n], events[n - 1], *events[n + 1 :]]
        yield swapped, {"texts in order", "texts end once"}, events[n].facts["key"]


def sent_again_without_proof(events: list[Event]) -> Iterator[Damaged]:
    for n in at(events, E.REPLY_REQUEUED, reason="not_there"):
        for reason in ("no_answer", "cannot_tell", ""):
            changed = {**events[n].facts, "reason": reason}
            blind = replace(events[n], facts=changed)
            again = [*events[:n], blind, *events[n + 1 :]]
            yield again, {"texts in order"}, changed["key"]


def a_burst_without_its_end(events: list[Event]) -> Iterator[Damaged]:
    for n in at(events, E.MESSAGE_HANDLED, outcome="coalesced"):
        follows = events[n + 1]
        if follows.facts.get("outcome") != "coalesced":
            rest = events[: n + 1] + events[n + 2 :]
            yield rest, {"bursts have an end"}, events[n].facts["message"]


def a_text_that_entered_sending_after_a_claim(events: list[Event]) -> Iterator[Damaged]:
    for n in at(events, E.CASE_CHANGED, act="claim"):
        key = "simulator:late:say"
        facts = {"key": key, "speaker": "bot", "message": "m0"}
        queued = replace(events[n], type=E.REPLY_QUEUED, facts=facts)
        sending = replace(events[n], type=E.REPLY_SENDING, facts=facts)
        between = [queued, events[n], sending]
        spoken = [*events[:n], *between, *events[n + 1 :]]
        yield spoken, {"silence after a claim"}, key


def a_text_after_the_opt_out(events: list[Event]) -> Iterator[Damaged]:
    for n in at(events, E.CUSTOMER_OPTED_OUT):
        end = n + 3  # the confirmation: queued, sending, sent
        moment = events[end].at + timedelta(seconds=1)
        facts = {"key": "simulator:more:say", "speaker": "bot", "message": "m0"}
        more = replace(events[end], type=E.REPLY_QUEUED, facts=facts, at=moment)
        spoken = [*events[: end + 1], more, *events[end + 1 :]]
        yield spoken, {"silence after an opt-out"}, "simulator:more:say"


def a_text_that_survived_the_opt_out(events: list[Event]) -> Iterator[Damaged]:
    for n in at(events, E.CUSTOMER_OPTED_OUT):
        facts = {"key": "simulator:old:say", "speaker": "bot", "message": "m0"}
        queued = replace(events[n], type=E.REPLY_QUEUED, facts=facts)
        sending = replace(events[n + 1], type=E.REPLY_SENDING, facts=facts)
        spoken = [*events[:n], queued, *events[n : n + 2], sending, *events[n + 2 :]]
        yield spoken, {"silence after an opt-out"}, "simulator:old:say"


def a_text_that_was_sent_although_it_was_withdrawn(
    events: list[Event],
) -> Iterator[Damaged]:
    for n in at(events, E.REPLY_WITHDRAWN):
        sending = replace(events[n], type=E.REPLY_SENDING)
        sent = [*events[: n + 1], sending, *events[n + 1 :]]
        yield sent, {"texts end once"}, events[n].facts["key"]


def a_text_withdrawn_after_it_was_sent(events: list[Event]) -> Iterator[Damaged]:
    for n in at(events, E.REPLY_SENT, speaker="agent"):
        late = replace(events[n], type=E.REPLY_WITHDRAWN)
        yield (
            [*events[: n + 1], late, *events[n + 1 :]],
            {"texts end once"},
            late.facts["key"],
        )


def a_case_that_comes_back_after_it_was_given_back(
    events: list[Event],
) -> Iterator[Damaged]:
    for n in at(events, E.CASE_CHANGED, act="give_back"):
        back = replace(events[n], type=E.CASE_REOPENED)
        again = [*events[: n + 1], back, *events[n + 1 :]]
        yield again, {"cases in order"}, back.facts["case"]


def an_answer_that_was_never_said(events: list[Event]) -> Iterator[Damaged]:
    for n in at(events, E.REPLY_QUEUED, speaker="bot"):
        key, message = events[n].facts["key"], events[n].facts["message"]
        handled = [*at(events, E.MESSAGE_HANDLED, message=message)]
        if [events[h].facts["outcome"] for h in handled] == ["answered"]:
            rest = [event for event in events if event.facts.get("key") != key]
            yield rest, {"answers have words"}, message


def a_handoff_without_a_case(events: list[Event]) -> Iterator[Damaged]:
    for n in at(events, E.MESSAGE_HANDLED):
        if events[n].facts["outcome"] in ("handed_off", "joined"):
            facts = {k: v for k, v in events[n].facts.items() if k != "case"}
            bare = replace(events[n], facts=facts)
            yield (
                [*events[:n], bare, *events[n + 1 :]],
                {"people have it"},
                facts["message"],
            )


def a_claim_that_is_missing(events: list[Event]) -> Iterator[Damaged]:
    """Where the next act is one that only a holder may do."""
    for n in at(events, E.CASE_CHANGED, act="claim"):
        acts = [
            events[n + 1 :][i].facts["act"] for i in at(events[n + 1 :], E.CASE_CHANGED)
        ]
        if acts and acts[0] in ("reply", "release", "resolve"):
            rest = events[:n] + events[n + 1 :]
            yield rest, {"cases in order"}, events[n].facts["case"]


def a_message_forgotten(events: list[Event]) -> Iterator[Damaged]:
    """Its outcome is missing, and a later message has one."""
    handled = [*at(events, E.MESSAGE_HANDLED)]
    for n in handled:
        message = events[n].facts["message"]
        once = len([*at(events, E.MESSAGE_HANDLED, message=message)]) == 1
        if once and events[handled[-1]].at > events[n].at:
            rest = events[:n] + events[n + 1 :]
            yield rest, {"nobody is overtaken"}, message


def a_text_for_nothing(events: list[Event]) -> Iterator[Damaged]:
    for n in at(events, E.REPLY_QUEUED, speaker="bot"):
        changed = {**events[n].facts, "message": "alien"}
        event = replace(events[n], facts=changed)
        spoken = [*events[:n], event, *events[n + 1 :]]
        yield spoken, {"texts have a cause"}, changed["key"]


def put_back_by_nobody(events: list[Event]) -> Iterator[Damaged]:
    for n in at(events, E.LETTERS_REPLAYED):
        for message in json.loads(events[n].facts["messages"]):
            yield events[:n] + events[n + 1 :], {"outcomes in order"}, message


def a_second_outcome(events: list[Event]) -> Iterator[Damaged]:
    for outcome in ("ignored", "coalesced"):
        for n in at(events, E.MESSAGE_HANDLED, outcome=outcome):
            again = {**events[n].facts, "outcome": "answered"}
            late = replace(events[-1], type=E.MESSAGE_HANDLED, facts=again)
            yield [*events, late], {"outcomes in order"}, again["message"]


TABLE: dict[str, Callable[[list[Event]], Iterator[Damaged]]] = {
    "a message accepted by nobody": lost(
        E.MESSAGE_ACCEPTED, "message", "accepted first"
    ),
    "a message accepted twice": doubled(E.MESSAGE_ACCEPTED, "message", "accepted once"),
    "another message handled": altered(
        E.MESSAGE_HANDLED, "message", "accepted first", change={"message": "alien"}
    ),
    "no outcome that exists": altered(
        E.MESSAGE_HANDLED, "message", "outcomes in order", change={"outcome": "gone"}
    ),
    "a second outcome": a_second_outcome,
    "a message ignored twice": doubled(
        E.MESSAGE_HANDLED, "message", "outcomes in order", outcome="ignored"
    ),
    "a dead letter handled though nobody put it back": put_back_by_nobody,
    "a burst without its end": a_burst_without_its_end,
    "a handoff without a case": a_handoff_without_a_case,
    "a case opened by nobody": lost(
        E.CASE_OPENED, "case", "cases exist", "cases in order"
    ),
    "a case opened twice": doubled(E.CASE_OPENED, "case", "cases opened once"),
    "a case reopened twice": doubled(E.CASE_REOPENED, "case", "cases in order"),
    "a claim that is missing": a_claim_that_is_missing,
    "a message forgotten": a_message_forgotten,
    "a text for nothing": a_text_for_nothing,
    "a case claimed twice": doubled(
        E.CASE_CHANGED, "case", "cases in order", act="claim"
    ),
    "a case claimed by another": altered(
        E.CASE_CHANGED,
        "case",
        "cases in order",
        change={"agent": "mallory"},
        act="release",
    ),
    "a case resolved twice": doubled(
        E.CASE_CHANGED, "case", "cases in order", act="resolve"
    ),
    "a case passed on by nobody": lost(
        E.CASE_CHANGED, "case", "cases in order", act="assign"
    ),
    "a case given back twice": doubled(
        E.CASE_CHANGED, "case", "cases in order", act="give_back"
    ),
    "a case that came back after it was given back": (
        a_case_that_comes_back_after_it_was_given_back
    ),
    "a case that lapsed twice": doubled(E.CASE_LAPSED, "case", "cases in order"),
    "an act that does not exist": altered(
        E.CASE_CHANGED, "case", "cases in order", change={"act": "explode"}
    ),
    "an incident opened by nobody": lost(
        E.INCIDENT_OPENED, "incident", "incidents add up"
    ),
    "an incident opened twice": doubled(
        E.INCIDENT_OPENED, "incident", "incidents add up"
    ),
    "an incident of no cases": lost(E.INCIDENT_JOINED, "incident", "incidents add up"),
    "a case that joined it twice": doubled(
        E.INCIDENT_JOINED, "case", "incidents add up"
    ),
    "a case that left it twice": doubled(E.INCIDENT_LEFT, "case", "incidents add up"),
    "an incident ended twice": doubled(
        E.INCIDENT_ENDED, "incident", "incidents add up"
    ),
    "an errand begun twice": doubled(E.ERRAND_BEGUN, "errand", "incidents add up"),
    "an errand ended twice": doubled(E.ERRAND_ENDED, "errand", "incidents add up"),
    "a text queued by nobody": lost(E.REPLY_QUEUED, "key", "texts in order"),
    "a text queued twice": doubled(E.REPLY_QUEUED, "key", "texts queued once"),
    "a text sent without sending": sent_without_sending,
    "a text sent again without proof": sent_again_without_proof,
    "a text sent again though it was in doubt": lost(
        E.REPLY_REQUEUED, "key", "texts in order", reason="not_there"
    ),
    "a text sent twice": doubled(E.REPLY_SENT, "key", "texts end once"),
    "a text withdrawn twice": doubled(E.REPLY_WITHDRAWN, "key", "texts end once"),
    "a text sent although it was withdrawn": (
        a_text_that_was_sent_although_it_was_withdrawn
    ),
    "a text withdrawn after it was sent": a_text_withdrawn_after_it_was_sent,
    "a text refused twice": doubled(E.REPLY_REFUSED, "key", "texts end once"),
    "a text that ended before it was sent": ended_before_it_was_sent,
    "an answer that was never said": an_answer_that_was_never_said,
    "a text after a claim": a_text_that_entered_sending_after_a_claim,
    "a text after the opt-out": a_text_after_the_opt_out,
    "a text that survived the opt-out": a_text_that_survived_the_opt_out,
}
