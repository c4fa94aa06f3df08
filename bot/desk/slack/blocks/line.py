"""The lines of a card's thread: what was written, by whom, and what became of it."""

from __future__ import annotations

from bot.desk.slack.blocks import words
from bot.desk.slack.blocks.around import around
from bot.desk.slack.blocks.elements import (
    Json,
    actions,
    button,
    confirm,
    context,
    literal,
    rich,
    rich_line,
)
from bot.desk.slack.blocks.files import files_of
from bot.desk.slack.blocks.limits import LINE_TEXT, cut, json_units, tidy
from bot.desk.slack.blocks.mrkdwn import Mrkdwn, clock, joined, outside, plain
from bot.desk.slack.blocks.rendered import Rendered, rendered
from bot.desk.slack.blocks.scene import Scene
from bot.desk.slack.blocks.standing import said
from bot.desk.slack.ids import ActionId, acts_block, packed
from bot.model.case import Case
from bot.model.record import Author, Delivery, Record

_SIGN = {
    Delivery.SENT: ":white_check_mark:",
    Delivery.REFUSED: ":warning:",
    Delivery.UNKNOWN: ":warning:",
    Delivery.EXPIRED: ":warning:",
    Delivery.WITHHELD: ":no_entry_sign:",
    Delivery.WITHDRAWN: ":leftwards_arrow_with_hook:",
}
_ON_THE_WAY = ":hourglass_flowing_sand:"
_RETRIED = frozenset(
    {Delivery.REFUSED, Delivery.UNKNOWN, Delivery.EXPIRED, Delivery.WITHHELD}
)


def render_line(record: Record, case: Case, scene: Scene) -> Rendered:
    """Render one record of the customer's transcript as it is at `scene.now`.

    An agent's text offers *Undo* while it can be taken back, and *Retry* when it did
    not go out for certain.
    """
    who = _who(record, case, scene)
    notice = joined((who, plain(_said(record), limit=150)), ": ")
    files, beside = files_of(record), around(record)
    return rendered(
        notice,
        _head(record, case, scene),
        context(*beside) if beside else None,
        _body(record, LINE_TEXT - sum(map(len, (*files, *beside)))),
        context(*files) if files else None,
        _acts(record, case),
    )


def _who(record: Record, case: Case, scene: Scene) -> Mrkdwn:
    if record.author is Author.CUSTOMER:
        return plain(f"@{case.handle}", limit=60)
    if record.author is Author.BOT:
        return Mrkdwn("Bot")
    name = scene.called(record.agent)
    return name if record.author is Author.AGENT else Mrkdwn(f"Note by {name}")


def _head(record: Record, case: Case, scene: Scene) -> Json:
    """Return who, when and where; of our own texts, how far they have come."""
    if record.author is Author.NOTE:
        stays = joined((clock(record.at), "stays at the desk"))
        who = Mrkdwn(f":memo: {_who(record, case, scene)}")
        return context(who, stays, _amended(record))
    place = Mrkdwn(f"{words.PLACE_SIGN[record.visibility]} {clock(record.at)}")
    if record.author is Author.CUSTOMER:
        return context(
            Mrkdwn(f"*{_who(record, case, scene)}*"),
            place,
            outside(record.link, Mrkdwn("see it there")),
            _amended(record),
            _hidden(record, scene),
        )
    sign = ":robot_face: " if record.author is Author.BOT else ""
    return context(
        Mrkdwn(f"{sign}*{_who(record, case, scene)}*"), place, _delivery(record)
    )


def _amended(record: Record) -> Mrkdwn:
    """Say that its author changed it since."""
    if record.deleted_at is not None:
        return Mrkdwn(f":wastebasket: deleted at {clock(record.deleted_at)}")
    if record.edited_at is not None:
        return Mrkdwn(f":pencil2: edited at {clock(record.edited_at)}")
    return Mrkdwn("")


def _hidden(record: Record, scene: Scene) -> Mrkdwn:
    """Say who hid it from the network's readers."""
    if record.hidden_at is None or record.deleted_at is not None:
        return Mrkdwn("")
    who = scene.called(record.hidden_by)
    return Mrkdwn(f":see_no_evil: hidden by {who} at {clock(record.hidden_at)}")


def _delivery(record: Record) -> Mrkdwn:
    if record.delivery is None:
        return Mrkdwn("")
    sign = _SIGN.get(record.delivery, _ON_THE_WAY)
    problem = plain(words.problem_says(record.problem), limit=200)
    says = f"{sign} {words.DELIVERY[record.delivery]}"
    return Mrkdwn(f"{says} ({problem})" if problem else says)


def _body(record: Record, room: int) -> Json:
    """Return the words themselves; a customer's stand behind a bar."""
    words_ = literal(cut(_said(record), room, cost=json_units))
    if record.author is Author.CUSTOMER:
        return rich({"type": "rich_text_quote", "elements": [words_]})
    return rich(rich_line(words_))


def _said(record: Record) -> str:
    return tidy(said(record)) or "(no words)"


def _acts(record: Record, case: Case) -> Json | None:
    if record.author is not Author.AGENT:
        return None
    value = packed(case=case.id, reply=record.id)
    if record.delivery is Delivery.QUEUED:
        offered = button("Undo", ActionId.REPLY_UNDO, value)
    elif record.delivery in _RETRIED:
        offered = button(
            "Retry", ActionId.REPLY_RETRY, value, confirm=_doubt(record.delivery)
        )
    else:
        return None
    return actions([offered], block_id=acts_block(case.id, "reply"))


def _doubt(delivery: Delivery) -> Json | None:
    """Ask before something that may have arrived is sent once more."""
    if delivery is not Delivery.UNKNOWN:
        return None
    return confirm(
        "Send it again?",
        "Nobody can tell whether it arrived. Please look in the network first: "
        "the customer may get it twice.",
        "Send again",
    )
