"""Names of things are learned from what people annotated."""

from bot.nlu.gazetteer import Gazetteer


def learned(*annotated, texts=(), known=None):
    return Gazetteer.learn(annotated, texts, known or {})


def test_a_name_is_found_in_plural_and_any_case():
    names = learned(("product", "sleeping bag"))
    (entity,) = names.find("My Sleeping Bags leak")
    assert (entity.kind, entity.value) == ("product", "sleeping bag")
    assert (entity.start, entity.end) == (3, 16)


def test_the_longest_name_wins():
    names = learned(("product", "table"), ("product", "table lamp"))
    assert [e.value for e in names.find("the table lamp on a table")] == [
        "table lamp",
        "table",
    ]


def test_a_name_at_the_end_of_a_text_is_found():
    names = learned(("product", "table"), ("product", "table lamp shade"))
    assert [e.value for e in names.find("a table")] == ["table"]


def test_a_word_that_mostly_means_something_else_is_not_learned():
    texts = ["a light tent", "so light", "light rain", "light!", "the light is broken"]
    assert learned(("product", "light"), texts=texts).find("light") == []


def test_names_from_the_configuration_need_no_examples():
    names = learned(known={"carrier": ["Royal Mail"]})
    assert [e.kind for e in names.find("royal mail lost it")] == ["carrier"]


def test_what_is_stored_is_what_is_read_back():
    names = learned(("product", "camp stove"), ("carrier", "DPD"))
    assert Gazetteer.from_json(names.as_json()) == names
