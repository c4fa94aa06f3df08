"""What a form learns from one message. Pure but for the question whether facts match.

The customer names an order and proves to be its owner with a second fact, the
email or postcode of the order. Nobody learns which of the two was wrong, or that
an order exists: number and fact are only ever judged together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from bot.knowledge.orders import Orders, matches

MAX_TRIES: Final = 2  # failed ones, after which people take over
MAX_TURNS: Final = 8  # also ends a chat of two machines that thank each other
MAX_WISH: Final = 500  # characters
MAX_GIVEN: Final = 20

ORDER_NUMBER, SECOND_FACT, WISH = "order_number", "second_fact", "wish"  # what is asked
FAILED, COMPLETE = "failed", "complete"  # why people take over
NO_MATCH, GOODBYE = "no_match", "goodbye"

_SMALL_TALK = frozenset({"greet", "thanks", "affirm", "praise", "bot_challenge"})
_NO_WISH = _SMALL_TALK | {"deny", GOODBYE}
_LONG_ENOUGH = 12  # words of a first message that tells what is wished


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one message brings.

    `number` and `facts` (emails, postcodes) are normalised; `dated` says that a
    day is named.
    """

    text: str
    intent: str
    number: str | None = None
    facts: tuple[str, ...] = ()
    dated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What a form remembers between turns; every field is the slot of that name.

    `problem` says why the question is asked again, or GOODBYE; the responses in
    domain.yml choose their words by it. `requested_slot` None means that the form
    is done. Number and fact both known and not `verified` are a pair that failed.
    """

    order_number: str | None = None
    second_fact: tuple[str, ...] = ()
    verified: bool = False
    wish: str | None = None
    tries: int = 0
    turns: int = 0
    problem: str | None = None
    requested_slot: str | None = None
    handoff: str | None = None
    given: tuple[str, ...] = ()  # all private values, which must stay private

    @property
    def has_failed_pair(self) -> bool:
        """Whether number and fact were tried together, in vain."""
        return bool(self.order_number and self.second_fact) and not self.verified


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatherer:
    """Takes a form from one turn to the next."""

    orders: Orders
    today: date
    wants_wish: bool = False

    def step(self, before: Gathered, heard: Heard) -> Gathered:
        """Return what is known, and asked next, after one message.

        Raises:
            TemporaryFailure: the order system cannot be asked now.
        """
        begun = self._begin(before, heard)
        if begun.verified:
            after = _take_wish(begun, heard)
        elif heard.number or heard.facts:
            after = self._take_facts(begun, heard)
        else:
            after = _take_nothing(begun, heard)
        return _within_limits(after)

    def _begin(self, before: Gathered, heard: Heard) -> Gathered:
        new = (*((heard.number,) if heard.number else ()), *heard.facts)
        turns = before.turns + 1
        tells = heard.dated or len(heard.text.split()) >= _LONG_ENOUGH
        wishes = self.wants_wish and turns == 1 and tells
        return replace(
            before,
            turns=turns,
            problem=None,
            given=tuple(dict.fromkeys((*before.given, *new)))[-MAX_GIVEN:],
            wish=heard.text[:MAX_WISH] if wishes else before.wish,
        )

    def _take_facts(self, begun: Gathered, heard: Heard) -> Gathered:
        number, facts = _paired(begun, heard)
        known = replace(begun, order_number=number, second_fact=facts)
        if number is None:
            return replace(known, requested_slot=ORDER_NUMBER)
        if not facts:
            return replace(known, requested_slot=SECOND_FACT)
        order = self.orders.find(number, today=self.today)
        if any(matches(order, fact) for fact in facts):
            return self._verified(known)
        if self.wants_wish and begun.turns == 1:
            # The postcode of a first message may be where the parcel is to go: no
            # failed try, though a guesser gains a third one by it.
            return replace(known, second_fact=(), requested_slot=SECOND_FACT)
        return _failed(known, problem=NO_MATCH, asks=ORDER_NUMBER)

    def _verified(self, known: Gathered) -> Gathered:
        sure = replace(known, verified=True, requested_slot=None)
        if not self.wants_wish:
            return sure
        if sure.wish is None:
            return replace(sure, requested_slot=WISH)
        return replace(sure, handoff=COMPLETE)


def _paired(begun: Gathered, heard: Heard) -> tuple[str | None, tuple[str, ...]]:
    """Return number and facts to be judged together.

    After a failed pair one new half is tried with the other's old value; an old
    half alone is a correction on its way, so the other one is asked for.
    """
    number = heard.number or begun.order_number
    facts = heard.facts or begun.second_fact
    if begun.has_failed_pair and number == begun.order_number and not heard.facts:
        facts = ()
    elif begun.has_failed_pair and facts == begun.second_fact and not heard.number:
        number = None
    return number, facts


def _take_nothing(begun: Gathered, heard: Heard) -> Gathered:
    if heard.intent == GOODBYE and begun.tries == 0:
        return replace(begun, problem=GOODBYE, requested_slot=None)
    if begun.turns == 1:
        return replace(begun, requested_slot=ORDER_NUMBER)
    if heard.intent in _SMALL_TALK:
        return replace(begun, problem=heard.intent)
    return _failed(begun, problem=f"no_{begun.requested_slot}")


def _take_wish(begun: Gathered, heard: Heard) -> Gathered:
    tells = heard.dated or len(heard.text.split()) > 3 or heard.intent not in _NO_WISH
    if tells and heard.text.strip():
        wish = heard.text[:MAX_WISH]
        return replace(begun, wish=wish, requested_slot=None, handoff=COMPLETE)
    if heard.intent == GOODBYE:
        return replace(begun, problem=GOODBYE, requested_slot=None)
    if heard.intent in _SMALL_TALK:
        return replace(begun, problem=heard.intent)
    return _failed(begun, problem=f"no_{WISH}")


def _failed(begun: Gathered, *, problem: str, asks: str | None = None) -> Gathered:
    asked = asks or begun.requested_slot
    return replace(begun, tries=begun.tries + 1, problem=problem, requested_slot=asked)


def _within_limits(after: Gathered) -> Gathered:
    """Hand over what still asks after too many failed tries or turns."""
    spent = after.tries >= MAX_TRIES or after.turns >= MAX_TURNS
    if not spent or after.requested_slot is None:
        return after
    handoff = COMPLETE if after.verified else FAILED
    return replace(after, requested_slot=None, handoff=handoff)


def learned(gathered: Gathered) -> tuple[str, ...]:
    """Return what people should know who take over, one fact a line."""
    checked = "verified" if gathered.verified else "not verified"
    number, wish = gathered.order_number, gathered.wish
    return (
        *((f"order number {number} ({checked})",) if number else ()),
        *(
            f"{'email' if '@' in fact else 'postcode'} {fact} ({checked})"
            for fact in gathered.second_fact
        ),
        *((f"wish: {wish}",) if wish else ()),
    )
