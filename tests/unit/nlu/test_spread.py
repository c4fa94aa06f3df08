"""Where groups of texts lie on the trainer's map."""

import pytest

from bot.nlu.spread import FEWEST, spread

GROUPS = {
    "parcel": ["where is my parcel", "my parcel is late"],
    "courier": ["where is my parcel courier", "courier is late with my parcel"],
    "card": ["my card was declined", "card payment declined twice"],
    "pay": ["payment with my card declined", "pay by card declined"],
    "hello": ["good morning there", "hello good evening"],
}


def in_a_row(places):
    across = [x for x, _ in places.values()]
    return across == sorted(set(across)) and {y for _, y in places.values()} == {0.5}


def test_the_same_groups_lie_in_the_same_places():
    assert spread(GROUPS) == spread(GROUPS)


def test_places_fill_the_plane_from_edge_to_edge():
    places = spread(GROUPS).values()
    for axis in zip(*places, strict=True):
        assert (min(axis), max(axis)) == (0.0, 1.0)


def test_names_can_be_read_beside_each_other_even_of_groups_that_say_the_same():
    twins = {f"group {at}": [f"word{at // 2}"] for at in range(60)}
    places = list(spread(twins).values())
    nearest = min(
        (x - u) ** 2 + (y - v) ** 2
        for at, (x, y) in enumerate(places)
        for u, v in places[:at]
    )
    assert nearest > 0.03**2


@pytest.mark.parametrize("count", range(FEWEST))
def test_a_few_groups_stand_in_a_row(count):
    few = dict(list(GROUPS.items())[:count])
    assert list(spread(few)) == list(few)
    assert not few or in_a_row(spread(few))


@pytest.mark.parametrize(
    "texts", [["👍"], [], ["the same words", "in each"]], ids=["emoji", "none", "alike"]
)
def test_groups_that_no_word_tells_apart_stand_in_a_row(texts):
    assert in_a_row(spread(dict.fromkeys("abcde", texts)))
