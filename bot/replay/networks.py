"""The networks that recorded messages can be sent through: the simulated one, or a local X."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.app import open_firstline
from bot.channels.simulator import LedgerEntry
from bot.channels.x import Session, UserKeys, XChannel
from bot.clock import ManualClock
from bot.flow.loop import Step
from bot.log import Log
from bot.model.message import DIRECT, ChannelName, ThreadId, Visibility
from bot.model.policy import Policy
from bot.ports import Channel, Quota, Spending, Window
from bot.program import Firstline
from bot.replay.reading import Recorded
from bot.settings import Settings
from bot.sim.x import LocalX, Person
from bot.sim.x.things import Post

_HANDLE = 15  # characters; X has no longer ones
_NO_TIME = timedelta(0)


class Network(Protocol):
    """Where customers write what was recorded, and where we answer."""

    @property
    def channel(self) -> Channel: ...

    @property
    def take_in(self) -> Step:
        """What lets the program read what was written."""
        ...

    def known(self) -> set[str]:
        """Return the recorded ids of what was written before a kill."""
        ...

    def write(self, row: Recorded) -> None:
        """Write a message as it was recorded, at its time."""
        ...

    def recorded(self, message: str) -> str:
        """Return the recorded id of a message that the network gave another one."""
        ...

    def ledger(self) -> Sequence[LedgerEntry]:
        """Return what customers wrote and received, by the network's own account."""
        ...


class OnSimulator:
    """The simulated network, which takes every id and every name as it is."""

    def __init__(self, firstline: Firstline) -> None:
        self._network = firstline.simulator.network
        self.channel: Channel = firstline.simulator
        self.take_in: Step = firstline.intake.step

    def known(self) -> set[str]:
        return {entry.id for entry in self._network.ledger()}

    def write(self, row: Recorded) -> None:
        if row.by_brand:
            self._network.brand_post(
                row.text, in_reply_to=row.in_reply_to, at=row.at, id=row.id
            )
        elif row.visibility is Visibility.PRIVATE:
            self._network.direct(row.author, row.text, at=row.at, id=row.id)
        else:
            self._network.post(
                row.author,
                row.text,
                in_reply_to=row.in_reply_to,
                at=row.at,
                id=row.id,
                addressed=True,  # the recording is of mentions of the brand
            )

    def recorded(self, message: str) -> str:
        return message

    def ledger(self) -> Sequence[LedgerEntry]:
        return self._network.ledger()


class OnX:
    """A local X, over the real tweepy. It forgets everything when the replay ends."""

    def __init__(self, x: LocalX, firstline: Firstline) -> None:
        assert firstline.x is not None  # noqa: S101 - open_on_x sees to it
        self._x = x
        self.channel: Channel = firstline.x.channel
        self.take_in: Step = firstline.x.intake.step
        self._people: dict[str, Person] = {}
        self._ids: dict[str, str] = {}  # recorded -> X's
        self._recorded: dict[str, str] = {}

    def known(self) -> set[str]:
        return set()

    def write(self, row: Recorded) -> None:
        x, above = self._x, self._above(row)
        if row.by_brand:
            made = x.brand.post(row.text, reply_to=above, at=row.at).id
        elif row.visibility is Visibility.PRIVATE:
            made = self._person(row.author).message(x.brand, row.text, at=row.at).id
        else:
            made = self._post(row, above)
        self._ids[row.id], self._recorded[made] = made, row.id

    def _post(self, row: Recorded, above: Post | None) -> str:
        """Write a mention. What addressed us by a reply names us as X's app does."""
        name = f"@{self._x.brand.username}"
        named = name.casefold() in row.text.casefold()
        text = row.text if named else f"{name} {row.text}"
        return self._person(row.author).post(text, reply_to=above, at=row.at).id

    def _above(self, row: Recorded) -> Post | None:
        id_ = self._ids.get(row.in_reply_to or "")
        return self._x.core.world.posts.get(id_ or "")

    def _person(self, author: str) -> Person:
        if author not in self._people:
            known = re.sub(r"\W", "_", author, flags=re.ASCII)[:_HANDLE]
            taken = known.lower() in self._x.people or not known
            handle = f"someone{len(self._people)}" if taken else known
            self._people[author] = self._x.add_person(handle)
        return self._people[author]

    def recorded(self, message: str) -> str:
        return self._recorded.get(message, message)

    def ledger(self) -> Sequence[LedgerEntry]:
        handles = {one.id: author for author, one in self._people.items()}
        public = [
            LedgerEntry(
                id=post.id,
                account=handles.get(post.in_reply_to_user_id or "", ""),
                received=True,
                text=post.text,
                thread=ThreadId(post.conversation_id),
                visibility=Visibility.PUBLIC,
                in_reply_to=post.replied_to,
                at=post.created_at,
            )
            for post in self._x.posts()
            if post.by_api
        ]
        private = [
            LedgerEntry(
                id=direct.id,
                account=handles.get(direct.recipient_id, ""),
                received=True,
                text=direct.text,
                thread=DIRECT,
                visibility=Visibility.PRIVATE,
                in_reply_to=None,
                at=direct.created_at,
            )
            for direct in self._x.sent_directs()
        ]
        return [*public, *private]


class Unmetered:
    """A quota without end: a replay reads after every message, as no network lets us."""

    async def take(
        self,
        channel: ChannelName,
        windows: Sequence[Window],
        *,
        now: datetime,
        units: int = 1,
    ) -> timedelta | None:
        del channel, windows, now, units
        return None

    async def observe(
        self,
        channel: ChannelName,
        window: str,
        *,
        remaining: int,
        resets_at: datetime,
        now: datetime,
    ) -> None:
        del channel, window, remaining, resets_at, now

    async def left(
        self, channel: ChannelName, windows: Sequence[Window], *, now: datetime
    ) -> Mapping[str, tuple[int, datetime | None]]:
        del channel, windows, now
        return {}


@asynccontextmanager
async def open_on_simulator(
    settings: Settings, *, model: Path, folder: Path, clock: ManualClock, log: Log
) -> AsyncIterator[tuple[Firstline, Network]]:
    """Put the program together beside the simulated network alone."""
    opening = open_firstline(
        replace(settings, x=None), model=model, folder=folder, clock=clock, log=log
    )
    async with opening as firstline:
        yield firstline, OnSimulator(firstline)


@asynccontextmanager
async def open_on_x(
    settings: Settings,
    *,
    handle: str,
    model: Path,
    folder: Path,
    clock: ManualClock,
    log: Log,
) -> AsyncIterator[tuple[Firstline, Network]]:
    """Put the program together beside a local X, which is asked after every message."""
    async with LocalX(brand=handle, clock=clock, limited=False) as x:

        def channel(_: Quota, spending: Spending, policy: Policy) -> XChannel:
            often = replace(policy.x, poll_every=_NO_TIME)
            return XChannel(
                _session(x),
                often,
                quota=Unmetered(),
                spending=spending,
                clock=clock,
                log=log,
                directs_every=_NO_TIME,
            )

        opening = open_firstline(
            replace(settings, x=None),
            model=model,
            folder=folder,
            clock=clock,
            log=log,
            make_x=channel,
        )
        async with opening as firstline:
            yield firstline, OnX(x, firstline)


def _session(x: LocalX) -> Session:
    keys = x.credentials
    return Session(
        UserKeys(
            consumer_key=keys.consumer_key,
            consumer_secret=keys.consumer_secret,
            access_token=keys.access_token,
            access_token_secret=keys.access_token_secret,
        ),
        base_url=x.url,
    )
