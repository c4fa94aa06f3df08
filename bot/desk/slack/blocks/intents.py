"""The dialogues about what a case is: which intent it was, which answers would fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.desk.slack.blocks import words
from bot.desk.slack.blocks.compose import suggested
from bot.desk.slack.blocks.elements import Json, context, plain_text, quote, section
from bot.desk.slack.blocks.limits import OPTION, OPTIONS, PLACEHOLDER
from bot.desk.slack.blocks.modal import Facts, field, modal, options_of
from bot.desk.slack.blocks.mrkdwn import Mrkdwn, bold, plain
from bot.desk.slack.blocks.standing import said
from bot.desk.slack.ids import ActionId, Dialogue
from bot.model.reading import FAQ
from bot.model.standing import last_written
from bot.ports import CaseView
from bot.ports.desk import Suggestion

_QUOTED = 600
_OPTION_GROUPS = 100


def wrong_intent_modal(view: CaseView, facts: Facts, *, labels: Iterable[str]) -> Json:
    """Ask what the customer meant, of all `labels` that a case can be corrected to."""
    case, last = view.case, last_written(view.records)
    read = plain(words.intent_name(case.corrected_label or case.label))
    blocks = [
        *([quote(said(last), _QUOTED)] if last else ()),
        section(Mrkdwn(f"The model read: {bold(read)}")),
    ]
    kept = {**facts, "case": case.id}
    groups = list(_groups(labels))[:_OPTION_GROUPS]
    if not groups:
        blocks.append(context(Mrkdwn("The model knows no intents.")))
        return modal(Dialogue.WRONG_INTENT, "Wrong intent", blocks, kept)
    choice: Json = {
        "type": "static_select",
        "option_groups": groups,
        "placeholder": plain_text("Type to search", PLACEHOLDER),
    }
    blocks += [
        field(ActionId.LABEL, "What did the customer want?", choice),
        context(Mrkdwn("Trainers see it as a proposal for the training data.")),
    ]
    return modal(Dialogue.WRONG_INTENT, "Wrong intent", blocks, kept, submit="Correct")


def suggestions_modal(
    view: CaseView, facts: Facts, *, suggestions: Sequence[Suggestion]
) -> Json:
    """Show the standard answers that fit best; *Use* puts one into the composer."""
    last = last_written(view.records)
    blocks = [quote(said(last), _QUOTED)] if last else []
    offered = list(suggested(view.case, suggestions))
    blocks += offered
    if not offered:
        blocks.append(context(Mrkdwn("The knowledge base has no answer that fits.")))
    kept = {**facts, "case": view.case.id}
    title = "Suggested answers"
    return modal(Dialogue.SUGGESTIONS, title, blocks, kept, close="Close")


def _groups(labels: Iterable[str]) -> Iterator[Json]:
    """Yield requests and standard questions apart, by name, a hundred a group."""
    named = sorted({(words.intent_name(label), label) for label in labels})
    for title, is_faq in (("Requests", False), ("Standard questions", True)):
        here = [one for one in named if one[1].startswith(f"{FAQ}/") is is_faq]
        options = options_of((label, _short(name, is_faq)) for name, label in here)
        for start in range(0, len(options), OPTIONS):
            yield {
                "label": plain_text(title, OPTION),
                "options": options[start : start + OPTIONS],
            }


def _short(name: str, is_faq: bool) -> str:
    """Return the name without what the group's title says already."""
    return words.capital(name.partition(": ")[2]) if is_faq else name
