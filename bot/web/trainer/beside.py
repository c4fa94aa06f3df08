"""Messages of the queue beside which a trainer writes: what of their words may be used."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.errors import InputError
from bot.flow.own_words import copied
from bot.model.example import Origin, key_of
from bot.model.network_rules import ExampleUse
from bot.model.review import ReviewId, ReviewItem
from bot.ports import ReviewWork
from bot.web.body import Body

_MASK: Final = re.compile(r"<[a-z_]+>")
_FORBIDDEN: Final = (
    "too close to the customer's own words. This network forbids that its posts train a "
    "model: write how another customer could ask for the same."
)
_NO_CONSENT: Final = (
    "too close to the customer's own words. This network allows that only if the "
    "customer agreed: say so below, or write a sentence of your own."
)
_EDITED: Final = (
    "Not saved: a customer edited this message since you opened it, and takes back what "
    "it said. Reload the page to see the new words; what you wrote stays."
)
_MASKED: Final = "holds {mask}, which hides something of the customer's: invent one."


@dataclass(frozen=True, slots=True)
class Beside:
    """The messages, and whether the trainer says that the customers agreed."""

    items: tuple[ReviewItem, ...] = ()
    consented: bool = False

    @classmethod
    async def of(cls, reviews: ReviewWork, body: Body) -> Beside:
        """Return what a write names as `items` and `consented`.

        Raises:
            InputError: one of them is not in the queue any more.
        """
        ids = body.texts("items") if body.has("items") else []
        items = tuple([await reviews.item(ReviewId(id_)) for id_ in ids])
        return cls(items, body.has("consented"))

    def check_seen(self, seen: str) -> None:
        """Make sure that they say what they said when the page was opened.

        `seen` is what `seen_in` returned then, "" of a page that does not tell.

        Raises:
            InputError: somebody edited one of them meanwhile.
        """
        if seen and seen != seen_in(self.items):
            raise InputError(_EDITED)

    def against(self, text: str) -> list[str]:
        """Return why `text` must not become an example, in parts of sentences."""
        masks = [_MASKED.format(mask=mask) for mask in _MASK.findall(text)]
        uses = {item.examples for item in self._copied(text)}
        if ExampleUse.NEVER in uses:
            return [_FORBIDDEN, *masks]
        if ExampleUse.WITH_CONSENT in uses and not self.consented:
            return [_NO_CONSENT, *masks]
        return masks

    def copied(self, texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the ids of the messages whose words new texts have, by text."""
        found = {text: tuple(item.id for item in self._copied(text)) for text in texts}
        return {text: items for text, items in found.items() if items}

    def origin(self, copied: Mapping[str, Collection[str]]) -> Origin:
        """Return what kind of source texts come from that are `copied` like this."""
        if not self.items:
            return Origin.WRITTEN
        ids = {id_ for items in copied.values() for id_ in items}
        uses = {item.examples for item in self.items if item.id in ids}
        if ExampleUse.WITH_CONSENT in uses:
            return Origin.CONSENT
        return Origin.MESSAGE if uses else Origin.REWORDED

    def _copied(self, text: str) -> list[ReviewItem]:
        return [item for item in self.items if copied(text, item.text)]


def seen_in(items: Iterable[ReviewItem]) -> str:
    """Return what changes with the words of these messages."""
    return key_of("\n".join(item.text for item in items))


def strictest(items: Iterable[ReviewItem]) -> ExampleUse:
    """Return what may be done with the words of all these messages together."""
    uses = {item.examples for item in items}
    order = (ExampleUse.NEVER, ExampleUse.WITH_CONSENT)
    return next((use for use in order if use in uses), ExampleUse.WORD_FOR_WORD)
