"""Any case, any words, any moment: what Slack's renderings are tried with."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from bot.desk.slack.blocks import (
    DayFigures,
    Health,
    Home,
    Person,
    Queue,
    Scene,
)
from bot.model.attachment import Attachment, AttachmentKind
from bot.model.case import AgentId, Case, CaseId, CaseStatus, IncidentId, Priority
from bot.model.errand import Errand, ErrandResult
from bot.model.event import Outcome
from bot.model.incident import Incident, Summary, Trend
from bot.model.message import (
    DIRECT,
    ChannelName,
    ContextPost,
    Nature,
    Profile,
    Relation,
    ThreadId,
    Visibility,
)
from bot.model.quiet import Quiet
from bot.model.reading import Reading, Request, Signals
from bot.model.reason import Reason
from bot.model.record import Author, Delivery, Record
from bot.ports import CaseView, ErrandView, IncidentView
from bot.ports.desk import Preview, Suggestion
from tests.builders import ALICE, NOON, POLICY

HOSTILE = [
    *("<!channel>", "<!here>", "<@U012AB34CD>", "<https://evil.example|your bank>"),
    *("*bold*", "_slanted_", "~gone~", "`code`", "```\ncode\n```", "> quoted", "@here"),
    *(
        ":tada:",
        "&lt;",
        "&amp;",
        "<!date^1^{date}|x>",
        "\u202eesrever",
        "\x00",
        "\ud800",
    ),
    *(
        "👩‍👩‍👧‍👦" * 900,
        "e" + "\u0301" * 4000,
        "🇬🇧" * 2000,
        "<" * 4000,
        "\n" * 9000,
        '"\\' * 5000,
    ),
    *("", " ", "\u2028", "﷽" * 3000),
]
anything = st.text(st.characters(), max_size=300)
content = st.one_of(
    st.sampled_from(HOSTILE),
    anything,
    st.tuples(st.sampled_from(HOSTILE), anything).map("".join),
    anything.map(lambda text: text * 40),
).map(lambda text: text[:10_000])
names = st.sampled_from(["ann", "ben", "U012AB34CD", "WALTER99", "x" * 300, "<!here>"])
agents = names.map(AgentId)
labels = st.one_of(
    st.sampled_from(["", "order_status", "faq/return_policy", "nlu_fallback"]), content
)
moments = st.integers(-400 * 1440, 400 * 1440).map(
    lambda minutes: NOON + timedelta(minutes=minutes)
)
shares = st.floats(0, 1)
codes = st.one_of(st.sampled_from([one.value for one in Reason]), content)
visibilities = st.sampled_from(Visibility)
threads = st.sampled_from([DIRECT, ThreadId("p1:alice"), ThreadId("p2:alice")])
requests = st.builds(
    Request, st.sampled_from(["order_status", "refund", "<!here>"]), shares, st.none()
)
readings = st.builds(
    Reading,
    st.tuples(requests),
    signals=st.builds(
        Signals, language=st.sampled_from(["en", "de", "und", "xx", "<@U012AB>"])
    ),
)
files = st.builds(
    Attachment,
    kind=st.sampled_from(AttachmentKind),
    name=content,
    url=content
    | st.just("https://cdn.example/" + "a" * 880)
    | st.just("https://x.example/|"),
    alt=content,
)
around = st.builds(
    ContextPost,
    relation=st.sampled_from(Relation),
    handle=content,
    text=content,
    link=st.none() | content | st.just("https://network.example/posts/1?a=b|c"),
    ours=st.booleans(),
)
records = st.builds(
    Record,
    id=st.text("abcdef:0123456789", min_size=1, max_size=80),
    at=moments,
    author=st.sampled_from(Author),
    thread=threads,
    visibility=visibilities,
    text=content,
    agent=st.none() | agents,
    reading=st.none() | readings,
    outcome=st.none() | st.sampled_from(Outcome),
    withheld=st.none() | st.sampled_from(Reason),
    delivery=st.none() | st.sampled_from(Delivery),
    problem=st.none() | content,
    link=st.none() | content | st.just("https://network.example/posts/1?a=b|c"),
    attachments=st.lists(files, max_size=9).map(tuple),
    edited_at=st.none() | moments,
    deleted_at=st.none() | moments,
    nature=st.sampled_from(Nature),
    context=st.lists(around, max_size=6).map(tuple),
    hideable=st.booleans(),
    hidden_at=st.none() | moments,
    hidden_by=st.none() | agents,
)
few_contents = st.lists(content, max_size=30).map(tuple)
cases = st.builds(
    Case,
    id=st.integers(1, 10**9).map(lambda number: CaseId(f"C-{number}")),
    customer=st.just(ALICE),
    handle=content,
    channel=st.sampled_from([ChannelName("x"), ChannelName("a<b&c" * 30)]),
    thread=threads,
    visibility=visibilities,
    status=st.sampled_from(CaseStatus),
    team=st.sampled_from(["care", "press", "gone"]) | content,
    reason=codes,
    label=labels,
    confidence=shares,
    priority=st.sampled_from(Priority),
    priority_reasons=few_contents,
    opened_at=moments,
    changed_at=moments,
    assignee=st.none() | agents,
    resolved_at=st.none() | moments,
    resolution=st.none() | content,
    corrected_label=st.none() | labels,
    tags=few_contents,
    learned=few_contents,
    reopened=st.integers(0, 5),
    acknowledged=st.booleans(),
    answered_at=st.none() | moments,
    snoozed_until=st.none() | moments,
    unclaimed_at=st.none() | moments,
    sla_near_at=st.none() | moments,
    followed_up_at=st.none() | moments,
    lapsed_at=st.none() | moments,
    lapsed_from=st.none() | agents,
    closed_at=st.none() | moments,
    incident=st.none() | st.just(IncidentId("I-3")),
)
profiles = st.none() | st.builds(
    Profile, name=content, followers=st.none() | st.integers(0, 10**9)
)
views = st.builds(
    CaseView,
    case=cases,
    records=st.lists(records, max_size=12).map(tuple),
    earlier_contacts=st.integers(0, 5000),
    alternatives=st.lists(requests, max_size=4).map(tuple),
    profile=profiles,
)
people = st.dictionaries(
    agents, st.builds(Person, content, st.sampled_from(["", "U012AB34CD", "<!here>"]))
)
scenes = st.builds(
    Scene,
    policy=st.just(POLICY),
    now=moments,
    people=people,
)
summaries = st.builds(
    Summary,
    cases=st.integers(0, 10**6),
    active=st.integers(0, 10**6),
    open=st.integers(0, 10**6),
    urgent=st.integers(0, 10),
    untold=st.integers(0, 10),
    by_team=st.dictionaries(content, st.integers(0, 10**6), max_size=30),
    by_visibility=st.dictionaries(
        st.sampled_from(["public", "private"]), st.integers(1, 9), max_size=2
    ),
    per_minute=st.floats(0, 10**4),
    trend=st.sampled_from(Trend),
)
errands = st.builds(
    ErrandView,
    errand=st.builds(
        Errand,
        key=st.just("k"),
        incident=st.just(IncidentId("I-3")),
        agent=agents,
        at=moments,
        wordings=st.just(("hello",)),
        resolution=st.none() | content,
    ),
    results=st.dictionaries(st.sampled_from(ErrandResult), st.integers(0, 10**5)),
    left=st.integers(0, 10**5),
)
incidents = st.builds(
    IncidentView,
    incident=st.builds(
        Incident,
        id=st.just(IncidentId("I-3")),
        founder=st.just(CaseId("C-1")),
        customer=st.just(ALICE),
        examples=st.just(()),
        opened_at=moments,
        last_at=moments,
        ended_at=st.none() | moments,
    ),
    summary=summaries,
    title=content,
    examples=few_contents,
    errands=st.lists(errands, max_size=9).map(tuple),
)
previews = st.none() | st.builds(
    Preview,
    text=content,
    parts=few_contents,
    length=st.integers(0, 10**6),
    limit=st.integers(1, 10**6),
    problems=few_contents,
    newer=st.booleans(),
)
suggestions = st.lists(
    st.builds(
        Suggestion,
        label=st.sampled_from(["faq/return_policy", "faq/" + "x" * 120]),
        text=content,
        source=content,
        confidence=shares,
    ),
    max_size=5,
)
spans = st.none() | st.integers(0, 10**6).map(lambda s: timedelta(seconds=s))
counts = st.integers(0, 10**6)
days = st.builds(
    DayFigures,
    day=st.just(NOON.date()),
    outcomes=st.dictionaries(st.sampled_from(Outcome), counts),
    opened=counts,
    resolved=counts,
    reopened=counts,
    first_answers=counts,
    late=st.just(0),
    acknowledgement=spans,
    automatic_answer=spans,
    first_human_answer=spans,
    first_useful_answer=spans,
)
queues = st.builds(
    Queue,
    unclaimed=counts,
    claimed=counts,
    waiting=counts,
    oldest_unclaimed=st.none() | moments,
)
healths = st.lists(st.builds(Health, st.booleans(), content), max_size=12).map(tuple)
pauses = st.lists(st.builds(Quiet, content, agents, moments), max_size=12).map(tuple)
homes = st.builds(
    Home,
    mine=st.lists(cases, max_size=20),
    next=st.lists(cases, max_size=20),
    queue=queues,
    today=st.none() | days,
    health=healths,
    pauses=pauses,
)
