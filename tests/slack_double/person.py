"""A person of the workspace, who does what people do."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sim.served import PATIENCE_S
from tests.slack_double.errors import CannotDo, Malformed, Refused
from tests.slack_double.interactions import Interactions, Where, element_of
from tests.slack_double.ledger import Violation
from tests.slack_double.member import ChannelLike, Member
from tests.slack_double.sockets import Ack
from tests.slack_double.values import chosen, is_empty, kept
from tests.slack_double.wire import Json, elements_in
from tests.slack_double.workspace import Message, View


@dataclass(eq=False)
class Person(Member):
    """Acts as one user; every act that the app sees is delivered to it."""

    troubles: list[str] = field(default_factory=list)  # "the app did not answer"

    @property
    def _doing(self) -> Interactions:
        return Interactions(self.core)

    def _noted(self, ack: Ack, what: str) -> Ack:
        """Slack shows a warning when the app says nothing within 3 s."""
        if not ack.acknowledged:
            self.troubles.append(what)
            self.core.changes.tell()
        return ack

    async def click(self, where: Where, action_id: str, option: object = None) -> Ack:
        """Press a button, or choose `option` in a menu.

        Of several buttons of one action, `option` names the value or label.

        Raises:
            CannotDo: there is no such button, or the menu does not offer that.
        """
        found = element_of(where, action_id, option)
        if found is None:
            raise CannotDo(f"there is no {action_id} but {where.action_ids}")
        return await self._act(where, *found, option)

    async def press(
        self, where: Where, block_id: str, action_id: str, option: object = None
    ) -> Ack:
        """Press what stands in a certain block.

        Raises:
            CannotDo: it is not there any more.
        """
        for found in elements_in(where.blocks):
            same = (found[0], found[1]["action_id"]) == (block_id, action_id)
            if same and option in {None, found[1].get("value", option)}:
                return await self._act(where, *found, option)
        raise CannotDo(f"there is no {action_id} any more")

    async def _act(
        self, where: Where, block_id: str, element: Json, option: object
    ) -> Ack:
        action_id = element["action_id"]
        action = _pressed(element) if element["type"] == "button" else None
        action = action or {"action_id": action_id, **chosen(element, option)}
        if isinstance(where, View):
            self._put(where, block_id, element, option)
        doing = self._doing.act(self.user, where, block_id, action)
        return self._noted(await doing, f"click on {action_id}")

    async def shortcut(self, message: Message, callback_id: str) -> Ack:
        doing = self._doing.shortcut(self.user, message, callback_id)
        return self._noted(await doing, f"shortcut {callback_id}")

    async def suggestions(
        self, where: Where, action_id: str, letters: str
    ) -> list[Json]:
        """Type letters into an external menu and return what it offers."""
        found = element_of(where, action_id, None)
        if found is None or not found[1]["type"].endswith("external_select"):
            raise CannotDo(f"there is no external menu {action_id}")
        asked = {"action_id": action_id, "block_id": found[0], "value": letters}
        return await self._doing.suggest(self.user, where, asked)

    async def command(
        self, name: str, text: str = "", *, channel: ChannelLike | None = None
    ) -> Ack:
        """Type a slash command, in a channel or else to the app directly."""
        direct = self.core.space.direct(self.id)
        where = direct if channel is None else self.channel(channel)
        doing = self._doing.command(self.user, where.id, name, text)
        return self._noted(await doing, f"command {name}")

    async def open_home(self) -> None:
        """Go to the app's Home."""
        self.core.events.home_opened(self.user)

    async def view(self) -> View:
        """Return the modal that lies on top, as soon as there is one."""
        await self.core.changes.until(
            lambda: self.core.space.modal(self.id),
            within_s=PATIENCE_S,
            what=f"a modal before {self.name}",
        )
        shown = self.core.space.modal(self.id)
        assert shown is not None
        return shown

    def has_view(self) -> bool:
        return self.core.space.modal(self.id) is not None

    def fill(self, values: Json) -> None:
        """Put values into the open modal: by block id or action id."""
        view = self._open()
        for name, given in values.items():
            found = [e for e in elements_in(view.blocks) if _is_named(e, name)]
            if not found:
                raise CannotDo(f"there is no input {name} but {view.action_ids}")
            self._put(view, found[0][0], found[0][1], given)

    def put(self, view: View, block_id: str, action_id: str, given: object) -> None:
        """Put a value into an input of a view that is shown."""
        for found_id, element in elements_in(view.blocks):
            if (found_id, element["action_id"]) == (block_id, action_id):
                self._put(view, block_id, element, given)

    def _put(self, view: View, block_id: str, element: Json, given: object) -> None:
        view.values = kept(view.blocks, view.values)
        if element["type"] in {"button", "overflow"}:
            return
        state = chosen(element, given)
        view.values.setdefault(block_id, {})[element["action_id"]] = state

    def _open(self) -> View:
        view = self.core.space.modal(self.id)
        if view is None:
            raise CannotDo(f"no modal is open before {self.name}")
        return view

    async def submit(self, values: Json | None = None) -> dict[str, str]:
        """Fill in the open modal and send it; return the errors that it shows.

        Raises:
            CannotDo: an input that must be filled in is empty, or too short.
        """
        self.fill(values or {})
        view = self._open()
        _complete(view)
        try:
            ack = await self._doing.submit(self.user, view)
        except Malformed as error:
            self._broken(error.code, error.faults)
            raise
        except Refused as error:
            self._broken("invalid_response", [error.code])
            raise
        self._noted(ack, f"submit of {view.callback_id}")
        return view.errors

    def _broken(self, code: str, faults: list[str]) -> None:
        found = Violation("view_submission answer", code, faults)
        self.core.ledger.violations.append(found)

    async def close(self) -> Ack:
        """Close the open modal without sending it."""
        return await self._doing.close(self.user, self._open())


def _pressed(button: Json) -> Json:
    fields = ("action_id", "type", "text", "value", "style")
    return {name: button[name] for name in fields if name in button}


def _is_named(found: tuple[str, Json], name: str) -> bool:
    block_id, element = found
    return name in {block_id, element["action_id"]}


def _complete(view: View) -> None:
    """Slack itself holds back a modal whose inputs do not fit."""
    if view.body.get("submit") is None:
        raise CannotDo(f"{view.title} has nothing to submit")
    for block in view.blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        state = view.values[block["block_id"]][element["action_id"]]
        if is_empty(state) and not block.get("optional"):
            raise CannotDo(f"{element['action_id']} must be filled in")
        text = state.get("value") or ""
        if text and len(text) < element.get("min_length", 0):
            raise CannotDo(f"{element['action_id']} is too short")
