"""Whom a text names."""

from __future__ import annotations

import re


def names(handle: str, text: str) -> bool:
    """Tell whether `text` names @handle; an e-mail address does not."""
    pattern = rf"(?<![\w@＠])[@＠]{re.escape(handle)}(?!\w)"
    return re.search(pattern, text, re.IGNORECASE) is not None
