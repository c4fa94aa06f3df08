"""What people did in Slack, as the listeners see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.desk.slack.files import kept_elsewhere, shared_files
from bot.desk.slack.ids import case_of_block, field_of, unpacked
from bot.desk.slack.plain import plain
from bot.desk.slack.reading import Json, part, rows, text
from bot.model.attachment import Attachment
from bot.ports import Delivery


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody is: what is said there to them alone is seen by them.

    Without a channel they are in App Home, or nowhere: they get a direct message.
    """

    user: str
    channel: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A dialogue as it was when somebody did something in it.

    `fields` are what stands in its fields, by name, and `files` what was put there;
    `blocks` where errors are shown.
    """

    id: str
    hash: str
    dialogue: str
    facts: Mapping[str, str]
    fields: Mapping[str, tuple[str, ...]]
    blocks: Mapping[str, str]
    files: tuple[Attachment, ...] = ()

    def field(self, name: str) -> str:
        """Return a field's one value; "" if it is empty."""
        return next(iter(self.fields.get(name, ())), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """Somebody used a button, a menu or a field. `facts` are those of its value."""

    key: str
    at: datetime
    spot: Spot
    action: str
    facts: Mapping[str, str]
    chosen: tuple[str, ...]
    trigger: str
    message: str = ""
    view: View | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Somebody submitted a dialogue."""

    key: str
    at: datetime
    spot: Spot
    trigger: str
    view: View


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Somebody wrote a slash command; `words` are what stands behind it."""

    key: str
    spot: Spot
    words: str
    trigger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Somebody wrote, edited or deleted something in a thread.

    `id` names the message whatever becomes of it; `was_reply`: before an edit, it was
    meant for the customer. `ours`: it is our own that was deleted.
    """

    key: str
    id: str
    what: str  # written, edited, deleted
    team: str
    spot: Spot
    ts: str
    text: str
    files: tuple[Attachment, ...] = ()
    elsewhere: tuple[str, ...] = ()  # files that are not kept in Slack
    was_reply: bool = False
    ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeOpened:
    """Somebody looks at App Home."""

    user: str


Heard = Click | Submission | Command | Said | HomeOpened


def heard_of(delivery: Delivery) -> Heard:
    """Return what a delivery stands for."""
    body, kind = delivery.body, text(delivery.body, "type")
    if kind == "block_actions":
        return _click(delivery)
    if kind == "view_submission":
        return _submission(delivery)
    if kind == "home_opened":
        return HomeOpened(user=text(body, "user"))
    if text(body, "command"):
        return _command(delivery)
    return _said(delivery)


def _click(delivery: Delivery) -> Click:
    body = delivery.body
    action, container = next(iter(rows(body, "actions")), {}), part(body, "container")
    view = part(body, "view")
    facts = unpacked(text(action, "value"))
    block = text(action, "block_id")
    if not facts and ":C-" in block:  # a menu has no value of its own
        facts = {"case": case_of_block(block)}
    return Click(
        key=delivery.key,
        at=delivery.taken_at,
        spot=Spot(
            text(body, "user", "id"),
            text(container, "channel_id") or text(body, "channel", "id"),
            text(container, "thread_ts") or text(body, "message", "thread_ts"),
        ),
        action=text(action, "action_id").partition(":")[0],  # tells several apart
        facts=facts,
        chosen=_values(action),
        trigger=text(body, "trigger_id"),
        message=text(container, "message_ts"),
        view=_view(view) if view else None,
    )


def _submission(delivery: Delivery) -> Submission:
    body = delivery.body
    view = _view(part(body, "view"))
    return Submission(
        key=delivery.key,
        at=delivery.taken_at,
        spot=Spot(
            text(body, "user", "id"),
            view.facts.get("channel", ""),
            view.facts.get("thread", ""),
        ),
        trigger=text(body, "trigger_id"),
        view=view,
    )


def _command(delivery: Delivery) -> Command:
    body = delivery.body
    return Command(
        key=delivery.key,
        spot=Spot(text(body, "user_id"), text(body, "channel_id")),
        words=text(body, "text").strip(),
        trigger=text(body, "trigger_id"),
    )


def _said(delivery: Delivery) -> Said:
    body = delivery.body
    channel, ts, team = text(body, "channel"), text(body, "ts"), text(body, "team")
    thread = text(body, "thread_ts")
    return Said(
        key=delivery.key,
        id=id_of_said(team, channel, thread, ts),
        what=text(body, "type"),
        team=team,
        spot=Spot(text(body, "user"), channel, thread),
        ts=ts,
        text=plain(text(body, "text"), part(body, "emoji")),
        files=shared_files(rows(body, "files")),
        elsewhere=kept_elsewhere(rows(body, "files")),
        was_reply=bool(body.get("was_reply")),
        ours=bool(body.get("ours")),
    )


def id_of_said(team: str, channel: str, thread: str, ts: str) -> str:
    """Return our name of a message that somebody wrote."""
    return f"slack:{team}:{channel}:{thread}:{ts}"


def _view(view: Json) -> View:
    values = part(view, "state", "values")
    blocks = {field_of(block): block for block in values}
    fields = {
        name: tuple(
            value
            for element in part(values, block)
            for value in _values(part(values, block, element))
        )
        for name, block in blocks.items()
    }
    return View(
        id=text(view, "id"),
        hash=text(view, "hash"),
        dialogue=text(view, "callback_id"),
        facts=unpacked(text(view, "private_metadata")),
        fields=fields,
        blocks=blocks,
        files=shared_files(
            file
            for block in values
            for element in part(values, block)
            for file in rows(values, block, element, "files")
        ),
    )


def _values(element: Json) -> tuple[str, ...]:
    """Return what somebody chose or typed in an element of any kind."""
    options = [part(element, "selected_option"), *rows(element, "selected_options")]
    chosen = [text(option, "value") for option in options]
    plain = ("selected_user", "selected_date", "selected_time", "selected_channel")
    chosen += [text(element, name) for name in plain]
    moment = element.get("selected_date_time")
    chosen += [str(moment)] if isinstance(moment, int) else []
    if text(element, "type").endswith("text_input"):
        chosen.append(text(element, "value"))
    return tuple(value for value in chosen if value)
