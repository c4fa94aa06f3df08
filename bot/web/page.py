"""What the page stands on: everything that its routes are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.model.message import ChannelName, CustomerId
from bot.model.policy import Policy
from bot.model.reason import Reason
from bot.ports import Cases, CaseWork, Events
from bot.web.network import Network

if TYPE_CHECKING:
    import asyncio


class DeskChanges(Protocol):
    """A desk that tells what changed; bot.desk.web.WebDesk is one."""

    def changes(self) -> AbstractAsyncContextManager[asyncio.Queue[str]]:
        """Give the queue in which the ids of what changes from now on are found."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The parts of the program that the page shows and works on.

    `channel` is the name under
    which `network` brings its customers in.
    """

    network: Network
    desk: DeskChanges
    work: CaseWork
    cases: Cases
    events: Events
    current_policy: Callable[[], Policy]
    current_labels: Callable[[], Sequence[str]]
    model_name: Callable[[], str]
    channel: ChannelName

    @property
    def policy(self) -> Policy:
        """The policy that is in force now."""
        return self.current_policy()

    @property
    def labels(self) -> Sequence[str]:
        """All that a case can be corrected to now."""
        return self.current_labels()

    def customer_of(self, account: str) -> CustomerId:
        """Return the customer that the rest of the program knows `account` as."""
        return CustomerId(f"{self.channel}:{account}")

    def account_of(self, customer: CustomerId) -> str:
        """Return the account of `customer` on the network."""
        return customer.removeprefix(f"{self.channel}:")


_WORDS = {reason.value: reason.says for reason in Reason}


def in_words(code: str | None) -> str:
    """Return what people read for a reason's code; the code itself if unknown."""
    return _WORDS.get(code, code.replace("_", " ")) if code else ""
