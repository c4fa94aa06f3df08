"""Commits and texts as the JSON that the Lua scripts read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain

from bot.clock import to_ms
from bot.model.case import Case
from bot.model.event import EventType
from bot.model.outgoing import Outgoing
from bot.model.rank import Rank
from bot.model.reason import Reason
from bot.model.reply_history import queued_facts
from bot.model.timer import Timer, TimerKind
from bot.model.work import PASSING, STORE_AWAY, Commit, Handled
from bot.store.codec import case_to_hash, dump, dump_record, state_to_json
from bot.store.fast_json import to_json

MAILS_AT_ONCE = 50  # a turn reads no more; the rest waits for the next one
HISTORY_MAX = 400  # lines of transcript kept for a customer

# How long the keys of effects are remembered, so that none is carried out twice. A
# turn's effects need them only as a second fence: its commit ends the lease and takes
# its mails away in the same script, and a dead letter was never committed. What can
# come again is an agent's act: a click that a page or Slack sends once more, within
# minutes, or hours after an outage.
EFFECTS_KEPT = timedelta(days=7)

_NO_TIMERS = {kind.value: "" for kind in TimerKind}

FAILED_STATES = {  # how a failed send ends in the transcript and the events
    Reason.REPLY_REFUSED: "refused",
    Reason.REPLY_UNCERTAIN: "unknown",
    Reason.UNSAFE_TEXT: "withheld",
    Reason.BACKLOG: "withheld",
    Reason.QUIET_MODE: "withheld",
    Reason.NOT_SUMMONED: "withheld",
    Reason.UNAPPROVED_TEXT: "withheld",
    Reason.NO_CREDIT: "withheld",
    Reason.BUDGET: "withheld",
}


def event_fields(
    kind: EventType, *, at: datetime, customer: str, **facts: str
) -> list[str]:
    """Return an event as the flat list of names and values that XADD takes."""
    return _flat(kind, str(to_ms(at)), customer, facts)


def _flat(
    kind: EventType, at_ms: str, customer: str, facts: Mapping[str, str]
) -> list[str]:
    pairs = {"type": kind.value, "at_ms": at_ms, "customer": customer, **facts}
    return list(chain.from_iterable(pairs.items()))


def queue_entry(outgoing: Outgoing, *, epoch: int) -> str:
    """Return a text as an entry of the customer's queue.

    The fields beside `body` are those that the scripts look at.
    """
    return to_json(
        {
            "key": outgoing.key,
            # a question for a rating answers nothing: unsent, it is nobody's work
            "reply_to": "" if outgoing.asks_rating else outgoing.reply_to or "",
            "channel": outgoing.channel,
            "visibility": outgoing.visibility.value,
            "purpose": outgoing.purpose.value,
            "caused": str(to_ms(outgoing.caused_at or outgoing.queued_at)),
            "expires": _ms_or_nothing(outgoing.expires_at),
            "not_before": _ms_or_nothing(outgoing.not_before),
            "epoch": str(epoch),
            "speaker": outgoing.speaker.value,
            "thread": outgoing.thread,
            "case": outgoing.case or "",
            "body": dump(outgoing),
        }
    )


def queued_event(text: Outgoing) -> list[str]:
    """Return the event that a text was put into the queue, as XADD takes it."""
    return event_fields(
        EventType.REPLY_QUEUED,
        at=text.queued_at,
        customer=text.customer,
        **queued_facts(text),
    )


def end_payload(
    outgoing: Outgoing,
    state: str,
    *,
    at: datetime,
    now: datetime,
    until: datetime,
    problem: str,
    channel_id: str,
    mail: str,
) -> str:
    """Return the argument of settle_send.lua."""
    return to_json(
        {
            "customer": outgoing.customer,
            "key": outgoing.key,
            "thread": outgoing.thread,
            "speaker": outgoing.speaker.value,
            "case": outgoing.case or "",
            "state": state,
            "problem": problem,
            "counts": _counter(problem),
            "now": str(to_ms(now)),
            "until": str(to_ms(until)),
            "at": str(to_ms(at)),
            "due": str(to_ms(at)),
            "channel_id": channel_id,
            "mail": mail,
        }
    )


def _counter(problem: str) -> str:
    """Return what counts a try with this problem."""
    if problem == STORE_AWAY:
        return ""
    return "send_waits" if problem in PASSING else "send_tries"


def _ms_or_nothing(moment: datetime | None) -> str:
    return "" if moment is None else str(to_ms(moment))


def effects_from(now: datetime) -> str:
    """Return since when keys of effects are kept, in ms."""
    return str(to_ms(now - EFFECTS_KEPT))


def timer_dues(timers: Iterable[Timer]) -> dict[str, str]:
    """Return kind -> due in ms for every kind of timer; "" for those to take away."""
    return {**_NO_TIMERS, **{one.kind.value: str(to_ms(one.due)) for one in timers}}


def commit_arguments(commit: Commit, *, again_at: datetime) -> list[str]:
    """Return the arguments of commit.lua.

    What the script only passes on stands beside the payload: there its quotes would
    be escaped, and read again one by one.
    """
    customer = commit.customer
    kinds = {happening.type for happening in commit.happenings}
    epoch = customer.epoch + (EventType.CUSTOMER_OPTED_OUT in kinds)
    return [
        _commit_payload(commit, kinds, again_at=again_at),
        state_to_json(customer),
        *map(dump_record, commit.records),
        *(queue_entry(text, epoch=epoch) for text in commit.texts),
    ]


def _commit_payload(
    commit: Commit, kinds: Collection[EventType], *, again_at: datetime
) -> str:
    work, case = commit.work, commit.case
    return to_json(
        {
            "customer": commit.customer.id,
            "token": work.lease.token,
            "version": work.version,
            "now": str(to_ms(commit.at)),
            "again_at": str(to_ms(again_at)),
            "handled": commit.handled_mails,
            "full": commit.handled_mails >= MAILS_AT_ONCE,
            "ranks": _counted(work.ranks),
            "forgotten": work.forgotten,
            "seen": [
                part
                for one in commit.handled
                for part in (one.message, f"{one.outcome.value}|{one.reason.value}")
            ],
            "opts_out": EventType.CUSTOMER_OPTED_OUT in kinds,
            "lines": len(commit.records),
            "history_max": HISTORY_MAX,
            "events": _events(commit),
            "texts": [{"key": t.key, "thread": t.thread} for t in commit.texts],
            "effects_from": effects_from(commit.at),
            **(_case_changes(commit, case, kinds) if case else {}),
        }
    )


def _counted(ranks: Sequence[Rank]) -> dict[str, int]:
    if len(ranks) == 1:  # as it mostly is
        return {str(ranks[0].value): 1}
    return Counter(str(rank.value) for rank in ranks)


def _case_changes(
    commit: Commit, case: Case, kinds: Collection[EventType]
) -> dict[str, object]:
    fields = case_to_hash(case)
    if EventType.CASE_REOPENED in kinds:
        # whoever comes back does not come back as one of many
        fields["incident"] = ""
    return {
        "case_id": case.id,
        "case": list(chain.from_iterable(fields.items())),
        "opened": fields["opened_at"],
        "timers": timer_dues(commit.timers),
    }


def _events(commit: Commit) -> list[list[str]]:
    at_ms, who = str(to_ms(commit.at)), commit.customer.id
    told = [
        *((EventType.MESSAGE_HANDLED, _facts(one, commit)) for one in commit.handled),
        *((one.type, one.facts) for one in commit.happenings),
    ]
    return [_flat(kind, at_ms, who, facts) for kind, facts in told]


def _facts(handled: Handled, commit: Commit) -> dict[str, str]:
    facts = {
        "message": str(handled.message),
        "channel": str(commit.customer.channel),
        "outcome": handled.outcome.value,
        "reason": handled.reason.value,
        "label": handled.label,
        "team": handled.team,
        "withheld": handled.withheld.value if handled.withheld else "",
        "case": str(commit.case.id) if commit.case else "",
        "confidence": _share(handled.confidence),
        "known_words": _share(handled.known_words),
    }
    return {name: value for name, value in facts.items() if value}


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
