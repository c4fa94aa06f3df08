"""Why something did not happen, in words for the one agent who wanted it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.desk.slack.blocks import Scene
from bot.desk.slack.blocks.mrkdwn import plain
from bot.desk.slack.blocks.words import lasting
from bot.errors import CaseConflict, FirstlineError, UnsafeText
from bot.model.case import Case

NOT_SENT: Final = "*Not sent.*"
TOO_LATE: Final = "That took too long. Please click again."
CLICK_TOO_OLD: Final = (
    "Your click reached us only now, so nothing was done. Please look at the card "
    "and click again if it still fits."
)
GAVE_UP: Final = (
    "Sorry, that did not work, and trying again did not help. Nothing was sent to the "
    "customer. The log says what happened."
)
LATE_REPLY: Final = (
    "Your reply of {at} reached us only now, so it was *not sent*. If it still fits, "
    "write it again."
)
LATE_ACT: Final = (
    "What you wrote reached us only now, so nothing was done. If it still fits, write "
    "it again."
)
KEPT_AS_NOTE: Final = "It was kept as an internal note."
REPLY_EDITED: Final = (
    "What went out cannot be changed by editing your message, and what did not go out "
    "is not sent by it. Write another `reply:`."
)
KEPT_ELSEWHERE: Final = (
    "*Not sent.* Slack shows these files and does not keep them: {names}. Upload the "
    "files themselves, together with your `reply:`."
)
EMPTY_REPLY: Final = "There is nothing behind `reply:`, so nothing was sent."

NEWER_LATE: Final = (
    "*Not sent.* The customer has written since you opened the composer. Please read "
    "it, and reply again."
)

_CONFLICTS: Final[Mapping[str, str]] = {
    "missing": "This case is not there any more.",
    "held": "{holder} took it{ago}.",
    "not_yours": "{holder} holds this case, so only they can do that.",
    "not_claimed": "Nobody holds this case: claim it first.",
    "closed": "This case is resolved already.",
    "newer": "The customer has written since. Please read it, and send again.",
    "too_late": "It is on its way already and cannot be taken back.",
}
_CHANGED: Final = "Somebody was faster. Please look at the card again."


def refusal(error: FirstlineError, scene: Scene, case: Case | None = None) -> str:
    """Return what to tell; `case` as it is now, if that is known."""
    if isinstance(error, CaseConflict):
        return _conflict(error, scene, case)
    if isinstance(error, UnsafeText):
        return "\n".join([f"{NOT_SENT} Please change this:", *_listed(error)])
    return plain(str(error), limit=500)


def not_sent(error: FirstlineError, scene: Scene, case: Case | None = None) -> str:
    """Return what to tell the writer of a reply, who must know that it did not go."""
    says = refusal(error, scene, case)
    return says if isinstance(error, UnsafeText) else f"{NOT_SENT} {says}"


def plainly(error: FirstlineError, scene: Scene, case: Case | None = None) -> str:
    """Return the same without markup, for a field of a dialogue."""
    if isinstance(error, UnsafeText):
        return " ".join(error.problems)
    if isinstance(error, CaseConflict):
        return _conflict(error, scene, case)
    return str(error)


def _conflict(error: CaseConflict, scene: Scene, case: Case | None) -> str:
    says = _CONFLICTS.get(error.code, _CHANGED)
    if "{holder}" in says and not error.holder:
        says = _CONFLICTS["not_claimed"]
    holder = scene.called(error.holder)
    ago = _ago(case, scene) if case and case.assignee == error.holder else ""
    return says.format(holder=holder, ago=ago)


def _ago(case: Case, scene: Scene) -> str:
    """Return " 20 seconds ago": two who click at the same time want to know that."""
    if case.claimed_at is None:
        return ""
    seconds = max(0, int((scene.now - case.claimed_at).total_seconds()))
    if seconds < 60:
        return f" {seconds} seconds ago" if seconds > 1 else " just now"
    return f" {lasting(scene.now - case.claimed_at)} ago"


def _listed(error: UnsafeText) -> list[str]:
    return [f"• {plain(problem)}" for problem in error.problems]
