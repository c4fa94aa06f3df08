"""May this be said? Every rule about speaking stands here, each with its code. Pure.

Asked three times: when the bot decides and words what it says, when an agent writes, and
once more before a text is sent, since it may have waited long. docs/operators.md has the
table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.flow.plain_text import holds_link
from bot.model.customer import Customer
from bot.model.effect import Turn
from bot.model.message import ChannelName, Nature, Visibility
from bot.model.network_rules import NetworkRules
from bot.model.outgoing import Outgoing, Speaker
from bot.model.policy import Policy
from bot.model.reason import Reason
from bot.model.record import Author, Delivery, Record
from bot.model.spending import Budget

_USUAL = NetworkRules()  # of a network that says nothing of its own
_SAID = frozenset({Delivery.QUEUED, Delivery.SENDING, Delivery.SENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """What is about to be said, as far as the rules ask.

    What is not known yet keeps its default, to which no rule objects.

    `written_at` is when what it answers was written. `answered`: we have spoken since,
    or a text of ours is still on its way. `opened`: the customer has written to us
    directly. `repeats`: they have lately had these words. `generated`: the words are
    not chosen from those that people wrote. `wait` is how long it will take until the
    network's pace lets it go out.
    """

    channel: ChannelName
    visibility: Visibility
    written_at: datetime | None = None
    topic: str = ""
    readable: bool = True
    summoned: bool = True
    opted_out: bool = False
    answered: bool = False
    opened: bool = True
    repeats: bool = False
    generated: bool = False
    link: bool = False
    budget: Budget = Budget.WITHIN
    wait: timedelta = timedelta(0)

    @property
    def public(self) -> bool:
        return self.visibility is Visibility.PUBLIC


def may_reply(
    speech: Speech,
    *,
    speaker: Speaker,
    policy: Policy,
    now: datetime,
    rules: NetworkRules = _USUAL,
) -> Reason | None:
    """Return why it must not be said, or None if it may.

    An agent may speak where the bot may not, but not where the network refuses people
    as well: `rules` are the network's.
    """
    asked = _Asked(speech, speaker is Speaker.BOT, policy, now, rules)
    for reason, forbids in RULES:
        if forbids(asked):
            return reason
    return None


def speech_of_turn(turn: Turn, customer: Customer, policy: Policy) -> Speech:
    """Return what is known of an answer to `turn` before it has words.

    An interaction is what the customer wrote since our last post in the thread, so a
    message older than that post belongs to the one it ended; and while a text of ours
    is on its way the interaction has not ended.
    """
    last, thread = turn.last, customer.thread(turn.last.thread)
    conditions = policy.conditions_on(customer.channel)
    ended = thread.spoke_at is not None and last.sent_at <= thread.spoke_at
    return Speech(
        channel=customer.channel,
        visibility=last.visibility,
        written_at=last.sent_at,
        topic=turn.reading.top.label,
        readable=last.nature is not Nature.ENCRYPTED,
        summoned=last.summoned,
        opted_out=customer.opted_out,
        answered=ended or thread.unsent > 0,
        budget=conditions.budget,
        wait=conditions.wait(last.visibility),
    )


def speech_of_text(outgoing: Outgoing, budget: Budget) -> Speech:
    """Return what is known of a text that is about to be sent.

    Its customer may have opted out meanwhile: then the store gives no such text out.
    """
    return Speech(
        channel=outgoing.channel,
        visibility=outgoing.visibility,
        written_at=outgoing.queued_at,
        topic=outgoing.topic,
        generated=outgoing.generated,
        link=holds_link(outgoing.text),
        budget=budget,
    )


def speech_of_reply(
    written: Outgoing, records: Sequence[Record], *, rules: NetworkRules, now: datetime
) -> Speech:
    """Return what is known of an agent's words, from the customer's transcript."""
    theirs = [
        one
        for one in records
        if one.author is Author.CUSTOMER and one.thread == written.thread
    ]
    answered = next((one for one in theirs if one.id == written.reply_to), None)
    return Speech(
        channel=written.channel,
        visibility=written.visibility,
        summoned=answered is None or answered.summoned,
        opened=bool(theirs),
        repeats=any(_is_same(one, written, rules, now) for one in records),
    )


def _is_same(
    record: Record, written: Outgoing, rules: NetworkRules, now: datetime
) -> bool:
    """Tell whether the customer has, or is about to have, the same words in public."""
    lately = rules.same_words_after and now - record.at <= rules.same_words_after
    return (
        bool(lately)
        and record.delivery in _SAID
        and record.visibility is Visibility.PUBLIC
        and record.id != written.key
        and record.text.casefold().split() == written.text.casefold().split()
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """The arguments of `may_reply`, in one hand for the rules."""

    speech: Speech
    bot: bool
    policy: Policy
    now: datetime
    rules: NetworkRules


# -- the rules ------------------------------------------------------------------


def _opted_out(asked: _Asked) -> bool:
    return asked.bot and asked.speech.opted_out


def _encrypted(asked: _Asked) -> bool:
    """Whoever cannot read a message has nothing to say to it."""
    return asked.bot and not asked.speech.readable


def _quiet(asked: _Asked) -> bool:
    speech = asked.speech
    return asked.bot and asked.policy.silences(speech.channel, speech.topic)


def _backlog(asked: _Asked) -> bool:
    written_at = asked.speech.written_at
    if not asked.bot or written_at is None:
        return False
    return asked.now - written_at > asked.policy.backlog_limit


def _not_summoned(asked: _Asked) -> bool:
    binds = asked.bot or asked.rules.summons_bind_people
    return binds and asked.speech.public and not asked.speech.summoned


def _already_spoke(asked: _Asked) -> bool:
    return asked.bot and asked.speech.public and asked.speech.answered


def _not_opened(asked: _Asked) -> bool:
    return not asked.speech.public and not asked.speech.opened


def _duplicate_text(asked: _Asked) -> bool:
    refuses = asked.rules.same_words_after is not None
    return refuses and asked.speech.public and asked.speech.repeats


def _unapproved_text(asked: _Asked) -> bool:
    demands = asked.rules.generated_needs_approval
    approved = asked.policy.x.generated_approved
    return asked.bot and asked.speech.generated and demands and not approved


def _no_credit(asked: _Asked) -> bool:
    """An agent's words wait for the credit; the bot's would come too late."""
    return asked.bot and asked.speech.budget is Budget.NO_CREDIT


def _budget(asked: _Asked) -> bool:
    if not asked.bot or not asked.speech.public:
        return False
    spent = asked.speech.budget is Budget.SPENT
    return spent or (asked.speech.budget is Budget.NO_LINKS and asked.speech.link)


def _pace(asked: _Asked) -> bool:
    """What would wait so long is of no use: people get it at once."""
    return asked.bot and asked.speech.wait > asked.policy.acknowledge_within


# The first that forbids it gives the reason: the customer's wish before everything.
RULES: tuple[tuple[Reason, Callable[[_Asked], bool]], ...] = (
    (Reason.OPTED_OUT, _opted_out),
    (Reason.ENCRYPTED, _encrypted),
    (Reason.QUIET_MODE, _quiet),
    (Reason.BACKLOG, _backlog),
    (Reason.NOT_SUMMONED, _not_summoned),
    (Reason.ALREADY_SPOKE, _already_spoke),
    (Reason.NOT_OPENED, _not_opened),
    (Reason.DUPLICATE_TEXT, _duplicate_text),
    (Reason.UNAPPROVED_TEXT, _unapproved_text),
    (Reason.NO_CREDIT, _no_credit),
    (Reason.BUDGET, _budget),
    (Reason.PACE, _pace),
)
