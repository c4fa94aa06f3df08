"""What a manager decides about X: what it may cost, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.model.spending import BudgetRule

# What X charges for; each has its price in the policy, for one of it.
PRICED = (
    "mention_read",
    "post_read",
    "user_read",
    "dm_read",
    "dm_sent",
    "post_sent",
    "reply_sent",
    "link_sent",  # a post that holds a link
)


@dataclass(frozen=True, slots=True, kw_only=True)
class XPolicy:
    """Everything about X that may be decided.

    Prices are millionths of a US dollar. `links_cost` says whether a reply to somebody
    who addressed us costs `link_sent` if it holds a link: X does not say.
    """

    prices: Mapping[str, int]
    links_cost: bool
    budget: BudgetRule
    poll_every: timedelta
    overlap: timedelta  # posts that X shows late are still found for so long
    first_start: timedelta  # how far back a first start reads
    deep_link: bool  # public invitations to a direct message have a button
    listen: str  # what is searched for besides mentions; "": nothing
    privacy_link: str  # of the page that the first direct message leads to
    generated_approved: bool  # X has approved generated text
    same_words_after: timedelta  # our account posts the same words so far apart
    check_kept_every: timedelta  # what is kept is looked for on X so often
    check_kept_at_most: int  # posts, where each costs a post_read

    def price(self, item: str, units: int = 1) -> int:
        """Return what so many of `item` cost. Raises KeyError for what is not priced."""
        return self.prices[item] * units

    def price_of_text(self, *, private: bool, reply: bool, link: bool) -> int:
        """Return what it costs to send one text."""
        return self.price(item_of_text(self, private=private, reply=reply, link=link))


def item_of_text(policy: XPolicy, *, private: bool, reply: bool, link: bool) -> str:
    """Return the name under which a text that is sent is charged."""
    if private:
        return "dm_sent"
    if link and (policy.links_cost or not reply):
        return "link_sent"
    return "reply_sent" if reply else "post_sent"
