"""Which messages are read first under overload. Cheap and pure: no model is asked."""

from __future__ import annotations

from bot.flow.watch import watched, words_of
from bot.model.case import Priority
from bot.model.message import Message, Visibility
from bot.model.policy import Policy
from bot.model.rank import Rank

_REPOST = "RT @"


def rank_of(message: Message, policy: Policy) -> Rank:
    """Return the rank of `message`.

    First is what somebody wrote to us alone, and whatever holds a watchword of the
    highest priority, wherever it was written. Last is what does not address us, a
    repost, and what has no words besides handles and links.
    """
    if message.visibility is Visibility.PRIVATE:
        return Rank.FIRST
    watch = watched([message.text], policy)
    if watch is not None and watch.priority is Priority.URGENT:
        return Rank.FIRST
    repost = message.text.startswith(_REPOST)
    if repost or not message.summoned or not words_of(message.text, policy):
        return Rank.LAST
    return Rank.MIDDLE
