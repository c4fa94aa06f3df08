"""What the page gets to see of our nouns, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from bot.model.attachment import Attachment
from bot.model.case import Case
from bot.model.errand import told
from bot.model.message import ContextPost, Nature, Visibility
from bot.model.reading import Reading, Request
from bot.model.record import Author, Record
from bot.model.standing import language_of, last_written, places, waiting_since
from bot.ports import CaseView, ErrandView, IncidentView
from bot.web.marks import marked
from bot.web.network import Post
from bot.web.page import Page, in_words
from bot.web.service_shape import service_shape

Json = dict[str, object]

_OURS = (Author.BOT, Author.AGENT)


def post_shape(post: Post, *, by: str) -> Json:
    """Return a post; `by` says who speaks: customer, bot, agent or brand."""
    return {
        "id": post.id,
        "account": post.account,
        "name": post.name,
        "text": post.text,
        "at": post.at.isoformat(),
        "in_reply_to": post.in_reply_to,
        "conversation": post.conversation,
        "thread": post.thread,
        "addressed": post.addressed,
        "attachments": [attachment_shape(one) for one in post.attachments],
        "asks_rating": post.asks_rating,
        "stars": post.stars,
        "by": by,
    }


def record_shape(record: Record) -> Json:
    """Return one line of a transcript."""
    return {
        "id": record.id,
        "at": record.at.isoformat(),
        "author": record.author.value,
        "thread": record.thread,
        "visibility": record.visibility.value,
        "text": record.text,
        "link": record.link,
        "encrypted": record.nature is Nature.ENCRYPTED,
        "context": [context_shape(post) for post in record.context],
        "attachments": [attachment_shape(one) for one in record.attachments],
        "edited_at": record.edited_at.isoformat() if record.edited_at else None,
        "deleted_at": record.deleted_at.isoformat() if record.deleted_at else None,
        "hideable": record.can_be_hidden,
        "hidden_at": record.hidden_at.isoformat() if record.hidden_at else None,
        "hidden_by": record.hidden_by,
        "agent": record.agent,
        "outcome": record.outcome.value if record.outcome else None,
        "delivery": record.delivery.value if record.delivery else None,
        "by_hand": record.needs_a_hand,
        "problem": (record.problem or "").replace("_", " ").replace(":", ": "),
    }


def context_shape(post: ContextPost) -> Json:
    """Return a post around a message."""
    return {
        "relation": post.relation.value,
        "who": "us" if post.ours else f"@{post.handle}" if post.handle else "somebody",
        "text": post.text,
        "link": post.link,
    }


def attachment_shape(attachment: Attachment) -> Json:
    """Return a file as a link."""
    return {
        "kind": attachment.kind.value,
        "name": attachment.name,
        "url": attachment.url,
        "size": attachment.size,
        "alt": attachment.alt,
    }


def message_shape(
    record: Record, records: Sequence[Record], *, case: str | None
) -> Json:
    """Return what the bot made of one message of a customer, step by step."""
    return {
        **record_shape(record),
        "reading": reading_shape(record.reading) if record.reading else None,
        "marked": marked(record, records),
        "reason": record.reason,
        "reason_says": in_words(record.reason),
        "withheld_says": in_words(record.withheld),
        "said": [
            record_shape(r)
            for r in records
            if r.author in _OURS and r.in_reply_to == record.id
        ],
        "case": case,
    }


def waiting_shape(post: Post) -> Json:
    """Return a message that the bot has not handled yet, as `message_shape` does."""
    return {
        "id": post.id,
        "at": post.at.isoformat(),
        "author": Author.CUSTOMER.value,
        "thread": post.thread,
        "visibility": post.visibility.value,
        "text": post.text,
        "outcome": "pending" if post.addressed else None,
        "reading": None,
        "said": [],
        "case": None,
    }


def reading_shape(reading: Reading) -> Json:
    """Return a reading; `top` is the request that weighs most."""
    return {
        "top": request_shape(reading.top),
        "further": [request_shape(one) for one in reading.requests[1:]],
        "alternatives": [request_shape(one) for one in reading.alternatives],
        "entities": [{"kind": e.kind, "value": e.value} for e in reading.entities],
        "signals": asdict(reading.signals),
    }


def request_shape(request: Request) -> Json:
    return {"label": request.label, "confidence": request.confidence}


def case_shape(page: Page, case: Case) -> Json:
    """Return a case without its transcript."""
    return {
        "id": case.id,
        "account": page.account_of(case.customer),
        "handle": case.handle,
        "thread": case.thread,
        "visibility": case.visibility.value,
        "status": case.status.value,
        "team": case.team,
        "team_name": page.policy.teams.get(case.team, case.team),
        "reason_says": in_words(case.reason),
        "label": case.label,
        "corrected_label": case.corrected_label,
        "confidence": case.confidence,
        "priority": case.priority.name.lower(),
        "priority_rank": int(case.priority),
        "priority_reasons": list(case.priority_reasons),
        "opened_at": case.opened_at.isoformat(),
        "changed_at": case.changed_at.isoformat(),
        "assignee": case.assignee,
        "resolution": case.resolution,
        "rating": case.rating,
        "tags": list(case.tags),
        "learned": list(case.learned),
        "reopened": case.reopened,
        "acknowledged": case.acknowledged,
        "incident": case.incident,
        "service": service_shape(case, page.policy),
        "folded": case.folded,
    }


def incident_shape(page: Page, view: IncidentView) -> Json:
    """Return what the card of an incident shows."""
    found, counts = view.incident, view.summary
    teams = page.policy.teams
    return {
        "id": found.id,
        "title": view.title,
        "examples": list(view.examples),
        "opened_at": found.opened_at.isoformat(),
        "last_at": found.last_at.isoformat(),
        "ended_at": found.ended_at.isoformat() if found.ended_at else None,
        "cases": counts.cases,
        "active": counts.active,
        "open": counts.open,
        "urgent": counts.urgent,
        "untold": counts.untold,
        "teams": {teams.get(team, team): n for team, n in counts.by_team.items()},
        "visibility": dict(counts.by_visibility),
        "per_minute": counts.per_minute,
        "trend": counts.trend.value,
        "errands": [errand_shape(one) for one in view.errands],
    }


def errand_shape(view: ErrandView) -> Json:
    """Return how far an act on all cases has come."""
    return {
        "key": view.errand.key,
        "agent": view.errand.agent,
        "act": "resolve" if view.errand.resolution else "answer",
        "left": view.left,
        "results": told(view.errand, view.results),
    }


def card_shape(page: Page, view: CaseView) -> Json:
    """Return what a card in the list shows."""
    last = last_written(view.records)
    waiting = waiting_since(view.case, view.records)
    return {
        **case_shape(page, view.case),
        "waiting_since": waiting.isoformat() if waiting else None,
        "last": last.text if last else "",
        "last_deleted": bool(last and last.deleted_at),
        "alternatives": [request_shape(one) for one in view.alternatives],
        "earlier": view.earlier_contacts,
        "name": view.profile.name if view.profile else "",
        "followers": view.profile.followers if view.profile else None,
        "language": language_of(view.records),
        "opted_out": view.opted_out,
    }


def view_shape(page: Page, view: CaseView) -> Json:
    """Return an opened case: the card, the transcript, where one can answer."""
    return {
        **card_shape(page, view),
        "records": [record_shape(record) for record in view.records],
        "threads": _threads(view),
        "seen": view.seen,
    }


def _threads(view: CaseView) -> list[Json]:
    """Return the threads where the customer has written, the newest first."""
    return [
        {
            "id": one.thread,
            "private": one.visibility is Visibility.PRIVATE,
            "last": one.last.text[:80],
        }
        for one in places(view.records)
    ]
