"""Words planted wherever something of a customer is kept, and where they are found."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from bot.channels.simulator import Fault
from bot.flow.audit import audit
from bot.model.attachment import attachment_of
from bot.model.case import AgentId, CaseId
from bot.model.message import (
    ContextPost,
    CustomerId,
    Edited,
    Malformed,
    MessageId,
    Profile,
    Relation,
)
from bot.model.rank import Rank
from bot.store import keys
from bot.store.forgetting import RedisForgetting, cases_in
from tests.builders import ALICE, CHANNEL, message
from tests.first_line import FirstLine
from tests.ledger import break_reading, mend_reading, only_view, post
from tests.slack_double import SlackDouble

ANN = AgentId("ann")
ODD = "product_question 0.9"
STANDARD = "faq/delivery_cost 0.9"


async def history(line: FirstLine, who: CustomerId = ALICE):
    (shard, *_) = line.events.shards_for(who)
    return [e async for e in line.events.every(shard) if e.customer == who]


async def forget(line: FirstLine, forgetting: RedisForgetting, who=ALICE):
    cases = cases_in(await history(line, who))
    return await forgetting.forget(who, cases, by="ann", now=line.clock.now())


async def accept(line: FirstLine, *what) -> None:
    await line.inbox.accept(
        what,
        now=line.clock.now(),
        quiet=timedelta(seconds=2),
        at_most=timedelta(seconds=10),
        rank=lambda _: Rank.MIDDLE,
    )


def found_in(folder, words) -> set[str]:
    """Return which of the words stand in any file of a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    content = b"\n".join(path.read_bytes() for path in files)
    return {word for word in words if word.encode() in content}


async def is_clean(line: FirstLine) -> bool:
    found = await audit(line.events, now=line.clock.now(), limit=timedelta(hours=1))
    assert found.clean, found.findings
    return True


# -- everywhere ----------------------------------------------------------------------

WORDS = (
    "Wolkenschaf", "Nebelkerze", "Sturmlaterne", "Quittenmus", "Habichtskraut",
    "Zaunkoenig", "Mondkalb", "Rosinenbomber", "Kaffeesatz", "Lindwurm", "Hagebutte",
    "Eisvogel", "Purzelbaum", "Schnurrbart", "Wetterfrosch",
)  # fmt: skip


async def plant(line: FirstLine, redis) -> None:
    """Put a word of its own into every place that holds content of a customer."""
    (public, private, reply, note, tag, waiting, ahead, letter, malformed, queued,
     name, quoted, file, fact, learned) = WORDS  # fmt: skip
    network = line.channel.network
    case = await a_case(line, public)
    await line.relay.note(case, ANN, f"they said {note}", key="n1")
    await line.relay.tag(case, ANN, [tag])
    await answer(line, case, f"we look, {reply}", key="r1")
    await line.settle()
    network.direct("alice", f"{ODD} {private}")
    await line.settle()
    await a_dead_letter(line, letter)
    await redis.hset(keys.of_case(case), "learned", f'["{learned}"]')
    theirs = keys.of_customer(ALICE, "customer")
    state = json.loads(await redis.hget(theirs, "state"))
    await redis.hset(theirs, "state", json.dumps({**state, "facts": [fact]}))
    network.faults.set(Fault.NETWORK_DOWN, times=None)
    await answer(line, case, f"about {queued}", key="r2")
    context = ContextPost(relation=Relation.QUOTED, handle=quoted, text=quoted)
    photo = attachment_of(
        kind="image", name="photo", url=f"https://x.example/{file}.jpg"
    )
    later = replace(
        message(f"{ODD} {waiting}", id="m-wait", at=line.clock.now()),
        profile=Profile(name=name),
        context=(context,),
        attachments=(photo,),
    )
    edit = Edited(
        channel=CHANNEL,
        id=MessageId("m-ahead"),
        customer=ALICE,
        text=ahead,
        at=line.clock.now(),
    )
    raw = f'{{"from": "alice", "text": "{malformed}'
    broken = Malformed(channel=CHANNEL, id=MessageId("bad"), problem="cut", raw=raw)
    await accept(line, later, broken)
    await line.inbox.amend([edit], now=line.clock.now())


async def a_case(line: FirstLine, word: str) -> CaseId:
    post(line, f"{ODD} {word}")
    await line.settle()
    view = await only_view(line)
    await line.relay.claim(view.case.id, ANN)
    return view.case.id


async def answer(line: FirstLine, case: CaseId, text: str, *, key: str) -> None:
    view = await line.relay.view(case)
    thread = view.records[0].thread
    await line.relay.reply(case, ANN, text, thread=thread, key=key)


async def a_dead_letter(line: FirstLine, word: str) -> None:
    break_reading(line)
    line.channel.network.direct("alice", f"poison {word}")
    await line.settle()
    mend_reading(line)


def said_in(slack: SlackDouble) -> str:
    """Return everything that stands in the workspace's channels."""
    return "\n".join(
        f"{m.says()}\n{m.text}\n{m.metadata}"
        for channel in slack.space.channels.values()
        for m in channel.messages.values()
        if not m.deleted
    )
