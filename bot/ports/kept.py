"""What is kept of what people posted, and whether it still stands where it was."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model.kept import KeptPost
from bot.model.message import ChannelName, CustomerId, MessageId


@dataclass(frozen=True, slots=True)
class Round:
    """How far a check of everything that is kept has come.

    `due` is when to look again; `job` names the answer that is waited for, "" for none.
    """

    due: datetime
    job: str = ""


Posts = Callable[[], Awaitable[Collection[MessageId]]]


class PostCheck(Protocol):
    """A network that tells only whoever asks what was deleted there."""

    async def begin(
        self, posts: Collection[MessageId], *, at_once: bool = False
    ) -> str:
        """Ask for all of `posts`; return by what name the answer is to be fetched.

        `at_once` asks in a way whose answer needs no waiting for, whatever that costs.

        Raises:
            TemporaryFailure: not now.
        """
        ...

    async def result(self, job: str, posts: Posts) -> frozenset[str] | None:
        """Return those that have to be removed; None while that is not known yet.

        `posts` gives them once more, where they have to be asked for one by one.

        Raises:
            TemporaryFailure: not now.
            PermanentFailure: this job will never tell.
        """
        ...


class Kept(Protocol):
    """The posts that are kept in the store."""

    def posts(self, channel: ChannelName) -> AsyncIterator[KeptPost]:
        """Yield every post of a channel whose words are kept, wherever they are.

        Some come more than once.
        """
        ...

    async def strike(
        self, holder: CustomerId, posts: Collection[str], *, now: datetime
    ) -> int:
        """Remove posts from what surrounds the holder's messages; repeatable.

        Returns from how many places they were removed.
        """
        ...

    async def round(self, channel: ChannelName) -> Round | None:
        """Return how far the check of a channel is; None if there was none."""
        ...

    async def keep_round(self, channel: ChannelName, round_: Round) -> None:
        """Remember how far it is."""
        ...
