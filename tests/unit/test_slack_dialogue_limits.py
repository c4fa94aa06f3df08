"""Any dialogue, any Home, any answer to a command is one that Slack takes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.desk.slack import blocks
from bot.desk.slack.ids import unpacked
from bot.model.case import CaseId
from bot.model.message import Nature
from tests.unit.slack_cases import (
    cases,
    content,
    days,
    healths,
    homes,
    incidents,
    labels,
    pauses,
    previews,
    queues,
    scenes,
    suggestions,
    threads,
    views,
)
from tests.unit.slack_shapes import check_message, check_view

tried = settings(
    max_examples=30,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)
FACTS = {"channel": "C012AB34CD", "thread": "1795017300.000100", "seen": "m1"}


def check_dialogue(view: dict, case: str) -> None:
    """Fail unless Slack opens it, and it brings back what it was opened with."""
    check_view(view)
    kept = unpacked(view["private_metadata"])
    assert kept.items() >= {**FACTS, "case": case}.items()


@tried
@given(views, scenes, previews, suggestions, content, threads, st.integers(0, 99))
def test_the_composer(view, scene, preview, offered, text, thread, draft):
    check_dialogue(
        blocks.compose_modal(
            view,
            scene,
            FACTS,
            thread=thread,
            text=text,
            preview=preview,
            suggestions=offered,
            draft=draft,
        ),
        view.case.id,
    )


@tried
@given(cases, scenes)
def test_dialogues_about_where_a_case_goes(case, scene):
    for dialogue in (
        blocks.resolve_modal(case, scene, FACTS),
        blocks.assign_modal(case, scene, FACTS),
        blocks.hand_over_modal(case, scene, FACTS),
        blocks.tags_modal(case, scene, FACTS),
        blocks.snooze_modal(case, scene, FACTS, zone=ZoneInfo("Asia/Kathmandu")),
        blocks.give_back_modal(case, FACTS),
        blocks.block_modal(case, FACTS),
        blocks.not_yours_modal(case, scene, FACTS),
    ):
        check_dialogue(dialogue, case.id)


@tried
@given(views, suggestions, st.lists(labels, max_size=300))
def test_dialogues_about_what_a_case_is(view, offered, known):
    check_dialogue(
        blocks.suggestions_modal(view, FACTS, suggestions=offered), view.case.id
    )
    check_dialogue(blocks.wrong_intent_modal(view, FACTS, labels=known), view.case.id)
    check_dialogue(blocks.hide_modal(view, FACTS), view.case.id)


@tried
@given(views, scenes, st.lists(cases, max_size=14), st.integers(-1, 99))
def test_the_history(view, scene, others, page):
    check_dialogue(
        blocks.history_modal(view, scene, FACTS, cases=others, page=page), view.case.id
    )


@tried
@given(incidents, scenes, st.lists(cases, max_size=100))
def test_dialogues_about_an_incident(view, scene, inside):
    for dialogue in (
        blocks.answer_all_modal(view, FACTS),
        blocks.resolve_all_modal(view, scene, FACTS),
        blocks.incident_cases_modal(view, inside, scene, FACTS, links={}),
    ):
        check_view(dialogue)
        assert unpacked(dialogue["private_metadata"])["incident"] == view.incident.id


@tried
@given(homes, scenes)
def test_app_home(home, scene):
    check_view(blocks.render_home(home, scene))


@tried
@given(views, scenes, queues, days, healths, pauses, st.lists(cases, max_size=25))
def test_answers_to_commands(view, scene, queue, day, health, quiet, found):
    links = {CaseId(case.id): "https://x.slack.com/archives/C1/p1" for case in found}
    for answer in (
        blocks.render_status(queue, scene, today=day, health=health, pauses=quiet),
        blocks.render_mine(found, scene, links=links),
        blocks.render_next(view, scene, url="https://x.slack.com/archives/C1/p1"),
        blocks.render_next(None, scene),
        blocks.render_search(view.case.handle, found, scene, links=links),
        blocks.render_quiet(quiet, scene),
        blocks.render_help(),
        blocks.render_digest(day, queue, scene, health=health),
        blocks.render_folded(view.case),
    ):
        check_message(answer.payload)


@tried
@given(views, scenes)
def test_the_history_holds_every_word_on_some_page(view, scene):
    shown, page = "", 0
    while True:
        made = blocks.history_modal(view, scene, FACTS, page=page)
        if unpacked(made["private_metadata"])["page"] != str(page):
            break
        shown += "".join(_words(made))
        page += 1
    for record in view.records:
        unseen = record.deleted_at or record.nature is Nature.ENCRYPTED
        kept = "" if unseen else record.text
        for word in kept.split():
            if word.isalnum() and len(word) < 100:
                assert word in shown


def _words(view: dict) -> list[str]:
    return [
        one["text"]
        for block in view["blocks"]
        if block["type"] == "rich_text"
        for part in block["elements"]
        for one in part["elements"]
    ]
