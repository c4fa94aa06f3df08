"""reactions.*: signs under messages."""

from __future__ import annotations

import re

from tests.slack_double.core import Core
from tests.slack_double.errors import Refused
from tests.slack_double.wire import Json
from tests.slack_double.workspace import Message

NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


def add(core: Core, args: Json) -> Json:
    if not NAME.fullmatch(args["name"]):
        raise Refused("invalid_name")
    react(core, _message(core, args), core.space.BOT_USER, args["name"])
    return {}


def react(core: Core, message: Message, user: str, name: str) -> None:
    """Put a sign under a message, once for each person."""
    users = message.reactions.setdefault(name, [])
    if user in users:
        raise Refused("already_reacted")
    users.append(user)
    core.events.reacted(message, user, name, added=True)
    core.changes.tell()


def remove(core: Core, args: Json) -> Json:
    message, name = _message(core, args), args["name"]
    users = message.reactions.get(name, [])
    if core.space.BOT_USER not in users:
        raise Refused("no_reaction")
    users.remove(core.space.BOT_USER)
    if not users:
        del message.reactions[name]
    core.events.reacted(message, core.space.BOT_USER, name, added=False)
    core.changes.tell()
    return {}


def get(core: Core, args: Json) -> Json:
    message = _message(core, args)
    shown = core.render.message(message)
    return {"type": "message", "channel": message.channel, "message": shown}


def _message(core: Core, args: Json) -> Message:
    if "channel" not in args or "timestamp" not in args:
        raise Refused("no_item_specified")
    channel = core.writable(args["channel"])
    return core.message(channel, args["timestamp"])


RUN = {"reactions.add": add, "reactions.remove": remove, "reactions.get": get}
