"""May the bot speak? Each refusal has a code; an agent may speak where the bot may not."""

from __future__ import annotations

from datetime import datetime

from bot.model.customer import Customer
from bot.model.effect import Turn
from bot.model.message import Nature, Visibility
from bot.model.policy import Policy
from bot.model.reason import Reason


def silence(
    turn: Turn, customer: Customer, policy: Policy, now: datetime
) -> Reason | None:
    """Return why the bot must keep silent in this turn, or None if it may speak."""
    if customer.opted_out:
        return Reason.OPTED_OUT
    if turn.last.nature is Nature.ENCRYPTED:
        return Reason.ENCRYPTED
    if policy.silences(customer.channel, turn.reading.top.label):
        return Reason.QUIET_MODE
    if now - turn.last.sent_at > policy.backlog_limit:
        return Reason.BACKLOG
    if turn.last.visibility is Visibility.PUBLIC:
        return _public_silence(turn, customer)
    return None


def _public_silence(turn: Turn, customer: Customer) -> Reason | None:
    """One automatic public post an interaction, and only to those who address us.

    An interaction is what the customer wrote since our last post in the thread,
    so a message older than that post belongs to the one it ended; and while a
    text of ours is still on its way the interaction has not ended.
    """
    if not turn.last.summoned:
        return Reason.NOT_SUMMONED
    thread = customer.thread(turn.last.thread)
    answered = thread.spoke_at is not None and turn.last.sent_at <= thread.spoke_at
    if thread.unsent or answered:
        return Reason.ALREADY_SPOKE
    return None
