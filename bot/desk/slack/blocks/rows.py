"""Cases as lines of a list: in App Home, in answers to commands, beneath an incident."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.desk.slack.blocks import words
from bot.desk.slack.blocks.elements import Json, button, context, section
from bot.desk.slack.blocks.mrkdwn import Mrkdwn, deadline, joined, plain
from bot.desk.slack.blocks.scene import Scene
from bot.desk.slack.ids import ActionId, packed
from bot.model.case import Case, CaseId, CaseStatus
from bot.model.timer import first_answer_due


def case_rows(
    cases: Sequence[Case],
    scene: Scene,
    *,
    links: dict[CaseId, str],
    most: int,
    total: int | None = None,
    mine: bool = False,
) -> Iterator[Json]:
    """Yield one row a case, with a button to its card where `links` knows it.

    `mine`: all are those of who reads it, so whose turn it is says more than whose.
    """
    for case in cases[:most]:
        url = links.get(case.id, "")
        opens = (
            button("Open", ActionId.CASE_OPEN, packed(case=case.id), url=url)
            if url
            else None
        )
        yield section(_row(case, scene, mine=mine), accessory=opens)
    rest = (total if total is not None else len(cases)) - min(len(cases), most)
    if rest > 0:
        yield context(Mrkdwn(f"… and {words.plural(rest, 'more', 'more')}"))


def _row(case: Case, scene: Scene, *, mine: bool) -> Mrkdwn:
    sign = f":{words.PRIORITY_SIGN[case.priority]}:"
    about = plain(words.intent_name(case.corrected_label or case.label), limit=80)
    head = f"{sign} *{plain(f'@{case.handle}', limit=60)}* · {about}"
    place = words.PLACE_SIGN[case.visibility]
    turn = "waiting for your answer" if mine and _is_held(case) else _whose(case, scene)
    facts = joined((case.id, place, turn, _promise(case, scene)))
    return Mrkdwn(f"{head}\n{facts}")


def _is_held(case: Case) -> bool:
    return case.status is CaseStatus.CLAIMED and case.snoozed_until is None


def _whose(case: Case, scene: Scene) -> str:
    if case.status is CaseStatus.RESOLVED:
        return f"resolved: {plain(case.resolution or 'no reason', limit=80)}"
    if case.snoozed_until is not None:
        return "put aside"
    if case.status is CaseStatus.WAITING:
        return "waiting for the customer"
    if case.assignee:
        return f"with {scene.called(case.assignee)}"
    return f"unclaimed for {words.lasting(scene.now - case.opened_at)}"


def _promise(case: Case, scene: Scene) -> str:
    due = first_answer_due(case, scene.policy.service)
    if due is None:
        return ""
    if due <= scene.now:
        return f":alarm_clock: *late by {words.lasting(scene.now - due)}*"
    if due - scene.now > scene.policy.service.remind_before:
        return f"answer due by {deadline(due, scene.now)}"
    return f":hourglass_flowing_sand: *answer due in {words.lasting(due - scene.now)}*"
