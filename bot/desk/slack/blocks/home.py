"""App Home: my cases, the queue, today's figures, health."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.desk.slack.blocks.elements import Json, context, divider, header, section
from bot.desk.slack.blocks.figures import (
    Health,
    budget_lines,
    day_blocks,
    health_lines,
    money_line,
    pause_lines,
    queue_line,
)
from bot.desk.slack.blocks.limits import VIEW_BLOCKS
from bot.desk.slack.blocks.mrkdwn import Mrkdwn, clock
from bot.desk.slack.blocks.rows import case_rows
from bot.desk.slack.blocks.scene import Scene
from bot.model.case import Case, CaseId
from bot.model.figures import DayFigures, Queue
from bot.model.money import Money
from bot.model.quiet import Quiet

_MINE = 15
_NEXT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What one agent's Home shows. `links` lead to the cards of cases."""

    mine: Sequence[Case]
    next: Sequence[Case]  # the most pressing unclaimed ones
    queue: Queue
    today: DayFigures | None = None
    money: Money | None = None
    health: tuple[Health, ...] = ()
    pauses: Sequence[Quiet] = ()
    links: Mapping[CaseId, str] = field(default_factory=dict)


def render_home(home: Home, scene: Scene) -> Json:
    """Render it; what needs somebody's attention stands above everything else."""
    blocks = list(_blocks(home, scene))
    return {"type": "home", "blocks": blocks[:VIEW_BLOCKS]}


def _blocks(home: Home, scene: Scene) -> Iterator[Json]:
    if any(not one.well for one in home.health):
        yield from health_lines(home.health)
    yield from pause_lines(home.pauses, scene)
    yield from budget_lines(home.money)
    links = dict(home.links)
    yield header(f"My cases ({len(home.mine)})" if home.mine else "My cases")
    if home.mine:
        yield from case_rows(home.mine, scene, links=links, most=_MINE, mine=True)
    else:
        yield section(
            Mrkdwn("You hold no case. `/firstline next` shows the most urgent one.")
        )
    yield divider()
    yield header("The queue")
    yield context(queue_line(home.queue, scene))
    total = home.queue.unclaimed
    yield from case_rows(home.next, scene, links=links, most=_NEXT, total=total)
    if home.today is not None:
        yield divider()
        yield header("Today")
        yield from day_blocks(home.today)
        yield from money_line(home.money)
    yield divider()
    if home.health and all(one.well for one in home.health):
        yield from health_lines(home.health)
    yield context(Mrkdwn(f"As of {clock(scene.now)}"))
