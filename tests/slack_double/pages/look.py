"""What one person sees of the workspace, made ready for the templates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup

from tests.slack_double.core import Core
from tests.slack_double.emoji import signs
from tests.slack_double.pages.mrkdwn import Writer
from tests.slack_double.pages.rich import rich_html
from tests.slack_double.person import Person
from tests.slack_double.values import FIELD
from tests.slack_double.wire import Json
from tests.slack_double.workspace import Channel, Ephemeral, Message, View

HERE = Path(__file__).parent
TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=ChainableUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
HUES = (8, 32, 152, 190, 215, 262, 320)


@dataclass(frozen=True)
class Row:
    """One message as the page shows it."""

    it: Message | Ephemeral
    who: str
    initials: str
    hue: int
    is_app: bool
    is_private: bool
    starts: bool  # the first of several by one person, who is named there
    day: str | None  # the first message of a day says so
    replies: int = 0
    last: str = ""


class Look:
    """The workspace through one person's eyes."""

    def __init__(self, core: Core, person: Person) -> None:
        self.core, self.me = core, person
        self.writer = Writer(core.space, person.user.tz)

    def page(self, **more: object) -> str:
        """Return the whole page."""
        channels = [
            c
            for c in self.core.space.channels.values()
            if c.kind == "channel" and self.me.id in c.members
        ]
        people = [u for u in self.core.space.users.values() if not u.is_bot]
        modal = self.core.space.modal(self.me.id)
        shown: Json = {"channel": None, "thread": None, "home": None, "notice": ""}
        shown |= {"look": self, "channels": channels, "people": people}
        shown |= {"modal": modal, "version": self.core.changes.count}
        return TEMPLATES.get_template("page.html").render(**(shown | more))

    def rows(self, channel: Channel) -> list[Row]:
        """Return what stands in a channel for this person, oldest first."""
        whispers = [e for e in self._whispers(channel) if not e.thread_ts]
        return self._rows([*channel.top(), *whispers])

    def thread(self, channel: Channel, ts: str) -> list[Row]:
        """Return a thread with the message that it hangs on."""
        root = [m for m in (channel.messages.get(ts),) if m]
        whispers = [e for e in self._whispers(channel) if e.thread_ts == ts]
        return self._rows([*root, *channel.replies(ts), *whispers])

    def _whispers(self, channel: Channel) -> list[Ephemeral]:
        return [
            e
            for e in self.core.space.ephemerals
            if e.channel == channel.id and e.user == self.me.id
        ]

    def _rows(self, found: list[Message | Ephemeral]) -> list[Row]:
        rows: list[Row] = []
        day, before = "", ""
        for one in sorted(found, key=lambda m: m.ts):
            today = self.writer.day(one.ts)
            row = self._row(one, before=before, day=today if today != day else None)
            rows.append(row)
            day, before = today, "" if row.is_private else row.who
        return rows

    def _row(self, one: Message | Ephemeral, *, before: str, day: str | None) -> Row:
        private = isinstance(one, Ephemeral)
        who, is_app = self._author(one)
        replies = []
        if isinstance(one, Message) and not one.is_reply:
            replies = self.core.space.channels[one.channel].replies(one.ts)
        return Row(
            it=one,
            who=who,
            initials="".join(word[0] for word in who.split()[:2]).upper(),
            hue=HUES[sum(map(ord, who)) % len(HUES)],
            is_app=is_app,
            is_private=private,
            starts=bool(day) or private or who != before,
            day=day,
            replies=len(replies),
            last=self.writer.clock(replies[-1].ts) if replies else "",
        )

    def _author(self, one: Message | Ephemeral) -> tuple[str, bool]:
        space = self.core.space
        if isinstance(one, Ephemeral):
            return space.users[space.BOT_USER].real_name, True
        if one.by_app:
            return one.username or space.users[one.user].real_name, True
        user = space.users.get(one.user)
        return (user.real_name if user else "Slackbot"), False

    # What the templates ask.

    def emoji(self, name: str) -> str:
        return signs(f":{name}:")

    def rich(self, block: Json) -> Markup:
        return rich_html(block, self.writer.mrkdwn)

    def value(self, view: View, block_id: str, element: Json) -> object:
        """Return what stands in an input now."""
        state = view.values.get(block_id, {}).get(element["action_id"], {})
        return state.get(FIELD.get(element["type"], ""), None)

    def chosen(self, view: View | None, block_id: str, element: Json) -> set[str]:
        """Return the values of the options that are chosen."""
        now = self.value(view, block_id, element) if view else None
        if now is None:
            first = element.get("initial_options") or [element.get("initial_option")]
            now = first
        several = now if isinstance(now, list) else [now]
        return {o["value"] if isinstance(o, dict) else str(o) for o in several if o}

    def when(self, seconds: object) -> str:
        """Return a moment as an input for date and time wants it."""
        if not isinstance(seconds, int):
            return ""
        return self.writer.moment(str(seconds)).strftime("%Y-%m-%dT%H:%M")
