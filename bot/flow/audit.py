"""Proves the invariants from the events alone, one shard after the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.flow.history import History
from bot.flow.offences import SKEW
from bot.flow.rulebook import INCIDENTS, LAST_RULES, RULES, Rule
from bot.model.event import Event, EventType, Outcome
from bot.model.message import CustomerId
from bot.ports import Events

KEPT = 1000  # findings of one rule that are kept with their ids; all are counted


@dataclass(frozen=True, slots=True)
class Finding:
    """One offence: the rule, the message, key, case or event, and whose it is."""

    rule: str
    id: str
    customer: CustomerId
    event: str  # where in the stream; "" for what is missing at its end


@dataclass(slots=True)
class Audit:
    """What was checked and what was found.

    Attributes:
        counts: of customers, events, messages, replies and cases.
        checked: rule → how many events, or customers, it was asked about.
        violations: rule → how many ids offend; `findings` name the first of them.
        missing: shards whose older events are in files that are not here.
        late_messages, late_replies: what is pending for longer than the limit. That
            is slow, not wrong.
    """

    counts: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    late_messages: list[str] = field(default_factory=list)
    late_replies: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether everything was there to be read, and nothing offends."""
        return not self.violations and not self.missing


async def audit(
    events: Events,
    *,
    now: datetime,
    limit: timedelta = timedelta(hours=1),
    progress: Callable[[str, int], None] | None = None,
) -> Audit:
    """Read every event once and check every rule.

    One shard is in memory at a time, as one small `History` a customer.

    Args:
        events: the streams, with what was moved to files.
        now: against which pending messages and texts are late.
        limit: what is pending for longer is told as late.
        progress: called with each shard and the events read so far.
    """
    result = Audit(missing=tuple(await events.missing()))
    incidents = IncidentAudit(result, before=now - SKEW)
    for shard in events.shards:
        part = ShardAudit(result, incidents)
        async for event in events.every(shard):
            part.add(event)
        part.close(before=now - limit)
        if progress is not None:
            progress(shard, result.counts["events"])
    incidents.close()
    return result


def audit_events(events: Iterable[Event], *, now: datetime) -> Audit:
    """Check events that are at hand, as of one shard."""
    result = Audit()
    incidents = IncidentAudit(result, before=now - SKEW)
    part = ShardAudit(result, incidents)
    for event in events:
        part.add(event)
    part.close(before=now - timedelta(hours=1))
    incidents.close()
    return result


class IncidentAudit:
    """Counts what happened to each incident, whose cases are in all shards.

    One shard is read after the other while the program goes on: an incident whose
    first event is not from `before` may have opened in a shard that was read already.
    """

    def __init__(self, result: Audit, *, before: datetime) -> None:
        self._result, self._before = result, before
        self._seen: dict[str, Counter[EventType]] = {}
        self._firsts: dict[str, Event] = {}
        self._errands: Counter[tuple[str, str, EventType]] = Counter()

    def add(self, event: Event) -> None:
        """Count one event of an incident."""
        incident = event.facts.get("incident", "")
        if event.type in _OF_ERRANDS:
            self._add_errand(incident, event)
            return
        self._seen.setdefault(incident, Counter())[event.type] += 1
        self._firsts.setdefault(incident, event)

    def _add_errand(self, incident: str, event: Event) -> None:
        """An errand is in one shard, in order: what comes twice shows at once."""
        errand = event.facts.get("errand", "")
        self._errands[incident, errand, event.type] += 1
        if self._errands[incident, errand, event.type] == 2:
            self._result.violations[INCIDENTS] += 1
            found = Finding(INCIDENTS, errand, event.customer, event.id)
            self._result.findings.append(found)

    def close(self) -> None:
        """Find the incidents that do not add up."""
        self._result.counts["incidents"] += len(self._seen)
        for incident, seen in self._seen.items():
            first = self._firsts[incident]
            if not self._adds_up(seen) and first.at < self._before:
                self._result.violations[INCIDENTS] += 1
                found = Finding(INCIDENTS, incident, first.customer, "")
                self._result.findings.append(found)

    def _adds_up(self, seen: Counter[EventType]) -> bool:
        return (
            seen[EventType.INCIDENT_OPENED] == 1
            and seen[EventType.INCIDENT_JOINED] > 0
            and seen[EventType.INCIDENT_ENDED] <= 1
        )


class ShardAudit:
    """Adds the events of one shard to an audit; customers never cross shards."""

    def __init__(self, result: Audit, incidents: IncidentAudit) -> None:
        self._result, self._incidents = result, incidents
        self._pasts: dict[CustomerId, History] = {}
        self._owners: dict[str, CustomerId] = {}  # case → whose it is
        self._found: set[tuple[str, str]] = set()
        self._seen: Counter[EventType] = Counter()

    def add(self, event: Event) -> None:
        """Check one event against its customer's past, then add it to that past."""
        past = self._pasts.get(event.customer)
        if past is None:
            past = self._pasts[event.customer] = History(event.customer)
        self._seen[event.type] += 1
        for rule in _RULES_OF[event.type]:
            for id_ in rule.find(past, event):
                self._offends(rule.name, id_, past, event)
        self._check_owner(past, event)
        if event.type in _OF_INCIDENTS:
            self._incidents.add(event)
        past.add(event)

    def close(self, *, before: datetime) -> None:
        """Check what must not be left open, and count; `before` is when late begins."""
        result = self._result
        for past in self._pasts.values():
            for rule in LAST_RULES:
                for id_ in rule.find(past):
                    self._offends(rule.name, id_, past, None)
            result.late_messages += _older(past.waiting, before)
            result.late_replies += _older(past.unfinished, before)
            result.outcomes.update(past.messages.values())
            result.counts["messages"] += len(past.messages)
            result.counts["replies"] += len(past.replies)
            result.counts["cases"] += len(past.cases)
        self._count()
        self._pasts.clear()

    def _count(self) -> None:
        result = self._result
        # what belongs to nobody has no customer: of the store, of incidents
        result.counts["customers"] += sum(1 for customer in self._pasts if customer)
        result.counts["events"] += sum(self._seen.values())
        for rule in RULES:
            result.checked[rule.name] += sum(self._seen[kind] for kind in rule.reads)
        for name in _AT_END_ONLY:
            result.checked[name] += len(self._pasts)

    def _check_owner(self, past: History, event: Event) -> None:
        """A case's number is one customer's; the rules see only one customer."""
        if event.type is EventType.CASE_OPENED:
            case = event.facts.get("case", "")
            if self._owners.setdefault(case, past.customer) != past.customer:
                self._offends("cases opened once", case, past, event)

    def _offends(self, rule: str, id_: str, past: History, event: Event | None) -> None:
        if (rule, id_) in self._found:
            return  # one offence is told once, whatever follows from it
        self._found.add((rule, id_))
        self._result.violations[rule] += 1
        if self._result.violations[rule] <= KEPT:
            where = event.id if event else ""
            self._result.findings.append(Finding(rule, id_, past.customer, where))


def _older(since: Mapping[str, datetime], before: datetime) -> Iterator[str]:
    return (id_ for id_, at in since.items() if at < before)


def _by_type() -> dict[EventType, list[Rule]]:
    found: dict[EventType, list[Rule]] = defaultdict(list)
    for rule in RULES:
        for kind in rule.reads:
            found[kind].append(rule)
    return {kind: found[kind] for kind in EventType}


_RULES_OF = _by_type()
_OF_ERRANDS = frozenset({EventType.ERRAND_BEGUN, EventType.ERRAND_ENDED})
_OF_INCIDENTS = _OF_ERRANDS | {
    EventType.INCIDENT_OPENED,
    EventType.INCIDENT_JOINED,
    EventType.INCIDENT_ENDED,
}
_AT_END_ONLY = {last.name for last in LAST_RULES} - {rule.name for rule in RULES}
