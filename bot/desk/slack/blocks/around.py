"""The posts around a message, without which it is hard to understand."""

from __future__ import annotations

from bot.desk.slack.blocks.mrkdwn import Mrkdwn, joined, outside, plain
from bot.model.message import ContextPost, Relation
from bot.model.record import Record

_SHOWN = 3  # the nearest; the others are on the network's own page
_RELATION = {
    Relation.REPLIED_TO: ":arrow_upper_right: in reply to",
    Relation.QUOTED: ":speech_balloon: quotes",
    Relation.EARLIER: ":arrow_up: earlier",
}


def around(record: Record) -> list[Mrkdwn]:
    """Return one line of small print for each post around a message."""
    return [_line(post) for post in record.context[:_SHOWN]]


def _line(post: ContextPost) -> Mrkdwn:
    other = plain(f"@{post.handle}", limit=60) if post.handle else "somebody"
    who = "us" if post.ours else other
    told = joined(
        (Mrkdwn(f"{_RELATION[post.relation]} {who}"), plain(post.text, limit=160)), ": "
    )
    return joined((told, outside(post.link, Mrkdwn("see it there"))))
