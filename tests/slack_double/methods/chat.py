"""chat.*: messages of the app."""

from __future__ import annotations

import copy

from tests.slack_double.core import Core
from tests.slack_double.errors import Refused
from tests.slack_double.shapes.surfaces import check_message
from tests.slack_double.wire import Json
from tests.slack_double.workspace import Channel, Ephemeral, Message


def post(core: Core, args: Json) -> Json:
    """Post a message of the app."""
    check_message(args)
    if "username" in args or "icon_emoji" in args:
        core.need("chat:write.customize")
    channel = _target(core, args["channel"])
    thread_ts = thread_of(core, channel, args)
    message = Message(
        channel=channel.id,
        ts=core.space.ts(),
        user=core.space.BOT_USER,
        text=args.get("text", ""),
        blocks=core.with_ids(copy.deepcopy(args.get("blocks", []))),
        attachments=args.get("attachments", []),
        metadata=args.get("metadata"),
        thread_ts=thread_ts,
        broadcast=bool(thread_ts and args.get("reply_broadcast")),
        by_app=True,
        username=args.get("username"),
        icon=args.get("icon_emoji"),
    )
    core.keep(message)
    shown = core.render.message(message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def _target(core: Core, name: str) -> Channel:
    if name in core.space.users:
        return core.space.direct(name)
    return core.writable(name, by_name=True)


def thread_of(core: Core, channel: Channel, args: Json) -> str | None:
    """Return the thread that a post goes to; of one that is gone, None.

    Slack makes a post to a deleted thread one of the channel, without a word.
    One to a reply it takes, and nobody sees it: that is a mistake, and refused.
    """
    ts = args.get("thread_ts")
    if ts is None:
        return None
    parent = channel.messages.get(ts)
    if parent is None or (parent.deleted and not channel.replies(ts)):
        return None
    if parent.is_reply:
        raise Refused("cannot_reply_to_message")
    return str(ts)


def update(core: Core, args: Json) -> Json:
    """Change a message of the app."""
    check_message(args)
    channel = core.writable(args["channel"])
    message = core.message(channel, args["ts"])
    if not message.by_app:
        raise Refused("cant_update_message")
    before = core.render.message(message)
    _change(core, message, args)
    core.events.changed(message, before)
    core.changes.tell()
    shown = core.render.message(message, metadata=True)
    done = {"channel": channel.id, "ts": message.ts, "text": message.text}
    return {**done, "message": shown}


def _change(core: Core, message: Message, args: Json) -> None:
    """Blocks that are left out stay, and hide a new text: as on Slack."""
    if args.get("text", message.text) != message.text:
        message.edited = {"user": message.user, "ts": core.space.ts()}
    message.text = args.get("text", message.text)
    if "blocks" in args:
        message.blocks = core.with_ids(copy.deepcopy(args["blocks"]))
    message.attachments = args.get("attachments", message.attachments)
    message.metadata = args.get("metadata", message.metadata)
    message.broadcast = args.get("reply_broadcast", message.broadcast)
    message.updates += 1


def delete(core: Core, args: Json) -> Json:
    channel = core.joined(args["channel"])
    message = core.message(channel, args["ts"])
    if not message.by_app:
        raise Refused("cant_delete_message")
    remove(core, message)
    return {"channel": channel.id, "ts": message.ts}


def remove(core: Core, message: Message) -> None:
    """Delete a message; one with replies leaves a stone where it was."""
    channel = core.space.channels[message.channel]
    before = core.render.message(message)
    message.deleted = True
    if channel.replies(message.ts):
        message.subtype, message.user, message.by_app = "tombstone", "USLACKBOT", False
        message.text, message.blocks = "This message was deleted.", []
        message.metadata, message.files = None, []
    else:
        channel.discard(message)
    core.events.deleted(message, before)
    core.changes.tell()


def post_ephemeral(core: Core, args: Json) -> Json:
    """Show something to one person, who must be in the channel."""
    check_message(args)
    channel = core.writable(args["channel"])
    if args["user"] not in channel.members:
        raise Refused("user_not_in_channel")
    shown = whisper(core, channel.id, args["user"], args)
    return {"message_ts": shown.ts}


def whisper(core: Core, channel: str, user: str, args: Json) -> Ephemeral:
    """Show a message to `user` alone."""
    made = Ephemeral(
        channel=channel,
        ts=core.space.ts(),
        user=user,
        text=args.get("text", ""),
        blocks=core.with_ids(copy.deepcopy(args.get("blocks", []))),
        thread_ts=args.get("thread_ts"),
    )
    core.space.ephemerals.append(made)
    core.changes.tell()
    return made


def permalink(core: Core, args: Json) -> Json:
    channel = core.joined(args["channel"])
    message = core.message(channel, args["message_ts"])
    return {"channel": channel.id, "permalink": link_to(core, message)}


def link_to(core: Core, message: Message) -> str:
    """Return the address at which the double shows a message."""
    link = f"{core.base_url}/archives/{message.channel}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
    return link


RUN = {
    "chat.postMessage": post,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": permalink,
}
