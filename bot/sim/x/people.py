"""People on the local X: what one can do there with one's own hands."""

from __future__ import annotations

from datetime import datetime

from bot.sim.x.core import Core
from bot.sim.x.things import Account, Direct, Media, Post


class CannotDo(Exception):
    """Something that X's own app does not let this person do."""


class Person:
    """One account in the hands of whoever owns it."""

    def __init__(self, core: Core, account: Account) -> None:
        self._core, self.account = core, account

    @property
    def id(self) -> str:
        return self.account.id

    @property
    def username(self) -> str:
        return self.account.username

    def post(
        self,
        text: str,
        *,
        reply_to: Post | str | None = None,
        quoting: Post | str | None = None,
        media: tuple[Media, ...] = (),
        leave_out: tuple[str, ...] = (),
        lang: str = "en",
        at: datetime | None = None,
    ) -> Post:
        """Post, reply or quote.

        Args:
            text: what is written; X puts the names of a reply before it.
            reply_to: what is answered.
            quoting: what is shown below.
            media: pictures, from `picture()`.
            leave_out: handles that one unticks before a reply.
            lang: what X takes the language for.
            at: when, if not now.

        Raises:
            CannotDo: it is empty, suspended, or answers what is gone.
        """
        self._check(text or ("…" if media else ""))
        late, now = self._core.faults.late, at or self._core.clock.now()
        number = len(self._core.world.posts)
        post = self._core.world.publish(
            self.account,
            text,
            reply_to=self._found(reply_to),
            quoting=self._found(quoting),
            media_keys=tuple(one.key for one in media),
            leave_out=leave_out,
            lang=lang,
            at=at,
            shown_from=now + late(number) if late else None,
        )
        self._core.changes.tell()
        return post

    def repost(self, post: Post | str) -> Post:
        found = self._found(post)
        if found is None:
            raise CannotDo("there is no such post")
        made = self._core.world.repost(self.account, found)
        self._core.changes.tell()
        return made

    def edit(self, post: Post | str, text: str) -> Post:
        """Change an own post within the hour; it gets a new id.

        Raises:
            CannotDo: it is not one's own, or it is too late.
        """
        found = self._own(post)
        self._check(text)
        try:
            new = self._core.world.edit(found, text)
        except ValueError as error:
            raise CannotDo(str(error)) from None
        self._core.changes.tell()
        return new

    def delete(self, post: Post | str) -> None:
        """Delete an own post, with all its versions."""
        self._core.world.delete(self._own(post))
        self._core.changes.tell()

    def message(
        self,
        to: Person,
        text: str,
        *,
        media: tuple[Media, ...] = (),
        at: datetime | None = None,
    ) -> Direct:
        """Send a direct message; at most one picture."""
        self._check(text or ("…" if media else ""))
        if len(media) > 1:
            raise CannotDo("a direct message holds one attachment")
        keys = tuple(one.key for one in media)
        world = self._core.world
        direct = world.send(self.account, to.account, text, media_keys=keys, at=at)
        self._core.changes.tell()
        return direct

    def chat(self, to: Person, text: str) -> str:
        """Write in X Chat, end to end encrypted: an app only sees that it came."""
        self._check(text)
        chat_id = self._core.encrypted(self.account, to.account, text)
        self._core.changes.tell()
        return chat_id

    def picture(
        self, content: bytes = b"\x89PNG\r\n\x1a\n", *, alt_text: str = ""
    ) -> Media:
        """Make a picture to put into a post or a message."""
        media_id = self._core.world.ids.id(self._core.clock.now())
        key = f"3_{media_id}"
        made = Media(
            key, media_id, "photo", "image/png", content, self.id, alt_text=alt_text
        )
        self._core.world.media[key] = made
        return made

    # Looking.

    def answers_to(self, post: Post | str) -> list[Post]:
        """Return the replies to a post by others, oldest first."""
        post_id = post if isinstance(post, str) else post.id
        replies = (p for p in self._core.world.everything() if p.replied_to == post_id)
        return [p for p in replies if p.author_id != self.id][::-1]

    def messages_with(self, other: Person) -> list[Direct]:
        """Return the direct messages with somebody, oldest first."""
        return list(self._core.world.talk(self.id, other.id))[::-1]

    def _check(self, text: str) -> None:
        if self.account.suspended:
            raise CannotDo("this account is suspended")
        if not text.strip():
            raise CannotDo("there is nothing written")

    def _found(self, post: Post | str | None) -> Post | None:
        if post is None:
            return None
        post_id = post if isinstance(post, str) else post.id
        found = self._core.world.posts.get(post_id)
        if found is None:
            raise CannotDo("this post is not there any more")
        return found

    def _own(self, post: Post | str) -> Post:
        found = self._found(post)
        if found is None or found.author_id != self.id:
            raise CannotDo("this post belongs to somebody else")
        return found
