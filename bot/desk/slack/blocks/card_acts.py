"""The buttons and menus of a card: what can be done, and only that."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk.slack.blocks.elements import Json, actions, button, option, overflow
from bot.desk.slack.blocks.hiding import hide_choice
from bot.desk.slack.ids import ActionId, More, acts_block, packed
from bot.model.case import Case, CaseStatus
from bot.ports import CaseView

# The menu beside the reason: what one may want to know or to say of the case.
_ABOUT: Sequence[tuple[More, str]] = (
    (More.SUGGESTIONS, "Suggested answers"),
    (More.HISTORY, "Customer's history"),
    (More.TAGS, "Tags…"),
    (More.WRONG_INTENT, "Wrong intent…"),
)
# The menu behind the buttons: where else the case may go.
_ELSEWHERE: Sequence[tuple[More, str]] = (
    (More.ASSIGN, "Assign to…"),
    (More.HAND_OVER, "Hand to team…"),
    (More.SNOOZE, "Snooze…"),
    (More.GIVE_BACK, "Give back to the bot…"),
    (More.BLOCK, "Stop automatic messages…"),
)


def about_menu(view: CaseView) -> Json:
    """Return the “⋯” at the side of the card."""
    resolved = view.case.status is CaseStatus.RESOLVED
    offered = [one for one in _ABOUT if not (resolved and one[0] is More.SUGGESTIONS)]
    hide = hide_choice(view.records)
    return _menu([*offered, (More.HIDE, hide)] if hide else offered)


def acts(case: Case) -> Json:
    """Return the buttons of an active case. The green one is the next step."""
    shown = _unclaimed(case) if case.status is CaseStatus.OPEN else _held(case)
    return actions([*shown, _menu(_ELSEWHERE)], block_id=acts_block(case.id, "acts"))


def _unclaimed(case: Case) -> list[Json]:
    return [_button("Claim", ActionId.CASE_CLAIM, case, primary=True)]


def _held(case: Case) -> list[Json]:
    waiting = case.status is CaseStatus.WAITING
    return [
        _button("Reply…", ActionId.CASE_REPLY, case, primary=not waiting),
        _button("Resolve…", ActionId.CASE_RESOLVE, case, primary=waiting),
        _button("Release", ActionId.CASE_RELEASE, case),
    ]


def _button(words: str, action: ActionId, case: Case, *, primary: bool = False) -> Json:
    style = "primary" if primary else ""
    return button(words, action, packed(case=case.id), style=style)


def _menu(offered: Sequence[tuple[More, str]]) -> Json:
    options = [option(words, choice.value) for choice, words in offered]
    return overflow(ActionId.CASE_MORE, options)
