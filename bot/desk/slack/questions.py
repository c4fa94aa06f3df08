"""What one agent alone is asked, where they wrote."""

from __future__ import annotations

from bot.desk.slack.blocks import Rendered, Scene
from bot.desk.slack.blocks.elements import actions, button, section
from bot.desk.slack.blocks.mrkdwn import Mrkdwn
from bot.desk.slack.blocks.rendered import rendered
from bot.desk.slack.heard import Said
from bot.desk.slack.ids import ActionId, acts_block, packed
from bot.model.case import HELD, Case


def not_yours(case: Case, scene: Scene, said: Said) -> Rendered:
    """Ask what a `reply:` is to be whose writer does not hold the case."""
    holder = scene.called(case.assignee)
    whose = f"{holder} holds this case" if case.status in HELD else "Nobody holds this"
    says = Mrkdwn(f"*Not sent.* {whose}, and only its assignee answers the customer.")
    # What they wrote stands in the thread; it is read again from there.
    value = packed(
        case=case.id, message=said.ts, thread=said.spot.thread, team=said.team
    )
    take = button("Take over and send", ActionId.TAKE_OVER, value, style="primary")
    keep = button("Keep as a note", ActionId.ADD_NOTE, value)
    return rendered(
        says,
        section(says),
        actions([take, keep], block_id=acts_block(case.id, "not_yours")),
    )
