"""The policy in force: the file as it is, or as it was when it last was sound."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from bot.clock import Clock
from bot.errors import ConfigError
from bot.log import Log
from bot.model.conditions import Conditions
from bot.model.message import ChannelName
from bot.model.policy import Policy
from bot.policy_file import load_policy
from bot.ports import QuietMode
from bot.watched_file import LOOK_EVERY, WatchedFile

CONDITIONS_EVERY = timedelta(seconds=5)
MISSING = "missing"  # in place of a version

Check = Callable[[Policy], None]
LookAtConditions = Callable[
    [Policy, datetime], Awaitable[Mapping[ChannelName, Conditions]]
]


class PolicyWatch:
    """Notices that the policy's file has changed, and takes it over if it is sound.

    One with mistakes changes nothing; that is logged once, and each process tells
    `firstline doctor` of it.

    Attributes:
        current: the policy that counts from the next step on.
        version: the beginning of its file's SHA-256.
        refused: the version of a newer file that cannot be used; "" if there is none.
    """

    def __init__(self, path: Path, *, clock: Clock, log: Log) -> None:
        """Load the policy.

        Raises:
            ConfigError: naming every mistake with file, line and what is expected.
        """
        self._path, self._clock, self._log = path, clock, log
        self._check: Check = lambda _: None
        self._quiet: QuietMode | None = None
        self._conditions: LookAtConditions | None = None
        self._file = WatchedFile(path)
        self.version, self.refused = _version(path), ""
        self.current = load_policy(path)
        self._look_at: datetime | None = None
        self._conditions_at = clock.now()

    def demand(self, check: Check) -> None:
        """Take nothing over for which `check` raises ConfigError."""
        self._check = check

    def heed(self, quiet: QuietMode) -> None:
        """Let what people pause at run time count as if it stood in the policy."""
        self._quiet = quiet

    def weigh(self, conditions: LookAtConditions) -> None:
        """Let what holds on the channels for the moment count as well."""
        self._conditions = conditions

    async def step(self) -> int:
        """Look at file and pauses, twice a second at most; return 1 if one is new."""
        now = self._clock.now()
        if self._look_at is not None and now < self._look_at:
            return 0
        self._look_at = now + LOOK_EVERY
        # first these: the store may be away
        changed = [await self._look_at_pauses(), await self._look_at_conditions(now)]
        return int(await self._look_at_file() or any(changed))

    async def _look_at_pauses(self) -> bool:
        if self._quiet is None:
            return False
        paused = frozenset(one.scope for one in await self._quiet.quiet())
        if paused == self.current.paused:
            return False
        self.current = replace(self.current, paused=paused)
        self._log("quiet_changed", paused=len(paused))
        return True

    async def _look_at_conditions(self, now: datetime) -> bool:
        """Look at them rarely: a batch of sends asks for the money by itself."""
        if self._conditions is None or now < self._conditions_at:
            return False
        self._conditions_at = now + CONDITIONS_EVERY
        found = await self._conditions(self.current, now)
        before, self.current = self.current, replace(self.current, conditions=found)
        for channel, one in found.items():
            if one.budget is not before.conditions_on(channel).budget:
                self._log("budget_changed", channel=channel, state=one.budget.value)
        return found != before.conditions

    async def _look_at_file(self) -> bool:
        return self._file.has_changed() and await self._read()

    async def _read(self) -> bool:
        version = _version(self._path)
        if version in (self.version, self.refused):
            return self._back_to(version)
        try:
            # in a thread: it takes longer than an event loop may stand still
            policy = await asyncio.to_thread(load_policy, self._path)
            self._check_change(policy)
        except ConfigError as error:
            self.refused = version
            self._log("policy_refused", version=version, problems=str(error))
            return False
        self.current = replace(
            policy,
            paused=self.current.paused,
            conditions=self.current.conditions,
        )
        self.version, self.refused = version, ""
        self._log("policy_loaded", version=version)
        return True

    def _back_to(self, version: str) -> bool:
        """Forget a refusal if the file is again what is in force."""
        if self.refused and version == self.version:
            self.refused = ""
            self._log("policy_loaded", version=version)
        return False

    def _check_change(self, policy: Policy) -> None:
        if policy.handle != self.current.handle:
            raise ConfigError(
                f"{self._path}: handle has changed; expected a restart, since the "
                "channels have signed in with the old one"
            )
        self._check(policy)


def _version(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()[:12]
    except OSError:
        return MISSING
