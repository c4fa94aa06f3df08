"""Answers to a `response_url`: a later word to who clicked or commanded."""

from __future__ import annotations

import json

from aiohttp import web

from tests.slack_double.core import Core, Place
from tests.slack_double.errors import Malformed, Refused
from tests.slack_double.ledger import Violation
from tests.slack_double.methods import chat
from tests.slack_double.shapes.surfaces import check_message
from tests.slack_double.wire import Json
from tests.slack_double.workspace import Ephemeral, Message


class Answers:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def handle(self, request: web.Request) -> web.Response:
        """Show what the app says, to one person or to the channel."""
        place = self._core.places.get(request.match_info["secret"])
        if place is None or self._core.space.now() > place.ends:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        if place.left == 0:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        place.left -= 1
        try:
            self._show(place, json.loads(await request.text()))
        except Refused as error:
            faults = error.faults if isinstance(error, Malformed) else []
            found = Violation("response_url", error.code, faults)
            self._core.ledger.violations.append(found)
            return web.json_response(error.answer(), status=400)
        return web.Response(text="ok")

    def _show(self, place: Place, said: Json) -> None:
        check_message(said, needs_content=not said.get("delete_original"))
        core, on = self._core, place.message
        if said.get("delete_original") and on is not None:
            self._remove(on)
        elif said.get("replace_original") and on is not None:
            on.text = said.get("text", "")
            on.blocks = core.with_ids(said.get("blocks", []))
        elif said.get("response_type") == "in_channel":
            shown = {k: v for k, v in said.items() if k in {"text", "blocks"}}
            chat.post(core, {"channel": place.channel, **shown})
        else:
            chat.whisper(core, place.channel, place.user, said)
        core.changes.tell()

    def _remove(self, on: Message | Ephemeral) -> None:
        if isinstance(on, Ephemeral):
            self._core.space.ephemerals.remove(on)
        else:
            chat.remove(self._core, on)
