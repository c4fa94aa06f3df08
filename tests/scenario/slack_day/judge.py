"""Whether a day was right, by the books of the two doubles and of the program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.desk.slack.blocks import Scene, render_card
from bot.desk.slack.keeper import FIGURES_EVERY
from bot.desk.slack.plan import MOST_LINES, needs_a_card
from bot.flow.audit import audit
from bot.model.message import CustomerId
from bot.model.record import Author, Delivery, Record
from bot.ports import CaseView
from bot.ports.chat import Page, Shown
from tests.integration.slack_cards import assert_nothing_twice
from tests.scenario.slack_day.agents import Reply, Said
from tests.scenario.slack_day.day import Day
from tests.slack_double.workspace import Message

_GRAIN_S = 120  # so long the figures of a lone card may stand
_STEP_S = 1  # two of them may stand together no longer than that
_SIGNS = {
    Delivery.SENT: "white_check_mark",
    Delivery.WITHDRAWN: "leftwards_arrow_with_hook",
}


@dataclass(frozen=True)
class Judged:
    """How many cases there were, and how old the oldest figures on a card."""

    cases: int
    lag_s: int


async def judge(day: Day, said: Said) -> Judged:
    """Assert that everything was right."""
    assert day.failed == []
    assert day.slack.violations == []
    assert_nothing_twice(day.slack)
    views = await _all_cases(day)
    _customers_got_what_agents_sent(day, said, views)
    lags = [0]
    for view in views:
        page = await day.line.store.cards.page(Shown(view.case.id))
        if page.card is not None or needs_a_card(view.case):
            lags.append(_card_is_right(day, view, page, most_s=_most_lag_s(views)))
            _thread_is_whole(day, view, page)
    found = await audit(
        day.line.store.events, now=day.clock.now(), limit=timedelta(minutes=15)
    )
    assert found.clean, found.findings
    assert not found.late_messages + found.late_replies
    return Judged(len(views), max(lags))


async def _all_cases(day: Day) -> list[CaseView]:
    """Return every case there is, by the customers who ever wrote."""
    handles = {entry.account for entry in day.line.simulator.network.ledger()}
    work = day.line.relay
    return [
        await work.view(case.id)
        for handle in sorted(handles)
        for case in await work.earlier_cases(CustomerId(f"simulator:{handle}"))
    ]


def _customers_got_what_agents_sent(
    day: Day, said: Said, views: list[CaseView]
) -> None:
    """Each reply arrived once, as its thread says; no note ever left."""
    ledger = [e for e in day.line.simulator.network.ledger() if e.received]
    arrived = Counter((entry.account, entry.text) for entry in ledger)
    got = Counter(entry.text for entry in ledger)
    handles = {view.case.id: view.case.handle for view in views}
    records = _replies(views)
    wrong = {
        text: (reply, became, got[text])
        for text, reply in said.replies.items()
        for became in [[record.delivery for record in records.get(text, [])]]
        if not _is_right(reply, became, got[text], arrived[handles[reply.case], text])
    }
    assert not wrong, wrong
    for note in said.notes:
        assert not any(note[:12] in text or note in text for text in got), note


def _replies(views: list[CaseView]) -> dict[str, list[Record]]:
    """Return the agents' replies, by their words: each customer's only once."""
    found = {record.id: record for view in views for record in view.records}
    texts: dict[str, list[Record]] = {}
    for record in found.values():
        if record.author is Author.AGENT:
            texts.setdefault(record.text, []).append(record)
    return texts


def _is_right(reply: Reply, became: list[Delivery | None], got: int, mine: int) -> bool:
    """Tell whether a reply arrived as its writer could see, and nowhere else."""
    if reply.told:  # privately, that it is not sent
        return became == [] and got == 0
    if became == [Delivery.WITHDRAWN]:
        return reply.undo and got == 0
    return became == [Delivery.SENT] and got == mine == 1


def _most_lag_s(views: list[CaseView]) -> int:
    """Return how old figures may be: Slack lets us write so many cards a minute."""
    cards = sum(needs_a_card(view.case) for view in views)
    return _GRAIN_S + 2 * cards * int(FIGURES_EVERY.total_seconds())


def _card_is_right(day: Day, view: CaseView, page: Page, *, most_s: int) -> int:
    """One live card, where the book says, equal to the case as it is.

    Returns:
        How many seconds ago all of its figures were those that it shows.
    """
    case = view.case
    there = [
        message
        for channel in day.slack.space.channels.values()
        for message in channel.messages.values()
        if (message.our_id or "").startswith(f"card:{case.id}:")
    ]
    live = [message for message in there if message.action_ids]
    assert page.card is not None, case.id
    assert [(m.channel, m.ts) for m in live] == [(page.card.channel, page.card.ts)]
    for ago in range(0, most_s, _STEP_S):
        if _same(live[0], _drawn(day, view, timedelta(seconds=ago))):
            return ago
    now = _drawn(day, view, timedelta(0))
    raise AssertionError((case.id, live[0].says(), now))


def _drawn(day: Day, view: CaseView, ago: timedelta) -> Mapping[str, object]:
    scene = Scene(policy=day.line.policy, now=day.clock.now() - ago)
    return render_card(view, scene).payload


def _same(card: Message, drawn: Mapping[str, object]) -> bool:
    return card.text == drawn["text"] and _bare(card.blocks) == _bare(drawn["blocks"])


def _bare(blocks: object) -> object:
    """Return blocks without the ids that Slack gives."""
    if isinstance(blocks, list):
        return [_bare(block) for block in blocks]
    if isinstance(blocks, Mapping):
        return {k: _bare(v) for k, v in blocks.items() if k != "block_id"}
    return blocks


def _thread_is_whole(day: Day, view: CaseView, page: Page) -> None:
    """Each record stands once in the thread, with what became of it."""
    assert page.card is not None
    thread = day.slack.thread(page.card.channel, page.card.ts)
    ours = Counter(message.our_id for message in thread if message.our_id)
    for record in _records(view):
        if record.author is Author.NOTE and page.card.ts in record.id:
            written = [m for m in thread if not m.by_app and m.ts in record.id]
            assert len(written) == 1, record
            continue
        id_ = f"line:{view.case.id}:{page.number}:{record.id}"
        assert ours[id_] == 1, (id_, ours)
        (line,) = [message for message in thread if message.our_id == id_]
        assert _SIGNS.get(record.delivery, "") in line.says(), line.says()


def _records(view: CaseView) -> Iterator[Record]:
    """Return what belongs to the case: its customer may have later ones."""
    ends = view.case.closed_at
    for record in view.records[-MOST_LINES:]:
        if ends is None or record.at <= ends:
            yield record
