"""How far X was read, and what is not handed over twice."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.channels.x.cursor import Cursor, Source
from bot.channels.x.includes import Includes
from bot.channels.x.reading import NO_ID, Item
from bot.channels.x.snowflake import just_before, moment_of

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=timezone.utc)
OVERLAP = timedelta(minutes=10)


def id_at(moment: datetime) -> str:
    return str(int(just_before(moment)) + 1)


def test_an_id_tells_its_moment_and_a_moment_the_ids_before_it():
    assert moment_of(id_at(NOON)) == NOON
    assert moment_of(just_before(NOON)) < NOON


@pytest.mark.parametrize("text", [None, "", "{}", "[]", "not JSON", '{"mentions": 5}'])
def test_without_a_place_it_begins_where_a_first_start_does(text):
    cursor = Cursor.read(text, since=NOON)
    assert {place.newest for place in cursor.places.values()} == {just_before(NOON)}


def test_its_text_names_the_same_place():
    cursor = Cursor.read(None, since=NOON).past(Source.MENTIONS, id_at(NOON), OVERLAP)
    later = NOON + timedelta(days=9)
    assert Cursor.read(cursor.text(), since=later) == cursor


def test_it_moves_to_the_newest_and_asks_again_for_a_while_before_it():
    cursor = Cursor.read(None, since=NOON)
    late = id_at(NOON + timedelta(minutes=5))
    cursor = cursor.past(Source.MENTIONS, id_at(NOON + timedelta(hours=1)), OVERLAP)
    cursor = cursor.past(Source.MENTIONS, late, OVERLAP)
    place = cursor.places[Source.MENTIONS]
    assert moment_of(place.newest) == NOON + timedelta(hours=1)
    assert place.since(OVERLAP) == just_before(NOON + timedelta(minutes=50))


def test_what_was_seen_is_forgotten_when_nobody_asks_for_it_again():
    cursor = Cursor.read(None, since=NOON)
    for minute in (0, 5, 12):
        at = NOON + timedelta(minutes=minute)
        cursor = cursor.past(Source.MENTIONS, id_at(at), OVERLAP)
    seen = [moment_of(id_).minute for id_ in cursor.places[Source.MENTIONS].seen]
    assert seen == [5, 12]


def test_the_sources_move_each_for_itself():
    cursor = Cursor.read(None, since=NOON)
    moved = cursor.past(Source.DIRECTS, id_at(NOON + OVERLAP), OVERLAP)
    assert moved.places[Source.MENTIONS] == cursor.places[Source.MENTIONS]
    assert moved.places[Source.DIRECTS] != cursor.places[Source.DIRECTS]


@pytest.mark.parametrize("id_", ["9" * 26, "١٢٣", "12a", "", 12, None])
def test_what_is_no_id_of_xs_never_moves_a_place(id_):
    assert Item(Source.MENTIONS, {"id": id_}, Includes()).id == NO_ID
