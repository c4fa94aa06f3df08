"""What a network refuses, as far as the flow must know it before a text is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


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
