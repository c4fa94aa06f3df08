"""Promises about time: what timers do once, how fast we send, and who goes first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.model.allowance import Allowance
from bot.model.outgoing import Purpose
from bot.model.work import STORE_AWAY
from tests.builders import POLICY
from tests.faults.simulation.evidence import Complaint, Evidence
from tests.faults.simulation.process import HASTY

HURRY = timedelta(seconds=2)  # between beginning a send and its arrival, if none hangs
ENDS = ("sent", "refused", "unknown", "withheld", "expired", "withdrawn")
UNDO_MS = POLICY.desk.undo // timedelta(milliseconds=1)
UNHEARD = frozenset(f"reply_{end}" for end in ENDS if end != "sent")

# What begins a stretch of a case, and the timer that must ring once before its end
# if nothing else ends it. A snooze only puts it off.
_AWAITED = {
    "open": ("case_unclaimed", HASTY.service.unclaimed),
    "claimed": ("case_lapsed", HASTY.service.claim_silence),
    "waiting": ("case_follow_up", HASTY.service.follow_up),
    "resolved": ("case_closed", HASTY.reopen_within),
}
_BEGINS = {
    "claim": "claimed",
    "release": "open",
    "hand_over": "open",
    "reply": "waiting",
    "resolve": "resolved",
    "assign": "claimed",
    "give_back": "over",  # nothing reopens it, and no timer is left
}
_RINGS = dict(_AWAITED.values())


@dataclass
class _Stretch:
    """A case since it last changed its status, and how often its timer rang."""

    status: str
    since_ms: int
    rings: int = 0


def timers_have_their_effect_once(evidence: Evidence) -> Iterator[Complaint]:
    """In each stretch of a case at most once, not early, and in the end for sure."""
    cases: dict[str, list[dict[str, str]]] = defaultdict(list)
    for event in evidence.events:
        if event.get("case") and event["type"].startswith(("case_", "incident_")):
            cases[event["case"]].append(event)
    for case, events in cases.items():
        yield from _timers_of(case, events)


def _timers_of(case: str, events: Sequence[dict[str, str]]) -> Iterator[Complaint]:
    now = _Stretch("open", int(events[0]["at_ms"]))
    who, folded = events[0]["customer"], False  # perhaps: its incident has the card
    for event in events:
        kind, at = event["type"], int(event["at_ms"])
        folded = folded or kind == "incident_joined"
        if kind in _RINGS:
            awaited, after = _AWAITED.get(now.status, ("nothing", timedelta(0)))
            now.rings += 1
            if kind != awaited:
                yield Complaint(who, f"{case}: {kind} while it was {now.status}")
            elif now.rings > 1 and not (folded and now.status == "open"):
                yield Complaint(who, f"{case}: {kind} came {now.rings} times")
            elif at < now.since_ms + after // timedelta(milliseconds=1):
                yield Complaint(who, f"{case}: {kind} came early")
        begins = _status_after(event, now.status)
        if begins is not None:
            now = _Stretch(begins, at)
    spared = now.status == "over" or (folded and now.status in ("open", "waiting"))
    if now.rings != 1 and not spared:
        yield Complaint(who, f"{case} is {now.status}, and its timer never rang")


def _status_after(event: dict[str, str], status: str) -> str | None:
    """Return the status that begins with the event; None if none does."""
    kind = event["type"]
    if kind in ("case_opened", "case_reopened", "case_lapsed"):
        return "open"
    if kind == "case_joined":
        return "claimed" if status == "waiting" else None
    if kind != "case_changed":
        return None
    if event["act"] == "undo":
        return "claimed" if status == "waiting" else None
    return _BEGINS.get(event["act"])


@dataclass
class _Promise:
    """Since a case began: which answers were written, and which timers rang."""

    answers: list[str] = field(default_factory=list)  # those that have not failed
    rang: list[str] = field(default_factory=list)


def first_answers_are_watched_once(evidence: Evidence) -> Iterator[Complaint]:
    """Marked when it is nearly due, then when it is missed; never after an answer.

    What did not arrive was none.
    """
    promises: dict[str, _Promise] = defaultdict(_Promise)
    for event in evidence.events:
        case, kind, who = event.get("case", ""), event["type"], event["customer"]
        now = promises[case]
        if kind in ("case_opened", "case_reopened"):
            promises[case] = _Promise()
        elif kind == "reply_queued" and event["speaker"] == "agent":
            now.answers.append(event["key"])
        elif kind in UNHEARD and event["key"] in now.answers:
            now.answers.remove(event["key"])
        elif kind in ("case_sla_near", "case_sla_missed"):
            if kind in now.rang or now.answers:
                says = f"{case}: {kind} after {now.rang + now.answers}"
                yield Complaint(who, says)
            now.rang.append(kind)
    for case in evidence.open_ids & evidence.views.keys():
        yield from _first_answer_of(case, promises[case], evidence)


def _first_answer_of(
    case: str, promise: _Promise, evidence: Evidence
) -> Iterator[Complaint]:
    """Compare what the case says in the end with the network's books."""
    found = evidence.views[case].case
    received = {post.outgoing.key for post in evidence.world.network.received}
    arrived = [key for key in promise.answers if key in received]
    if (found.answered_at is not None) != bool(arrived):
        says = f"{case} was answered at {found.answered_at}, by {arrived or 'nobody'}"
        yield Complaint(found.customer, says)
    if not arrived and "case_sla_missed" not in promise.rang:
        says = f"nobody answered {case}, and nothing says so"
        yield Complaint(found.customer, says)


def the_pace_is_kept(evidence: Evidence) -> Iterator[Complaint]:
    """By when each send began; where nobody hangs, by when each arrived too."""
    for allowance in evidence.world.network.allowances:
        yield from _too_many(allowance, evidence)


def _too_many(allowance: Allowance, evidence: Evidence) -> Iterator[Complaint]:
    begun = [int(event["at_ms"]) for event in _gone_on(evidence)]
    yield from _crowded("began", begun, allowance.count, allowance.per)
    if not evidence.world.weather.senders_hang:
        posts = evidence.world.network.received
        arrived = [int(post.at.timestamp() * 1000) for post in posts]
        yield from _crowded("arrived", arrived, allowance.count, allowance.per - HURRY)


def _gone_on(evidence: Evidence) -> Iterator[dict[str, str]]:
    """Return what began each send, but for those that an outage ended before it."""
    begun: dict[str, dict[str, str]] = {}
    for event in evidence.happened("reply_sending", "reply_requeued"):
        if event["type"] == "reply_sending":
            if event["key"] in begun:
                yield begun[event["key"]]
            begun[event["key"]] = event
        elif event["reason"] == STORE_AWAY:
            begun.pop(event["key"], None)
    yield from begun.values()


def _crowded(
    what: str, times: Sequence[int], count: int, per: timedelta
) -> Iterator[Complaint]:
    rising, length = sorted(times), per // timedelta(milliseconds=1)
    for first, last in zip(rising, rising[count:], strict=False):
        if last - first < length:
            says = f"{count + 1} texts {what} within {last - first} ms, from {first}"
            yield Complaint("-", says)


def people_go_first(evidence: Evidence) -> Iterator[Complaint]:
    """No text begins while a better one of another customer has waited for long.

    Only texts that arrived tell their purpose, and only a customer with nothing else
    under way waits for the pace alone. Who hangs may begin what was best long ago, and
    queue late what it had decided by then.
    """
    weather = evidence.world.weather
    hang = weather.senders_hang or weather.commits_hang
    if hang or not evidence.world.network.allowances:
        return
    posts = evidence.world.network.received
    purposes = {post.outgoing.key: post.outgoing.purpose for post in posts}
    kinds = {post.outgoing.key: post.outgoing.visibility for post in posts}
    waits = list(_waiting(evidence))
    for text in waits:
        mine = purposes.get(text.key)
        if mine is None or text.company:
            continue
        for other in waits:
            theirs = purposes.get(other.key)
            if (
                (theirs is not None and theirs < mine)
                and (kinds[other.key] is kinds[text.key] and not other.company)
                and other.queued_ms + HURRY // timedelta(milliseconds=1) < text.begun_ms
                and text.begun_ms < other.begun_ms
            ):
                says = f"{text.key} ({mine.name}) began before {other.key}"
                yield Complaint(text.customer, f"{says} ({Purpose(theirs).name})")


def nothing_begins_while_it_can_be_undone(evidence: Evidence) -> Iterator[Complaint]:
    clicked = {}
    for event in evidence.happened("reply_queued", "reply_sending"):
        key, at = event["key"], int(event["at_ms"])
        if event["type"] == "reply_queued":
            clicked[key] = at
        elif event["speaker"] == "agent" and at < clicked[key] + UNDO_MS:
            yield Complaint(
                event["customer"], f"{key} began {at - clicked[key]} ms after"
            )


@dataclass(frozen=True)
class _Waiting:
    """A text from when it may be sent to when its first sending began."""

    customer: str
    key: str
    queued_ms: int
    begun_ms: int
    company: bool  # whether the customer had another text in the queue meanwhile


def _waiting(evidence: Evidence) -> Iterator[_Waiting]:
    for customer in {event["customer"] for event in evidence.events}:
        queued: dict[str, int] = {}
        shared: Counter[str] = Counter()
        begun: set[str] = set()
        for event in evidence.of(customer):
            key, at, kind = event.get("key", ""), int(event["at_ms"]), event["type"]
            if kind == "reply_queued":
                queued[key] = at + (UNDO_MS if event["speaker"] == "agent" else 0)
                if len(queued) > 1:
                    shared.update(queued)
            elif kind == "reply_sending" and key in queued and key not in begun:
                begun.add(key)
                yield _Waiting(customer, key, queued[key], at, shared[key] > 0)
            elif kind in [f"reply_{end}" for end in ENDS]:
                queued.pop(key, None)


# They compare moments of two machines, whose clocks may differ.
BY_RIGHT_CLOCKS = (
    the_pace_is_kept,
    people_go_first,
    nothing_begins_while_it_can_be_undone,
)
TIME_CHECKS = (
    timers_have_their_effect_once,
    first_answers_are_watched_once,
    the_pace_is_kept,
    people_go_first,
    nothing_begins_while_it_can_be_undone,
)
