"""The comparison in sentences, for people who train and need not count."""

from __future__ import annotations

from bot.model.comparison import Comparison, Measured, Source


def headline(comparison: Comparison) -> str:
    """Return the one sentence that stands first: may it go live, and is it better?"""
    if not comparison.verdict.passes:
        count = len(comparison.verdict.objections)
        reasons = "one reason" if count == 1 else f"{count} reasons"
        stays = "The live model stays." if comparison.live else "It cannot go live."
        return f"Refused, for {reasons}. {stays}"
    if not comparison.live:
        return "It may go live. There was nothing to compare it with."
    return f"It may go live. {_balance(comparison)} {_protected(comparison)}"


def _balance(comparison: Comparison) -> str:
    frozen = on(comparison, Source.FROZEN)
    if frozen is None:
        return "No test messages were compared."
    won = sum(change.better for change in frozen.changed)
    lost = sum(change.worse for change in frozen.changed)
    all_ = frozen.after.figures.messages
    if not won and not lost:
        return f"Neither better nor worse: all {all_} test messages are as right as before."
    sides = (
        f"{won} of {all_} test messages are read right that were not, {lost} no longer."
    )
    if won == lost:
        return f"As good as before: {sides}"
    return f"{'Better' if won > lost else 'A little worse'}: {sides}"


def _protected(comparison: Comparison) -> str:
    frozen = on(comparison, Source.FROZEN)
    guarded = [c for c in frozen.labels if c.protected] if frozen else []
    losing = [c for c in guarded if c.lost > c.won]
    if not losing:
        return "Nothing protected lost."
    named = ", ".join(f"{c.label} ({c.lost - c.won})" for c in losing)
    return f"Protected intents lost no more than chance makes: {named}."


def on(comparison: Comparison, source: Source) -> Measured | None:
    """Return what was measured on one kind of messages, None if nothing was."""
    return next((m for m in comparison.measured if m.source is source), None)


def percent(share: float | None) -> str:
    """Return a share as people read it; a dash where there is none."""
    return "–" if share is None else f"{share:.1%}"
