"""The accounts that have written so far, for the list in which one picks a customer."""

from __future__ import annotations

from collections.abc import Iterable

from bot.web.network import Post

KEPT = 2000  # the most recent; a replay may bring tens of thousands


class Directory:
    """Names by account, the last that wrote at the end."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def add(self, posts: Iterable[Post]) -> None:
        """Remember who wrote `posts`."""
        for post in posts:
            if not post.by_brand:
                self._names.pop(post.account, None)
                self._names[post.account] = post.name
        while len(self._names) > KEPT:
            del self._names[next(iter(self._names))]

    def newest(self, at_most: int) -> list[tuple[str, str]]:
        """Return (account, name) of those that wrote last, the latest first."""
        return list(reversed(self._names.items()))[:at_most]
