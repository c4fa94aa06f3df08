"""`firstline forget`: removes what is kept of a customer, or of one message."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from getpass import getuser

from rich.console import Console
from rich.markup import escape

from bot.clock import SystemClock
from bot.commands.forget_examples import forget_examples
from bot.desk.slack.sweeping import READER, SWEPT
from bot.errors import InputError, TemporaryFailure
from bot.flow.kept_check import written_by
from bot.flow.offences import place
from bot.flow.trace import Kind, trace
from bot.log import json_log
from bot.model.event import Event, EventType
from bot.model.message import ChannelName, CustomerId, Deleted, MessageId
from bot.open_slack import open_sweeper
from bot.open_store import open_store
from bot.settings import Settings, Slack
from bot.store.forgetting import Forgotten, cases_in
from bot.store.whole import Store

PATIENCE = timedelta(seconds=30)  # for a text that is being sent, and for Slack
_PAUSE_S = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """Whose content is to be removed; `message` is "" for all of it."""

    customer: CustomerId
    message: str = ""
    handle: str = ""  # without @, if they were named by it


async def whose(settings: Settings, name: str, *, message: bool) -> Found:
    """Find a customer by id or @handle, or a message by its id.

    Raises:
        InputError: there is none, or more than one has the handle.
    """
    async with open_store(settings) as store:
        if name.startswith("@"):
            found = _only(name, await store.forgetting.called(name))
            return Found(found, handle=name.removeprefix("@"))
        way = await trace(store.events, name)
    wanted = Kind.MESSAGE if message else Kind.CUSTOMER
    if way is None or way.kind is not wanted:
        raise InputError(f"No event names the {wanted.value} {name}.")
    id_ = name.removeprefix(f"{way.customer.partition(':')[0]}:") if message else ""
    return Found(way.customer, id_)


async def forget(settings: Settings, found: Found) -> int:
    """Remove it everywhere; 1 if something is left that a repetition has to remove."""
    console, slack = Console(), settings.slack
    async with open_store(settings) as store:
        if found.message:
            await _delete(store, found)
            unfinished, names = 0, [found.message]
            done = f"The message {found.message} is deleted."
        else:
            forgotten = await _forget(store, found.customer)
            unfinished = forgotten.unfinished
            names = [*forgotten.cases, found.customer.partition(":")[2]]
            done = _says(found.customer, forgotten)
        console.print(escape(done), soft_wrap=True)
        if around := await _strike(store, found):
            console.print(f"Removed from around {around} messages of others.")
        untaught = await forget_examples(
            settings,
            store,
            await _events_of(store, found.customer),
            message=found.message,
            console=console,
        )
        swept = slack is None or await _sweep(slack, store, found.customer, console)
        clicks = await store.forgetting.clicks_about(names)
        refused = await store.forgetting.rewrite(now=SystemClock().now())
    again = unfinished or clicks or not (untaught and swept)
    for line in _rest(
        settings, found, sending=unfinished, clicks=clicks, files=refused
    ):
        console.print(escape(line), soft_wrap=True)
    if again:
        console.print("Not finished: run it again.")
    return 1 if again or refused else 0


def _says(customer: CustomerId, done: Forgotten) -> str:
    return (
        f"{customer}: removed {done.messages} messages, {done.texts} texts of ours and "
        f"notes, {done.letters} dead letters; {len(done.cases)} cases name nobody now."
    )


def _rest(
    settings: Settings, found: Found, *, sending: int, clicks: int, files: str
) -> Iterator[str]:
    """Yield what is not removed, and what to do about it."""
    if sending:
        yield f"{sending} texts are just being sent: their words go when that is over."
    if clicks:
        yield f"{clicks} clicks of agents still wait, with what they saw in them."
    if files:
        yield f"The store's old files still hold it: {files}. Have that done there."
    if (settings.var / "replay").exists():
        yield f"Replayed recordings are copies: see {settings.var / 'replay'}."
    if found.customer.startswith("simulator:"):
        yield "The simulated network keeps what was written there, as a real one would."
    yield "Backups and replicas of the store are yours to renew."


def _only(name: str, found: Collection[CustomerId]) -> CustomerId:
    if len(found) == 1:
        return next(iter(found))
    if found:
        raise InputError(f"{name} is more than one: {', '.join(sorted(found))}.")
    raise InputError(f"Nobody is known as {name}. Name the customer's id: x:12345.")


async def _delete(store: Store, found: Found) -> None:
    """Do as if the author had deleted the message."""
    now = SystemClock().now()
    notice = Deleted(
        channel=ChannelName(found.customer.partition(":")[0]),
        id=MessageId(found.message),
        customer=found.customer,
        at=now,
    )
    await store.inbox.amend([notice], now=now)


async def _strike(store: Store, found: Found) -> int:
    """Remove what surrounds others' messages; return from how many."""
    channel = ChannelName(found.customer.partition(":")[0])
    posts = store.kept.posts(channel)
    if found.message:
        theirs = [p async for p in posts if p.around and p.id == found.message]
    else:
        theirs = await written_by(posts, author=found.customer, handle=found.handle)
    by_holder: dict[CustomerId, set[str]] = {}
    for one in theirs:
        by_holder.setdefault(one.holder, set()).add(one.id)
    now = SystemClock().now()
    struck = [
        await store.kept.strike(holder, ids, now=now)
        for holder, ids in by_holder.items()
    ]
    return sum(struck)


async def _forget(store: Store, customer: CustomerId) -> Forgotten:
    """Repeat it while a text is on its way, for as long as that may take."""
    clock = SystemClock()
    until = clock.now() + PATIENCE
    cases = cases_in(await _events_of(store, customer))
    while True:
        now = clock.now()
        done = await store.forgetting.forget(customer, cases, by=getuser(), now=now)
        if not done.unfinished or now > until:
            return done
        await asyncio.sleep(_PAUSE_S)


async def _events_of(store: Store, customer: CustomerId) -> list[Event]:
    (shard, *_) = store.events.shards_for(customer)
    return [e async for e in store.events.every(shard) if e.customer == customer]


async def _sweep(
    slack: Slack, store: Store, customer: CustomerId, console: Console
) -> bool:
    """Clear Slack, or wait for the process that does; tell whether it is done."""
    clock = SystemClock()
    until = clock.now() + PATIENCE
    async with open_sweeper(slack, store, clock=clock, log=json_log) as sweeper:
        while clock.now() < until:
            try:
                await sweeper.step()
            except TemporaryFailure as failure:
                console.print(escape(str(failure)), soft_wrap=True)
            if (event := await _swept(store, customer)) is not None:
                console.print(_swept_says(event), soft_wrap=True)
                return True
            await asyncio.sleep(_PAUSE_S)
    console.print("Slack is not cleared yet: whoever has the role desk does it.")
    return False


async def _swept(store: Store, customer: CustomerId) -> Event | None:
    """Return the newest event of the clearing, if Slack was cleared of all before it."""
    (shard, *_) = store.events.shards_for(customer)
    cursor = (await store.events.bookmark(READER)).get(shard, "0")
    asked = done = None
    for event in await _events_of(store, customer):
        if event.type in SWEPT:
            asked = event
        elif event.type is EventType.DESK_FORGOTTEN:
            done = event
    return (done or asked) if asked and place(asked) <= _place(cursor) else None


def _place(cursor: str) -> tuple[int, int]:
    ms, _, number = cursor.partition("-")
    return int(ms), int(number or 0)


def _swept_says(event: Event) -> str:
    left = event.facts.get("left", "0")
    if left == "0":
        return "Slack: cleared."
    return (
        f"Slack: cleared, but for {left} messages that only people can delete: what "
        "they wrote in the threads themselves, or what is in a closed channel."
    )
