"""Parts that follow the policy: a new one counts from their next step on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from bot.flow.loop import Step
from bot.model.policy import Policy


class Follower(Protocol):
    """A part that works in steps and follows the policy."""

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        ...

    async def step(self) -> int:
        """Do what is due; return how much that was."""
        ...


def following(part: Follower, current: Callable[[], Policy]) -> Step:
    """Return the step of `part`, before which it is given the policy if it is new.

    So no step sees two policies.
    """
    followed: Policy | None = None

    async def step() -> int:
        nonlocal followed
        policy = current()
        if policy is not followed:
            part.follow(policy)
            followed = policy
        return await part.step()

    return step
