"""Storms of near-equal messages, and what tests of incidents ask of the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from bot.model.case import Case
from bot.model.event import Event, EventType
from bot.model.incident import Incident
from tests.builders import message
from tests.first_line import FirstLine

NO_TIME = timedelta(0)
WORDINGS = (
    "the website is down",
    "@fernhollow website down again",
    "Is your website down??",
    "hey @fernhollow WEBSITE IS DOWN!!! 😡",
    "@fernhollow your website is down, number {n}",
    "website dooown https://pics.example/{n}",
    "the site is down @fernhollow",
)


async def storm(
    line: FirstLine,
    count: int,
    texts: Sequence[str] = WORDINGS,
    *,
    name: str = "c",
    private: bool = False,
) -> None:
    """Let `count` customers write at once, and the bot hand all of them to people."""
    messages = [
        message(
            texts[n % len(texts)].format(n=n),
            id=f"{name}{n}",
            customer=f"simulator:{name}{n}",
            thread=None if private else f"{name}{n}:{name}{n}",
            at=line.clock.now(),
            private=private,
        )
        for n in range(count)
    ]
    for one in messages:
        line.channel.receive(one)  # else it could not be replied to
    await line.inbox.accept(
        messages, now=line.clock.now(), quiet=NO_TIME, at_most=NO_TIME
    )
    while await line.worker.step():
        pass


async def keep(line: FirstLine, keeper=None) -> None:
    keeper = keeper or line.keeper
    while await keeper.step():
        pass


async def the_incident(line: FirstLine) -> Incident:
    (incident,) = await line.incidents.all()
    return incident


async def all_events(line: FirstLine) -> list[Event]:
    events: list[Event] = []
    cursors: dict[str, str] = {}
    while True:
        some, cursors = await line.events.since(cursors)
        if not some:
            return events
        events += some


async def counted(line: FirstLine) -> Counter[EventType]:
    return Counter(event.type for event in await all_events(line))


async def cases_of(line: FirstLine) -> dict[str, Case]:
    """Return each customer's case."""
    return {case.handle: case for case in await line.cases.active()}


async def assert_whole(line: FirstLine, count: int) -> None:
    """Check one incident with `count` cases, each of which joined once."""
    incident = await the_incident(line)
    members = await line.incidents.members(incident.id)
    assert len(members) == count
    joined = [
        event.facts["case"]
        for event in await all_events(line)
        if event.type is EventType.INCIDENT_JOINED
    ]
    assert sorted(joined) == sorted(member.case for member in members)
    assert (await counted(line))[EventType.INCIDENT_OPENED] == 1
    part = {c.id for c in await line.cases.active() if c.incident == incident.id}
    assert part == set(joined)
