"""Uploads: in one go, or begun, filled and ended."""

from __future__ import annotations

import base64
import binascii

from bot.sim.x.core import UPLOAD_LIVES, Core, Upload
from bot.sim.x.endpoint import Answer, Ask, Endpoint
from bot.sim.x.limits import DAY, Limit, Limits
from bot.sim.x.refusals import invalid
from bot.sim.x.shapes.answers import data
from bot.sim.x.shapes.bodies import (
    MEDIA_METADATA,
    UPLOAD_BEGINS,
    UPLOAD_PART,
    UPLOAD_WHOLE,
)
from bot.sim.x.shapes.check import COUNT, ID, TEXT, Check, an_object
from bot.sim.x.shapes.query import choice, snowflake
from bot.sim.x.things import Account, Media
from bot.sim.x.wire import Json

_SCOPES = ("media.write",)
_KINDS = {"image": "photo", "video": "video", "gif": "animated_gif"}
_SIGNS = {  # what a file begins with
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}


def _begin(core: Core, owner: Account, category: str, kind: str, total: int) -> Upload:
    media_id = core.world.ids.id(core.clock.now())
    is_video = category.endswith("video")
    key = f"{7 if is_video else 3}_{media_id}"
    shape = _KINDS.get(category.rpartition("_")[2], "photo")
    media = Media(key, media_id, shape, kind, b"", owner.id)
    upload = core.uploads[media_id] = Upload(media, total)
    core.world.media[key] = media
    return upload


def _told(upload: Upload) -> Json:
    told: Json = {
        "id": upload.media.id,
        "media_key": upload.media.key,
        "expires_after_secs": int(UPLOAD_LIVES.total_seconds()),
    }
    if upload.done:
        told["size"] = len(upload.media.content)
    if upload.done and upload.media.kind == "video":
        told["processing_info"] = {"state": "succeeded", "progress_percent": 100}
    return told


def whole(core: Core, ask: Ask) -> Answer:
    """Take a small file in one go."""
    content = _content(ask)
    kind = next((k for sign, k in _SIGNS.items() if content.startswith(sign)), "")
    category = str(ask.body["media_category"])
    if not kind:
        raise invalid("media type unrecognized.", name="media")
    upload = _begin(core, ask.who.user, category, kind, len(content))
    upload.media.content, upload.done = content, True
    return Answer({"data": _told(upload)}, effect=upload.media.id)


def initialize(core: Core, ask: Ask) -> Answer:
    body = ask.body
    total = int(body.get("total_bytes", 0))
    kind = str(body.get("media_type", "image/png"))
    category = str(body.get("media_category", "tweet_image"))
    upload = _begin(core, ask.who.user, category, kind, total)
    return Answer({"data": _told(upload)}, effect=upload.media.id)


def append(core: Core, ask: Ask) -> Answer:
    upload = _mine(core, ask)
    upload.parts[int(ask.body["segment_index"])] = _content(ask)
    ends = core.clock.now() + UPLOAD_LIVES
    return Answer({"data": {"expires_at": int(ends.timestamp())}})


def finalize(core: Core, ask: Ask) -> Answer:
    """Put the parts together."""
    upload = _mine(core, ask)
    content = b"".join(part for _, part in sorted(upload.parts.items()))
    if not content or (upload.total and len(content) != upload.total):
        raise invalid("Segments do not add up to provided total file size.")
    upload.media.content, upload.done = content, True
    return Answer({"data": _told(upload)}, effect=upload.media.id)


def status(core: Core, ask: Ask) -> Answer:
    return Answer({"data": _told(_mine(core, ask))})


def describe(core: Core, ask: Ask) -> Answer:
    """Say in words what a picture shows."""
    upload = _mine(core, ask)
    alt = ask.body.get("metadata", {}).get("alt_text", {})
    upload.media.alt_text = str(alt.get("text", ""))
    told = {"id": upload.media.id, "associated_metadata": {"alt_text": alt}}
    return Answer({"data": told}, effect=upload.media.id)


def _mine(core: Core, ask: Ask) -> Upload:
    named = ask.path.get("id") or ask.body.get("id") or ask.text("media_id")
    media_id = str(named)
    upload = core.uploads.get(media_id)
    if upload is None or upload.media.owner_id != ask.who.user.id:
        raise invalid("media_id not found.", name="media_id", value=media_id)
    return upload


def _content(ask: Ask) -> bytes:
    """Return the bytes of a part: raw in a form, or as text in JSON."""
    if "media" in ask.files:
        return ask.files["media"]
    try:
        return base64.b64decode(str(ask.body.get("media", "")), validate=True)
    except binascii.Error:
        raise invalid("media is not base64", name="media") from None


def _limits(name: str, quarter: int, day: int) -> Limits:
    return Limits(f"media.{name}", (Limit(quarter), Limit(day, DAY, "app")))


_PROCESSING = an_object({"state": TEXT}, {"progress_percent": COUNT})
_UPLOAD: dict[str, Check] = {
    "media_key": TEXT,
    "expires_after_secs": COUNT,
    "size": COUNT,
    "processing_info": _PROCESSING,
}
_ALT = an_object({"text": TEXT})
_ANSWER = data({"id": ID}, _UPLOAD)

ENDPOINTS = (
    Endpoint(
        "POST",
        "/2/media/upload",
        whole,
        _limits("upload", 500, 50_000),
        _ANSWER,
        scopes=_SCOPES,
        body=UPLOAD_WHOLE,
    ),
    Endpoint(
        "GET",
        "/2/media/upload",
        status,
        _limits("status", 1_000, 100_000),
        _ANSWER,
        scopes=_SCOPES,
        query={"media_id": snowflake, "command": choice("STATUS")},
        needed=("media_id",),
    ),
    Endpoint(
        "POST",
        "/2/media/metadata",
        describe,
        _limits("metadata", 500, 50_000),
        data({"id": ID}, {"associated_metadata": an_object({}, {"alt_text": _ALT})}),
        scopes=_SCOPES,
        body=MEDIA_METADATA,
    ),
    Endpoint(
        "POST",
        "/2/media/upload/initialize",
        initialize,
        _limits("initialize", 1_875, 180_000),
        _ANSWER,
        scopes=_SCOPES,
        body=UPLOAD_BEGINS,
    ),
    Endpoint(
        "POST",
        "/2/media/upload/{id}/append",
        append,
        _limits("append", 1_875, 180_000),
        data({"expires_at": COUNT}),
        scopes=_SCOPES,
        body=UPLOAD_PART,
    ),
    Endpoint(
        "POST",
        "/2/media/upload/{id}/finalize",
        finalize,
        _limits("finalize", 1_875, 180_000),
        _ANSWER,
        scopes=_SCOPES,
    ),
)
