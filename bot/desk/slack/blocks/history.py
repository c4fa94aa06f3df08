"""What there was with a customer before: their cases, and all that was written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from bot.desk.slack.blocks import words
from bot.desk.slack.blocks.around import around
from bot.desk.slack.blocks.elements import (
    Json,
    actions,
    button,
    context,
    divider,
    header,
    literal,
    rich,
    rich_line,
)
from bot.desk.slack.blocks.files import files_of
from bot.desk.slack.blocks.limits import SECTION, pieces, tidy, units
from bot.desk.slack.blocks.modal import Facts, modal
from bot.desk.slack.blocks.mrkdwn import Mrkdwn, day_and_clock, joined, plain
from bot.desk.slack.blocks.scene import Scene
from bot.desk.slack.blocks.standing import said
from bot.desk.slack.ids import ActionId, Dialogue, acts_block, packed
from bot.model.case import Case
from bot.model.record import Author, Record
from bot.ports import CaseView

_CASES = 10
_BLOCKS = 75  # of the transcript on a page; the rest of 100 is for the cases
_SIZE = 100_000  # characters of a page; Slack takes about 250,000


def history_modal(
    view: CaseView,
    scene: Scene,
    facts: Facts,
    *,
    cases: Sequence[Case] = (),
    page: int = 0,
) -> Json:
    """Show the customer's cases, the newest first, and a page of the transcript.

    Page 0 is the newest; what was written last stands at its end.
    """
    case = view.case
    pages = _pages(view, scene)
    number = min(max(page, 0), len(pages) - 1)
    others = [one for one in cases if one.id != case.id]
    blocks = [
        *(_earlier(others, scene) if number == 0 else ()),
        header("What was written"),
        *_turning(case, number, len(pages)),
        *(pages[number] or [context(Mrkdwn("Nothing is kept any more."))]),
    ]
    kept = {**facts, "case": case.id, "page": str(number)}
    title = "Customer's history"
    return modal(Dialogue.HISTORY, title, blocks, kept, close="Close")


def _earlier(cases: Sequence[Case], scene: Scene) -> Iterator[Json]:
    if not cases:
        yield context(Mrkdwn("No other cases of this customer."))
        return
    yield header(words.plural(len(cases), "other case"))
    for case in cases[:_CASES]:
        yield context(_case_line(case, scene))
    if len(cases) > _CASES:
        yield context(Mrkdwn(f"… and {len(cases) - _CASES:,} older ones"))
    yield divider()


def _case_line(case: Case, scene: Scene) -> Mrkdwn:
    about = plain(words.intent_name(case.corrected_label or case.label), limit=80)
    ended = plain(case.resolution or words.STATUS[case.status], limit=80)
    by = f"{ended}, {scene.called(case.assignee)}" if case.assignee else ended
    return joined((f"*{case.id}*", day_and_clock(case.opened_at), about, by))


def _turning(case: Case, number: int, count: int) -> Iterator[Json]:
    if count == 1:
        return
    offered = [
        _turn(words_, case, other)
        for words_, other in (("Older", number + 1), ("Newer", number - 1))
        if 0 <= other < count
    ]
    yield context(Mrkdwn(f"Page {number + 1} of {count}, the newest first"))
    yield actions(offered, block_id=acts_block(case.id, "page"))


def _turn(words_: str, case: Case, page: int) -> Json:
    value = packed(case=case.id, page=str(page))
    return button(words_, ActionId.HISTORY_PAGE, value, suffix=str(page))


def _pages(view: CaseView, scene: Scene) -> list[list[Json]]:
    """Return the transcript in pages, the newest page first, each oldest first."""
    pages: list[list[Json]] = [[]]
    room = _SIZE
    for record in reversed(view.records):
        blocks = list(_record(record, view.case, scene))
        size = units(json.dumps(blocks, ensure_ascii=False))
        if pages[-1] and (len(pages[-1]) + len(blocks) > _BLOCKS or size > room):
            pages.append([])
            room = _SIZE
        pages[-1] = [*blocks, *pages[-1]]
        room -= size
    return pages


def _record(record: Record, case: Case, scene: Scene) -> Iterator[Json]:
    """Yield who, when and where, and then all of the words."""
    who = {
        Author.CUSTOMER: plain(f"@{case.handle}", limit=60),
        Author.BOT: Mrkdwn(":robot_face: Bot"),
        Author.AGENT: scene.called(record.agent),
        Author.NOTE: Mrkdwn(f":memo: Note by {scene.called(record.agent)}"),
    }[record.author]
    note = record.author is Author.NOTE
    sent = words.DELIVERY[record.delivery] if record.delivery else ""
    edited = "edited" if record.edited_at and not record.deleted_at else ""
    hidden = "hidden" if record.hidden_at and not record.deleted_at else ""
    where = "" if note else words.PLACE_SIGN[record.visibility]
    marks = (sent, edited, hidden)
    yield context(joined((f"*{who}*", where, day_and_clock(record.at), *marks)))
    for small_print in (around(record), files_of(record)):
        if small_print:
            yield context(*small_print)
    kind = "rich_text_quote" if record.author is Author.CUSTOMER else ""
    for piece in pieces(tidy(said(record)) or "(no words)", SECTION):
        part = rich_line(literal(piece))
        yield rich({**part, "type": kind} if kind else part)
