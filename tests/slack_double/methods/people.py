"""auth.*, apps.*, team.* and users.*: who is who."""

from __future__ import annotations

from tests.slack_double.core import Core
from tests.slack_double.errors import Refused
from tests.slack_double.methods.history import cursor_start
from tests.slack_double.wire import Json
from tests.slack_double.workspace import User


def auth_test(core: Core, _args: Json) -> Json:
    space = core.space
    who = {"user": "firstline", "user_id": space.BOT_USER, "bot_id": space.BOT}
    where = {"team": space.name, "team_id": space.TEAM, "url": f"{core.base_url}/"}
    return {**who, **where, "is_enterprise_install": False}


def open_connection(core: Core, _args: Json) -> Json:
    """Return where the app may connect, once."""
    host = core.base_url.replace("http://", "ws://", 1)
    return {"url": f"{host}/link/?ticket={core.sockets.ticket()}&app_id=double"}


def team_info(core: Core, _args: Json) -> Json:
    space = core.space
    team: Json = {"id": space.TEAM, "name": space.name, "domain": space.DOMAIN}
    return {"team": team | {"email_domain": "", "icon": {"image_default": True}}}


def _user(core: Core, user_id: str) -> User:
    found = core.space.users.get(user_id)
    if found is None:
        raise Refused("user_not_found")
    return found


def info(core: Core, args: Json) -> Json:
    user = core.render.user(_user(core, args["user"]))
    return {"user": user | ({"locale": "en-GB"} if args.get("include_locale") else {})}


def a_list(core: Core, args: Json) -> Json:
    found = list(core.space.users.values())
    start, limit = cursor_start(args), args.get("limit", 200) or 200
    after = f"next:{start + limit}" if start + limit < len(found) else ""
    page = [core.render.user(user) for user in found[start : start + limit]]
    answer: Json = {"members": page, "cache_ts": int(core.space.now())}
    return answer | {"response_metadata": {"next_cursor": after}}


def presence(core: Core, args: Json) -> Json:
    return {"presence": _user(core, args["user"]).presence}


RUN = {
    "auth.test": auth_test,
    "apps.connections.open": open_connection,
    "team.info": team_info,
    "users.info": info,
    "users.list": a_list,
    "users.getPresence": presence,
}
