"""The policy as far as a new intent needs it: a rule of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bot.corpus.layout import Layout, line_ending
from bot.corpus.tree import Table, parse

# What the program does with an intent that it has no rule for, said in the file.
RULE: Final = "{handling: hand_off, reason: people_only}"


def with_rule(path: Path, text: str, intent: str, *, beside: str) -> str:
    """Return the policy's text with a rule that hands `intent` over to people.

    A text without a list of intents, or with that rule, comes back as it is.
    """
    rules = parse(path, text).get("intents")
    if not isinstance(rules, Table) or rules.flow or not rules.pairs:
        return text
    if rules.key(intent) is not None:
        return text
    layout = Layout(text, line_ending(text))
    sibling = rules.get(beside) or rules.pairs[-1][1]
    indent = " " * layout.column(rules.pairs[0][0])
    return layout.below(sibling, f"{indent}{intent}: {RULE}")
