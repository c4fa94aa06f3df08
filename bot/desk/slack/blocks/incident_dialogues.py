"""What can be done with all cases of an incident at once, and which ones these are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.desk.slack.blocks import words
from bot.desk.slack.blocks.elements import Json, context, quote, section
from bot.desk.slack.blocks.modal import (
    Facts,
    field,
    modal,
    options_of,
    select,
    text_input,
)
from bot.desk.slack.blocks.mrkdwn import Mrkdwn, plain
from bot.desk.slack.blocks.rows import case_rows
from bot.desk.slack.blocks.scene import Scene
from bot.desk.slack.ids import WORDINGS, ActionId, Dialogue
from bot.model.case import Case, CaseId
from bot.model.errand import HANDLE
from bot.ports import IncidentView

LISTED = 90  # cases that the list shows at most
_QUOTED = 200


def answer_all_modal(view: IncidentView, facts: Facts) -> Json:
    """Ask for the wordings of which each customer gets one."""
    count = words.plural(view.summary.active, "customer")
    fields = [
        field(
            wording,
            f"Wording {number}",
            text_input(),
            optional=number > 1,
            hint=f"{HANDLE} becomes their handle" if number == 1 else "",
        )
        for number, wording in enumerate(WORDINGS, start=1)
    ]
    blocks = [
        section(Mrkdwn(f"*{count}* of {view.incident.id} get your reply, each once.")),
        *(quote(example, _QUOTED) for example in view.examples[:1]),
        *fields,
        context(
            Mrkdwn(
                "Write several wordings: each customer gets one, since networks suspend "
                "accounts that repeat themselves. What is urgent, or held by a "
                "colleague, is left alone."
            )
        ),
    ]
    title = f"Answer all of {view.incident.id}"
    kept = _kept(view, facts)
    return modal(Dialogue.INCIDENT_ANSWER, title, blocks, kept, submit="Answer all")


def resolve_all_modal(view: IncidentView, scene: Scene, facts: Facts) -> Json:
    """Ask for the reason with which all cases end."""
    reasons = options_of((one, words.capital(one)) for one in scene.policy.resolutions)
    count = words.plural(view.summary.active, "case")
    blocks = [
        section(Mrkdwn(f"*{count}* of {view.incident.id} end, in your name.")),
        field(ActionId.REASON, "How did it end?", select(reasons)),
        context(Mrkdwn("What is urgent, or held by a colleague, is left alone.")),
    ]
    title = f"Resolve all of {view.incident.id}"
    kept = _kept(view, facts)
    return modal(Dialogue.INCIDENT_RESOLVE, title, blocks, kept, submit="Resolve all")


def incident_cases_modal(
    view: IncidentView,
    cases: Sequence[Case],
    scene: Scene,
    facts: Facts,
    *,
    links: Mapping[CaseId, str],
) -> Json:
    """List its unresolved cases, the oldest first, as far as they fit."""
    rows = case_rows(
        cases, scene, links=dict(links), most=LISTED, total=view.summary.active
    )
    blocks = [
        section(Mrkdwn(f"*{plain(view.title, limit=150)}*")),
        *rows,
        context(Mrkdwn("`/firstline search C-…` shows one of them by its id.")),
    ]
    title = f"Cases of {view.incident.id}"
    kept = _kept(view, facts)
    return modal(Dialogue.INCIDENT_CASES, title, blocks, kept, close="Close")


def _kept(view: IncidentView, facts: Facts) -> Facts:
    return {**facts, "incident": view.incident.id}
