"""What there is on X: accounts, posts, media, direct messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

UPLOAD_LIVES = timedelta(minutes=15)  # of the address for a job's file


@dataclass
class Account:
    """One account, ours or a customer's."""

    id: str
    username: str
    name: str
    created_at: datetime
    description: str = ""
    followers: int = 12
    verified_type: str = "none"
    automated: bool = False  # bears the label of a bot
    protected: bool = False
    suspended: bool = False
    takes_any_message: bool = False  # direct messages from whoever likes


@dataclass
class Media:
    """A picture or a film; `content` is what was uploaded."""

    key: str
    id: str
    kind: str  # photo, video, animated_gif
    content_type: str
    content: bytes
    owner_id: str
    alt_text: str = ""
    ready: bool = True


@dataclass
class Post:
    """One version of a post: an edit makes a new one with a new id."""

    id: str
    author_id: str
    text: str  # as it was written, without what X puts before and behind
    names: tuple[str, ...]  # handles that X puts before a reply
    created_at: datetime
    conversation_id: str
    replied_to: str | None = None
    quoted: str | None = None
    reposted: str | None = None
    in_reply_to_user_id: str | None = None
    media_keys: tuple[str, ...] = ()
    history: list[str] = field(default_factory=list)  # one list for all versions
    shown_from: datetime | None = None  # indexed late
    hidden: bool = False
    lang: str = "en"
    by_api: bool = False

    @property
    def full_text(self) -> str:
        """Return the text with the names that X puts before it."""
        return " ".join([*(f"@{name}" for name in self.names), self.text]).strip()

    @property
    def is_newest(self) -> bool:
        return self.history[-1] == self.id


@dataclass
class Direct:
    """One direct message."""

    id: str
    sender_id: str
    recipient_id: str
    text: str
    created_at: datetime
    media_keys: tuple[str, ...] = ()
    gone_for: set[str] = field(default_factory=set)  # deleted for these alone
    by_api: bool = False

    @property
    def conversation_id(self) -> str:
        return conversation_of(self.sender_id, self.recipient_id)


def conversation_of(one: str, other: str) -> str:
    """Return the id of the direct messages between two accounts."""
    first, second = sorted((one, other), key=int)
    return f"{first}-{second}"


@dataclass
class Job:
    """One check of what became of posts or accounts; `ids` is None until they came."""

    id: str
    kind: str  # tweets, users
    name: str
    created_at: datetime
    ids: tuple[str, ...] | None = None
    ready_at: datetime | None = None

    def status(self, now: datetime) -> str:
        if self.ready_at is not None:
            return "complete" if self.ready_at <= now else "in_progress"
        return "created" if now <= self.created_at + UPLOAD_LIVES else "expired"
