"""A crisis, as customers and agents live through it."""

from __future__ import annotations

from bot.model.case import Priority
from bot.model.message import Visibility
from tests.scenario.conftest import ANN, POLICY

PUBLIC = Visibility.PUBLIC
COUNT = POLICY.incidents.cases + 10
BROKEN = (
    "@fernhollow your website shows only an orange hedgehog",
    "hey @fernhollow why does your website only show an orange hedgehog???",
    "@fernhollow WEBSITE SHOWS AN ORANGE HEDGEHOG ONLY",
    "@fernhollow your website shows only an orange hedgehog again 😡",
)


async def a_storm(story, count: int = COUNT, *, name: str = "fan") -> None:
    for n in range(count):
        story.post(f"{name}{n}", BROKEN[n % len(BROKEN)])
    await story.later()


async def test_the_website_breaks_and_i_am_told_that_somebody_looks_at_it(story):
    await a_storm(story)
    told = [story.new(f"fan{n}", PUBLIC) for n in range(COUNT)]
    assert [len(texts) for texts in told] == [1] * COUNT
    assert len({texts[0] for texts in told}) >= 4  # not the same words to everybody


async def test_at_the_desk_that_is_one_card_and_other_matters_keep_theirs(story):
    story.post(
        "mia", "@fernhollow do your kettles come with a spare lid for left-handers"
    )
    await a_storm(story)
    (incident,) = await story.line.incident_desk.incidents()
    assert incident.summary.cases == COUNT
    assert "orange hedgehog" in incident.title
    assert [view.case.handle for view in await story.cases()] == ["mia"]


async def test_whoever_is_hurt_is_not_lost_among_them(story):
    await a_storm(story)
    story.post("zoe", f"{BROKEN[0]}, bleeding")
    await story.later()
    case = (await story.case()).case
    assert (case.handle, case.priority) == ("zoe", Priority.URGENT)


async def test_the_agent_answers_all_at_once_and_i_get_my_own_reply(story):
    await a_storm(story)
    (incident,) = await story.line.incident_desk.incidents()
    for n in range(COUNT):
        story.new(f"fan{n}")
    texts = ("The website is back. Sorry!", "{handle} It works again, thank you.")
    desk = story.line.incident_desk
    await desk.answer_all(incident.incident.id, ANN, texts, key="click-1")
    await desk.answer_all(incident.incident.id, ANN, texts, key="click-1")
    await story.later()
    replies = [story.new(f"fan{n}", PUBLIC) for n in range(COUNT)]
    assert [len(one) for one in replies] == [1] * COUNT
    mine = {texts[0], texts[1].replace("{handle}", "@fan7")}
    assert replies[7][0] in mine


async def test_i_write_again_after_the_answer_and_the_agent_sees_me(story):
    await a_storm(story)
    (incident,) = await story.line.incident_desk.incidents()
    texts = ("The website is back. Sorry!",)
    await story.line.incident_desk.answer_all(
        incident.incident.id, ANN, texts, key="click-1"
    )
    await story.later()
    post = story.post("fan3", "@fernhollow mine still shows it, on two computers")
    assert post
    await story.later()
    view = await story.case()
    assert (view.case.handle, view.case.assignee) == ("fan3", ANN)
