"""What a day came to, as managers count it. Inputs of App Home, the digest and status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.desk.slack.blocks import words
from bot.desk.slack.blocks.elements import Json, context, section
from bot.desk.slack.blocks.mrkdwn import Mrkdwn, bold, clock, joined, plain
from bot.desk.slack.blocks.scene import Scene
from bot.model.drift import Shift
from bot.model.event import Outcome
from bot.model.figures import DayFigures, Queue
from bot.model.money import Money
from bot.model.quiet import Quiet

_OUTCOME = {
    Outcome.ANSWERED: "answered by the bot",
    Outcome.ASKED: "asked back",
    Outcome.HANDED_OFF: "handed to people",
    Outcome.JOINED: "joined a case",
    Outcome.COALESCED: "read with the next",
    Outcome.IGNORED: "left alone",
    Outcome.PENDING: "not read yet",
    Outcome.DEAD: "could not be handled",
}


_MOST_SHIFTS = 4


@dataclass(frozen=True, slots=True)
class Health:
    """One thing that works or does not; `says` tells which, and what to do."""

    well: bool
    says: str


def day_blocks(figures: DayFigures) -> Iterator[Json]:
    """Yield a day's figures, a few in a line."""
    total = sum(figures.outcomes.values())
    counts = (
        f"{figures.outcomes[one]:,} {_OUTCOME[one]}"
        for one in Outcome
        if figures.outcomes.get(one)
    )
    messages = joined((bold(words.plural(total, "message")), *counts))
    cases = joined(
        (
            bold(words.plural(figures.opened, "new case")),
            f"{figures.resolved:,} resolved",
            f"{figures.reopened:,} came back" if figures.reopened else "",
            _promises(figures),
            _ratings(figures),
        )
    )
    yield section(Mrkdwn(f"{messages}\n{cases}"))
    times = joined(_times(figures))
    if times:
        yield context(Mrkdwn(f"*Median* {times}"))


def queue_line(queue: Queue, scene: Scene) -> Mrkdwn:
    """Say how much there is to do, the unclaimed first."""
    oldest = queue.oldest_unclaimed
    waited = (
        f" (the oldest for {words.lasting(scene.now - oldest)})"
        if oldest and queue.unclaimed
        else ""
    )
    return joined(
        (
            f"*{queue.unclaimed:,} unclaimed*{waited}",
            f"{queue.claimed:,} claimed",
            f"{queue.waiting:,} waiting for the customer",
        )
    )


def health_lines(health: tuple[Health, ...]) -> Iterator[Json]:
    """Yield what is wrong; or that nothing is, if anything was looked at."""
    wrong = [one for one in health if not one.well]
    for one in wrong[:8]:
        yield context(Mrkdwn(f":red_circle: {plain(one.says)}"))
    if health and not wrong:
        checked = words.plural(len(health), "thing")
        yield context(Mrkdwn(f":large_green_circle: All well ({checked} checked)"))


def pause_lines(pauses: Sequence[Quiet], scene: Scene) -> Iterator[Json]:
    """Yield what the bot is quiet about, who said so, and since when."""
    for pause in pauses[:8]:
        by = joined((scene.called(pause.by), f"since {clock(pause.since)}"), ", ")
        yield context(Mrkdwn(f":mute: Bot paused: {plain(pause.scope)} ({by})"))


def budget_lines(money: Money | None) -> Iterator[Json]:
    """Yield what the budget stops at the moment."""
    for says in money.warnings() if money else ():
        yield context(Mrkdwn(f":moneybag: {plain(says)}"))


def money_line(money: Money | None) -> Iterator[Json]:
    """Yield what was spent, each figure with its formula."""
    if money is not None:
        figures = [plain(figure) for figure in money.figures()]
        yield context(Mrkdwn(f"*Spent* {joined(figures)}"))


def drift_lines(shifts: Sequence[Shift]) -> Iterator[Json]:
    """Yield what is read otherwise than in the weeks before, the largest move first."""
    for shift in shifts[:_MOST_SHIFTS]:
        ids = ", ".join(shift.examples)
        told = f" Lately: {ids}" if ids else ""
        yield context(Mrkdwn(f":chart_with_upwards_trend: {plain(shift.says + told)}"))


def _promises(figures: DayFigures) -> str:
    if not figures.first_answers:
        return ""
    kept = (figures.first_answers - figures.late) / figures.first_answers
    return f"{words.percent(kept)} of first answers in time"


def _ratings(figures: DayFigures) -> str:
    """Say how people's help was rated; the formula stands beside the figure."""
    if figures.rating is None:
        return ""
    count = words.plural(figures.ratings, "rating")
    return f"{figures.rating:.1f} :star: ({figures.stars:,} stars ÷ {count})"


def _times(figures: DayFigures) -> Iterator[str]:
    for name, span in (
        ("acknowledgement", figures.acknowledgement),
        ("bot's answer", figures.automatic_answer),
        ("first answer by a person", figures.first_human_answer),
        ("first useful answer", figures.first_useful_answer),
    ):
        if span is not None:
            yield f"{name} {words.lasting(span)}"
