"""The store: every change is one atomic step, and time is passed in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.model.case import Act, AgentId, Case, CaseId
from bot.model.event import Event
from bot.model.figures import Queue
from bot.model.message import (
    CustomerId,
    Profile,
)
from bot.model.outgoing import Outgoing
from bot.model.record import Hiding, Record
from bot.model.work import (
    Broken,
    Buried,
    CaseChange,
    Commit,
    Lease,
    Work,
)


class Turns(Protocol):
    """Customers as actors: one at a time each, many in parallel."""

    async def lease(
        self, *, now: datetime, length: timedelta, limit: int
    ) -> list[Lease]:
        """Take up to `limit` customers that are due, or whose lease has run out.

        Better ranks first, wherever they are, with a small share for the others. Who
        was isolated when the lease ran out has failed once more; otherwise the customer
        is suspect, and to be isolated: one of the batch may have killed the worker.
        """
        ...

    async def isolate(self, lease: Lease, *, until: datetime) -> bool:
        """Say that this customer alone is in hand now, with a lease until `until`.

        False if the lease was lost.
        """
        ...

    async def load(self, leases: Sequence[Lease]) -> list[Work | Broken]:
        """Read what is known of each leased customer, and their mail.

        What cannot be read concerns its own customer only.
        """
        ...

    async def commit(
        self, commits: Sequence[Commit], *, again_at: datetime
    ) -> list[bool]:
        """Write each commit whole or not at all; False if lease or state was lost.

        A customer with mail left is due again at `again_at`.
        """
        ...

    async def give_back(self, lease: Lease, *, due: datetime, failed: bool) -> None:
        """End a lease without a commit; count a failure."""
        ...

    async def bury(
        self,
        lease: Lease,
        *,
        mails: int,
        records: Sequence[Record],
        notice: Buried,
        now: datetime,
    ) -> None:
        """Park the first `mails` mails as dead letters, and tell the next turn.

        `records` are the transcript's lines of the messages among them; `notice`
        is the mail of which the next turn makes a case for people.
        """
        ...

    async def next_due(self) -> datetime | None:
        """Return when the earliest waiting customer is due; None if there is none."""
        ...


class Cases(Protocol):
    """What agents see and change."""

    async def get(self, case: CaseId) -> Case:
        """Return one case. Raises CaseConflict("missing")."""
        ...

    async def active(self) -> list[Case]:
        """Return all cases that are not resolved."""
        ...

    async def some(self, cases: Sequence[CaseId]) -> list[Case]:
        """Return these cases, in this order; those that are gone are left out."""
        ...

    async def newest_of(self, customers: Sequence[CustomerId]) -> list[CaseId]:
        """Return the newest case of each of these customers who ever had one."""
        ...

    async def most_pressing(self, *, limit: int) -> tuple[list[Case], int]:
        """Return unresolved cases with a card of their own, and how many there are.

        The most urgent come first, and of these the oldest. However many there are,
        only `limit` are read whole.
        """
        ...

    async def records(self, customer: CustomerId) -> list[Record]:
        """Return the customer's transcript, oldest first, with delivery states."""
        ...

    async def queue(self) -> Queue:
        """Return how many unresolved cases wait for whom."""
        ...

    async def held_by(self, agent: AgentId) -> list[Case]:
        """Return the cases that the agent holds, the most pressing first."""
        ...

    async def unclaimed(self, teams: Collection[str]) -> Case | None:
        """Return the most pressing open case that is not put aside.

        Of these teams, or of all if none is named; those for which the card of their
        incident stands are not among them.
        """
        ...

    async def search(self, words: Sequence[str], *, limit: int) -> list[Case]:
        """Return cases that have every one of `words`, and the one of that id.

        Words are compared without case with a case's id, handle, tags, label and team,
        never with what was written. Unresolved ones come first, then resolved ones
        that are not too old; of both the newest first.
        """
        ...

    async def earlier(self, customer: CustomerId) -> list[Case]:
        """Return the customer's cases, the newest first."""
        ...

    async def profile(self, customer: CustomerId) -> Profile | None:
        """Return what the customer shows of themselves, None if that is not known."""
        ...

    async def called(self, customer: CustomerId) -> tuple[str, ...]:
        """Return by what names others may know the customer: handle and display name."""
        ...

    async def opted_out(self, customer: CustomerId) -> bool:
        """Tell whether the customer wants no automatic message."""
        ...

    async def private_facts(self, customer: CustomerId) -> tuple[str, ...]:
        """Return the values that must never appear in public."""
        ...

    async def act(
        self,
        change: CaseChange,
        act: Act,
        agent: AgentId,
        *,
        now: datetime,
        key: str = "",
        fields: Mapping[str, str] | None = None,
        record: Record | None = None,
        text: Outgoing | None = None,
        asked: Record | None = None,
        withdraws: str = "",
        amended: Record | None = None,
        hiding: Hiding | None = None,
    ) -> Case:
        """Carry out an agent's act if the state allows it (model.case.TRANSITIONS).

        `fields` are further fields of the case; `key` makes a repetition
        harmless; `record` and `asked` are added to the transcript, `text` to the outbox.
        `withdraws` is the key of the text that an undo takes back. `amended` takes the
        place of the line of the transcript that has its id; `hiding` marks the line of a
        message, whatever its author does to it meanwhile.

        Raises:
            CaseConflict: it does not; nothing was changed. "too_late" if the text to
                take back has begun to be sent, or may have. "changed" if the case is
                not any more the one that `change` was derived from: read it again.
        """
        ...


class Events(Protocol):
    """The truth, for reports, the page and the desks.

    Old events are moved to files; readers get them from there, in the same order.
    """

    @property
    def shards(self) -> Sequence[str]:
        """The streams there are; everything of one customer is in one of them."""
        ...

    def shards_for(self, id_: str) -> Sequence[str]:
        """Return where a customer, case, text or message can be, the likeliest first."""
        ...

    def every(self, shard: str) -> AsyncIterator[Event]:
        """Yield every event of one stream from the beginning, in its order."""
        ...

    async def missing(self) -> Sequence[str]:
        """Return the shards whose older events are in files that are not here."""
        ...

    async def since(
        self, cursors: Mapping[str, str], *, limit: int = 1000
    ) -> tuple[list[Event], dict[str, str]]:
        """Return events after `cursors` (shard -> id; {} from the beginning).

        Also returns the cursors to pass next time. In order within a customer.
        """
        ...

    def before(self, moment: datetime) -> dict[str, str]:
        """Return cursors behind which everything since `moment` comes.

        As far as the clocks of our machines and the store's agree.
        """
        ...

    async def bookmark(self, reader: str) -> dict[str, str]:
        """Return the cursors that `reader` kept; {} if it never did."""
        ...

    async def keep_bookmark(self, reader: str, cursors: Mapping[str, str]) -> None: ...
