"""What has to be written so that Slack shows a case as it is. Pure.

The plan follows from the case and from what the book says is in Slack, never from what
happened: however many changes came together, and whatever got lost, the same few writes
make it right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from zlib import crc32

from bot.clock import to_ms
from bot.desk.slack.drawing import Drawing, Pencil
from bot.desk.slack.notes import stands_in
from bot.desk.slack.pings import Ping, pings_of
from bot.model.case import HELD, Case, CaseStatus
from bot.model.message import CustomerId
from bot.model.record import Record
from bot.ports import CaseView, IncidentView
from bot.ports.chat import OwnId, Page, Place, Shown, card_of

MOST_LINES = 20  # of a transcript that is older than its card; the history has the rest
_EVER = datetime.fromtimestamp(0, tz=timezone.utc)


class Kind(str, Enum):
    """What a message is, which tells how the book keeps it."""

    CARD = "card"
    LINE = "line"
    PING = "ping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message that is not there yet. `cause` is when it came to be needed."""

    id: OwnId
    kind: Kind
    number: int
    drawing: Drawing
    cause: datetime
    thread: str = ""  # of its card; "" for a card
    loud: bool = False
    begins: datetime = _EVER
    told: str = ""
    ping: Ping | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A message that says something else now. `line` None: the card itself."""

    id: OwnId
    place: Place
    drawing: Drawing
    line: OwnId | None = None
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    """An earlier card that is to say that there is another one."""

    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to write, in this order among writes of one sort.

    `replaces`: the present card is to be left first; `gone` if it cannot be reached.
    """

    posts: Sequence[Post] = ()
    changes: Sequence[Change] = ()
    farewells: Sequence[Farewell] = ()
    replaces: bool = False
    gone: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.posts or self.changes or self.farewells or self.replaces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where something is to be shown."""

    workspace: str
    channel: str


def plan_case(view: CaseView, page: Page, home: Home, pencil: Pencil) -> Plan:
    """Return what is to be written for a case."""
    case, shown = view.case, Shown(view.case.id)
    if page.card is None:
        return _first_card(view, page, pencil) if needs_a_card(case) else Plan()
    if page.card.workspace != home.workspace:
        return Plan(replaces=needs_a_card(case), gone=True)
    if page.card.channel != home.channel and needs_a_card(case):
        return Plan(replaces=True)
    folded = case.folded
    card = pencil.folded(case) if folded else pencil.card(view)
    changes = list(_changed_lines(view, page, page.card, pencil))
    if card.digest != page.digest:
        id_ = card_of(shown, page.number)
        changes.insert(0, Change(id=id_, place=page.card, drawing=card, told=page.told))
    return Plan(
        posts=() if folded else tuple(_missing(view, page, page.card.ts, pencil)),
        changes=changes,
        farewells=_farewells(page),
    )


def plan_incident(view: IncidentView, page: Page, home: Home, pencil: Pencil) -> Plan:
    """Return what is to be written for an incident: one card, which stays where it is."""
    shown, card = Shown(view.incident.id), pencil.incident(view)
    if page.card is None:
        post = Post(
            id=card_of(shown, page.number),
            kind=Kind.CARD,
            number=page.number,
            drawing=card,
            cause=view.incident.opened_at,
        )
        return Plan(posts=(post,))
    if page.card.workspace != home.workspace:
        return Plan(replaces=True, gone=True)
    if card.digest == page.digest:
        return Plan()
    id_ = card_of(shown, page.number)
    return Plan(changes=(Change(id=id_, place=page.card, drawing=card),))


def begins_of(view: CaseView) -> datetime:
    """Return from when on records are lines of the thread of a new card."""
    older = view.records[:-MOST_LINES]
    return view.records[-MOST_LINES].at if older else _EVER


def state_of(case: Case) -> str:
    """Return what the thread is told of a case's state, in codes."""
    snoozed = to_ms(case.snoozed_until) if case.snoozed_until else ""
    phase = "held" if case.status in HELD else case.status.value
    ended = case.resolution if case.status is CaseStatus.RESOLVED else ""
    return f"{phase}|{case.assignee or ''}|{case.team}|{snoozed}|{ended or ''}"


def whose(customer: CustomerId) -> str:
    """Return a mark that tells customers apart: a case's number may be given twice."""
    return f"{crc32(customer.encode()):08x}"


def needs_a_card(case: Case) -> bool:
    """Tell whether agents have to see it: what they have seen stays in any case."""
    return case.status is not CaseStatus.RESOLVED and not case.folded


def _first_card(view: CaseView, page: Page, pencil: Pencil) -> Plan:
    number, case = page.number, view.case
    post = Post(
        id=card_of(Shown(case.id), number),
        kind=Kind.CARD,
        number=number,
        drawing=pencil.card(view),
        cause=case.opened_at if number == 1 else case.changed_at,
        begins=begins_of(view),
        told=state_of(case),
    )
    return Plan(posts=(post,))


def _missing(view: CaseView, page: Page, thread: str, pencil: Pencil) -> list[Post]:
    """Return what the thread lacks, in the order in which it happened."""
    posts = [
        *_new_lines(view, page, thread, pencil),
        *_new_pings(view, page, thread, pencil),
    ]
    posts += _new_state(view, page, thread, pencil)
    return sorted(posts, key=lambda post: post.cause)


def _new_lines(
    view: CaseView, page: Page, thread: str, pencil: Pencil
) -> Iterator[Post]:
    for record in _in_thread(view, page):
        id_ = _line_id(view.case, page, record)
        if id_ not in page.lines:
            yield Post(
                id=id_,
                kind=Kind.LINE,
                number=page.number,
                drawing=pencil.line(view.case, record),
                cause=record.at,
                thread=thread,
            )


def _changed_lines(
    view: CaseView, page: Page, card: Place, pencil: Pencil
) -> Iterator[Change]:
    for record in _in_thread(view, page):
        id_ = _line_id(view.case, page, record)
        posted, drawing = page.lines.get(id_), pencil.line(view.case, record)
        if posted is not None and posted.digest != drawing.digest:
            place = Place(card.workspace, card.channel, posted.ts)
            yield Change(id=id_, place=place, drawing=drawing, line=id_)


def _new_pings(
    view: CaseView, page: Page, thread: str, pencil: Pencil
) -> Iterator[Post]:
    for ping in pings_of(view, page.since):
        if ping.id not in page.pings:
            yield Post(
                id=ping.id,
                kind=Kind.PING,
                number=page.number,
                drawing=pencil.ping(view.case, ping),
                cause=ping.at,
                thread=thread,
                loud=ping.loud,
                ping=ping,
            )


def _new_state(
    view: CaseView, page: Page, thread: str, pencil: Pencil
) -> Iterator[Post]:
    case, state = view.case, state_of(view.case)
    if state == page.told:
        return
    stamp = f"{case.revision}-{to_ms(case.changed_at)}"
    yield Post(
        id=OwnId(f"state:{case.id}:{page.number}:{stamp}"),
        kind=Kind.PING,
        number=page.number,
        drawing=pencil.state(case),
        cause=case.changed_at,
        thread=thread,
        told=state,
    )


def _in_thread(view: CaseView, page: Page) -> list[Record]:
    """Return the records that are lines: of the case, not written there by people.

    Its customer may have later ones with us, which belong to another case.
    """
    begins, ends, own = page.begins or _EVER, view.case.closed_at, f"{view.case.id}:"
    return [
        record
        for record in view.records
        if record.at >= begins
        and not (page.card and stands_in(record, page.card))
        and (ends is None or record.at <= ends or record.id.startswith(own))
    ]


def _line_id(case: Case, page: Page, record: Record) -> OwnId:
    return OwnId(f"line:{case.id}:{page.number}:{record.id}")


def _farewells(page: Page) -> tuple[Farewell, ...]:
    return tuple(Farewell(place=place) for place in page.left)
