"""Models that are not used: refused, damaged, lost, or half there after a kill."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import ModelError
from bot.flow.model_travel import fetch, offer
from bot.model.manifest import pack
from bot.model.trained import (
    Hindrance,
    Judgement,
    ModelName,
    ModelState,
    Part,
    state_of,
)
from bot.store.models import MANIFESTS, OFFER_TAKES, RedisModels
from tests.builders import NOON
from tests.machines import BETTER, BROKEN, LARGE, InUse, live, look, promote

WORSE = Judgement(passed=False, at=NOON, summary="Worse.", reasons=("It is worse.",))


async def test_a_model_of_another_version_is_refused_and_the_old_one_reads_on(
    here, there, redis
):
    first = await promote(here, "hello")
    use = InUse(first)
    watch = there.watch(use)
    await look(there, watch)
    model = here.train("hello", "hi")
    strange = replace(model.origin, libraries=model.origin.libraries | {"rasa": "3.5"})
    old = replace(model, origin=strange)
    await offer(old, here.shelf, here.shared, carry=True, clock=here.clock)
    await here.shared.promote(old.name, by="tara", why="", now=NOON)
    await look(there, watch)
    assert use.name == first
    assert watch.refused.startswith(f"{old.name}: made by another version: rasa 3.5")
    assert await live(here) == old.name, "only who starts puts another one in its place"


async def test_people_cannot_promote_what_this_version_cannot_use(here):
    model = here.train("hello")
    strange = replace(model.origin, code=model.origin.code | {"bot/nlu/new.py": "0"})
    manifest = here.models / f"{model.name}.json"
    manifest.write_text(pack(replace(model, origin=strange)))
    with pytest.raises(ModelError, match=r"another version: bot/nlu/new\.py"):
        await here.promotion.promote(model.name, by="tara", why="")


# -- by the gate ---------------------------------------------------------------


async def test_people_cannot_promote_what_the_gate_refused(here):
    model = here.train("hello")
    judged = here.shelf.judge(model.name, WORSE)
    with pytest.raises(ModelError, match="It is worse"):
        await here.promotion.promote(model.name, by="tara", why="in spite of it")
    assert state_of(judged, await here.shared.standing()) is ModelState.REFUSED
    assert await live(here) == ""


async def test_people_cannot_promote_what_nobody_has_compared(here):
    model = here.train("hello", judged=False)
    with pytest.raises(ModelError, match="has no report: `firstline train`"):
        await here.promotion.promote(model.name, by="tara", why="in spite of it")
    assert state_of(model, await here.shared.standing()) is ModelState.NO_REPORT
    assert await live(here) == ""


@pytest.mark.parametrize(
    ("judgement", "despite"), [(None, Hindrance.NO_REPORT), (WORSE, Hindrance.REFUSED)]
)
async def test_who_lets_it_go_live_all_the_same_says_why_and_that_stays(
    here, judgement, despite
):
    model = here.train("hello", judged=False)
    if judgement:
        here.shelf.judge(model.name, judgement)
    promotion = here.promotion
    with pytest.raises(ModelError, match="say why"):
        await promotion.promote(model.name, by="tara", why=" ", without_report=True)
    why = "the old one cannot be used"
    await promotion.promote(model.name, by="tara", why=why, without_report=True)
    term = (await promotion.standing()).live
    assert (term.by, term.why, term.despite) == ("tara", why, despite)
    await promote(here, "hello", "hi")
    standing = await promotion.standing()
    assert standing.earlier[0].despite is despite
    assert standing.live.despite is None


async def test_what_passed_beside_a_model_that_is_not_live_any_more_is_not_promoted(
    here,
):
    first = await promote(here, "hello")
    beside_first = replace(BETTER, against=first)
    mine = here.train("hello", "hi")
    mine = here.shelf.judge(mine.name, beside_first)
    theirs = here.train("hello", "good day")
    here.shelf.judge(theirs.name, beside_first)
    await here.promotion.promote(theirs.name, by="tom", why="he was faster")
    assert state_of(mine, await here.promotion.standing()) is ModelState.OUTDATED
    with pytest.raises(ModelError, match=f"beside {first}, and now {theirs.name} is"):
        await here.promotion.promote(mine.name, by="tara", why="mine is good, too")
    assert await live(here) == theirs.name
    here.shelf.judge(mine.name, replace(BETTER, against=theirs.name))
    assert await here.promotion.promote(mine.name, by="tara", why="compared anew")
    await here.promotion.promote(theirs.name, by="tom", why="it was live before")
    assert await live(here) == theirs.name


async def test_after_a_roll_back_what_passed_beside_that_model_may_go_live(here):
    first = await promote(here, "hello")
    second = await promote(here, "hello", "good day")
    model = here.train("hello", "hi")
    here.shelf.judge(model.name, replace(BETTER, against=first))
    await here.promotion.roll_back(by="tom", why="the second was worse")
    await here.promotion.promote(model.name, by="tara", why="better than the first")
    assert await live(here) == model.name != second


async def test_who_promotes_an_outdated_model_all_the_same_stays_written_down(here):
    first = await promote(here, "hello")
    await promote(here, "hello", "good day")
    model = here.train("hello", "hi")
    here.shelf.judge(model.name, replace(BETTER, against=first))
    await here.promotion.promote(
        model.name, by="tara", why="the other one is broken", without_report=True
    )
    assert (await here.promotion.standing()).live.despite is Hindrance.OUTDATED


async def test_one_goes_back_to_a_model_whatever_the_gate_says_of_it(here):
    model = here.train("hello", judged=False)
    watch = here.watch(InUse(model.name))
    await look(here, watch)  # the first of the store
    second = await promote(here, "hello", "hi")
    assert await here.promotion.roll_back(by="tom", why="worse") == model.name
    assert await here.promotion.roll_back(by="tom", why="better") == second
    await here.promotion.promote(model.name, by="tom", why="it was live before")
    here.shelf.judge(second, WORSE)
    assert await here.promotion.roll_back(by="tom", why="worse") == second
    assert not await here.promotion.promote(second, by="tom", why="it is live")


async def test_what_the_gate_says_after_an_offer_reaches_every_machine(here):
    await promote(here, "hello")
    model = here.train("hello", "hi", judged=False)
    await here.promotion.shadow(model.name, by="tara")
    judged = here.shelf.judge(model.name, BETTER)
    await here.promotion.promote(model.name, by="tara", why="better")
    assert await here.shared.model(model.name) == judged


# -- by a machine --------------------------------------------------------------


async def test_a_model_that_was_damaged_on_its_way_is_refused(here, there, redis):
    first = await promote(here, "hello")
    use = InUse(first)
    watch = there.watch(use)
    await look(there, watch)
    second = await promote(here, "hello", "hi", size=LARGE)
    keys = await redis.keys(f"{{s00}}model:{second}:*:archive")
    await redis.hset(keys[0], "1", "AAAA")
    await look(there, watch)
    assert (use.name, use.tried) == (first, [])
    assert "damaged on its way" in watch.refused
    assert there.shelf.model(second) is None
    assert list(there.models.glob(".receiving-*")) == []


async def test_a_model_that_cannot_be_loaded_is_refused_once_and_tried_later(
    here, there
):
    first = await promote(here, "hello")
    use = InUse(first)
    watch = there.watch(use)
    await look(there, watch)
    use.breaks = BROKEN
    second = await promote(here, "hello", "hi")
    for _ in range(3):
        await look(there, watch)
    assert (use.name, use.tried) == (first, [second])
    assert there.logged.count("model_refused") == 1
    assert watch.refused == f"{second}: {BROKEN}"
    use.breaks = None
    there.clock.advance(60)
    await look(there, watch)
    assert (use.name, watch.refused) == (second, "")


async def test_a_defect_while_a_model_is_loaded_stops_nothing_and_tells_no_text(
    here, there
):
    use = InUse(await promote(here, "hello"))
    watch = there.watch(use)
    await look(there, watch)
    use.breaks = ZeroDivisionError("where is my order FH-1")
    await promote(here, "hello", "hi")
    await look(there, watch)
    assert "ZeroDivisionError at machines.py" in watch.refused
    assert "order" not in watch.refused


async def test_a_refused_model_is_forgotten_when_one_goes_back(here, there):
    use = InUse(await promote(here, "hello"))
    watch = there.watch(use)
    await look(there, watch)
    use.breaks = BROKEN
    await promote(here, "hello", "hi")
    await look(there, watch)
    await here.promotion.roll_back(by="tara", why="")
    await look(there, watch)
    assert watch.refused == ""


async def test_who_starts_and_cannot_use_the_live_model_makes_its_own_live(
    here, there, redis
):
    model = here.train("hello")
    strange = replace(model.origin, libraries=model.origin.libraries | {"rasa": "3.5"})
    old = replace(model, origin=strange)
    await offer(old, here.shelf, here.shared, carry=True, clock=here.clock)
    await here.shared.promote(old.name, by="tara", why="", now=NOON)
    own = there.train("good morning")
    await look(there, there.watch(InUse(own.name)))
    standing = await here.shared.standing()
    assert standing.live.model == own.name
    assert standing.live.why.startswith(f"instead of {old.name}: made by another")


async def test_a_model_that_is_nowhere_is_replaced_by_who_starts(here, there, redis):
    await promote(here, "hello")
    await redis.delete(*await redis.keys("{s00}model:*"))
    own = there.train("good morning")
    await look(there, there.watch(InUse(own.name)))
    assert await live(here) == own.name


# -- killed in between ---------------------------------------------------------


class Killed(BaseException):
    """What no code handles, as a kill is."""


class DiesAfter(RedisModels):
    """A promoter that is killed after some pieces."""

    def __init__(self, redis, pieces: int) -> None:
        super().__init__(redis)
        self.left, self.numbers = pieces, list[int]()

    async def carry(self, model, part, number, piece) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1
        self.numbers.append(number)
        await super().carry(model, part, number, piece)


@pytest.mark.parametrize("after", range(5))
async def test_a_promotion_that_is_killed_anywhere_can_be_done_again(
    here, there, redis, after
):
    first = await promote(here, "hello")
    use = InUse(first)
    watch = there.watch(use)
    await look(there, watch)
    model = here.train("hello", "hi", size=LARGE)
    with pytest.raises(Killed):
        await offer(
            model, here.shelf, DiesAfter(redis, after), carry=True, clock=here.clock
        )
        raise Killed  # before the pointer moves
    await look(there, watch)
    assert (use.name, await live(here)) == (first, first), "nothing has changed"
    again = DiesAfter(redis, 99)
    await offer(model, here.shelf, again, carry=True, clock=here.clock)
    assert len(again.numbers) == 4 - after, "what is there is not sent again"
    assert await here.promotion.promote(model.name, by="tara", why="again")
    await look(there, watch)
    assert use.name == model.name


async def test_a_fetch_that_is_killed_leaves_nothing_that_could_be_used(
    here, there, redis
):
    name = await promote(here, "hello", size=LARGE)
    model = here.shelf.model(name)

    class Dies(RedisModels):
        async def pieces(self, model, part):
            async for piece in super().pieces(model, part):
                yield piece
                raise Killed

    with pytest.raises(Killed):
        await fetch(model, there.shelf, Dies(redis))
    assert there.shelf.model(name) is None
    assert not there.shelf.holds(model)
    await fetch(model, there.shelf, there.shared)
    assert there.shelf.holds(model)


async def test_the_same_model_trained_on_two_machines_is_not_mixed(
    here, there, redis, clock
):
    """Equal in all that counts, but not byte for byte."""
    mine, theirs = here.train("hello", size=LARGE), there.train("hello", size=LARGE)
    altered = there.shelf.path(theirs.name)
    altered.write_bytes(altered.read_bytes()[:-1] + b"!")
    (there.models / f"{theirs.name}.json").unlink()
    there.shelf.note(theirs.name, by="tom", why="", at=NOON)
    theirs = there.shelf.judge(theirs.name, BETTER)
    assert (mine.name, mine.archive.size) == (theirs.name, theirs.archive.size)
    with pytest.raises(Killed):
        await offer(mine, here.shelf, DiesAfter(redis, 2), carry=True, clock=clock)
    await there.promotion.promote(theirs.name, by="tom", why="")
    use = InUse(ModelName("model-0"))
    await look(here, here.watch(use))
    assert use.name == theirs.name
    assert here.shelf.model(mine.name).archive == theirs.archive


async def test_of_two_offers_of_one_model_the_one_that_is_not_used_is_dropped(
    here, there, redis, clock
):
    mine, theirs = here.train("hello"), there.train("hello", size=2000)
    await offer(mine, here.shelf, DiesAfter(redis, 9), carry=True, clock=clock)
    await redis.hdel(MANIFESTS, mine.name)  # as if both had begun at once
    await there.promotion.promote(theirs.name, by="tom", why="")
    assert len(await redis.keys("{s00}model:*:archive")) == 2
    clock.advance(OFFER_TAKES.total_seconds() + 1)
    await here.shared.drop_old(now=clock.now())
    assert len(await redis.keys("{s00}model:*:archive")) == 1
    assert await here.shared.model(theirs.name) == theirs
    assert [len(p) async for p in here.shared.pieces(theirs, Part.ARCHIVE)] == [1984]
