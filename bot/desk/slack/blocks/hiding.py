"""Which messages can be hidden from a network's readers, and the question which to hide."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk.slack.blocks.elements import Json, context, option, section
from bot.desk.slack.blocks.limits import OPTION, OPTION_VALUE, cut, one_line, units
from bot.desk.slack.blocks.modal import Facts, field, modal, radio
from bot.desk.slack.blocks.mrkdwn import Mrkdwn
from bot.desk.slack.blocks.standing import said
from bot.desk.slack.ids import ActionId, Dialogue
from bot.model.message import MessageId
from bot.model.record import Author, Record
from bot.ports import CaseView

_OFFERED = 10  # messages, the newest first: as many as Slack lets one choose from
_HIDE, _SHOW = "hide", "show"


def hide_choice(records: Sequence[Record]) -> str:
    """Return what the card's menu calls it; "" if nothing can be hidden."""
    hidden = {one.hidden_at is not None for one in _hideable(records)}
    if len(hidden) == 2:
        return "Hide or show again…"
    return (
        {True: "Show again…", False: "Hide on the network…"}[hidden.pop()]
        if hidden
        else ""
    )


def hide_modal(view: CaseView, facts: Facts) -> Json:
    """Ask which message it is; the newest that can be hidden stands first."""
    kept = {**facts, "case": view.case.id}
    offered = [_choice(one) for one in _hideable(view.records)]
    if not offered:
        gone = section(Mrkdwn("Nothing of this customer's can be hidden any more."))
        return modal(Dialogue.HIDE, "Hide", [gone], kept, close="Close")
    wanted = hide_choice(view.records).removesuffix("…")
    blocks = [
        field(ActionId.MESSAGE, wanted, radio(offered, chosen=offered[0])),
        context(
            Mrkdwn(
                "What is hidden stands no longer below your post, but whoever looks for "
                "hidden replies can still read it. The case stays as it is."
            )
        ),
    ]
    return modal(Dialogue.HIDE, wanted, blocks, kept, submit=wanted.partition(" on")[0])


def chosen_message(value: str) -> tuple[MessageId, bool] | None:
    """Return which message the dialogue names, and whether to hide it; None for none."""
    wanted, _, message = value.partition(":")
    known = wanted in (_HIDE, _SHOW) and bool(message)
    return (MessageId(message), wanted == _HIDE) if known else None


def _hideable(records: Sequence[Record]) -> Sequence[Record]:
    found = [one for one in reversed(records) if _can_be_chosen(one)]
    return found[:_OFFERED]


def _can_be_chosen(record: Record) -> bool:
    fits = units(f"{_HIDE}:{record.id}") <= OPTION_VALUE
    return record.author is Author.CUSTOMER and record.can_be_hidden and fits


def _choice(record: Record) -> Json:
    is_hidden = record.hidden_at is not None
    text = cut(one_line(said(record)), OPTION) or "(no words)"
    value = f"{_SHOW if is_hidden else _HIDE}:{record.id}"
    return option(text, value, says="Hidden now: show it again" if is_hidden else "")
