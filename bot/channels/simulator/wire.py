"""The form in which the network hands posts to us: JSON, decoded with suspicion."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from bot.channels.counting import whole
from bot.channels.simulator.posts import Post, attachments_from, public_thread
from bot.errors import PermanentFailure
from bot.model.message import (
    DIRECT,
    ChannelName,
    CustomerId,
    Deleted,
    Edited,
    Inbound,
    Malformed,
    Message,
    MessageId,
    Profile,
    Rated,
    Visibility,
)

MAX_NAME = 100  # characters of a display name that are kept


class _UndecodableError(PermanentFailure):
    """Says in words what is wrong, without the content."""


def encode(post: Post, *, hideable: bool = False) -> str:
    """Return what the network sends for a customer's post that addresses us."""
    return json.dumps(
        {
            "id": post.id,
            "account": post.account,
            "name": post.name,
            "text": post.text,
            "created_at": post.at.isoformat(),
            "conversation": post.conversation,
            "visibility": post.visibility.value,
            "in_reply_to": post.in_reply_to,
            **({"hideable": True} if hideable else {}),
            **_shown(post.profile),
            **_files(post),
        }
    )


def _files(post: Post) -> dict[str, object]:
    files = [asdict(one) for one in post.attachments]
    return {"files": files} if files else {}


def encode_edit(post: Post, at: datetime) -> str:
    """Return what the network sends when the author has changed a post's text."""
    return json.dumps({**_changed(post, "edited", at), "text": post.text})


def encode_deletion(post: Post, at: datetime) -> str:
    """Return what the network sends when the author has deleted a post."""
    return json.dumps(_changed(post, "deleted", at))


def encode_rating(post: Post, account: str, stars: int, at: datetime) -> str:
    """Return what the network sends when a customer has tapped stars below `post`."""
    rated = {**_changed(post, "rated", at), "account": account, "stars": stars}
    return json.dumps(rated)


def _changed(post: Post, change: str, at: datetime) -> dict[str, str]:
    return {
        "change": change,
        "id": post.id,
        "account": post.account,
        "at": at.isoformat(),
    }


def _shown(profile: Profile | None) -> dict[str, object]:
    if profile is None:
        return {}
    return {"display_name": profile.name, "followers": profile.followers}


def decode(
    raw: str, *, envelope: str, channel: ChannelName, page: str | None = None
) -> Inbound:
    """Read one delivery. `envelope` is its id, which holds even if `raw` is broken.

    `page` is where the network's public posts can be looked at.
    """
    try:
        fields = json.loads(raw)
        if not isinstance(fields, dict):
            raise _UndecodableError("not a JSON object")
        if "change" in fields:
            return _notice(fields, channel)
        return _message(fields, channel, page)
    except json.JSONDecodeError as error:
        problem = f"not JSON: {error.msg} at character {error.pos}"
    except _UndecodableError as error:
        problem = str(error)
    except (ValueError, RecursionError) as error:  # a number or a nest without end
        problem = f"cannot be read ({type(error).__name__})"
    return Malformed(channel=channel, id=MessageId(envelope), problem=problem, raw=raw)


def _message(
    fields: dict[str, object], channel: ChannelName, page: str | None
) -> Message:
    account = _filled(fields, "account")
    visibility = _visibility(fields)
    public = visibility is Visibility.PUBLIC
    above = _filled(fields, "in_reply_to") if fields.get("in_reply_to") else None
    return Message(
        channel=channel,
        id=MessageId(_filled(fields, "id")),
        customer=CustomerId(f"{channel}:{account}"),
        thread=(
            public_thread(_filled(fields, "conversation"), account)
            if public
            else DIRECT
        ),
        text=_text(fields, "text"),
        visibility=visibility,
        sent_at=_moment(fields, "created_at"),
        handle=_text(fields, "name"),
        in_reply_to=MessageId(above) if above else None,
        profile=_profile(fields),
        attachments=attachments_from(fields.get("files")),
        hideable=fields.get("hideable") is True,
        link=f"{page}/#post-{_filled(fields, 'id')}" if public and page else None,
    )


def _notice(
    fields: dict[str, object], channel: ChannelName
) -> Edited | Deleted | Rated:
    id_ = MessageId(_filled(fields, "id"))
    customer = CustomerId(f"{channel}:{_filled(fields, 'account')}")
    at = _moment(fields, "at")
    if fields["change"] == "deleted":
        return Deleted(channel=channel, id=id_, customer=customer, at=at)
    if fields["change"] == "rated":
        stars = fields.get("stars")
        if not isinstance(stars, int) or isinstance(stars, bool):
            raise _UndecodableError("field 'stars' is not a number")
        return Rated(channel=channel, id=id_, customer=customer, stars=stars, at=at)
    if fields["change"] != "edited":
        raise _UndecodableError("field 'change' has an unknown value")
    text = _text(fields, "text")
    return Edited(channel=channel, id=id_, customer=customer, text=text, at=at)


def _profile(fields: dict[str, object]) -> Profile | None:
    """Read what the author shows; a card can do without it, so nothing is refused."""
    name, followers = fields.get("display_name"), fields.get("followers")
    if not isinstance(name, str):
        return None
    if isinstance(followers, bool) or not isinstance(followers, int) or followers < 0:
        followers = None
    return Profile(name=whole(name)[:MAX_NAME], followers=followers)


def _text(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise _UndecodableError(f"field {name!r} is missing or not a text")
    return whole(value)  # JSON can hold half a character, a store's key cannot


def _filled(fields: dict[str, object], name: str) -> str:
    value = _text(fields, name)
    if not value:
        raise _UndecodableError(f"field {name!r} is empty")
    return value


def _visibility(fields: dict[str, object]) -> Visibility:
    try:
        return Visibility(_text(fields, "visibility"))
    except ValueError:
        raise _UndecodableError("field 'visibility' has an unknown value") from None


def _moment(fields: dict[str, object], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(fields, name))
    except ValueError:
        raise _UndecodableError(f"field {name!r} is not a date") from None
    if moment.tzinfo is None:
        raise _UndecodableError(f"field {name!r} has no time zone")
    return moment
