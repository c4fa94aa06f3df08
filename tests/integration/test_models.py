"""Models between machines, on a real server: one goes live, and all read with it."""

from __future__ import annotations

import pytest

from bot.errors import ModelError
from bot.flow.model_travel import PIECE, offer
from bot.flow.model_watch import FIRST
from bot.model.event import EventType
from bot.model.trained import ModelName, Part
from bot.store.events import RedisEvents
from bot.store.models import MANIFESTS, OFFER_TAKES
from tests.builders import NOON
from tests.machines import LARGE, InUse, live, look, promote


async def test_every_process_of_every_machine_takes_what_is_promoted(here, there):
    first = await promote(here, "hello")
    uses = [InUse(first), InUse(first), InUse(first)]
    watches = [here.watch(uses[0]), there.watch(uses[1]), there.watch(uses[2])]
    await look(here, *watches)
    second = await promote(here, "hello", "hi", size=LARGE)
    await look(here, *watches)
    assert [use.name for use in uses] == [second] * 3
    assert there.shelf.holds(there.shelf.model(second))
    assert there.logged == ["model_fetched", "model_taken", "model_taken"]
    assert here.logged == ["model_taken"], "it had the model"


async def test_a_model_travels_in_pieces_of_a_megabyte_at_most(here, there, redis):
    name = await promote(here, "hello", size=LARGE)
    model = here.shelf.model(name)
    pieces = [len(p) async for p in here.shared.pieces(model, Part.ARCHIVE)]
    assert pieces == [PIECE, PIECE, model.archive.size - 2 * PIECE]
    (key,) = await redis.keys("{s00}model:*:archive")
    assert max(map(len, await redis.hvals(key))) <= 1_048_576


async def test_the_first_model_of_a_store_becomes_the_live_one(here, there):
    own, other = here.train("hello", judged=False), there.train("good morning")
    mine, theirs = InUse(own.name), InUse(other.name)
    await look(here, here.watch(mine), there.watch(theirs))
    standing = await here.shared.standing()
    assert (standing.epoch, standing.live.model) == (1, own.name)
    assert (standing.live.by, standing.live.why) == ("firstline", FIRST)
    await look(here, later := there.watch(theirs))
    await look(here, later)
    assert theirs.name == own.name


async def test_who_starts_with_another_model_takes_the_live_one(here, there):
    name = await promote(here, "hello")
    use = InUse(there.train("good morning").name)
    await look(there, there.watch(use))
    assert use.name == name
    assert await live(here) == name


async def test_a_store_that_forgets_a_promotion_is_followed_back(here, redis):
    """As after a failover, which may lose the last moments."""
    first, second = await promote(here, "hello"), await promote(here, "hello", "hi")
    use = InUse(second)
    watch = here.watch(use)
    await look(here, watch)
    await redis.hset("{s00}models", mapping={"live": first, "epoch": 1})
    await look(here, watch)
    assert use.name == first


async def test_terms_of_an_earlier_version_are_read(here, redis):
    first, second = await promote(here, "hello"), await promote(here, "hello", "hi")
    term = '{"since_ms": 1, "by": "tara", "why": "better"}'
    await redis.hset("{s00}models", "term", term)
    await redis.lset("{s00}models:terms", 0, f"{first}|2|{term}")
    standing = await here.shared.standing()
    assert (standing.live.model, standing.live.despite) == (second, None)
    assert (standing.earlier[0].by, standing.earlier[0].despite) == ("tara", None)


async def test_what_is_live_already_is_not_promoted_again(here):
    name = await promote(here, "hello")
    assert not await here.promotion.promote(name, by="tom", why="again")
    standing = await here.shared.standing()
    assert (standing.epoch, standing.live.by) == (1, "tara")


async def test_a_promotion_is_an_event_with_names_and_no_reasons(here, redis):
    first, second = await promote(here, "hello"), await promote(here, "hello", "hi")
    await here.promotion.shadow(first, by="tom")
    await here.promotion.shadow(None, by="tom")
    events = (await RedisEvents(redis).since({}))[0]
    assert [(event.type, event.facts) for event in events] == [
        (
            EventType.MODEL_PROMOTED,
            {"model": first, "from": "", "by": "tara", "epoch": "1"},
        ),
        (
            EventType.MODEL_PROMOTED,
            {"model": second, "from": first, "by": "tara", "epoch": "2"},
        ),
        (EventType.MODEL_SHADOWED, {"model": first, "by": "tom"}),
        (EventType.MODEL_SHADOWED, {"model": "", "by": "tom"}),
    ]


async def test_a_start_that_was_overtaken_changes_nothing(here, there):
    """Two machines start with an empty store: the model of one of them is live."""
    own, other = here.train("hello"), there.train("good morning")
    for machine, model in ((here, own), (there, other)):
        await offer(
            model, machine.shelf, machine.shared, carry=True, clock=machine.clock
        )
        await machine.shared.promote(model.name, by="x", why="", now=NOON, epoch=0)
    assert await live(here) == own.name


async def test_a_shadow_that_goes_live_is_none_any_more(here):
    await promote(here, "hello")
    model = here.train("hello", "hi")
    assert await here.promotion.shadow(model.name, by="tara")
    assert not await here.promotion.shadow(model.name, by="tom"), "it is one already"
    assert (await here.shared.standing()).shadow == model.name
    await here.promotion.promote(model.name, by="tara", why="as good")
    assert (await here.shared.standing()).shadow is None


async def test_the_live_model_is_no_shadow_of_itself(here):
    name = await promote(here, "hello")
    with pytest.raises(ModelError, match="nothing to compare"):
        await here.promotion.shadow(name, by="tara")


# -- back ----------------------------------------------------------------------


async def test_one_step_back_and_again_one_step_back_is_where_one_was(here):
    first, second = await promote(here, "hello"), await promote(here, "hello", "hi")
    assert await here.promotion.roll_back(by="tom", why="worse") == first
    standing = await here.shared.standing()
    assert (standing.live.model, standing.live.why) == (first, "worse")
    assert [term.model for term in standing.earlier] == [second, first]
    assert await here.promotion.roll_back(by="tom", why="better") == second


async def test_there_is_no_way_back_from_the_first_model(here):
    await promote(here, "hello")
    with pytest.raises(ModelError, match="no other model"):
        await here.promotion.roll_back(by="tom", why="worse")


async def test_the_way_back_needs_no_file_on_this_machine(here, there):
    first = await promote(here, "hello")
    await promote(here, "hello", "hi")
    assert await there.promotion.roll_back(by="tom", why="worse") == first


async def test_live_shadow_and_the_two_before_are_kept_and_others_are_dropped(
    here, redis, clock
):
    names = [await promote(here, *["hello"] * (count + 1)) for count in range(5)]
    shadow = here.train("good evening")
    await here.promotion.shadow(shadow.name, by="tara")
    clock.advance(OFFER_TAKES.total_seconds() + 1)
    await here.shared.drop_old(now=clock.now())
    kept = (await here.shared.standing()).kept
    assert kept == (names[4], names[3], names[2], shadow.name)
    assert set(await redis.hkeys(MANIFESTS)) == set(kept)
    assert len(await redis.keys("{s00}model:*")) == 2 * len(kept)
    with pytest.raises(ModelError, match="offer it anew"):
        await here.shared.promote(names[0], by="tara", why="", now=clock.now())
    assert await here.promotion.promote(names[0], by="tara", why="offered again")


async def test_what_was_offered_a_moment_ago_is_not_dropped(here, redis, clock):
    await promote(here, "hello")
    model = here.train("hello", "hi")
    await offer(model, here.shelf, here.shared, carry=True, clock=clock)
    await here.shared.drop_old(now=clock.now())
    assert await here.shared.model(model.name) == model


# -- on one machine ------------------------------------------------------------


async def test_on_one_machine_the_store_carries_no_files(here, redis):
    model = here.train("hello")
    await offer(model, here.shelf, here.shared, carry=False, clock=here.clock)
    await here.shared.promote(model.name, by="tara", why="", now=NOON)
    assert await redis.keys("{s00}model:*") == []
    use = InUse(ModelName("model-0"))
    await look(here, here.watch(use, carry=False))
    assert use.name == model.name


async def test_a_model_that_was_trained_anew_on_one_machine_is_offered_anew(here):
    model = here.train("hello")
    await offer(model, here.shelf, here.shared, carry=False, clock=here.clock)
    here.shelf.path(model.name).write_bytes(b"the same, packed a second later")
    (here.models / f"{model.name}.json").unlink()
    again = here.shelf.note(model.name, by="tara", why="", at=NOON)
    await offer(again, here.shelf, here.shared, carry=False, clock=here.clock)
    assert await here.shared.model(model.name) == again


async def test_what_the_store_says_is_remembered_for_the_next_start(here):
    name = await promote(here, "hello")
    await look(here, here.watch(InUse(name)))
    assert here.remembered == await here.shared.standing()
