"""What customers live through, in their words."""

from __future__ import annotations

from bot.model.message import Visibility
from tests.scenario.conftest import ANN, POLICY

PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE


async def test_i_ask_what_delivery_costs_and_know_it_seconds_later(story):
    story.post("mia", "@fernhollow how much is delivery?")
    await story.later()
    (answer,) = story.new("mia")
    assert "£" in answer
    assert await story.cases() == []


async def test_i_ask_in_three_short_posts_and_get_one_answer(story):
    first = story.post("mia", "@fernhollow hi")
    story.clock.advance(1)
    story.post("mia", "@fernhollow one question", under=first)
    story.clock.advance(1)
    story.post("mia", "@fernhollow do you take paypal?", under=first)
    await story.later()
    (answer,) = story.new("mia")
    assert "PayPal" in answer


async def test_i_ask_in_public_where_my_order_is_and_learn_it_in_private(story):
    story.post("mia", "@fernhollow where is my order FH-482913?")
    await story.later()
    (invitation,) = story.new("mia", PUBLIC)
    assert "FH-482913" not in invitation
    assert "direct" in invitation.lower()  # "message us directly"
    story.direct("mia", "hi, it's about FH-482913")
    await story.later()
    (question,) = story.new("mia", PRIVATE)
    assert "postcode" in question.lower()
    story.direct("mia", "ZZ1 1ZZ")
    await story.later()
    (again,) = story.new("mia", PRIVATE)
    assert "482913" not in again
    story.direct("mia", "AA9 9AA")
    await story.later()
    case = (await story.case()).case
    assert case.reason == "dialogue_failed"
    assert any("482913" in line for line in case.learned)


async def test_i_am_told_that_a_bot_speaks_when_it_first_writes_to_me(story):
    story.direct("mia", "how do I return a chair?")
    await story.later()
    (answer,) = story.new("mia")
    assert "automated" in answer
    assert "privacy" in answer


async def test_i_ask_two_things_in_one_message_and_get_both_answers(story):
    story.direct("mia", "how much is delivery? and do you take paypal?")
    await story.later()
    (answer,) = story.new("mia")
    assert "£" in answer
    assert "PayPal" in answer
    assert await story.cases() == []


async def test_i_ask_a_question_and_for_my_money_and_a_person_sees_both(story):
    story.direct(
        "mia", "my lamp arrived broken, I want a refund. also do you price match?"
    )
    await story.later()
    view = await story.case()
    (asked,) = [record.reading for record in view.records if record.reading]
    assert "faq/price_match" in [one.label for one in asked.requests]
    assert view.case.label != "faq/price_match"
    suggested = await story.line.relay.suggestions(view.case.id)
    assert "faq/price_match" in [one.label for one in suggested]


async def test_i_love_my_rug_and_my_question_is_answered(story):
    story.post("mia", "@fernhollow love love love my new rug 😍 do you take paypal?")
    await story.later()
    (answer,) = story.new("mia")
    assert "PayPal" in answer


async def test_my_lamp_smokes_and_people_hear_of_it_at_once(story):
    story.post("mia", "@fernhollow your lamp just caught fire next to my kid's bed")
    await story.later()
    case = (await story.case()).case
    assert (case.team, case.priority.name) == ("trust", "URGENT")
    assert len(story.new("mia")) == 1


async def test_at_night_i_hear_when_people_are_back(story):
    story.clock.advance(11 * 3600)  # 23:00
    story.post("mia", "@fernhollow the bookcase arrived with a broken door")
    await story.later()
    (line,) = story.new("mia")
    assert "2 hours" not in line


async def test_i_say_stop_and_there_is_silence(story):
    story.direct("mia", "STOP")
    await story.later()
    assert len(story.new("mia")) == 1
    story.direct("mia", "how much is delivery?")
    await story.later()
    story.post("mia", "@fernhollow hello??")
    await story.later()
    assert story.new("mia") == []
    assert len(await story.cases()) == 1


async def test_a_person_answers_me_and_my_thanks_opens_nothing(story):
    asked = story.post("mia", "@fernhollow will the oslo bed frame fit a 160 mattress?")
    await story.later()
    case = (await story.case()).case
    story.new("mia")
    await story.line.relay.claim(case.id, ANN)
    await story.line.relay.reply(
        case.id, ANN, "It takes 150 and 160 cm ones. ^Ann", thread=case.thread, key="1"
    )
    await story.later()
    assert story.new("mia") == ["It takes 150 and 160 cm ones. ^Ann"]
    await story.line.relay.resolve(case.id, ANN, POLICY.resolutions[0])
    story.post("mia", "@fernhollow perfect, thank you!!", under=asked)
    await story.later()
    assert await story.cases() == []


async def test_i_post_my_email_in_public_and_nobody_repeats_it(story):
    story.post("mia", "@fernhollow mail me at mia@example.com how do I get a refund")
    await story.later()
    (line,) = story.new("mia")
    assert "mia@" not in line


async def test_je_parle_francais(story):
    story.post(
        "mia",
        "@fernhollow Bonjour, ma commande n'est toujours pas arrivée, que faire ?",
    )
    await story.later()
    assert (await story.case()).case.reason == "other_language"


async def test_odd_texts_break_nothing(story):
    texts = [
        "🙃🙃🙃",
        "\x00\x07\x1b[31m",
        "a" * 10_000,
        "\u200b\u202e",
        "/opt_out",
        "؟" * 300,
    ]
    for number, text in enumerate(texts):
        story.post(f"odd{number}", f"@fernhollow {text}")
        story.direct(f"odd{number}", text)
    await story.later()
    story.post("mia", "@fernhollow how much is delivery?")
    await story.later()
    assert len(story.new("mia")) == 1
