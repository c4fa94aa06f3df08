"""What a network refuses, as far as the flow must know it before a text is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


class ExampleUse(str, Enum):
    """Whether a message of the network may become an example of the model's."""

    WORD_FOR_WORD = "word_for_word"  # without personal data
    WITH_CONSENT = "with_consent"  # only if its author agreed
    NEVER = "never"  # the trainer writes a sentence of their own beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRules:
    """A network's rules; by default it has none. What binds the bot always is not here.

    `called` is the network's name in the sentences that agents read.
    """

    called: str = "the network"
    # Even a person's public text is refused to who neither named nor quoted us.
    summons_bind_people: bool = False
    # The same public words to the same customer are refused again for so long.
    same_words_after: timedelta | None = None
    # Generated text needs the network's approval; see the policy.
    generated_needs_approval: bool = False
    # The first direct message of a bot's has to lead to the privacy policy.
    wants_privacy_link: bool = False
    # Its calls cost what the policy's price table says.
    paid: bool = False
    # What its messages may be to the model that they show to be wrong.
    examples: ExampleUse = ExampleUse.WORD_FOR_WORD
