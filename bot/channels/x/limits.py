"""How often X lets one account call it, from its table of limits.

Answers' own headers count more, where they come; see bot.ports.quota.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.ports.quota import Window

_QUARTER, _DAY = timedelta(minutes=15), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One of X's calls. The first window is the one that its headers speak of."""

    name: str
    windows: tuple[Window, ...]


def _endpoint(name: str, count: int, per: timedelta = _QUARTER) -> Endpoint:
    return Endpoint(name, (Window(name, count, per),))


ME = _endpoint("me", 75)
USERS = _endpoint("users", 900)
MENTIONS = _endpoint("mentions", 300)
SEARCH = _endpoint("search", 300)
POSTS_READ = _endpoint("posts.read", 900)
OWN_POSTS = _endpoint("own_posts", 900)
DM_READ = _endpoint("dm_events.read", 15)
DM_READ_ONE = _endpoint("dm_conversation.read", 15)
HIDE = _endpoint("hide", 50)
UPLOAD = _endpoint("media.upload", 500)
SUBSCRIPTIONS = _endpoint("subscriptions", 500)
COMPLIANCE = _endpoint("compliance", 150)
POST = Endpoint(
    "posts.create",
    (
        Window("posts.create", 100, _QUARTER),
        Window("posts.create.day", 10_000, _DAY),
    ),
)
DM_SEND = Endpoint(
    "dm.send",
    (Window("dm.send", 15, _QUARTER), Window("dm.send.day", 1_440, _DAY)),
)
ALL = (
    *(ME, USERS, MENTIONS, SEARCH, POSTS_READ, OWN_POSTS, DM_READ, DM_READ_ONE),
    *(HIDE, UPLOAD, SUBSCRIPTIONS, COMPLIANCE, POST, DM_SEND),
)
