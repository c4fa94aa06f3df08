"""What the keeper remembers between two steps. Nothing of it is needed after a crash."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.desk.slack.failures import ChannelClosed, Slowed, TokenRefused, Unanswered
from bot.desk.slack.pace import Pace
from bot.desk.slack.plan import needs_a_card
from bot.errors import PermanentFailure, TemporaryFailure
from bot.model.case import Case, Priority
from bot.ports.chat import Dirty, Shown

ASK_AGAIN = timedelta(seconds=30)  # whether what a person has to mend is mended
SPOILT = timedelta(minutes=5)  # before what Slack rejects is tried again

FIGURES_AGE = timedelta(minutes=1)  # what cards say of time has this grain
_WEIGHT = {Priority.URGENT: 4, Priority.HIGH: 2, Priority.NORMAL: 1, Priority.LOW: 1}

Need = tuple[str, str]  # a method and a channel


@dataclass(frozen=True, slots=True)
class _Seen:
    mark: int
    needs: Collection[Need]


@dataclass(slots=True)
class Memory:
    """Who has to wait, for what, and what is wrong."""

    pace: Pace = field(default_factory=Pace)
    _put_off: dict[Shown, datetime] = field(default_factory=dict)
    _seen: dict[Shown, _Seen] = field(default_factory=dict)
    _wrong: dict[str, tuple[datetime, TemporaryFailure]] = field(default_factory=dict)
    _drawn: dict[Shown, tuple[datetime, int]] = field(default_factory=dict)

    def must_wait(self, one: Dirty, now: datetime) -> bool:
        """Tell whether looking at it would be in vain now."""
        if self._put_off.get(one.shown, now) > now:
            return True
        seen = self._seen.get(one.shown)
        if seen is None or seen.mark != one.mark:
            return False
        return not any(self.pace.is_free(*need, now) for need in seen.needs)

    def put_off(self, shown: Shown, until: datetime) -> None:
        """Do not look at it before then."""
        self._put_off[shown] = until

    def remember(self, one: Dirty, needs: Collection[Need]) -> None:
        """Note what was wanted for it and not free."""
        self._seen[one.shown] = _Seen(one.mark, needs)

    def forget(self, shown: Shown) -> None:
        """Look at it anew."""
        self._put_off.pop(shown, None)
        self._seen.pop(shown, None)

    def draw(self, case: Case, now: datetime) -> None:
        """Note when a case's card was compared; only open ones say how long."""
        if needs_a_card(case):
            self._drawn[Shown(case.id)] = (now, _WEIGHT[case.priority])
        else:
            self._drawn.pop(Shown(case.id), None)

    def aged_figures(self, now: datetime) -> list[Shown]:
        """Return whose card may say what is no longer so, the most pressing first.

        What was put off is none of them: a channel that is gone holds up no other.
        """
        ages = {
            shown: (now - drawn_at) * weight
            for shown, (drawn_at, weight) in self._drawn.items()
            if now - drawn_at >= FIGURES_AGE and self._put_off.get(shown, now) <= now
        }
        return sorted(ages, key=lambda shown: ages[shown], reverse=True)

    def fail(
        self,
        failure: TemporaryFailure | PermanentFailure,
        shown: Shown,
        channel: str,
        *,
        now: datetime,
        settled: timedelta,
    ) -> None:
        """Note what went wrong with it: who has to wait, and what to tell people."""
        if isinstance(failure, Slowed):
            self.pace.slow_down(failure, channel, now)
        elif isinstance(failure, ChannelClosed):
            self.pace.close(failure.channel, now + ASK_AGAIN)
            self.put_off(shown, now + ASK_AGAIN)
            self._wrong[failure.channel] = (now + ASK_AGAIN, failure)
        elif isinstance(failure, TokenRefused):
            self._wrong["token"] = (now + ASK_AGAIN, failure)
        elif isinstance(failure, Unanswered):
            self.put_off(shown, now + settled)
            self._wrong["answer"] = (now, failure)
        elif isinstance(failure, TemporaryFailure):  # the store, or the policy
            self.put_off(shown, now + timedelta(seconds=1))
            self._wrong["other"] = (now, failure)
        else:
            self.put_off(shown, now + SPOILT)

    def token_refused(self, now: datetime) -> TemporaryFailure | None:
        """Return why nothing at all can be done now."""
        until, failure = self._wrong.get("token", (now, None))
        return failure if until > now else None

    def wrong(self, now: datetime) -> TemporaryFailure | None:
        """Return what people have to know; what is over is forgotten."""
        self._wrong = {k: v for k, v in self._wrong.items() if v[0] >= now}
        found = [failure for _, failure in self._wrong.values()]
        return min(found, key=_gravity, default=None)


def _gravity(failure: TemporaryFailure) -> int:
    order = (TokenRefused, ChannelClosed)
    return next((n for n, kind in enumerate(order) if isinstance(failure, kind)), 9)
