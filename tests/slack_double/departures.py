"""Where we knowingly depart from Slack's published description, and why.

The description is version 1.7.0, which Slack has left as it was in 2020.
"""

from __future__ import annotations

import re

ANY = r".*"
CODES = (
    "internal_error|invalid_arguments|invalid_blocks|invalid_blocks_format|"
    "invalid_metadata_format|invalid_metadata_schema|metadata_too_large|missing_scope|"
    "msg_blocks_too_long|msg_too_long|ratelimited|token_revoked|cannot_reply_to_message"
)
NEWER = "a method that is newer than the description"
METADATA = "message metadata is newer than the description"
# A pattern of methods, a pattern of departures, and the reason.
KNOWN = [
    (r"apps\.connections\.open|files\.(get|complete)Upload.*", r"method", NEWER),
    (r"chat\..*", r"parameter metadata", METADATA),
    (r"conversations\..*", r"parameter include_all_metadata", METADATA),
    (ANY, r"answer: .*/metadata is unknown", METADATA),
    (
        ANY,
        r"answer: /(errors|response_metadata|needed|provided) is unknown",
        "Slack explains refusals and leads to the next page with it",
    ),
    (
        ANY,
        r"answer: messages?(/\[\])?/(app_id|is_locked|bot_profile) is unknown",
        "messages have got more fields since",
    ),
    (
        r"chat\.update",
        r"answer: message/blocks is no type",
        "the description calls the list of blocks an object",
    ),
    (
        r"conversations\.history",
        r"answer: messages is no minItems",
        "the description knows no empty channel",
    ),
    (ANY, rf"error ({CODES})", "a code of the reference pages that it does not list"),
    (ANY, r"parameter team_id", "Bolt adds it to each request; Slack passes over it"),
    (ANY, r"verb POST", "Slack takes each method by POST as well; the SDK does so"),
    (ANY, r"verb GET", "Slack takes what only reads by GET as well; the SDK does so"),
]


def reason_for(method: str, departure: str) -> str | None:
    """Return why a departure is right, or None if nobody has said so."""
    for methods, departures, reason in KNOWN:
        if re.fullmatch(methods, method) and re.fullmatch(departures, departure):
            return reason
    return None
