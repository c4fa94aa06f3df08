"""The composer: what an agent writes to a customer, and what will become of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from bot.desk.slack.blocks import words
from bot.desk.slack.blocks.elements import (
    Json,
    button,
    context,
    divider,
    option,
    quote,
    section,
)
from bot.desk.slack.blocks.limits import OPTION_VALUE, cut, one_line, tidy, units
from bot.desk.slack.blocks.modal import (
    Facts,
    field,
    file_input,
    modal,
    radio,
    text_input,
)
from bot.desk.slack.blocks.mrkdwn import Mrkdwn, bold, clock, joined, plain
from bot.desk.slack.blocks.scene import Scene
from bot.desk.slack.blocks.standing import said
from bot.desk.slack.ids import ActionId, Dialogue, packed
from bot.model.attachment import LARGEST_SENT, MOST_SENT, AttachmentKind
from bot.model.case import Case
from bot.model.message import ThreadId, Visibility
from bot.model.standing import Place, places
from bot.ports import CaseView
from bot.ports.desk import Preview, Suggestion

_QUOTED = 600
_SHOWN_PARTS = 6
WORTH_OFFERING = 0.05  # less sure than that, an answer is only in the way
_CHOICES = 10
# Slack leaves the names of emoji that are typed into a dialogue as they are.
_NAMES = re.compile(r"(?<![^\s:]):[\w+'-]+:(?!\w)")
_WHERE = {
    Visibility.PUBLIC: "In public",
    Visibility.PRIVATE: "As a direct message",
}


def compose_modal(
    view: CaseView,
    scene: Scene,
    facts: Facts,
    *,
    thread: ThreadId | None = None,
    text: str = "",
    preview: Preview | None = None,
    suggestions: Sequence[Suggestion] = (),
    draft: int = 0,
    takes: Collection[AttachmentKind] = (),
) -> Json:
    """Return the composer for a reply.

    Args:
        view: the case as it is now.
        scene: whose policy, and when.
        facts: come back with it, together with `case`, `draft` and, where the
            customer wrote in one thread only, `to`.
        thread: where the reply goes; the case's own thread at first.
        text: what the field holds at first.
        preview: what would be sent as it stands.
        suggestions: offered as long as nothing is written.
        draft: counts the texts that were put into the field by us; the field shows a
            new `text` only with a new number.
        takes: which kinds of files can go with the reply, if any.
    """
    offered = [one for one in places(view.records) if _fits(one)][:_CHOICES]
    chosen = _chosen(offered, thread or view.case.thread)
    blocks = [
        *_news(view, preview),
        *_answered(view, chosen),
        *_thread_field(offered, chosen),
        _text_field(text, draft),
        *_outcome(text, preview),
        *_files_field(takes),
        *(suggested(view.case, suggestions) if not text.strip() else ()),
    ]
    kept = {**facts, "case": view.case.id, "draft": str(draft)}
    if chosen and len(offered) == 1:
        kept["to"] = chosen.thread
    undo = int(scene.policy.desk.undo.total_seconds())
    if undo:
        blocks.append(context(Mrkdwn(f"After sending you can undo it for {undo} s.")))
    title = f"Reply to {view.case.id}"
    return modal(Dialogue.COMPOSE, title, blocks, kept, submit="Send")


def suggested(case: Case, suggestions: Sequence[Suggestion]) -> Iterator[Json]:
    """Yield standard answers, each with its source and a button that takes it over."""
    fitting = [one for one in suggestions if one.confidence >= WORTH_OFFERING]
    for number, one in enumerate(fitting[:3], start=1):
        name = bold(plain(words.intent_name(one.label)))
        fits = f"{words.percent(one.confidence)} sure"
        source = joined((fits, f"knowledge base: {plain(one.source)}"))
        value = packed(case=case.id, label=one.label)
        use = button("Use", ActionId.SUGGESTION_USE, value, suffix=str(number))
        if number == 1:
            yield divider()
        yield section(Mrkdwn(f"{name}\n{source}"), accessory=use)
        yield quote(one.text, _QUOTED)


def _fits(place: Place) -> bool:
    thread = place.thread
    return tidy(thread) == thread != "" and units(thread) <= OPTION_VALUE


def _chosen(offered: Sequence[Place], thread: ThreadId) -> Place | None:
    same = [place for place in offered if place.thread == thread]
    return next(iter([*same, *offered]), None)


def _news(view: CaseView, preview: Preview | None) -> Iterator[Json]:
    """Say above everything else that an old text is being answered."""
    if preview is None or not preview.newer:
        return
    told = "*The customer has written since you opened this.*"
    yield section(Mrkdwn(f":bell: {told} Please read it before you send."))
    newest = places(view.records)
    if newest:
        yield quote(said(newest[0].last), _QUOTED)


def _answered(view: CaseView, chosen: Place | None) -> Iterator[Json]:
    if chosen is None:
        yield context(Mrkdwn(":warning: The customer has written nowhere yet."))
        return
    handle = plain(f"@{view.case.handle}", limit=60)
    yield context(Mrkdwn(f"{handle} wrote at {clock(chosen.last.at)}:"))
    yield quote(said(chosen.last), _QUOTED)


def _thread_field(offered: Sequence[Place], chosen: Place | None) -> Iterator[Json]:
    if chosen is None:
        return
    if len(offered) == 1:
        sign = words.PLACE_SIGN[chosen.visibility]
        reach = ": everybody can read it" if _is_public(chosen) else ""
        yield context(Mrkdwn(f"{sign} {_WHERE[chosen.visibility]}{reach}"))
        return
    options = {place.thread: _place_option(place) for place in offered}
    choice = radio(list(options.values()), chosen=options[chosen.thread])
    yield field(ActionId.THREAD, "Where", choice, live=True)


def _place_option(place: Place) -> Json:
    beginning = one_line(said(place.last))
    says = _WHERE[place.visibility]
    return option(says, place.thread, says=f"after “{cut(beginning, 50)}”")


def _text_field(text: str, draft: int) -> Json:
    written = text_input(initial=text, live=True)
    written["focus_on_load"] = True
    return field(
        ActionId.TEXT, "Your reply", written, live=True, version=str(draft or "")
    )


def _files_field(takes: Collection[AttachmentKind]) -> Iterator[Json]:
    if not takes:
        return
    most = LARGEST_SENT // 1_000_000
    yield field(
        ActionId.FILES,
        "Files for the customer",
        file_input(takes),
        hint=f"Up to {MOST_SENT}, each of {most} MB at the most.",
        optional=True,
    )


def _outcome(text: str, preview: Preview | None) -> Iterator[Json]:
    """Say how long the text is, what speaks against it, and how it will look."""
    if preview is None:
        return
    over = preview.length > preview.limit
    count = f"{preview.length:,} of {preview.limit:,}"
    yield context(Mrkdwn(f":warning: *{count}*" if over else count))
    if preview.wait:
        yield context(Mrkdwn(f":hourglass_flowing_sand: {plain(preview.wait)}"))
    if preview.problems:
        listed = [f"• {plain(problem)}" for problem in preview.problems[:8]]
        told = ":no_entry: *It cannot go out like this:*"
        yield section(Mrkdwn("\n".join([told, *listed])))
    if names := _NAMES.findall(text):
        shown = joined((f"“{plain(name)}”" for name in names[:3]), ", ")
        told = "the customer sees these letters. Put in the emoji itself."
        yield context(Mrkdwn(f":warning: {shown}: {told}"))
    if len(preview.parts) > 1:
        parts = words.plural(len(preview.parts), "post")
        yield context(Mrkdwn(f"It goes out as {parts}:"))
        for part in preview.parts[:_SHOWN_PARTS]:
            yield quote(part, _QUOTED)
    elif preview.text.strip() != text.strip():
        yield context(Mrkdwn("The customer reads:"))
        yield quote(preview.text)


def _is_public(place: Place) -> bool:
    return place.visibility is Visibility.PUBLIC
