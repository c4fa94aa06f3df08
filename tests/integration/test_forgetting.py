"""What is forgotten is nowhere any more: store, its files, Slack. What happened stays."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.simulator import Fault, SimulatorChannel
from bot.clock import ManualClock
from bot.commands import forget as command
from bot.desk.slack.sweeping import DELETED, Sweeper
from bot.errors import InputError, TemporaryFailure
from bot.flow.audit import audit
from bot.flow.duty import Duty
from bot.flow.outcomes import count_outcomes
from bot.flow.rewriter import EVERY, Rewriter
from bot.log import json_log
from bot.model.attachment import attachment_of
from bot.model.case import AgentId, CaseId
from bot.model.event import EventType, Outcome
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
from bot.model.record import Author
from bot.settings import Settings, Slack
from bot.store import keys
from bot.store.deliveries import RedisDeliveries
from bot.store.forgetting import NOBODY, RedisForgetting, cases_in
from bot.store.kept import RedisKept
from tests.builders import ALICE, CHANNEL, NOON, ROOT, message
from tests.first_line import FirstLine
from tests.integration.slack_cards import CARE, LEGAL, cards_of, slack_policy
from tests.slack_double import SlackDouble

ANN = AgentId("ann")
ODD = "product_question 0.9"
STANDARD = "faq/delivery_cost 0.9"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


def first_line(redis, tmp_path, clock) -> FirstLine:
    policy = slack_policy()
    channel = SimulatorChannel(
        tmp_path / "net.db", brand_handle=policy.handle, clock=clock
    )
    return FirstLine(redis, channel, clock, policy=policy)


@pytest.fixture
def line(redis, tmp_path, clock) -> FirstLine:
    return first_line(redis, tmp_path, clock)


@pytest.fixture
def forgetting(redis) -> RedisForgetting:
    return RedisForgetting(redis)


@pytest.fixture
async def slack(clock):
    async with SlackDouble(now=lambda: clock.now().timestamp()) as double:
        double.add_channel(CARE)
        double.add_channel(LEGAL)
        yield double


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
    line.channel.network.post("alice", f"@{line.policy.handle} {ODD} {word}")
    await line.settle()
    (view,) = (await line.relay.open_cases()).views
    await line.relay.claim(view.case.id, ANN)
    return view.case.id


async def answer(line: FirstLine, case: CaseId, text: str, *, key: str) -> None:
    view = await line.relay.view(case)
    thread = view.records[0].thread
    await line.relay.reply(case, ANN, text, thread=thread, key=key)


async def a_dead_letter(line: FirstLine, word: str) -> None:
    one = line.readings._one

    def fail(text: str):
        if "poison" in text:
            raise RecursionError
        return one(text)

    line.readings._one = fail
    line.channel.network.direct("alice", f"poison {word}")
    await line.settle()
    del line.readings._one  # mended


async def test_no_word_of_a_forgotten_customer_is_left_in_the_store_or_its_files(
    line, redis, forgetting, tmp_path
):
    await plant(line, redis)
    store = tmp_path / "store"
    assert found_in(store, WORDS) == set(WORDS)
    done = await forget(line, forgetting)
    assert done.unfinished == 0
    assert await forgetting.rewrite(now=line.clock.now()) == ""
    assert found_in(store, WORDS) == set()
    assert await is_clean(line)


async def test_what_waited_is_counted_and_nothing_of_it_is_sent(
    line, redis, forgetting
):
    await plant(line, redis)
    before = len(line.channel.network.ledger("alice"))
    await forget(line, forgetting)
    line.channel.network.faults.clear(Fault.NETWORK_DOWN)
    await line.settle()
    assert len(line.channel.network.ledger("alice")) == before
    table = await count_outcomes(line.events)
    assert table.adds_up
    assert table.totals[Outcome.PENDING] == 0
    assert table.by_reason["deleted", Outcome.IGNORED] == 1
    assert await is_clean(line)


async def test_forgetting_again_finds_nothing_and_breaks_nothing(
    line, redis, forgetting
):
    await plant(line, redis)
    first = await forget(line, forgetting)
    again = await forget(line, forgetting)
    assert (first.messages, first.texts, first.letters) == (4, 4, 2)
    assert (again.messages, again.texts, again.letters) == (0, 0, 0)
    assert first.cases == again.cases
    assert await is_clean(line)


async def test_a_text_that_is_being_sent_is_forgotten_when_that_is_over(
    line, redis, forgetting, tmp_path
):
    """Without its words nobody could tell whether it arrived."""
    case = await a_case(line, "first")
    line.channel.network.faults.set(Fault.LOSE_ANSWER)
    line.channel.network.faults.set(Fault.NETWORK_DOWN, times=3)
    await answer(line, case, "we look for Wolkenschaf", key="r1")
    line.channel.network.faults.clear(Fault.NETWORK_DOWN)
    line.clock.set(await line.outbox.next_due())
    await line.sender.step()
    assert (await forget(line, forgetting)).unfinished == 1
    await line.settle()
    assert (await forget(line, forgetting)).unfinished == 0
    await forgetting.rewrite(now=line.clock.now())
    assert found_in(tmp_path / "store", WORDS) == set()
    sent = [e.text for e in line.channel.network.ledger("alice") if e.received]
    assert sum("Wolkenschaf" in text for text in sent) == 1
    assert await is_clean(line)


async def test_a_turn_that_has_read_the_words_does_not_write_them(
    line, redis, forgetting, tmp_path
):
    line.channel.network.direct("alice", f"{ODD} Wolkenschaf")
    await line.intake.step()
    read = line.readings.read

    async def forgotten_meanwhile(texts):
        line.readings.read = read
        await forget(line, forgetting)
        return await read(texts)

    line.readings.read = forgotten_meanwhile
    await line.settle()
    await forgetting.rewrite(now=line.clock.now())
    assert found_in(tmp_path / "store", WORDS) == set()
    assert (await count_outcomes(line.events)).totals[Outcome.IGNORED] == 1
    assert await is_clean(line)


async def test_what_was_forgotten_is_not_stored_when_it_is_delivered_again(
    line, forgetting
):
    one = message(f"{ODD} Wolkenschaf", at=NOON)
    await accept(line, one)
    await line.settle()
    await forget(line, forgetting)
    await accept(line, one)
    await line.settle()
    assert await line.cases.records(ALICE) == []


async def test_who_wanted_nothing_automatic_still_gets_nothing(line, forgetting):
    line.channel.network.direct("alice", "opt_out 0.95")
    await line.settle()
    assert await line.cases.opted_out(ALICE)
    await forget(line, forgetting)
    assert await line.cases.opted_out(ALICE)


async def test_who_writes_again_is_served_as_anybody_else(line, forgetting):
    await a_case(line, "first")
    await forget(line, forgetting)
    (view,) = (await line.relay.open_cases()).views
    assert view.case.handle == NOBODY
    await line.relay.resolve(view.case.id, ANN, resolution="answered")
    line.clock.advance(timedelta(days=30).total_seconds())
    await line.settle()
    line.channel.network.direct("alice", f"{ODD} hello again")
    await line.settle()
    (view,) = (await line.relay.open_cases()).views
    assert [r.text for r in view.records if r.author is Author.CUSTOMER] == [
        f"{ODD} hello again"
    ]
    assert await is_clean(line)


async def test_nobody_else_loses_anything(line, redis, forgetting):
    line.channel.network.direct("bob", f"{ODD} Wolkenschaf")
    await line.settle()
    bob = await line.cases.records(CustomerId("simulator:bob"))
    await plant_nothing_but_a_case(line)
    await forget(line, forgetting)
    assert await line.cases.records(CustomerId("simulator:bob")) == bob


async def plant_nothing_but_a_case(line: FirstLine) -> None:
    line.channel.network.direct("alice", f"{ODD} hello")
    await line.settle()


async def test_a_customer_is_found_by_the_handle_of_their_last_message(
    line, forgetting
):
    await plant_nothing_but_a_case(line)
    assert await forgetting.called("@Alice") == [ALICE]
    await forget(line, forgetting)
    assert await forgetting.called("alice") == []


async def test_clicks_that_wait_are_named(redis, forgetting, clock):
    body = {"message": {"text": "C-1010: Wolkenschaf"}}
    await RedisDeliveries(redis).take(
        "k1", lane="l", body=body, now=clock.now(), length=timedelta(seconds=30)
    )
    assert await forgetting.clicks_about(["C-1010"]) == 1
    assert await forgetting.clicks_about(["C-2020"]) == 0


async def test_what_authors_deleted_leaves_the_files_within_a_day(
    line, forgetting, clock, tmp_path
):
    rewriter = Rewriter(
        forgetting, Duty(line.duties, "rewrite"), clock=clock, log=line.log
    )
    await rewriter.step()
    gone = line.channel.network.post("alice", f"@{line.policy.handle} Wolkenschaf")
    await line.settle()
    line.channel.network.delete(gone)
    await line.settle()
    assert await rewriter.step() == 0
    assert found_in(tmp_path / "store", WORDS) == {"Wolkenschaf"}
    clock.advance(EVERY.total_seconds() + 60)
    assert await rewriter.step() == 1
    assert found_in(tmp_path / "store", WORDS) == set()


# -- in Slack --------------------------------------------------------------------------


def sweeper_of(line: FirstLine, cards, forgetting) -> Sweeper:
    return Sweeper(
        cards.client,
        cards.book,
        events=line.events,
        cases=line.cases,
        journal=forgetting,
        duty=Duty(line.duties, "slack_sweep"),
        clock=line.clock,
        log=json_log,
    )


def said_in(slack: SlackDouble) -> str:
    """Return everything that stands in the workspace's channels."""
    return "\n".join(
        f"{m.says()}\n{m.text}\n{m.metadata}"
        for channel in slack.space.channels.values()
        for m in channel.messages.values()
        if not m.deleted
    )


async def test_slack_says_nothing_of_a_forgotten_customer_any_more(
    line, redis, forgetting, slack
):
    async with cards_of(line, redis, slack) as cards:
        case = await a_case(line, "Wolkenschaf")
        await cards.show()
        await line.relay.hand_over(case, ANN, "press")  # another channel, another card
        await cards.show()
        await line.relay.claim(case, ANN)
        await line.relay.note(case, ANN, "Zaunkoenig", key="n1")
        await line.relay.resolve(case, ANN, resolution="answered")
        await cards.show()
        line.clock.advance(timedelta(days=30).total_seconds())
        await line.settle()  # nothing reopens it: the book forgets its lines
        await cards.show()
        assert "Wolkenschaf" in said_in(slack)
        assert "Zaunkoenig" in said_in(slack)
        await forget(line, forgetting)
        assert await sweeper_of(line, cards, forgetting).step() == 1
        await cards.show()
        assert not {"Wolkenschaf", "Zaunkoenig", "alice"} & set(
            said_in(slack).replace("@", " ").split()
        )
        assert "Wolkenschaf" not in said_in(slack)
        assert DELETED in said_in(slack)
        done = [e for e in await history(line) if e.type is EventType.DESK_FORGOTTEN]
        assert [e.facts["left"] for e in done] == ["0"]
        assert await is_clean(line)


async def test_an_open_case_keeps_a_card_that_works(line, redis, forgetting, slack):
    async with cards_of(line, redis, slack) as cards:
        await a_case(line, "Wolkenschaf")
        await cards.show()
        await forget(line, forgetting)
        await sweeper_of(line, cards, forgetting).step()
        await cards.show()
        (card,) = [m for m in slack.messages(CARE) if m.action_ids]
        assert NOBODY in card.says()
        assert "Wolkenschaf" not in said_in(slack)


async def test_a_deleted_message_leaves_the_thread_of_a_case_that_is_over(
    line, redis, forgetting, slack
):
    async with cards_of(line, redis, slack) as cards:
        case = await a_case(line, "Wolkenschaf")
        line.channel.network.post("alice", f"@{line.policy.handle} {ODD} Zaunkoenig")
        await line.settle()
        await cards.show()
        await line.relay.resolve(case, ANN, resolution="answered")
        await cards.show()
        line.clock.advance(timedelta(days=30).total_seconds())
        await line.settle()
        await cards.show()
        gone = next(
            post.id
            for post in line.channel.network.timeline()
            if "Wolkenschaf" in post.text
        )
        line.channel.network.delete(gone)
        await line.settle()
        await sweeper_of(line, cards, forgetting).step()
        await cards.show()
        assert "Wolkenschaf" not in said_in(slack)
        assert "Zaunkoenig" in said_in(slack)


async def test_what_surrounded_a_message_leaves_slack_where_its_case_goes_on_and_where_it_is_over(
    line, redis, slack
):
    around = ContextPost(
        relation=Relation.QUOTED, handle="carl", text="Wolkenschaf", id="7"
    )
    async with cards_of(line, redis, slack) as cards:
        for number in (1, 2):
            mention = message(f"{ODD} Zaunkoenig", id=f"m{number}", at=line.clock.now())
            await accept(line, replace(mention, handle="alice", context=(around,)))
            await line.settle()
            await cards.show()
            assert "Wolkenschaf" in said_in(slack)
            if number == 1:
                (view,) = (await line.relay.open_cases()).views
                await line.relay.claim(view.case.id, ANN)
                await line.relay.resolve(view.case.id, ANN, resolution="answered")
                await cards.show()
                line.clock.advance(timedelta(days=30).total_seconds())
                await line.settle()
                await cards.show()
        kept = RedisKept(redis)
        assert await kept.strike(ALICE, {"7"}, now=line.clock.now()) == 2
        await sweeper_of(line, cards, RedisForgetting(redis)).step()
        await cards.show()
        assert "Wolkenschaf" not in said_in(slack)
        assert "Zaunkoenig" in said_in(slack)


async def test_what_people_wrote_in_the_thread_is_counted_for_them_to_delete(
    line, redis, forgetting, slack
):
    async with cards_of(line, redis, slack) as cards:
        await a_case(line, "Wolkenschaf")
        await cards.show()
        (card,) = slack.messages(CARE)
        anna = slack.add_user("anna")
        await anna.type(CARE, "I called her: Eisvogel", thread_ts=card.ts)
        await forget(line, forgetting)
        await sweeper_of(line, cards, forgetting).step()
        done = [e for e in await history(line) if e.type is EventType.DESK_FORGOTTEN]
        assert [e.facts["left"] for e in done] == ["1"]


async def test_a_sweep_that_is_cut_off_is_finished_by_the_next(
    line, redis, forgetting, slack
):
    async with cards_of(line, redis, slack) as cards:
        await a_case(line, "Wolkenschaf")
        await cards.show()
        await forget(line, forgetting)
        slack.faults.lose_answer("chat.update")
        with pytest.raises(TemporaryFailure):
            await sweeper_of(line, cards, forgetting).step()
        line.clock.advance(60)
        assert await sweeper_of(line, cards, forgetting).step() == 1
        await cards.show()
        assert "Wolkenschaf" not in said_in(slack)


# -- by hand ---------------------------------------------------------------------------


@pytest.fixture
def settings(server, tmp_path) -> Settings:
    made = Settings.from_env(ROOT, {})
    return replace(made, redis_url=server.address, var=tmp_path / "var")


async def test_the_command_forgets_who_is_named_by_handle(
    line, redis, settings, tmp_path, capsys
):
    await plant(line, redis)
    found = await command.whose(settings, "@alice", message=False)
    assert found.customer == ALICE
    assert await command.forget(settings, found) == 0
    assert "removed 4 messages" in capsys.readouterr().out
    assert found_in(tmp_path / "store", WORDS) == set()


async def test_the_command_forgets_what_they_wrote_around_messages_of_others(
    line, settings, tmp_path, capsys
):
    theirs = ContextPost(
        relation=Relation.QUOTED, handle="alice", text="Wolkenschaf", id="7"
    )
    ours = ContextPost(relation=Relation.EARLIER, handle="x", text="Zaunkoenig", id="8")
    line.channel.network.post("alice", f"@{line.policy.handle} {ODD}")
    bobs = message(ODD, id="m9", customer=CustomerId("simulator:bob"))
    await accept(line, replace(bobs, handle="bob", context=(theirs, ours)))
    await line.settle()
    found = await command.whose(settings, "@alice", message=False)
    assert await command.forget(settings, found) == 0
    assert "Removed from around 1 messages of others." in capsys.readouterr().out
    assert found_in(tmp_path / "store", WORDS) == {"Zaunkoenig"}


async def test_the_command_forgets_one_message(line, settings, tmp_path):
    one = line.channel.network.post("alice", f"@{line.policy.handle} Wolkenschaf")
    line.channel.network.post("alice", f"@{line.policy.handle} Zaunkoenig")
    await line.settle()
    found = await command.whose(settings, one, message=True)
    assert await command.forget(settings, found) == 0
    assert found_in(tmp_path / "store", WORDS) == {"Zaunkoenig"}


async def test_the_command_clears_slack_by_itself(line, redis, settings, slack, capsys):
    async with cards_of(line, redis, slack) as cards:
        await a_case(line, "Wolkenschaf")
        await cards.show()
    tokens = Slack(bot_token=slack.bot_token, app_token="", api_url=slack.api_url)
    settings = replace(settings, slack=tokens)
    found = await command.whose(settings, ALICE, message=False)
    assert await command.forget(settings, found) == 0
    assert "Slack: cleared." in capsys.readouterr().out
    assert "Wolkenschaf" not in said_in(slack)


@pytest.mark.parametrize("name", ["@nobody", "simulator:nobody", "C-1010"])
async def test_the_command_says_when_there_is_no_such_customer(settings, name):
    with pytest.raises(InputError, match=r"Nobody|No event"):
        await command.whose(settings, name, message=False)
