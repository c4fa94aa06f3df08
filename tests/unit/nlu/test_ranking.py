"""Labels become Rasa's intents and answers."""

from bot.nlu.ranking import intent_ranking, response_selector

LABELS = [("faq/cost", 0.4), ("refund", 0.35), ("faq/time", 0.25)]


def test_an_intent_is_as_likely_as_its_best_label():
    assert intent_ranking(LABELS, 10) == [
        {"name": "faq", "confidence": 0.4},
        {"name": "refund", "confidence": 0.35},
    ]


def test_a_ranking_is_no_longer_than_wanted():
    assert [entry["name"] for entry in intent_ranking(LABELS, 1)] == ["faq"]


def test_the_selector_has_the_shape_that_rasa_reads():
    selector = response_selector(LABELS, 10)
    assert selector["all_retrieval_intents"] == ["faq"]
    assert selector["default"] == selector["faq"]
    assert selector["faq"]["response"]["utter_action"] == "utter_faq/cost"
    assert selector["faq"]["response"]["intent_response_key"] == "faq/cost"
    shares = [entry["confidence"] for entry in selector["faq"]["ranking"]]
    assert sum(shares) == 1.0


def test_without_standard_answers_there_is_no_selector():
    assert response_selector([("greet", 1.0)], 10) == {}
