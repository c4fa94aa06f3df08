"""The card of an incident: many cases about one event."""

from __future__ import annotations

from collections.abc import Iterator

from bot.desk.slack.blocks import words
from bot.desk.slack.blocks.elements import (
    Json,
    actions,
    button,
    context,
    divider,
    emoji,
    literal,
    quote,
    rich,
    rich_line,
)
from bot.desk.slack.blocks.limits import cut, one_line
from bot.desk.slack.blocks.mrkdwn import Mrkdwn, clock, day_and_clock, joined, plain
from bot.desk.slack.blocks.rendered import Rendered, rendered
from bot.desk.slack.blocks.scene import Scene
from bot.desk.slack.ids import ActionId, packed
from bot.model.errand import told
from bot.model.incident import Trend
from bot.ports import ErrandView, IncidentView

_EXAMPLES = 3
_ERRANDS = 5
_QUOTED = 200
_TREND = {
    Trend.RISING: ":chart_with_upwards_trend: rising",
    Trend.STEADY: "steady",
    Trend.EBBING: ":chart_with_downwards_trend: ebbing",
}


def render_incident(view: IncidentView, scene: Scene) -> Rendered:
    """Render the one card that stands for the cases of an incident."""
    found, counts = view.incident, view.summary
    over = ", over" if found.ended_at else ""
    title = plain(view.title, limit=120)
    notice = Mrkdwn(f"{words.plural(counts.cases, 'case')}{over}: {title} · {found.id}")
    return rendered(notice, *_blocks(view, scene))


def _blocks(view: IncidentView, scene: Scene) -> Iterator[Json]:
    yield divider()
    yield _head(view)
    for example in view.examples[:_EXAMPLES]:
        yield quote(example, _QUOTED)
    yield context(joined((_pace(view), _spread(view, scene))))
    warned = list(_warnings(view))
    if warned:
        yield context(*warned)
    for errand in view.errands[-_ERRANDS:]:
        yield context(_errand(errand, scene))
    if view.summary.active:
        yield _acts(view)
    yield context(
        joined(
            (
                view.incident.id,
                f"since {day_and_clock(view.incident.opened_at)}",
                _progress(view),
            )
        )
    )


def _head(view: IncidentView) -> Json:
    over = view.incident.ended_at is not None
    count = words.plural(view.summary.cases, "case")
    return rich(
        rich_line(
            emoji("white_check_mark" if over else "rotating_light"),
            literal(f" {count}: ", bold=True),
            literal(cut(one_line(view.title), 150), bold=True),
        )
    )


def _pace(view: IncidentView) -> Mrkdwn:
    if view.incident.ended_at is not None:
        return Mrkdwn(f"Over since {clock(view.incident.ended_at)}")
    counts = view.summary
    return Mrkdwn(f"{_TREND[counts.trend]}, {counts.per_minute:g} a minute")


def _spread(view: IncidentView, scene: Scene) -> Mrkdwn:
    counts = view.summary
    teams = list(counts.by_team.items())[:8]
    return joined(
        (
            *(f"{count:,} {place}" for place, count in counts.by_visibility.items()),
            *(f"{scene.team(team)} {count:,}" for team, count in teams),
        )
    )


def _warnings(view: IncidentView) -> Iterator[Mrkdwn]:
    counts = view.summary
    if counts.urgent:
        each = "a card of its own" if counts.urgent == 1 else "cards of their own"
        yield Mrkdwn(f":red_circle: {counts.urgent:,} urgent, with {each}")
    if counts.untold:
        untold = words.plural(counts.untold, "customer")
        yield Mrkdwn(f":warning: {untold} nobody has told that we have it")


def _progress(view: IncidentView) -> str:
    counts = view.summary
    if not counts.active:
        return "all cases resolved"
    left = f"{words.plural(counts.active, 'case')} not resolved"
    return f"{left}, {counts.open:,} unclaimed" if counts.open else f"{left}, all taken"


def _errand(view: ErrandView, scene: Scene) -> Mrkdwn:
    """Say how far an act on all cases has come, and what it left out."""
    who = scene.called(view.errand.agent)
    results = told(view.errand, view.results)
    what = "answers all" if view.errand.resolution is None else "resolves all"
    left = f"{view.left:,} to go" if view.left else ""
    sign = ":hourglass_flowing_sand:" if view.left else ":white_check_mark:"
    return Mrkdwn(f"{sign} {joined((f'{who} {what}', *results, left))}")


def _acts(view: IncidentView) -> Json:
    value = packed(incident=view.incident.id)
    return actions(
        [
            button("Answer all…", ActionId.INCIDENT_ANSWER, value, style="primary"),
            button("Resolve all…", ActionId.INCIDENT_RESOLVE, value),
            button("Show cases", ActionId.INCIDENT_CASES, value),
        ],
        block_id=f"incident:{view.incident.id}",
    )
