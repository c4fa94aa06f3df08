"""What is remembered of one customer between messages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from bot.model.case import Case
from bot.model.message import DIRECT, ChannelName, CustomerId, Profile, ThreadId

MAX_THREADS = 20  # the newest are remembered; an old public thread starts afresh
MAX_FACTS = 30
MAX_SAID = 12  # texts that are remembered so that none comes again soon


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadState:
    """Our side of one thread.

    `spoke_at` is our last text there, the border between two interactions;
    `unsent` counts texts of ours still on their way, during which the
    interaction has not ended.
    """

    unsent: int = 0
    spoke_at: datetime | None = None
    bot_spoke_at: datetime | None = None
    invited: bool = False  # asked to write a direct message
    introduced: bool = False  # told that a bot speaks


_UNKNOWN_THREAD = ThreadState()


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """The state of one customer: the unit of order and of silence.

    `epoch` rises with each claim; what the bot decided under an older epoch is
    never sent. `dialogue` is the tracker of a running dialogue, opaque here.
    `stopped_at` is when they last wrote that they want nothing automatic: what they
    wrote before that is no consent, however late it comes. `facts` are normalised values learned in private, which must never appear in
    public. `case` is the newest case, resolved ones included. `profile` is what they
    showed of themselves last.
    """

    id: CustomerId
    channel: ChannelName
    handle: str
    epoch: int = 0
    opted_out: bool = False
    stopped_at: datetime | None = None
    profile: Profile | None = None
    contacts: int = 0
    threads: dict[ThreadId, ThreadState] = field(default_factory=dict)
    dialogue: str | None = None
    dialogue_at: datetime | None = None  # when the dialogue last moved
    invited_for: str | None = None  # the intent for which a direct message was asked
    invited_at: datetime | None = None
    failed_lookups: tuple[datetime, ...] = ()  # pairs of facts that did not match
    earlier_dead: bool = False  # a message of theirs is parked: people take over
    facts: tuple[str, ...] = ()
    said: tuple[str, ...] = ()  # fingerprints of our latest texts, the newest last
    case: Case | None = None

    def thread(self, thread: ThreadId) -> ThreadState:
        """Return what we know of `thread`; an empty state if nothing."""
        return self.threads.get(thread, _UNKNOWN_THREAD)

    def having_stopped(self, at: datetime) -> Customer:
        """Return a copy that remembers when they last asked us to stop."""
        return replace(self, stopped_at=max(self.stopped_at or at, at))

    def having_heard(self, text: str, thread: ThreadId, state: ThreadState) -> Customer:
        """Return a copy that remembers that we said `text`, and where that leaves us.

        The oldest thread may be forgotten for it.
        """
        said = (*self.said, fingerprint(text))
        others = {t: s for t, s in self.threads.items() if t != thread}
        threads = newest_threads({**others, thread: state})
        return replace(self, said=said[-MAX_SAID:], threads=threads)

    def with_facts(self, facts: tuple[str, ...]) -> Customer:
        """Return a copy that also remembers `facts`, the newest at the end."""
        if not facts:
            return self
        merged = dict.fromkeys((*self.facts, *facts))
        return replace(self, facts=tuple(merged)[-MAX_FACTS:])


def newest_threads(
    threads: dict[ThreadId, ThreadState],
) -> dict[ThreadId, ThreadState]:
    """Keep the last MAX_THREADS, and the direct messages however old they are."""
    if len(threads) <= MAX_THREADS:
        return threads
    newest = list(threads)[-MAX_THREADS:]
    if DIRECT in threads and DIRECT not in newest:
        newest = [DIRECT, *newest[1:]]
    return {thread: threads[thread] for thread in newest}


def same_words(text: str) -> str:
    """Return the mark that texts share in which a network sees the same words."""
    return fingerprint(" ".join(text.casefold().split()))


@lru_cache(maxsize=1024)  # of our own texts, which most often come again
def fingerprint(text: str) -> str:
    """Return a short mark by which a text is recognised, but not read."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
