"""What a person typed, as Slack keeps it: as marked-up text and as rich text."""

from __future__ import annotations

import re

from tests.slack_double import emoji
from tests.slack_double.wire import LINK, Json, escaped
from tests.slack_double.workspace import Workspace


def text_of(space: Workspace, typed: str) -> str:
    """Return the text with escapes, links, mentions and names of emoji."""
    written = escaped(emoji.named(typed))
    for user in _by_length(space):
        written = written.replace(f"@{user[0]}", f"<@{user[1]}>")
    return written


def _by_length(space: Workspace) -> list[tuple[str, str]]:
    """Longer names first: @annabel is not @anna."""
    people = [(user.name, user.id) for user in space.users.values()]
    return sorted(people, key=lambda one: -len(one[0]))


def blocks_of(space: Workspace, typed: str) -> list[Json]:
    """Return the same as the one block of rich text that Slack makes of it."""
    if not typed:
        return []
    inside = {"type": "rich_text_section", "elements": _elements(space, typed)}
    return [{"type": "rich_text", "block_id": "typed", "elements": [inside]}]


def _elements(space: Workspace, typed: str) -> list[Json]:
    people = {f"@{name}": user_id for name, user_id in _by_length(space)}
    names = "|".join(re.escape(name) for name in people)
    made: list[Json] = []
    for piece in re.split(f"({LINK.pattern}|{names})", typed):
        if piece in people:
            made.append({"type": "user", "user_id": people[piece]})
        elif LINK.fullmatch(piece):
            made.append({"type": "link", "url": piece})
        else:
            made += [_plain(part) for part in emoji.parts(piece)]
    return made


def _plain(part: str | re.Match[str]) -> Json:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    codes = "-".join(f"{ord(sign):x}" for sign in part[0])
    made: Json = {"type": "emoji", "name": emoji.name_of(part), "unicode": codes}
    tone = emoji.tone_of(part)
    return made | ({"skin_tone": tone} if tone else {})
