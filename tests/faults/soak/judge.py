"""Whether a soak was right: the network's own ledger against what was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.channels.simulator.posts import LedgerEntry
from bot.model.event import Event, EventType, Outcome
from bot.ports import Events
from tests.faults.soak.agents import GREETING


@dataclass(slots=True)
class Story:
    """What the events say, as far as the ledger can contradict it."""

    count: int = 0
    outcomes: dict[str, Outcome] = field(default_factory=dict)  # by message
    queued: set[str] = field(default_factory=set)  # texts of the bot, by key
    stopped: set[str] = field(default_factory=set)  # …  that were not sent, and why
    sent: Counter[str] = field(default_factory=Counter)  # … that were, by account

    def add(self, event: Event) -> None:
        self.count += 1
        key = event.facts.get("key", "")
        if event.type is EventType.MESSAGE_HANDLED:
            outcome = Outcome(event.facts["outcome"])
            self.outcomes[event.facts["message"]] = outcome
        elif key.startswith("simulator:"):
            self._add_text(event, key)

    def _add_text(self, event: Event, key: str) -> None:
        if event.type is EventType.REPLY_QUEUED:
            self.queued.add(key)
        elif event.type is EventType.REPLY_SENT:
            self.sent[event.customer.partition(":")[2]] += 1
        elif event.type in (EventType.REPLY_WITHHELD, EventType.REPLY_REFUSED):
            self.stopped.add(key)


async def read_story(events: Events) -> Story:
    """Read every event, those in files as well."""
    story = Story()
    for shard in events.shards:
        async for event in events.every(shard):
            story.add(event)
    return story


def problems_of(
    written: Mapping[str, str],
    ledger: Sequence[LedgerEntry],
    story: Story,
    promised: Mapping[str, str],
) -> dict[str, list[str]]:
    """Return what is wrong with which ids; nothing if the soak was right.

    Args:
        written: message → account, as the crowd remembers it.
        ledger: what the network shows.
        story: what the events say.
        promised: an agent's text → account, for each that the store took.
    """
    received = [entry for entry in ledger if entry.received]
    people = Counter((e.text, e.account) for e in received if _by_agent(e))
    bot = [entry for entry in received if not _by_agent(entry)]
    replies = Counter(entry.in_reply_to for entry in bot if entry.in_reply_to)
    heard = Counter(entry.account for entry in bot)
    found = {
        "written, and not on the network": written.keys() - {e.id for e in ledger},
        "lost: without an outcome": written.keys() - story.outcomes.keys(),
        "dead or pending": {
            message
            for message, outcome in story.outcomes.items()
            if outcome in (Outcome.DEAD, Outcome.PENDING)
        },
        "answered twice": {id_ for id_, count in replies.items() if count > 1},
        "an answer to nobody's message": replies.keys() - written.keys(),
        "received more or less than was sent": {
            account
            for account in heard.keys() | story.sent.keys()
            if heard[account] != story.sent[account]
        },
        "queued, and neither sent nor stopped": _unended(story),
        "to be told something, and nothing was queued": _untold(story),
        "an agent's words lost": {
            text for text, account in promised.items() if not people[text, account]
        },
        "an agent's words twice": {
            text for (text, _), count in people.items() if count > 1
        },
    }
    return {what: sorted(ids) for what, ids in found.items() if ids}


def _by_agent(entry: LedgerEntry) -> bool:
    return GREETING in entry.text


def _unended(story: Story) -> set[str]:
    """Return a line if the counts of texts do not add up."""
    ended = story.sent.total() + len(story.stopped)
    if len(story.queued) == ended:
        return set()
    return {f"{len(story.queued)} queued, {ended} ended"}


def _untold(story: Story) -> set[str]:
    told = {key.split(":")[1] for key in story.queued}
    return {
        message
        for message, outcome in story.outcomes.items()
        if outcome in (Outcome.ANSWERED, Outcome.ASKED) and message not in told
    }
