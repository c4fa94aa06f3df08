"""The pages' addresses: looking, and doing what people do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web
from multidict import MultiDictProxy

from tests.slack_double.core import Core
from tests.slack_double.errors import CannotDo, Refused
from tests.slack_double.interactions import Where
from tests.slack_double.pages.look import Look
from tests.slack_double.person import Person
from tests.slack_double.wire import Json, elements_in
from tests.slack_double.workspace import View

STATIC = Path(__file__).parent / "static"
EFFECT_S = 0.25  # how long an act waits for what the app makes of it
WAIT_S = 25.0

Form = MultiDictProxy[str | bytes | web.FileField]
Act = Callable[[Person, Form], Awaitable[None]]


class Pages:
    """Shows the workspace to a browser, and lets it act as a person."""

    def __init__(self, core: Core, people: Mapping[str, Person]) -> None:
        self._core, self._people = core, people
        self._acts: dict[str, Act] = {
            "press": self._press,
            "dispatch": self._dispatch,
            "fill": self._fill_in,
            "submit": self._submit,
            "close": self._close,
            "type": self._type,
            "delete": self._delete,
        }

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/", self._list)
        app.router.add_get("/channel/{name}", self._channel)
        app.router.add_get("/home", self._home)
        app.router.add_get("/archives/{channel}/p{digits}", self._permalink)
        app.router.add_get("/changes", self._changes)
        app.router.add_post("/do/{act}", self._do)
        app.router.add_static("/static", STATIC)

    # Looking.

    def _me(self, name: str) -> Person:
        for person in self._people.values():
            if name in {person.name, person.id}:
                return person
        if not self._people:
            raise web.HTTPNotFound(text="There are no people in this workspace yet.")
        return next(iter(self._people.values()))

    def _look(self, request: web.Request) -> Look:
        return Look(self._core, self._me(request.query.get("as", "")))

    def _shown(self, request: web.Request, **more: object) -> web.Response:
        notice = request.query.get("notice", "")
        page = self._look(request).page(notice=notice, **more)
        return web.Response(text=page, content_type="text/html")

    async def _list(self, request: web.Request) -> web.Response:
        return self._shown(request)

    async def _channel(self, request: web.Request) -> web.Response:
        look = self._look(request)
        channel = self._core.space.named(request.match_info["name"])
        if channel is None or look.me.id not in channel.members:
            raise web.HTTPNotFound(text="There is no such channel for you.")
        thread = request.query.get("thread")
        return self._shown(request, channel=channel, thread=thread)

    async def _home(self, request: web.Request) -> web.Response:
        """Show Home, and tell the app, unless the page only looks again."""
        look = self._look(request)
        if "again" not in request.query:
            await look.me.open_home()
            await asyncio.sleep(EFFECT_S)
        home = self._core.space.homes.get(look.me.id, False)
        return self._shown(request, home=home)

    async def _permalink(self, request: web.Request) -> web.Response:
        """Lead a link to a message to the page that shows it."""
        channel = self._core.space.channels.get(request.match_info["channel"])
        if channel is None:
            raise web.HTTPNotFound
        digits = request.match_info["digits"]
        ts = f"{digits[:-6]}.{digits[-6:]}"
        thread = request.query.get("thread_ts", ts)
        raise web.HTTPFound(f"/channel/{channel.name}?thread={thread}#m{ts}")

    async def _changes(self, request: web.Request) -> web.Response:
        """Answer as soon as something is newer than `since`."""
        since = int(request.query.get("since", "0"))
        changes = self._core.changes
        with suppress(TimeoutError):  # the page asks again
            await changes.until(
                lambda: changes.count != since, within_s=WAIT_S, what="a change"
            )
        return web.json_response({"version": changes.count})

    # Doing.

    async def _do(self, request: web.Request) -> web.StreamResponse:
        """Act as a person, and lead back to where the browser was."""
        act = self._acts.get(request.match_info["act"])
        if act is None:
            raise web.HTTPNotFound
        form = await request.post()
        person = self._me(str(form.get("as", "")))
        person.troubles.clear()
        notice = ""
        try:
            await act(person, form)
        except (CannotDo, Refused) as error:
            notice = str(error)
        if person.troubles:
            notice = "The app did not answer in time. Try it again."
        await asyncio.sleep(EFFECT_S)
        raise web.HTTPSeeOther(_back(request, notice))

    async def _press(self, person: Person, form: Form) -> None:
        """A button, or a menu that acts at once."""
        where = self._where(person, str(form["on"]))
        self._fill(person, where, form)
        if "press" in form:
            block_id, action_id, value = str(form["press"]).split("|", 2)
            await person.press(where, block_id, action_id, value or None)
            return
        for name in form:
            if name.startswith("v|") and form[name]:
                _, block_id, action_id = name.split("|", 2)
                given = _given(person, where, block_id, action_id, form.getall(name))
                await person.press(where, block_id, action_id, given)

    async def _dispatch(self, person: Person, form: Form) -> None:
        """An input of a view that tells of itself while it is filled in."""
        where = self._where(person, str(form["on"]))
        self._fill(person, where, form)
        block_id, action_id = str(form["which"]).split("|", 1)
        values = form.getall(f"v|{block_id}|{action_id}", [])
        given = _given(person, where, block_id, action_id, values)
        await person.press(where, block_id, action_id, given)

    async def _fill_in(self, person: Person, form: Form) -> None:
        """Files that were chosen: a page keeps none while it is drawn anew."""
        self._fill(person, self._where(person, str(form["on"])), form)

    async def _submit(self, person: Person, form: Form) -> None:
        self._fill(person, self._where(person, str(form["on"])), form)
        await person.submit()

    async def _close(self, person: Person, _form: Form) -> None:
        await person.close()

    async def _delete(self, person: Person, form: Form) -> None:
        where = self._where(person, str(form["on"]))
        channel = self._core.space.channels[getattr(where, "channel", "")]
        await person.delete(channel.messages[getattr(where, "ts", "")])

    async def _type(self, person: Person, form: Form) -> None:
        """A message, a file, or a command; Slack knows none of those in threads."""
        channel = self._core.space.channels[str(form["channel"])]
        thread = str(form["thread"]) if "thread" in form else None
        text, file = str(form.get("text", "")).strip(), form.get("file")
        if isinstance(file, web.FileField) and file.filename:
            await person.share_file(
                channel, file.filename, file.file.read(), text=text, thread_ts=thread
            )
        elif text.startswith("/"):
            if thread:
                raise CannotDo(f"{text.split()[0]} is not supported in threads. Sorry!")
            name, _, rest = text.partition(" ")
            await person.command(name, rest, channel=channel)
        elif text:
            await person.type(channel, text, thread_ts=thread)

    def _where(self, person: Person, on: str) -> Where:
        """Return the view or message that a form belongs to."""
        channel_id, _, ts = on.partition("/")
        if not ts:
            view = self._core.space.view(on)
            if view is None or view.user != person.id:
                raise CannotDo("This is no longer open.")
            return view
        for shown in self._core.space.ephemerals:
            if (shown.channel, shown.ts, shown.user) == (channel_id, ts, person.id):
                return shown
        message = self._core.space.channels[channel_id].messages.get(ts)
        if message is None:
            raise CannotDo("This message was deleted.")
        return message

    def _fill(self, person: Person, where: Where, form: Form) -> None:
        """Put all that stands in a form into its view."""
        if not isinstance(where, View):
            return
        for block_id, element in elements_in(where.blocks):
            if element["type"] in {"button", "overflow"}:
                continue
            action_id = element["action_id"]
            values = form.getall(f"v|{block_id}|{action_id}", [])
            if element["type"] == "file_input":
                files = _files(person, values)
                if files:  # else those that were put there before stay
                    person.put(where, block_id, action_id, files)
                continue
            given = _given(person, where, block_id, action_id, values)
            person.put(where, block_id, action_id, given)


def _files(person: Person, values: Sequence[object]) -> list[Json]:
    """Take in the files that a form brings."""
    chosen = [one for one in values if isinstance(one, web.FileField) and one.filename]
    return [person.upload(one.filename, one.file.read()) for one in chosen]


def _given(
    person: Person,
    where: Where,
    block_id: str,
    action_id: str,
    values: Sequence[object],
) -> object:
    """Turn a form's texts into what an element holds."""
    texts = [str(value).replace("\r\n", "\n") for value in values if value]
    kind = _kind(where.blocks, block_id, action_id)
    if kind.startswith("multi_") or kind == "checkboxes":
        return texts
    if not texts:
        return None
    if kind == "datetimepicker":
        there = datetime.fromisoformat(texts[0]).replace(
            tzinfo=ZoneInfo(person.user.tz)
        )
        return int(there.timestamp())
    return texts[0]


def _kind(blocks: list[Json], block_id: str, action_id: str) -> str:
    for found, element in elements_in(blocks):
        if (found, element["action_id"]) == (block_id, action_id):
            return str(element["type"])
    raise CannotDo(f"there is no {action_id} any more")


def _back(request: web.Request, notice: str) -> str:
    """Return the address that the browser came from, with what it should say."""
    came = urlsplit(request.headers.get("Referer", "/"))
    query = dict(parse_qsl(came.query))
    query.pop("notice", None)
    if came.path == "/home":
        query["again"] = "1"
    if notice:
        query["notice"] = notice
    return f"{came.path}?{urlencode(query)}"
