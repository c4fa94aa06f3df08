"""How a brand wants its first line to behave. Loaded from policy.yml, validated there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import Enum
from typing import Final

from bot.model.agent import Agent, Signature
from bot.model.case import AgentId, Priority
from bot.model.conditions import NOTHING_SPECIAL, Conditions
from bot.model.message import ChannelName
from bot.model.quiet import is_silenced
from bot.model.reason import Reason
from bot.model.x_policy import XPolicy

DEFAULT_TEAM: Final = "care"  # gets what no rule names a team for


class Handling(str, Enum):
    """What the bot does with an intent."""

    ANSWER = "answer"  # from the knowledge base, if confident
    SMALL_TALK = "small_talk"  # one fitting line
    DIALOGUE = "dialogue"  # gathers facts in direct messages, invites there in public
    HAND_OFF = "hand_off"
    IGNORE = "ignore"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentRule:
    """What to do with one intent.

    `personal` means: about one's own order or account. `at_least` replaces the
    policy's threshold for the handling, from 0.0 to 1.0.
    """

    handling: Handling
    reason: Reason
    team: str = DEFAULT_TEAM
    priority: Priority = Priority.NORMAL
    personal: bool = False
    at_least: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Words that bring a message to people whatever the model makes of it.

    `words` are words or phrases in lower case, letters and digits only.
    """

    words: frozenset[str]
    reason: Reason
    team: str
    priority: Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Confidences and shares between 0.0 and 1.0."""

    answer: float  # at least this sure before a standard answer
    answer_careful: float  # the same for who is upset, or has not asked anything
    small_talk: float
    ignore: float  # at least this sure before a message is left unanswered
    dialogue: float
    leave_dialogue: float  # at least this sure of another topic to leave a dialogue
    grave: float  # at least this sure of danger or law before it goes to people at once
    known_words: float  # below this share of known words nothing is trusted


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """When people answer. `days` are 0 = Monday to 6 = Sunday; times are local."""

    timezone: str
    days: dict[int, tuple[time, time]]
    holidays: frozenset[date]
    expected_wait: timedelta  # said to customers


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRules:
    """What no public text may hold, whoever wrote it."""

    confirming: tuple[str, ...]  # regular expressions, matched without case
    general: tuple[str, ...]  # the same, for what is let through before they count
    order_number: str  # regular expression of the brand's order numbers
    postcode: str  # regular expression of the postcodes of the brand's customers
    allowed_domains: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """The brand's tone. Every sentence of the bot is checked against it."""

    banned_words: tuple[str, ...]
    max_exclamation_marks: int
    max_emoji: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevels:
    """When people answer and what happens if they do not. All in clock time."""

    first_answer: dict[Priority, timedelta]  # from the opening of a case
    remind_before: timedelta  # a first answer that is nearly due
    unclaimed: timedelta  # an open case without an assignee: more people are asked
    claim_silence: timedelta  # a claimed case without an answer goes back to all
    follow_up: timedelta  # after our answer, with nothing from the customer


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRule:
    """When many cases about the same thing become one incident."""

    cases: int  # that many near-equal ones
    within: timedelta  # opened within this time
    likeness: float  # 0.0 to 1.0; how alike two texts must be
    ends_after: timedelta  # without another such case


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningRule:
    """What the trainers' review queue takes in, and for how long."""

    queue: int = 2000  # messages that wait; as many that were closed are kept as well
    keep: timedelta = timedelta(days=90)  # then a message goes, closed or not
    asked_again: timedelta = timedelta(hours=2)  # after an automatic answer
    likeness: float = 0.8  # as of incidents: how alike two texts of one group are


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPolicy:
    """How agents' desks look and behave.

    `channels` are Slack channels by team, `intents` by what a case is about, where
    that differs: names like "#firstline-care", or ids.
    """

    channels: dict[str, str]
    intents: dict[str, str]
    undo: timedelta  # for so long an agent's reply can be taken back
    signature: Signature
    digest_at: time | None  # local time of the daily digest; None: no digest
    rating: str = ""  # the question after a case was resolved; "": it is not asked

    def channel_of(self, team: str, label: str) -> str | None:
        """Return the Slack channel of such a case; None if Slack is not used.

        A rule for a standard answer ("faq/returns") goes before that of its intent.
        """
        intent = label.partition("/")[0]
        for key, rules in (
            (label, self.intents),
            (intent, self.intents),
            (team, self.channels),
        ):
            if key in rules:
                return rules[key]
        return self.channels.get(DEFAULT_TEAM)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRules:
    """What a new model must not make worse, and from when a loss counts as one.

    A loss counts if chance alone makes one as large no more often than `chance`, for
    protected intents `chance_protected`, and if at least `at_least` messages more are
    lost than won.
    """

    protected: tuple[str, ...] = (
        "safety_issue",
        "legal_threat",
        "opt_out",
        "human_request",
        "account_compromised",
        "press_inquiry",
    )
    chance: float = 0.05
    chance_protected: float = 0.15  # three lost and none won are 0.125
    at_least: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything that a manager may decide."""

    brand: str
    handle: str
    languages: frozenset[str]  # that the model was made for, ISO 639-1
    intents: dict[str, IntentRule]
    thresholds: Thresholds
    teams: dict[str, str]  # id -> name that people read
    hours: OpeningHours
    public: PublicRules
    voice: Voice
    watchwords: tuple[Watch, ...]  # the gravest first
    opt_out_words: frozenset[str]
    opt_in_words: frozenset[str]
    burst: timedelta  # quiet time that lets a burst gather
    burst_at_most: timedelta
    backlog_limit: timedelta  # older messages get no automatic reply
    reopen_within: timedelta
    dialogue_timeout: timedelta
    acknowledge_within: timedelta  # a later acknowledgement is not sent
    service: ServiceLevels
    incidents: IncidentRule
    quiet: bool
    agents: dict[AgentId, Agent]
    desk: DeskPolicy
    tags: tuple[str, ...]
    resolutions: tuple[str, ...]
    x: XPolicy
    learning: LearningRule = LearningRule()
    gate: GateRules = GateRules()
    # Not in the file: what people told the bot to be silent about for now.
    paused: frozenset[str] = frozenset()
    # Nor is this: what holds for the moment on channels where anything special does.
    conditions: Mapping[ChannelName, Conditions] = field(default_factory=dict)

    def silences(self, channel: str, label: str) -> bool:
        """Tell whether the bot must say nothing about `label` on `channel`."""
        return self.quiet or is_silenced(self.paused, channel=channel, label=label)

    def conditions_on(self, channel: ChannelName) -> Conditions:
        """Return what holds on `channel` for the moment."""
        return self.conditions.get(channel, NOTHING_SPECIAL)

    def rule(self, intent: str) -> IntentRule:
        """Return the rule of `intent`; people get what the policy does not know."""
        return self.intents.get(intent, _UNKNOWN_INTENT)


_UNKNOWN_INTENT = IntentRule(handling=Handling.HAND_OFF, reason=Reason.NO_ANSWER)
