"""Interactions: what people do to the app's messages and views."""

from __future__ import annotations

from dataclasses import dataclass

from tests.slack_double.core import Core
from tests.slack_double.errors import Refused
from tests.slack_double.methods import views
from tests.slack_double.methods.chat import whisper
from tests.slack_double.shapes.surfaces import check_view
from tests.slack_double.sockets import Ack
from tests.slack_double.values import options_of
from tests.slack_double.wire import Json, elements_in
from tests.slack_double.workspace import Ephemeral, Message, User, View

Where = Message | Ephemeral | View


@dataclass
class Interactions:
    """Builds the payloads, delivers them once, and obeys the answer."""

    core: Core

    def _who(self, user: User) -> Json:
        space = self.core.space
        team = {"id": space.TEAM, "domain": space.DOMAIN}
        return {
            "user": {
                "id": user.id,
                "username": user.name,
                "name": user.name,
                "team_id": space.TEAM,
            },
            "team": team,
            "api_app_id": space.APP,
            "token": "verification-token",
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _where(self, user: User, where: Where) -> Json:
        """Return the part of a payload that says on what it happened."""
        core = self.core
        if isinstance(where, View):
            return {
                "container": {"type": "view", "view_id": where.id},
                "view": core.render.view(where),
            }
        channel = core.space.channels[where.channel]
        hidden = isinstance(where, Ephemeral)
        container: Json = {"type": "message", "message_ts": where.ts}
        container |= {"channel_id": channel.id, "is_ephemeral": hidden}
        made: Json = {
            "container": container,
            "channel": {"id": channel.id, "name": channel.name},
            "state": {"values": {}},
            "response_url": core.response_url(channel.id, user.id, where),
        }
        if where.thread_ts:
            container["thread_ts"] = where.thread_ts
        if isinstance(where, Message):
            made["message"] = core.render.message(where, metadata=True)
        return made

    async def act(self, user: User, where: Where, block_id: str, action: Json) -> Ack:
        """Deliver a click or a choice."""
        stamp = {"block_id": block_id, "action_ts": self.core.space.ts()}
        payload = {
            "type": "block_actions",
            "trigger_id": self.core.trigger(user.id),
            **self._who(user),
            **self._where(user, where),
            "actions": [{**action, **stamp}],
        }
        return await self.core.sockets.deliver("interactive", payload, answers=True)

    async def shortcut(self, user: User, message: Message, callback_id: str) -> Ack:
        """Deliver a shortcut from the menu of a message."""
        payload = {
            "type": "message_action",
            "callback_id": callback_id,
            "trigger_id": self.core.trigger(user.id),
            "action_ts": self.core.space.ts(),
            "message_ts": message.ts,
            **self._who(user),
            **self._where(user, message),
        }
        return await self.core.sockets.deliver("interactive", payload, answers=True)

    async def suggest(self, user: User, where: Where, action: Json) -> list[Json]:
        """Ask the app what an external menu offers for some letters."""
        payload = {
            "type": "block_suggestion",
            **self._who(user),
            **self._where(user, where),
            **action,
        }
        ack = await self.core.sockets.deliver("interactive", payload, answers=True)
        grouped = [
            o for g in ack.payload.get("option_groups", []) for o in g["options"]
        ]
        return [*ack.payload.get("options", []), *grouped]

    async def command(self, user: User, channel: str, name: str, text: str) -> Ack:
        """Deliver a slash command; its answer is shown to the person."""
        core, space = self.core, self.core.space
        payload = {
            "token": "verification-token",
            "team_id": space.TEAM,
            "team_domain": space.DOMAIN,
            "channel_id": channel,
            "channel_name": space.channels[channel].name or "directmessage",
            "user_id": user.id,
            "user_name": user.name,
            "command": name,
            "text": text,
            "api_app_id": space.APP,
            "is_enterprise_install": "false",
            "response_url": core.response_url(channel, user.id, None),
            "trigger_id": core.trigger(user.id),
        }
        ack = await core.sockets.deliver("slash_commands", payload, answers=True)
        if ack.payload.get("text") or ack.payload.get("blocks"):
            whisper(core, channel, user.id, ack.payload)
        return ack

    async def submit(self, user: User, view: View) -> Ack:
        """Deliver a filled-in modal and obey the answer."""
        payload = {
            "type": "view_submission",
            "trigger_id": self.core.trigger(user.id),
            "view": self.core.render.view(view),
            "response_urls": [],
            **self._who(user),
        }
        ack = await self.core.sockets.deliver("interactive", payload, answers=True)
        if ack.acknowledged:
            self._obey(user, view, ack.payload)
        return ack

    def _obey(self, user: User, view: View, answer: Json) -> None:
        stack = self.core.space.modals.get(user.id, [])
        view.errors = {}
        match answer.get("response_action"):
            case None:
                if view in stack:
                    del stack[stack.index(view) :]
            case "clear":
                stack.clear()
            case "errors":
                view.errors = self._errors(view, answer.get("errors", {}))
            case "update":
                self._check(answer)
                views.replace(self.core, view, answer["view"])
            case "push":
                self._check(answer)
                views.push(self.core, user.id, answer["view"])
            case other:
                raise Refused(f"unknown response_action {other}")
        self.core.changes.tell()

    def _check(self, answer: Json) -> None:
        check_view(answer.get("view"), kind="modal")

    def _errors(self, view: View, errors: Json) -> dict[str, str]:
        """Errors stand below inputs; there are none elsewhere."""
        inputs = {b["block_id"] for b in view.blocks if b["type"] == "input"}
        if not errors or set(errors) - inputs:
            raise Refused(f"errors for {sorted(errors)}, inputs are {sorted(inputs)}")
        return {block: str(text) for block, text in errors.items()}

    async def close(self, user: User, view: View, *, cleared: bool = False) -> Ack:
        """Take a modal away, and tell the app if it asked to know."""
        stack = self.core.space.modals.get(user.id, [])
        if cleared or view.body.get("clear_on_close"):
            stack.clear()
        elif view in stack:
            del stack[stack.index(view) :]
        self.core.changes.tell()
        if not view.body.get("notify_on_close"):
            return Ack(True)
        payload = {
            "type": "view_closed",
            "view": self.core.render.view(view),
            "is_cleared": cleared,
            **self._who(user),
        }
        return await self.core.sockets.deliver("interactive", payload)


def element_of(where: Where, action_id: str, wanted: object) -> tuple[str, Json] | None:
    """Find a button or menu; of several, the one with that value or choice."""
    found = [e for e in elements_in(where.blocks) if e[1]["action_id"] == action_id]
    if wanted is not None and len(found) > 1:
        for block_id, element in found:
            label = element.get("text", {}).get("text")
            offered = [option["value"] for option in options_of(element)]
            if wanted in [element.get("value"), label, block_id, *offered]:
                return block_id, element
    return found[0] if found else None
