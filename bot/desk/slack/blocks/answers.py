"""Answers to `/firstline …`, and the daily digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.desk.slack.blocks import words
from bot.desk.slack.blocks.card import render_card
from bot.desk.slack.blocks.elements import context, header, section
from bot.desk.slack.blocks.figures import (
    Health,
    budget_lines,
    day_blocks,
    drift_lines,
    health_lines,
    money_line,
    pause_lines,
    queue_line,
)
from bot.desk.slack.blocks.mrkdwn import Mrkdwn, link, plain
from bot.desk.slack.blocks.rendered import Rendered, rendered
from bot.desk.slack.blocks.rows import case_rows
from bot.desk.slack.blocks.scene import Scene
from bot.model.case import Case, CaseId
from bot.model.drift import Shift
from bot.model.figures import DayFigures, Queue
from bot.model.money import Money
from bot.model.quiet import Quiet
from bot.ports import CaseView

_LISTED = 15
_HELP = Mrkdwn(
    "*What you can ask*\n"
    "`/firstline status`  how much there is to do, and whether all is well\n"
    "`/firstline mine`  the cases that you hold\n"
    "`/firstline next`  the most urgent case that nobody has\n"
    "`/firstline search words`  by case, handle, tag, intent or team\n"
    "`/firstline pause`  the bot says nothing; `pause x` or `pause order_status`: "
    "nothing there, or about that\n"
    "`/firstline resume`  the bot speaks again\n"
    "`/firstline help`  this list"
)
_IN_THREADS = Mrkdwn(
    "In the thread of a card, `reply: …` answers the customer; `claim:`, `release:`, "
    "`resolve: reason`, `tag: words`, `snooze: 2h` and `team: name` do what the buttons "
    "do. Anything else there is an internal note and never leaves."
)


def render_status(
    queue: Queue,
    scene: Scene,
    *,
    today: DayFigures | None = None,
    money: Money | None = None,
    health: tuple[Health, ...] = (),
    pauses: Sequence[Quiet] = (),
) -> Rendered:
    """Render how things stand."""
    line = queue_line(queue, scene)
    return rendered(
        line,
        section(line),
        *pause_lines(pauses, scene),
        *budget_lines(money),
        *((context(Mrkdwn("*Today*")), *day_blocks(today)) if today else ()),
        *money_line(money),
        *health_lines(health),
    )


def render_mine(
    cases: Sequence[Case], scene: Scene, *, links: Mapping[CaseId, str]
) -> Rendered:
    """Render the cases that somebody holds."""
    if not cases:
        return _said("You hold no case. `/firstline next` shows the most urgent one.")
    says = Mrkdwn(f"*You hold {words.plural(len(cases), 'case')}*")
    rows = case_rows(cases, scene, links=dict(links), most=_LISTED, mine=True)
    return rendered(says, section(says), *rows)


def render_next(view: CaseView | None, scene: Scene, *, url: str = "") -> Rendered:
    """Render the most urgent case that nobody has, ready to be claimed."""
    if view is None:
        return _said(":tada: Nobody is waiting unclaimed.")
    card = render_card(view, scene)
    where = context(link(url, Mrkdwn("Open its card"))) if url else None
    return rendered(card.text, *card.blocks, where)


def render_search(
    wanted: str, cases: Sequence[Case], scene: Scene, *, links: Mapping[CaseId, str]
) -> Rendered:
    """Render what was found for `wanted`."""
    asked = plain(wanted, limit=100)
    if not cases:
        return _said(
            f"Nothing found for “{asked}”. Ids, handles, tags, intents and teams are "
            "searched, never what customers wrote."
        )
    found = words.plural(len(cases), "case")
    says = Mrkdwn(f"*{found} for “{asked}”*")
    rows = case_rows(cases, scene, links=dict(links), most=_LISTED)
    return rendered(says, section(says), *rows)


def render_quiet(pauses: Sequence[Quiet], scene: Scene) -> Rendered:
    """Render what the bot is quiet about now, after `pause` or `resume`."""
    if not pauses:
        return _said(":speaker: The bot speaks, about everything and everywhere.")
    says = Mrkdwn(
        "The bot keeps quiet; what it would have answered comes to people. What you "
        "write still goes out."
    )
    return rendered(says, *pause_lines(pauses, scene), section(says))


def render_help() -> Rendered:
    """Render what can be asked."""
    notice = Mrkdwn("What you can ask /firstline")
    return rendered(notice, section(_HELP), context(_IN_THREADS))


def render_digest(
    figures: DayFigures,
    queue: Queue,
    scene: Scene,
    *,
    health: tuple[Health, ...] = (),
    drift: Sequence[Shift] = (),
) -> Rendered:
    """Render what a day came to, and what is left of it this morning."""
    day = f"{figures.day:%A}, {figures.day.day} {figures.day:%B}"
    return rendered(
        Mrkdwn(f"{day}: {words.plural(sum(figures.outcomes.values()), 'message')}"),
        header(f"{day} at {scene.policy.brand}"),
        *day_blocks(figures),
        context(Mrkdwn(f"*Now* {queue_line(queue, scene)}")),
        *drift_lines(drift),
        *health_lines(health),
    )


def _said(says: str) -> Rendered:
    return rendered(Mrkdwn(says), section(Mrkdwn(says)))
