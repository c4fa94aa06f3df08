"""Where we knowingly depart from X's published description, and why."""

from __future__ import annotations

import re

ANY = r".*"
# A pattern of endpoints, a pattern of departures, and the reason.
KNOWN = [
    (
        ANY,
        r"refusal (401|403|404|409|429): type about:blank",
        "X refuses so by HTTP's own words; the description lists problems of X's own",
    ),
    (
        ANY,
        r"refusal 400: /errors is unknown",
        "X names each wrong parameter there, as its page on errors shows",
    ),
    (
        ANY,
        r"refusal \d+: type \S+/(unsupported-authentication|credits)",
        "a problem that X sends and the description lacks",
    ),
    (
        r"GET /2/tweets/search/stream/rules",
        r"answer: /meta/sent is unknown",
        "X's page on rules shows when they were read; the description lacks it",
    ),
    (
        r"events of the streams",
        r"event (dm|chat)\.\w+: no payload is known",
        "the shape is that of the examples in X's documentation",
    ),
    (
        r"events of the streams",
        r"event: data/event_uuid is no pattern",
        "in X's examples these numbers are of either sign",
    ),
    (
        r"events of the streams",
        r"event: /data/includes/users/\[\]/data is unknown",
        "in X's example of a deletion the account stands one level deeper",
    ),
]


def reason_for(endpoint: str, departure: str) -> str | None:
    """Return why a departure is right, or None."""
    for where, what, reason in KNOWN:
        if re.fullmatch(where, endpoint) and re.fullmatch(what, departure):
            return reason
    return None
