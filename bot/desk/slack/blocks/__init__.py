"""All that agents see in Slack. Pure: nouns in, Block Kit out, nothing else happens."""

from bot.desk.slack.blocks.card import render_card, render_moved
from bot.desk.slack.blocks.facts import Profile
from bot.desk.slack.blocks.incident import render_incident
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

__all__ = [
    "People",
    "Person",
    "Profile",
    "Rendered",
    "Scene",
    "render_card",
    "render_follow_up",
    "render_incident",
    "render_lapsed",
    "render_line",
    "render_moved",
    "render_reopened",
    "render_sla_missed",
    "render_sla_near",
    "render_state",
    "render_unclaimed",
    "state_of",
]
