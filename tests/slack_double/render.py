"""How the workspace's things look in answers and events."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from tests.slack_double.wire import Json
from tests.slack_double.workspace import Channel, File, Message, User, View, Workspace


class Render:
    """Turns what the workspace holds into Slack's JSON."""

    def __init__(self, workspace: Workspace, base_url: str) -> None:
        self._space, self._base_url = workspace, base_url

    def message(self, message: Message, *, metadata: bool = False) -> Json:
        """Return a message; its metadata only if asked for."""
        made = self._by(message)
        made |= {"type": "message", "ts": message.ts, "text": message.text}
        made |= {"team": self._space.TEAM}
        if message.subtype:
            made["subtype"] = message.subtype
        if blocks := message.blocks or message.typed:
            made["blocks"] = blocks
        for name in ("attachments", "edited"):
            if value := getattr(message, name):
                made[name] = value
        if message.files:
            made["files"] = [self.file(file) for file in message.files]
        if message.reactions:
            made["reactions"] = [
                {"name": name, "users": users, "count": len(users)}
                for name, users in message.reactions.items()
            ]
        if metadata and message.metadata:
            made["metadata"] = message.metadata
        return made | self._thread(message)

    def _by(self, message: Message) -> Json:
        space = self._space
        if not message.by_app:
            return {"user": message.user}
        app: Json = {"bot_id": space.BOT, "app_id": space.APP}
        if message.username:
            app |= {"subtype": "bot_message", "username": message.username}
            return app | ({"icons": {"emoji": message.icon}} if message.icon else {})
        profile: Json = {"id": space.BOT, "app_id": space.APP, "name": "firstline"}
        profile |= {"team_id": space.TEAM, "deleted": False, "updated": 1700000000}
        profile |= {"icons": {f"image_{n}": self._icon(n) for n in (36, 48, 72)}}
        return app | {"user": message.user, "bot_profile": profile}

    def _icon(self, size: int) -> str:
        return f"{self._base_url}/static/app_{size}.png"

    def _thread(self, message: Message) -> Json:
        channel = self._space.channels[message.channel]
        if message.is_reply:
            made: Json = {"thread_ts": message.thread_ts}
            parent = channel.messages.get(message.thread_ts or "")
            if parent and not parent.deleted:
                made["parent_user_id"] = parent.user
            if message.broadcast:
                made |= {"subtype": "thread_broadcast"}
            return made
        replies = channel.replies(message.ts)
        if not replies:
            return {}
        users = list(dict.fromkeys(reply.user for reply in replies))
        return {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users": users,
            "reply_users_count": len(users),
            "latest_reply": replies[-1].ts,
            "subscribed": False,
            "is_locked": False,
        }

    def channel(self, channel: Channel) -> Json:
        return {
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": channel.kind == "channel" and not channel.private,
            "is_group": channel.kind == "channel" and channel.private,
            "is_im": channel.kind == "im",
            "is_mpim": False,
            "is_private": channel.private,
            "is_archived": channel.archived,
            "is_general": False,
            "is_shared": False,
            "is_org_shared": False,
            "is_ext_shared": False,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "is_member": self._space.BOT_USER in channel.members,
            "created": 1700000000,
            "creator": self._space.BOT_USER,
            "unlinked": 0,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "previous_names": [],
            "num_members": len(channel.members),
        }

    def user(self, user: User) -> Json:
        here = datetime.fromtimestamp(self._space.now(), ZoneInfo(user.tz))
        offset = here.utcoffset()
        names = {"real_name": user.real_name, "display_name": user.name}
        return {
            "id": user.id,
            "team_id": self._space.TEAM,
            "name": user.name,
            "deleted": user.deleted,
            "real_name": user.real_name,
            "tz": user.tz,
            "tz_label": user.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": {**names, "team": self._space.TEAM, "status_text": ""},
            "is_admin": False,
            "is_owner": False,
            "is_bot": user.is_bot,
            "is_app_user": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "updated": 1700000000,
        }

    def file(self, file: File) -> Json:
        url = f"{self._base_url}/files-pri/{self._space.TEAM}-{file.id}/{quote(file.name)}"
        url = file.kept_at or url
        return {
            "id": file.id,
            "created": 1700000000,
            "timestamp": 1700000000,
            "name": file.name,
            "title": file.title or file.name,
            "mimetype": file.mimetype,
            "filetype": file.name.rpartition(".")[2] or "binary",
            "user": file.user,
            "size": len(file.content),
            "mode": "external" if file.kept_at else "hosted",
            "is_external": bool(file.kept_at),
            "is_public": True,
            "url_private": url,
            "url_private_download": f"{url}?download=1",
            "permalink": f"{self._base_url}/files/{file.id}",
            "channels": [channel for channel, _ in file.shared_in],
            "groups": [],
            "ims": [],
        }

    def view(self, view: View) -> Json:
        """Return a view with what Slack adds to it."""
        space = self._space
        previous, root = view.previous, view.root or view
        made: Json = {
            "id": view.id,
            "team_id": space.TEAM,
            "app_id": space.APP,
            "app_installed_team_id": space.TEAM,
            "bot_id": space.BOT,
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "title": None,
            "close": None,
            "submit": None,
            "clear_on_close": False,
            "notify_on_close": False,
            "state": {"values": view.values},
            "hash": view.hash,
            "previous_view_id": previous.id if previous else None,
            "root_view_id": root.id,
        }
        return made | view.body
