"""A message, ready to be posted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

from bot.desk.slack.blocks import limits
from bot.desk.slack.blocks.elements import Json
from bot.desk.slack.blocks.mrkdwn import Mrkdwn


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a message shows, and `text`, which notifications and screen readers use.

    The same nouns at the same moment always give the same rendering. Post it with
    `unfurl_links` and `unfurl_media` off.
    """

    text: Mrkdwn
    blocks: tuple[Json, ...]

    @property
    def payload(self) -> Json:
        """Return the arguments for `chat.postMessage` and its siblings."""
        return {"text": self.text, "blocks": list(self.blocks)}

    @property
    def fingerprint(self) -> str:
        """Return a short mark that changes if, and only if, what is shown changes."""
        seen = json.dumps([self.text, self.blocks], sort_keys=True)
        return sha256(seen.encode()).hexdigest()[:16]


def rendered(text: Mrkdwn, *blocks: Json | None) -> Rendered:
    """Return a message of those blocks that are there."""
    shown = tuple(block for block in blocks if block)
    return Rendered(text, shown[: limits.MESSAGE_BLOCKS])
