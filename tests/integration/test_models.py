"""Models between machines, on a real server: one goes live, and all read with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.clock import ManualClock
from bot.errors import ModelError
from bot.flow.model_watch import FIRST, fetch
from bot.flow.promotion import PIECE, offer
from bot.model.event import EventType
from bot.model.manifest import pack
from bot.model.trained import Judgement, ModelName, ModelState, Part, state_of
from bot.store.events import RedisEvents
from bot.store.models import MANIFESTS, OFFER_TAKES, RedisModels
from tests.builders import NOON
from tests.machines import BROKEN, LARGE, InUse, Machine


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def here(tmp_path, redis, clock) -> Machine:
    return Machine(tmp_path / "here", redis, clock)


@pytest.fixture
def there(tmp_path, redis, clock) -> Machine:
    """Another machine: it shares the store, and no folder."""
    return Machine(tmp_path / "there", redis, clock)


async def live(machine: Machine) -> str:
    standing = await machine.shared.standing()
    return standing.live.model if standing.live else ""


async def promote(machine: Machine, *greetings: str, size: int = 1000) -> ModelName:
    model = machine.train(*greetings, size=size)
    assert await machine.promotion.promote(model.name, by="tara", why="better")
    return model.name


async def look(machine: Machine, *watches) -> None:
    machine.clock.advance(1)
    for watch in watches:
        await watch.step()


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
    own, other = here.train("hello"), there.train("good morning")
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


# -- refused -------------------------------------------------------------------


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


async def test_people_cannot_promote_what_the_gate_refused(here):
    model = here.train("hello")
    no = Judgement(passed=False, at=NOON, summary="Worse.", reasons=("It is worse.",))
    judged = here.shelf.judge(model.name, no)
    with pytest.raises(ModelError, match="It is worse"):
        await here.promotion.promote(model.name, by="tara", why="")
    assert state_of(judged, await here.shared.standing()) is ModelState.REFUSED


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
    theirs = there.shelf.note(theirs.name, by="tom", why="", at=NOON)
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
