"""What the thread is told when a case changes hands, and the taps on the shoulder."""

from __future__ import annotations

from bot.desk.slack.blocks import words
from bot.desk.slack.blocks.elements import context, section
from bot.desk.slack.blocks.mrkdwn import Mrkdwn, clock, day_and_clock, plain
from bot.desk.slack.blocks.rendered import Rendered, rendered
from bot.desk.slack.blocks.scene import Scene
from bot.model.case import AgentId, Case, CaseStatus
from bot.model.timer import first_answer_due

_HERE = Mrkdwn("<!here>")


def state_of(case: Case) -> str:
    """Return a short mark of the state that a thread is told.

    Tell the thread when it differs from what it was told last.
    """
    until = case.snoozed_until.isoformat() if case.snoozed_until else ""
    holder = case.assignee or ""
    return f"{case.status.value}|{holder}|{case.team}|{case.reopened}|{until}"


def render_state(case: Case, scene: Scene) -> Rendered:
    """Render the line that says how the case stands now."""
    says = _state(case, scene)
    return rendered(says, context(says))


def render_unclaimed(case: Case, scene: Scene) -> Rendered:
    """Render the wider ping: nobody has taken the case in time. Broadcast it."""
    waited = words.lasting(scene.now - case.opened_at)
    about = plain(words.intent_name(case.corrected_label or case.label))
    return _ping(
        f"{_HERE}: {_named(case)} has waited {waited} and nobody has taken it: {about}. "
        "Can somebody claim it?"
    )


def render_lapsed(case: Case, scene: Scene) -> Rendered:
    """Render that an assignee was silent for too long and what was done about it."""
    holder = case.lapsed_from
    who = scene.summoned(holder) if holder else Mrkdwn("Its assignee")
    return _ping(
        f":wave: {who} had {_named(case)} and did not answer in time. It is open for "
        "all again; notes and tags are kept."
    )


def render_sla_near(case: Case, scene: Scene) -> Rendered:
    """Render the reminder before a first answer is due."""
    due = first_answer_due(case, scene.policy.service)
    by = f" is due at {clock(due)}" if due else " is due soon"
    who = _whoever(case.assignee, scene)
    return _ping(
        f":hourglass_flowing_sand: {who}: the first answer to {_named(case)}{by}."
    )


def render_sla_missed(case: Case, scene: Scene) -> Rendered:
    """Render that the first answer is late."""
    who = _whoever(case.assignee, scene)
    return _ping(f":alarm_clock: {who}: the first answer to {_named(case)} is late.")


def render_reopened(case: Case, scene: Scene, *, agent: AgentId | None) -> Rendered:
    """Render that a customer came back; `agent`, who had it, is told if not away."""
    return _ping(f":repeat: {_whoever(agent, scene)}: {_named(case)} wrote again.")


def render_follow_up(case: Case, scene: Scene) -> Rendered:
    """Render that nothing came after our answer."""
    who = _whoever(case.assignee, scene)
    return _ping(
        f":eyes: {who}: {_named(case)} has been silent since our answer. "
        "Please look again, or resolve it."
    )


def _ping(says: str) -> Rendered:
    return rendered(Mrkdwn(says), section(Mrkdwn(says)))


def _named(case: Case) -> str:
    return f"*{plain(f'@{case.handle}', limit=60)}* ({case.id})"


def _whoever(agent: AgentId | None, scene: Scene) -> Mrkdwn:
    return scene.summoned(agent) if agent else _HERE


def _state(case: Case, scene: Scene) -> Mrkdwn:
    holder = scene.called(case.assignee)
    if case.snoozed_until is not None:
        return Mrkdwn(f":zzz: Put aside until {day_and_clock(case.snoozed_until)}")
    if case.status is CaseStatus.CLAIMED:
        return Mrkdwn(f":raised_hand: {holder} has it. The bot is silent")
    if case.status is CaseStatus.WAITING:
        return Mrkdwn(f":speech_balloon: {holder} answered: waiting for the customer")
    if case.status is CaseStatus.RESOLVED:
        by = f" by {holder}" if case.assignee else ""
        how = plain(case.resolution or "no reason was noted", limit=75)
        return Mrkdwn(f":white_check_mark: Resolved{by}: {how}")
    came_back = case.reopened and case.claimed_at is None
    again = "The customer came back: o" if came_back else "O"
    return Mrkdwn(f":inbox_tray: {again}pen for {scene.team(case.team)}")
