"""All that agents see in Slack. Pure: nouns in, Block Kit out, nothing else happens."""

from bot.desk.slack.blocks.answers import (
    render_digest,
    render_help,
    render_mine,
    render_next,
    render_quiet,
    render_search,
    render_status,
)
from bot.desk.slack.blocks.card import render_card, render_folded, render_moved
from bot.desk.slack.blocks.compose import compose_modal
from bot.desk.slack.blocks.dialogues import (
    OTHER_TIME,
    assign_modal,
    block_modal,
    give_back_modal,
    hand_over_modal,
    not_yours_modal,
    resolve_modal,
    snooze_modal,
    tags_modal,
)
from bot.desk.slack.blocks.figures import (
    Health,
)
from bot.desk.slack.blocks.hiding import chosen_message, hide_modal
from bot.desk.slack.blocks.history import history_modal
from bot.desk.slack.blocks.home import Home, render_home
from bot.desk.slack.blocks.incident import render_incident
from bot.desk.slack.blocks.incident_dialogues import (
    answer_all_modal,
    incident_cases_modal,
    resolve_all_modal,
)
from bot.desk.slack.blocks.intents import suggestions_modal, wrong_intent_modal
from bot.desk.slack.blocks.line import render_line
from bot.desk.slack.blocks.rendered import Rendered
from bot.desk.slack.blocks.scene import People, Person, Scene
from bot.desk.slack.blocks.state import (
    render_follow_up,
    render_lapsed,
    render_reopened,
    render_sla_missed,
    render_sla_near,
    render_state,
    render_unclaimed,
    state_of,
)
from bot.model.figures import DayFigures, Queue

__all__ = [
    "OTHER_TIME",
    "DayFigures",
    "Health",
    "Home",
    "People",
    "Person",
    "Queue",
    "Rendered",
    "Scene",
    "answer_all_modal",
    "assign_modal",
    "block_modal",
    "chosen_message",
    "compose_modal",
    "give_back_modal",
    "hand_over_modal",
    "hide_modal",
    "history_modal",
    "incident_cases_modal",
    "not_yours_modal",
    "render_card",
    "render_digest",
    "render_folded",
    "render_follow_up",
    "render_help",
    "render_home",
    "render_incident",
    "render_lapsed",
    "render_line",
    "render_mine",
    "render_moved",
    "render_next",
    "render_quiet",
    "render_reopened",
    "render_search",
    "render_sla_missed",
    "render_sla_near",
    "render_state",
    "render_status",
    "render_unclaimed",
    "resolve_all_modal",
    "resolve_modal",
    "snooze_modal",
    "state_of",
    "suggestions_modal",
    "tags_modal",
    "wrong_intent_modal",
]
