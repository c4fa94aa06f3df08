"""The names by which Slack hands things back to us: actions, dialogues, our own marks.

Two sides use them: `blocks` writes them into what agents see, the listeners read them
from what comes back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from enum import Enum

from bot.model.case import CaseId, IncidentId

MARK = "firstline"  # the event type in the metadata of every message of ours


class ActionId(str, Enum):
    """What somebody clicked in a message, in a dialogue or in App Home."""

    CASE_CLAIM = "case_claim"
    CASE_RELEASE = "case_release"
    CASE_REPLY = "case_reply"
    CASE_RESOLVE = "case_resolve"
    CASE_MORE = "case_more"  # the chosen option's value is one of `More`
    CASE_OPEN = "case_open"  # a link to the card: nothing to do but acknowledge it
    SUGGESTION_USE = "suggestion_use"
    REPLY_UNDO = "reply_undo"
    REPLY_RETRY = "reply_retry"
    TAKE_OVER = "take_over"
    ADD_NOTE = "add_note"
    INCIDENT_ANSWER = "incident_answer"
    INCIDENT_RESOLVE = "incident_resolve"
    INCIDENT_CASES = "incident_cases"
    HISTORY_PAGE = "history_page"  # `page` in the value
    # Fields of dialogues; the block has the same name, see `field_of`.
    TEXT = "text"
    THREAD = "thread"
    REASON = "reason"
    NOTE = "note"
    AGENT = "agent"
    TEAM = "team"
    TAGS = "tags"
    OWN_TAGS = "own_tags"
    UNTIL = "until"
    AT = "at"
    LABEL = "label"
    MESSAGE = "message"
    FILES = "files"
    WORDING_1 = "wording_1"
    WORDING_2 = "wording_2"
    WORDING_3 = "wording_3"


WORDINGS = (ActionId.WORDING_1, ActionId.WORDING_2, ActionId.WORDING_3)


class More(str, Enum):
    """What the menus of a card offer beside its buttons."""

    ASSIGN = "assign"
    HAND_OVER = "hand_over"
    TAGS = "tags"
    SNOOZE = "snooze"
    GIVE_BACK = "give_back"
    WRONG_INTENT = "wrong_intent"
    SUGGESTIONS = "suggestions"
    BLOCK = "block"
    HISTORY = "history"
    HIDE = "hide"


class Dialogue(str, Enum):
    """The `callback_id` of a modal."""

    COMPOSE = "compose"
    RESOLVE = "resolve"
    ASSIGN = "assign"
    HAND_OVER = "hand_over"
    TAGS = "tags"
    SNOOZE = "snooze"
    WRONG_INTENT = "wrong_intent"
    SUGGESTIONS = "suggestions"
    HISTORY = "history"
    BLOCK = "block"
    GIVE_BACK = "give_back"
    HIDE = "hide"
    NOT_YOURS = "not_yours"
    INCIDENT_ANSWER = "incident_answer"
    INCIDENT_RESOLVE = "incident_resolve"
    INCIDENT_CASES = "incident_cases"


def packed(**facts: str) -> str:
    """Return facts as a button's value or a dialogue's private metadata."""
    return json.dumps(facts, separators=(",", ":"), sort_keys=True)


def unpacked(value: str) -> dict[str, str]:
    """Return what `packed` wrote; empty for anything that is not ours."""
    try:
        facts = json.loads(value)
    except ValueError:
        return {}
    if not isinstance(facts, Mapping):
        return {}
    return {str(name): one for name, one in facts.items() if isinstance(one, str)}


def acts_block(case: CaseId, place: str) -> str:
    """Return the id of a card's block; overflow menus carry no value of their own."""
    return f"{place}:{case}"


def case_of_block(block_id: str) -> CaseId:
    """Return the case that a block of a card belongs to."""
    return CaseId(block_id.partition(":")[2])


def field_block(field: ActionId, version: str = "") -> str:
    """Return the id of a field's block.

    Slack keeps what somebody typed as long as the id stays: another `version` lets a
    new initial value through.
    """
    return f"{field.value}#{version}" if version else field.value


def field_of(block_id: str) -> str:
    """Return the field's name, whatever version its block is."""
    return block_id.partition("#")[0]


def card_id(case: CaseId, number: int) -> str:
    """Return our id of the case's card; each rebuilt or moved one has a new number."""
    return f"card:{case}:{number}"


def line_id(case: CaseId, number: int, record: str) -> str:
    """Return our id of one line in the thread of a card."""
    return f"line:{case}:{number}:{record}"


def ping_id(case: CaseId, number: int, cause: str) -> str:
    """Return our id of a ping; `cause` tells it from other pings of the case."""
    return f"ping:{case}:{number}:{cause}"


def incident_card_id(incident: IncidentId, number: int) -> str:
    """Return our id of an incident's card."""
    return f"incident:{incident}:{number}"


def digest_id(day: date) -> str:
    """Return our id of a day's digest."""
    return f"digest:{day.isoformat()}"


def marked(our_id: str) -> dict[str, object]:
    """Return the metadata by which a message of ours is found again."""
    return {"event_type": MARK, "event_payload": {"id": our_id}}


def our_id(metadata: Mapping[str, object] | None) -> str | None:
    """Return the id in a message's metadata; None if the message is not ours."""
    if not metadata or metadata.get("event_type") != MARK:
        return None
    payload = metadata.get("event_payload")
    found = payload.get("id") if isinstance(payload, Mapping) else None
    return found if isinstance(found, str) else None
