"""Trouble on demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import ClassVar


class Trouble(str, Enum):
    """What can go wrong with a request."""

    LOSE_REQUEST = "lose_request"  # nothing happened, no answer
    LOSE_ANSWER = "lose_answer"  # it happened, no answer
    FAIL = "fail"  # a 5xx, before anything happened
    FAIL_AFTER = "fail_after"  # a 5xx, although it happened
    LIMIT = "limit"  # 429
    REFUSE = "refuse"  # 403 with a sentence
    SLOW = "slow"  # the answer takes a while


@dataclass(eq=False)
class Fault:
    """One kind of trouble for some requests.

    Attributes:
        endpoint: e.g. `POST /2/tweets`, or `*`.
        times: how many requests it hits; None for all until it is cleared.
        status: of the answer, where there is one.
        html: the answer is a page of a proxy, not JSON.
        headers: whether a 429 says when to come again.
        says: the detail of a refusal.
        delay: of slow answers, in real time.
    """

    trouble: Trouble
    endpoint: str = "*"
    times: int | None = 1
    status: int = 503
    html: bool = True
    headers: bool = True
    says: str = ""
    delay: float = 0.0

    NAMES: ClassVar = (
        "endpoint",
        "times",
        "status",
        "html",
        "headers",
        "says",
        "delay",
    )


class Faults:
    """What shall go wrong, in the order in which it was ordered.

    Attributes:
        late: how long after its creation a new post is indexed; a function of the
            post's number, so that tests make some late and some not.
        no_millis: moments come without their milliseconds.
        double_events, reorder_events: what the streams do to events.
        drop_events: the streams bring nothing, and say nothing of it.
    """

    def __init__(self) -> None:
        self.clear()

    def add(self, fault: Fault) -> None:
        self.queue.append(fault)

    def clear(self) -> None:
        """End all trouble."""
        self.queue: list[Fault] = []
        self.late: Callable[[int], timedelta] | None = None
        self.no_millis = False
        self.double_events = False
        self.reorder_events = False
        self.drop_events = False

    def next(self, endpoint: str) -> Fault | None:
        """Return the trouble of this request, if there is some."""
        for fault in self.queue:
            if fault.endpoint in {endpoint, "*"}:
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.queue.remove(fault)
                return fault
        return None

    # The usual ones by name.

    def lose_answer(self, endpoint: str, *, times: int | None = 1) -> None:
        """Let it happen, and the answer be lost."""
        self.add(Fault(Trouble.LOSE_ANSWER, endpoint, times))

    def lose_request(self, endpoint: str, *, times: int | None = 1) -> None:
        """Break the connection before anything happened."""
        self.add(Fault(Trouble.LOSE_REQUEST, endpoint, times))

    def fail(
        self,
        endpoint: str = "*",
        *,
        times: int | None = 1,
        status: int = 503,
        html: bool = True,
        after: bool = False,
    ) -> None:
        """Answer with a 5xx; `after` the effect, or instead of it."""
        kind = Trouble.FAIL_AFTER if after else Trouble.FAIL
        self.add(Fault(kind, endpoint, times, status, html))

    def limit(
        self, endpoint: str, *, times: int | None = 1, headers: bool = True
    ) -> None:
        """Answer 429, with or without the headers that say until when."""
        self.add(Fault(Trouble.LIMIT, endpoint, times, 429, headers=headers))

    def refuse(self, endpoint: str, says: str, *, times: int | None = 1) -> None:
        """Answer 403 with a sentence."""
        self.add(Fault(Trouble.REFUSE, endpoint, times, 403, says=says))

    def slow(self, endpoint: str, seconds: float, *, times: int | None = 1) -> None:
        """Let the answer take a while, in real time."""
        self.add(Fault(Trouble.SLOW, endpoint, times, delay=seconds))
