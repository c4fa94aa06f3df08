"""What X sends beside the posts: their authors, files and the posts they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.channels.counting import whole
from bot.channels.x.raw import (
    Fields,
    fields_of,
    items_of,
    number_in,
    text_in,
    texts_of,
    within,
)
from bot.model.attachment import Attachment, attachment_of
from bot.model.message import Profile

MAX_NAME = 100  # characters of a display name that are kept
_KINDS = {"photo": "image", "video": "video", "animated_gif": "video"}
# X's problems with a thing that was deleted, whose author was suspended, or that is
# not for us to see any more.
_FINAL = ("/resource-not-found", "/not-authorized-for-resource")
_FILM = "video/mp4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account on X. `handle` is "" where X does not tell it."""

    id: str
    handle: str = ""
    profile: Profile | None = None
    automated: bool = False  # bears X's label of a bot


@dataclass(frozen=True, slots=True)
class Includes:
    """Everything by its id. `gone` are posts that X says cannot be seen."""

    people: Mapping[str, Person] = field(default_factory=dict)
    posts: Mapping[str, Fields] = field(default_factory=dict)
    media: Mapping[str, Fields] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def person(self, id_: str) -> Person:
        return self.people.get(id_) or Person(id=id_)

    def files(self, keys: object) -> tuple[Attachment, ...]:
        """Return the files with these keys that have a safe link."""
        found = (self.media.get(key) for key in texts_of(keys))
        made = (_file(media) for media in found if media is not None)
        return tuple(file for file in made if file is not None)


def includes_of(body: Fields) -> Includes:
    """Read what lies beside the data of an answer or of an event."""
    beside = within(body, "includes")
    posts = [*items_of(beside.get("tweets")), *items_of(beside.get("posts"))]
    media = items_of(beside.get("media"))
    return Includes(
        people=people_in(items_of(beside.get("users"))),
        posts={id_: post for post in posts if (id_ := text_in(post, "id"))},
        media={key: one for one in media if (key := text_in(one, "media_key"))},
        gone=_gone(body),
    )


def people_in(users: object) -> dict[str, Person]:
    """Read accounts from a list, or from an object that holds them by id."""
    listed = users.values() if isinstance(users, dict) else users
    people: dict[str, Person] = {}
    for one in listed if hasattr(listed, "__iter__") else ():
        person = person_in(fields_of(one))
        if person is not None:
            people[person.id] = person
    return people


def person_in(user: Fields) -> Person | None:
    """Read one account; events wrap it once more, in `data`."""
    user = within(user, "data") or user
    id_, name = text_in(user, "id"), text_in(user, "name")
    if id_ is None:
        return None
    label = text_in(within(user, "affiliation"), "description")
    followers = number_in(within(user, "public_metrics"), "followers_count")
    if followers is None:
        followers = number_in(user, "followers_count")
    return Person(
        id=id_,
        handle=text_in(user, "username") or text_in(user, "screen_name") or "",
        profile=Profile(name=whole(name)[:MAX_NAME], followers=followers)
        if name
        else None,
        automated=label == "Automated",
    )


def _gone(body: Fields) -> frozenset[str]:
    """Read what cannot be seen any more; that it could not be read now is no such."""
    errors = [one for one in items_of(body.get("errors")) if _is_final(one)]
    ids = (text_in(one, "resource_id") or text_in(one, "value") for one in errors)
    return frozenset(id_ for id_ in ids if id_)


def _is_final(error: Fields) -> bool:
    return (text_in(error, "type") or "").endswith(_FINAL)


def _file(media: Fields) -> Attachment | None:
    url = (
        text_in(media, "url")
        or _best_film(media)
        or text_in(media, "preview_image_url")
    )
    return attachment_of(
        kind=_KINDS.get(text_in(media, "type") or "", "file"),
        name=(url or "").split("?")[0],
        url=url,
        alt=text_in(media, "alt_text") or "",
    )


def _best_film(media: Fields) -> str | None:
    variants = items_of(media.get("variants"))
    films = [one for one in variants if text_in(one, "content_type") == _FILM]
    best = max(films, key=lambda one: number_in(one, "bit_rate") or 0, default=None)
    return text_in(best, "url") if best else None
