"""Files that our account puts on the network: kept there, with a link of its own."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from urllib.parse import quote

from bot.channels.simulator.database import Database
from bot.model.attachment import Attachment

NOWHERE = "http://simulator.invalid"  # a network that no page shows


class Uploads:
    """Keeps each file once, whatever it is called."""

    def __init__(self, database: Database, *, page: str | None) -> None:
        """Make links below `page`, where people look at the network."""
        self._database, self._page = database, page or NOWHERE

    def keep(self, file: Attachment, content: bytes) -> Attachment:
        """Take a file in; return it with its link on the network."""
        digest = hashlib.sha256(content).hexdigest()
        self._database.rows(
            "INSERT OR IGNORE INTO uploads VALUES (?, ?)", digest, content
        )
        url = f"{self._page}/api/files/{digest}/{quote(file.name, safe='')}"
        return replace(file, url=url, size=len(content))

    def content(self, digest: str) -> bytes | None:
        """Return what is in a file; None if there is none of that digest."""
        row = self._database.row("SELECT content FROM uploads WHERE digest = ?", digest)
        return bytes(row["content"]) if row else None
