"""X's check of what became of posts that an app keeps: a job, a file up, a file down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

from aiohttp import web

from bot.sim.x.core import Core
from bot.sim.x.endpoint import APPS, Answer, Ask, Endpoint
from bot.sim.x.limits import Limit, Limits
from bot.sim.x.refusals import Refused, not_found, problem
from bot.sim.x.shapes.check import (
    COUNT,
    ID,
    MOMENT,
    TEXT,
    Check,
    a_list,
    a_text,
    a_truth,
    an_object,
    one_of,
)
from bot.sim.x.shapes.query import Query, words
from bot.sim.x.things import UPLOAD_LIVES, Job
from bot.sim.x.wire import Json, stamp

RESULT_LIVES = timedelta(days=7)
_UP, _DOWN = "/compliance/{id}/submission", "/compliance/{id}/results"
_WORDS = {"created", "in_progress", "failed", "complete", "expired"}


def begin(core: Core, ask: Ask) -> Answer:
    """Begin a job: there is one of a kind at a time."""
    now, kind = core.clock.now(), str(ask.body["type"])
    running = {"created", "in_progress"}
    if any(j.kind == kind and j.status(now) in running for j in core.jobs.values()):
        says = f"A job of type [{kind}] is still running."
        raise Refused("job_running", 409, problem("Conflict", says, 409))
    job = Job(core.world.ids.id(now), kind, str(ask.body.get("name", "")), now)
    core.jobs[job.id] = job
    return Answer({"data": _told(core, job)}, effect=job.id)


def look(core: Core, ask: Ask) -> Answer:
    job = core.jobs.get(ask.path["id"])
    if job is None:
        raise not_found()
    return Answer({"data": _told(core, job)})


def listed(core: Core, ask: Ask) -> Answer:
    now, wanted = core.clock.now(), ask.text("status")
    found = [
        _told(core, job)
        for job in core.jobs.values()
        if job.kind == ask.text("type") and wanted in ("", job.status(now))
    ]
    return Answer({"data": found, "meta": {"result_count": len(found)}})


def add_files(app: web.Application, core: Core) -> None:
    """Serve the places of the files: whoever knows their address may use them."""

    async def upload(request: web.Request) -> web.Response:
        job = core.jobs.get(request.match_info["id"])
        now = core.clock.now()
        if job is None or job.status(now) != "created":
            raise web.HTTPForbidden
        lines = (await request.text()).split()
        job.ids = tuple(line for line in lines if line.isdecimal())
        job.ready_at = now + core.job_takes
        return web.Response()

    async def download(request: web.Request) -> web.Response:
        job = core.jobs.get(request.match_info["id"])
        if job is None or job.status(core.clock.now()) != "complete":
            raise web.HTTPForbidden
        lines = [json.dumps(line) for line in _results(core, job)]
        return web.Response(text="\n".join(lines))

    app.router.add_put(_UP, upload)
    app.router.add_get(_DOWN, download)


def _results(core: Core, job: Job) -> Iterator[Json]:
    """Yield a line for each thing that has to be removed, and none for the others."""
    now = stamp(core.clock.now())
    for id_ in job.ids or ():
        reason = _of_user(core, id_) if job.kind == "users" else _of_post(core, id_)
        if reason:
            yield {
                "id": id_,
                "action": "delete",
                "created_at": now,
                "redacted_at": now,
                "reason": reason,
            }


def _of_post(core: Core, id_: str) -> str:
    post = core.world.posts.get(id_)
    if post is None:
        return "deleted" if id_ in core.world.deleted else ""
    return _of_user(core, post.author_id)


def _of_user(core: Core, id_: str) -> str:
    account = core.world.accounts.get(id_)
    if account is None:
        return ""
    return "suspended" * account.suspended or "protected" * account.protected


def _told(core: Core, job: Job) -> Json:
    told: Json = {
        "id": job.id,
        "type": job.kind,
        "created_at": stamp(job.created_at),
        "upload_url": core.base_url + _UP.replace("{id}", job.id),
        "upload_expires_at": stamp(job.created_at + UPLOAD_LIVES),
        "download_url": core.base_url + _DOWN.replace("{id}", job.id),
        "download_expires_at": stamp(job.created_at + RESULT_LIVES),
        "status": job.status(core.clock.now()),
        "resumable": False,
    }
    return {**told, "name": job.name} if job.name else told


_JOB: Check = an_object(
    {
        "id": ID,
        "type": one_of("tweets", "users"),
        "created_at": MOMENT,
        "upload_url": TEXT,
        "upload_expires_at": MOMENT,
        "download_url": TEXT,
        "download_expires_at": MOMENT,
        "status": one_of(*_WORDS),
    },
    {"name": TEXT, "resumable": a_truth},
)
_ONE: Check = an_object({"data": _JOB})
_NEW: Check = an_object(
    {"type": one_of("tweets", "users")},
    {"name": a_text(most=64), "resumable": a_truth},
)
_FIELDS: Query = {"compliance_job.fields": words(1, 200)}
_PATH = "/2/compliance/jobs"


def _limits(name: str) -> Limits:
    return Limits(name, per_app=(Limit(150),))


ENDPOINTS = (
    Endpoint(
        "POST",
        _PATH,
        begin,
        _limits("compliance.begin"),
        _ONE,
        takes=APPS,
        query=_FIELDS,
        body=_NEW,
    ),
    Endpoint(
        "GET",
        _PATH,
        listed,
        _limits("compliance.list"),
        an_object(
            {"data": a_list(_JOB), "meta": an_object({"result_count": COUNT})},
        ),
        takes=APPS,
        query={**_FIELDS, "type": words(1, 10), "status": words(1, 20)},
        needed=("type",),
    ),
    Endpoint(
        "GET",
        _PATH + "/{id}",
        look,
        _limits("compliance.look"),
        _ONE,
        takes=APPS,
        query=_FIELDS,
    ),
)
