"""views.*: modals before a person, and Home."""

from __future__ import annotations

import copy

from tests.slack_double.core import Core
from tests.slack_double.errors import Refused
from tests.slack_double.shapes.surfaces import check_view
from tests.slack_double.values import kept
from tests.slack_double.wire import Json
from tests.slack_double.workspace import View

MOST_VIEWS = 3  # that may lie one on another


def open_modal(core: Core, args: Json) -> Json:
    """Put a modal before the person who has just done something."""
    check_view(args["view"], kind="modal")
    user = _pull(core, args["trigger_id"])
    view = new_view(core, user, args["view"])
    core.space.modals[user] = [view]
    core.changes.tell()
    return {"view": core.render.view(view)}


def push_modal(core: Core, args: Json) -> Json:
    """Lay another modal over the one that is open."""
    check_view(args["view"], kind="modal")
    user = _pull(core, args["trigger_id"])
    if not core.space.modals.get(user):
        raise Refused("not_found")
    view = push(core, user, args["view"])
    return {"view": core.render.view(view)}


def push(core: Core, user: str, body: Json) -> View:
    """Lay `body` over what `user` sees."""
    stack = core.space.modals[user]
    if len(stack) >= MOST_VIEWS:
        raise Refused("push_limit_reached")
    view = new_view(core, user, body)
    view.previous, view.root = stack[-1], stack[0]
    stack.append(view)
    core.changes.tell()
    return view


def new_view(core: Core, user: str, body: Json) -> View:
    """Return a view with ids; nobody sees it yet."""
    external = str(body.get("external_id", ""))
    if external and _by_external_id(core, external):
        raise Refused("duplicate_external_id")
    made = copy.deepcopy(body)
    made["blocks"] = core.with_ids(made["blocks"])
    view = View(core.space.id("V"), user, made, _hash(core), external)
    view.values = kept(view.blocks, {})
    return view


def _hash(core: Core) -> str:
    return f"{int(core.space.now())}.{core.space.id('', 8)}"


def _by_external_id(core: Core, external: str) -> View | None:
    views = [v for stack in core.space.modals.values() for v in stack]
    return next((v for v in views if v.external_id == external), None)


def _pull(core: Core, trigger_id: str) -> str:
    """Use up a trigger and return whose it was."""
    trigger = core.triggers.get(trigger_id)
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if core.space.now() > trigger.ends:
        raise Refused("expired_trigger_id")
    trigger.used = True
    return trigger.user


def update(core: Core, args: Json) -> Json:
    """Change a modal that is open."""
    check_view(args["view"], kind="modal")
    if "view_id" in args:
        view = core.space.view(args["view_id"])
    else:
        view = _by_external_id(core, args.get("external_id", ""))
    if view is None:
        raise Refused("not_found")
    if "hash" in args and args["hash"] != view.hash:
        raise Refused("hash_conflict")
    replace(core, view, args["view"])
    return {"view": core.render.view(view)}


def replace(core: Core, view: View, body: Json) -> None:
    """Show `body` in place; what was typed stays where the ids are the same."""
    made = copy.deepcopy(body)
    made["blocks"] = core.with_ids(made["blocks"])
    view.body, view.hash, view.errors = made, _hash(core), {}
    view.values = kept(view.blocks, view.values)
    core.changes.tell()


def publish(core: Core, args: Json) -> Json:
    """Show a person's Home."""
    check_view(args["view"], kind="home")
    user = args["user_id"]
    if user not in core.space.users:
        raise Refused("user_not_found")
    shown = core.space.homes.get(user)
    if shown and "hash" in args and args["hash"] != shown.hash:
        raise Refused("hash_conflict")
    if shown:
        replace(core, shown, args["view"])
    else:
        shown = core.space.homes[user] = new_view(core, user, args["view"])
    core.changes.tell()
    return {"view": core.render.view(shown)}


RUN = {
    "views.open": open_modal,
    "views.push": push_modal,
    "views.update": update,
    "views.publish": publish,
}
