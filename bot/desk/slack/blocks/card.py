"""The card of a case: the message in the team's channel that stands for it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.desk.slack.blocks import facts, words
from bot.desk.slack.blocks.around import around
from bot.desk.slack.blocks.card_acts import about_menu, acts
from bot.desk.slack.blocks.elements import (
    Json,
    context,
    divider,
    emoji,
    literal,
    quote,
    rich,
    rich_line,
    section,
)
from bot.desk.slack.blocks.files import files_of
from bot.desk.slack.blocks.limits import cut, one_line
from bot.desk.slack.blocks.mrkdwn import Mrkdwn, joined, link, plain
from bot.desk.slack.blocks.rendered import Rendered, rendered
from bot.desk.slack.blocks.scene import Scene
from bot.desk.slack.blocks.standing import said
from bot.desk.slack.ids import acts_block
from bot.model.case import Case, CaseStatus
from bot.model.standing import last_written, waiting_since
from bot.model.timer import first_answer_due
from bot.ports import CaseView

_QUOTED = 600  # of the last message; the whole of it stands in the thread
_HOW = Mrkdwn(
    "In the thread `reply: …` answers the customer; all else is internal, never leaves"
)


def render_card(view: CaseView, scene: Scene) -> Rendered:
    """Render the card as it is to be seen at `scene.now`.

    A resolved case shrinks to what one may still want of it.
    """
    case = view.case
    if case.status is CaseStatus.RESOLVED:
        return rendered(_notice(view, scene), *_resolved(view, scene))
    return rendered(_notice(view, scene), *_active(view, scene))


def render_moved(case: Case, scene: Scene, *, url: str) -> Rendered:
    """Render what is left of a card when the case went to another channel."""
    handle = plain(f"@{case.handle}")
    where = link(url, scene.team(case.team)) if url else scene.team(case.team)
    says = Mrkdwn(f":arrow_right: {handle} · {case.id} · handed to {where}")
    return rendered(says, context(says))


def render_folded(case: Case) -> Rendered:
    """Render what is left of a card while that of its incident stands for it."""
    handle = plain(f"@{case.handle}", limit=60)
    says = Mrkdwn(f":link: {handle} · {case.id} · answered with {case.incident}")
    return rendered(says, context(says))


def _active(view: CaseView, scene: Scene) -> Iterator[Json]:
    case, last = view.case, last_written(view.records)
    yield divider()
    yield _head(view, scene)
    if last is not None:
        if beside := around(last):
            yield context(*beside)
        yield quote(said(last), _QUOTED)
        files = files_of(last)
        if files:
            yield context(*files)
    why = joined((facts.meaning(view), facts.reason(case)), "\n")
    yield section(
        why, accessory=about_menu(view), block_id=acts_block(case.id, "about")
    )
    yield from (context(told) for told in facts.warnings(view, scene))
    ahead = joined((facts.promise(case, scene), *facts.outlook(case, scene)))
    found = facts.learned(case)
    known = joined((facts.where(view), facts.who(view), facts.urgency(case)))
    yield from (context(line) for line in (ahead, found, known) if line)
    yield acts(case)
    yield context(joined((facts.belongs(case, scene), _HOW)))


def _head(view: CaseView, scene: Scene) -> Json:
    """Return the line that is read first: how grave, who, whose, how long."""
    case = view.case
    handle = cut(one_line(f"@{case.handle}"), 60)
    return rich(
        rich_line(
            emoji(words.PRIORITY_SIGN[case.priority]),
            literal(f" {handle}", bold=True),
            literal(f"  ·  {_state(view, scene)}"),
        )
    )


def _state(view: CaseView, scene: Scene) -> str:
    """Say in plain words whose turn it is, and since when."""
    case, since = view.case, waiting_since(view.case, view.records)
    if case.status is CaseStatus.WAITING:
        return f"{_holder(case, scene)} answered, waiting for the customer"
    waited = words.lasting(scene.now - since) if since else ""
    holder = f"with {_holder(case, scene)}" if case.assignee else "unclaimed"
    return f"{holder}, waiting {waited}"


def _holder(case: Case, scene: Scene) -> str:
    """Return the assignee's name for a text that knows no markup."""
    person = scene.people.get(case.assignee) if case.assignee else None
    return cut(one_line(person.name if person else case.assignee or "nobody"), 60)


def _resolved(view: CaseView, scene: Scene) -> Iterator[Json]:
    case = view.case
    handle = plain(f"@{case.handle}", limit=60)
    how = plain(case.resolution or "resolved", limit=75)
    by = f" by {scene.called(case.assignee)}" if case.assignee else ""
    says = joined((f":white_check_mark: *{handle}*", f"resolved{by}: {how}"))
    yield section(
        says, accessory=about_menu(view), block_id=acts_block(case.id, "about")
    )
    length = case.resolved_at - case.opened_at if case.resolved_at else None
    yield context(
        joined(
            (
                facts.belongs(case, scene),
                facts.meaning(view),
                f"open for {words.lasting(length)}" if length else "",
                f"{case.rating} of 5 stars" if case.rating else "",
                *facts.outlook(case, scene),
            )
        )
    )


def _notice(view: CaseView, scene: Scene) -> Mrkdwn:
    """Return what phones' notifications and screen readers say in place of the card.

    Who, what about, whose turn, how grave, where and why; never what they wrote, since
    it stands on locked screens. It changes only when the state does, so that a minute
    that passes is no news.
    """
    case, last = view.case, last_written(view.records)
    about = plain(words.intent_name(case.corrected_label or case.label))
    place = words.PLACE[last.visibility if last else case.visibility].lower()
    due = first_answer_due(case, scene.policy.service)
    late = due is not None and due <= scene.now
    return joined(
        (
            plain(f"@{case.handle}", limit=60),
            about,
            _turn(case, scene),
            "first answer late" if late else "",
            f"{case.priority.name.lower()} priority",
            place,
            facts.reason(case),
            case.id,
        )
    )


def _turn(case: Case, scene: Scene) -> Mrkdwn:
    """Say whose turn it is, without a time."""
    if case.status is CaseStatus.RESOLVED:
        how = plain(case.resolution or "", limit=75)
        return joined(("resolved", how), ": ")
    if case.snoozed_until is not None:
        return Mrkdwn("put aside")
    if case.status is CaseStatus.WAITING:
        return Mrkdwn("waiting for the customer")
    holder = f"with {scene.called(case.assignee)}"
    return Mrkdwn(holder if case.assignee else "unclaimed")
