"""`/firstline …` and App Home, as agents see them."""

from __future__ import annotations

from bot.desk.slack.blocks import Health


async def asked(desk, words: str, *, who=None, channel="firstline-care") -> str:
    """Write a command and return what is answered, to that person alone."""
    who = who or desk.slack.anna
    before = len(desk.slack.ephemerals(who))
    ack = await who.command("/firstline", words, channel=channel)
    assert ack.acknowledged
    await desk.done()
    (answer,) = desk.slack.ephemerals(who)[before:]
    return answer.says()


async def test_status_counts_the_queue(desk):
    await desk.case("carol")
    _, card = await desk.case("dave")
    await desk.slack.anna.click(card, "case_claim")
    await desk.done()
    desk.clock.advance(10)
    says = await asked(desk, "status")
    assert "1 unclaimed" in says
    assert "1 claimed" in says
    assert "All well" in says
    assert "2 messages" in says


async def test_status_says_what_is_not_well(desk):
    desk.healthy = [Health(False, "slack: Slack does not accept the bot's token")]
    assert "does not accept the bot" in await asked(desk, "status")


async def test_mine_lists_what_one_holds_with_a_link_to_each_card(desk):
    case, card = await desk.case()
    assert "You hold no case" in await asked(desk, "mine")
    await desk.slack.anna.click(card, "case_claim")
    await desk.done()
    assert case.id in await asked(desk, "mine")
    links = str(desk.slack.ephemerals(desk.slack.anna)[-1].blocks)
    assert f"p{card.ts.replace('.', '')}" in links
    assert "You hold no case" in await asked(desk, "mine", who=desk.slack.ben)


async def test_next_is_a_card_that_can_be_claimed_there(desk):
    assert "Nobody is waiting" in await asked(desk, "next")
    case, _ = await desk.case()
    assert "carol" in await asked(desk, "NEXT")
    shown = desk.slack.ephemerals(desk.slack.anna)[-1]
    await desk.slack.anna.click(shown, "case_claim")
    await desk.done()
    found = (await desk.relay.view(case.id)).case
    assert found.assignee == desk.slack.anna.id


async def test_search_finds_by_handle_and_not_by_words(desk):
    case, _ = await desk.case("carol")
    assert case.id in await asked(desk, "search carol")
    assert "Nothing found" in await asked(desk, "search 0.9")
    assert "what to search for" in await asked(desk, "search")


async def test_pause_and_resume_say_what_the_bot_is_quiet_about(desk):
    assert "everything" in await asked(desk, "pause")
    assert "simulator" in await asked(desk, "pause simulator")
    assert len(await desk.quiet.quiet()) == 2
    assert "no channel and no intent" in await asked(desk, "pause everythin")
    assert "not paused" in await asked(desk, "resume refund_request")
    says = await asked(desk, "resume simulator")
    assert "everything" in says
    assert "The bot speaks" in await asked(desk, "resume")
    assert await desk.quiet.quiet() == ()


async def test_what_is_not_understood_gets_the_list_of_what_can_be_asked(desk):
    for words in ("", "help", "hwat"):
        assert "/firstline search" in await asked(desk, words)


async def test_eleven_copies_of_a_command_are_one_answer(desk):
    await desk.slack.anna.command("/firstline", "status", channel="firstline-care")
    await desk.done()
    (command,) = [
        d.payload for d in desk.slack.sockets.deliveries if "command" in d.payload
    ]
    for _ in range(10):
        await desk.inward._receive(command)
    await desk.done()
    assert len(desk.slack.ephemerals(desk.slack.anna)) == 1


async def test_home_shows_ones_cases_and_the_queue_and_follows_what_one_does(desk):
    _, card = await desk.case("carol")
    await desk.slack.anna.open_home()
    await desk.done()
    shown = str(desk.slack.home(desk.slack.anna).body)
    assert "carol" in shown
    assert "You hold no case" in shown
    await desk.slack.anna.click(card, "case_claim")
    await desk.done()
    assert await desk.inward.home.step() == 0
    desk.clock.advance(10)
    assert await desk.inward.home.step() == 1
    shown = str(desk.slack.home(desk.slack.anna).body)
    assert "My cases (1)" in shown
    assert desk.slack.home(desk.slack.ben) is None


async def test_many_acts_are_one_new_home(desk):
    _, card = await desk.case("carol")
    await desk.slack.anna.open_home()
    await desk.done()
    before = len(desk.slack.calls("views.publish"))
    for _ in range(5):
        await desk.slack.anna.click(card, "case_claim")
        await desk.done()
    desk.clock.advance(10)
    await desk.inward.home.step()
    await desk.inward.home.step()
    assert len(desk.slack.calls("views.publish")) == before + 1
