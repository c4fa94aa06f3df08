"""files.*: the upload in three steps, and what is known of a file."""

from __future__ import annotations

import mimetypes

from tests.slack_double.core import Core
from tests.slack_double.errors import Malformed, Refused
from tests.slack_double.methods.chat import thread_of
from tests.slack_double.wire import Json
from tests.slack_double.workspace import File, Message


def upload_url(core: Core, args: Json) -> Json:
    """Say where the bytes go."""
    if args["length"] == 0:
        raise Refused("file_upload_size_restricted")
    name = args["filename"]
    file = new_file(core, name, b"", core.space.BOT_USER)
    file.length = args["length"]
    secret = core.space.id("", 24)
    core.uploads[secret] = file.id
    url = f"{core.base_url}/upload/v1/{secret}"
    return {"upload_url": url, "file_id": file.id}


def new_file(core: Core, name: str, content: bytes, user: str) -> File:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = File(core.space.id("F"), name, content, user, kind, length=len(content))
    core.space.files[file.id] = file
    return file


def complete(core: Core, args: Json) -> Json:
    """Share what has been uploaded."""
    files = [_uploaded(core, one) for one in args["files"]]
    if not files:
        raise Malformed("invalid_arguments", ["files: must not be empty"])
    where = args.get("channels", "").split(",") if "channels" in args else []
    where += [args["channel_id"]] if "channel_id" in args else []
    for name in where:
        _share(core, files, core.writable(name).id, args)
    return {"files": [core.render.file(file) for file in files]}


def _uploaded(core: Core, one: Json) -> File:
    file = core.space.files.get(str(one.get("id")))
    if file is None or not file.content:
        raise Refused("file_not_found")
    file.title = one.get("title", "")
    return file


def _share(core: Core, files: list[File], channel_id: str, args: Json) -> None:
    channel = core.space.channels[channel_id]
    message = Message(
        channel=channel_id,
        ts=core.space.ts(),
        user=core.space.BOT_USER,
        text=args.get("initial_comment", ""),
        thread_ts=thread_of(core, channel, args),
        by_app=True,
        subtype="file_share",
        files=files,
    )
    for file in files:
        file.shared_in.append((channel_id, message.ts))
    core.keep(message)


def info(core: Core, args: Json) -> Json:
    file = core.space.files.get(args["file"])
    if file is None:
        raise Refused("file_not_found")
    paging = {"count": 100, "total": 0, "page": 1, "pages": 0}
    return {"file": core.render.file(file), "comments": [], "paging": paging}


RUN = {
    "files.getUploadURLExternal": upload_url,
    "files.completeUploadExternal": complete,
    "files.info": info,
}
