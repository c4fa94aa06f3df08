"""A long text, cut into posts as a person would cut it."""

from __future__ import annotations

import re
from collections.abc import Callable

MOST_POSTS = 5  # that one text of an agent may take
_ROOM = 6  # of the count at the end of a post: " (1/5)"
_SENTENCES = re.compile(r"((?<=[.!?…。！？])\s+|\n+)")  # with what stands between


def cut_into_posts(
    text: str, *, limit: int, length: Callable[[str], int]
) -> tuple[str, ...]:
    """Return `text` in posts of at most `limit`, cut between sentences if it can be.

    More than one are numbered: "(1/2)". A sentence that is too long alone is cut
    between words, and a word where it must be. Lines stay lines within a post. What
    would take more than MOST_POSTS is left whole, and too long.
    """
    if length(text) <= limit:
        return (text,)
    room = limit - _ROOM
    posts: list[str] = []
    found = _SENTENCES.split(text.strip())
    for sentence, before in zip(found[::2], [" ", *found[1::2]], strict=True):
        gap = "\n" * before.count("\n") or " "
        for piece in _fitting(sentence, room, length):
            joined = f"{posts[-1]}{gap}{piece}" if posts else piece
            if posts and length(joined) <= room:
                posts[-1] = joined
            else:
                posts.append(piece)
    if len(posts) > MOST_POSTS:
        return (text,)
    return tuple(f"{post} ({i}/{len(posts)})" for i, post in enumerate(posts, 1))


def _fitting(sentence: str, room: int, length: Callable[[str], int]) -> list[str]:
    """Return a sentence in pieces of at most `room`, cut between words."""
    if length(sentence) <= room:
        return [sentence] if sentence else []
    pieces = [""]
    for word in sentence.split():
        longer = f"{pieces[-1]} {word}".strip()
        if length(longer) <= room:
            pieces[-1] = longer
            continue
        pieces.append("")
        for character in word:  # nearly always the whole word fits
            if length(pieces[-1] + character) > room:
                pieces.append("")
            pieces[-1] += character
    return [piece for piece in pieces if piece]
