"""What speaks against a candidate, rule by rule; and what does not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gate.frozen import Frozen
from bot.gate.judged import judge_frozen
from bot.model.comparison import Code, Source
from bot.model.reading import Entity
from tests.builders import POLICY, reading
from tests.unit.gate.judging import against, codes, crowd, guarded, judged


def swapped(label: str, lost: int, won: int, of: int = 14):
    """Messages of `label` of which so many are lost and won, in a crowd."""
    before = [judged(label, "praise" if at < won else label) for at in range(of)]
    after = [judged(label, "praise" if of - lost <= at else label) for at in range(of)]
    return crowd() + before, crowd() + after


def test_a_model_is_never_worse_than_itself():
    before, _ = swapped("legal_threat", 0, 5)
    assert against(before, before) == []


@pytest.mark.parametrize(
    ("lost", "won", "refused"),
    [
        (3, 0, True),  # by chance one time in eight
        (2, 0, False),  # fewer than three
        (3, 1, False),  # two net
        (4, 1, False),  # three net, but by chance one time in five
        (6, 2, True),
        (0, 5, False),
    ],
)
def test_a_protected_intent_may_lose_no_more_than_chance_makes(lost, won, refused):
    before, after = swapped("legal_threat", lost, won)
    found = [e for e in against(before, after) if e.code is Code.PROTECTED_LOSES]
    assert bool(found) is refused
    if refused:
        assert found[0].label == "legal_threat"
        assert f"{lost} are lost" in found[0].sentence


def test_an_intent_that_is_not_protected_may_lose_as_many():
    before, after = swapped("packaging", 3, 0)
    assert codes(before, after) == set()


def test_who_protects_an_intent_decides_what_is_refused():
    before, after = swapped("packaging", 3, 0)
    policy = guarded("packaging")
    assert Code.PROTECTED_LOSES in codes(before, after, policy=policy)
    patient = guarded("packaging", at_least=4)
    assert Code.PROTECTED_LOSES not in codes(before, after, policy=patient)


def test_a_protected_intent_counts_also_as_the_second_request_of_a_message():
    both = {
        "labels": ("order_status", "legal_threat"),
        "found": ("order_status", "legal_threat"),
    }
    before = crowd() + [judged("order_status", **both) for _ in range(6)]
    after = crowd() + [
        judged("order_status", **{**both, "found": ("order_status",)}) for _ in range(6)
    ]
    assert codes(before, after) == {Code.PROTECTED_LOSES}


def test_fewer_right_readings_are_refused_with_the_intents_that_lost_most():
    before, after = swapped("packaging", 9, 0)
    (objection,) = [e for e in against(before, after) if e.code is Code.LESS_RIGHT]
    assert "packaging (9 of 14, read as praise)" in objection.sentence


def test_confidence_that_says_less_of_the_truth_is_refused():
    before = crowd()
    after = [
        replace(each, guess=replace(each.guess, confidence=0.999)) for each in before
    ]
    assert codes(before, after) == {Code.CALIBRATION_WORSE}
    assert codes(after, before) == set()


def outside(sure: float, count: int = 60):
    at = range(count)
    return [
        judged("out_of_scope", "nlu_fallback", 0.5, ours=sure + n / 1000) for n in at
    ]


def test_what_is_not_ours_must_stay_apart_from_what_is():
    ours = [judged("greet", ours=0.5 + n / 1000) for n in range(200)]
    before, after = ours + outside(0.1), ours + outside(0.58)
    assert codes(before, after) == {Code.SCOPE_WORSE}
    assert codes(after, before) == set()


def test_messages_that_go_to_people_now_are_refused_if_they_were_understood():
    before = [replace(each, alone=True) for each in crowd()]
    understood = [replace(each, alone=not each.right) for each in before]
    assert codes(before, understood) == {Code.COVERAGE_FELL}
    misread = [replace(each, alone=each.right) for each in before]
    assert codes(before, misread) == set()


def test_more_wrong_answers_by_the_bot_itself_are_refused():
    before = crowd()
    after = [*before[:-6], *(replace(e, said=("faq/stores",)) for e in before[-6:])]
    assert codes(before, after) == {Code.SPEAKS_WRONGLY}


def test_answers_to_what_is_not_ours_are_refused():
    before = crowd() + outside(0.1)
    after = [
        replace(
            each,
            speaks=not each.inside,
            said=("faq/stores",) if not each.inside else (),
        )
        for each in before
    ]
    assert codes(before, after) == {Code.SPEAKS_OUTSIDE}


def test_saying_that_it_is_not_ours_is_no_answer_to_it():
    before = crowd() + outside(0.1)
    after = [
        replace(e, speaks=not e.inside, said=() if e.inside else ("out_of_scope",))
        for e in before
    ]
    assert codes(before, after) == set()


def test_what_needs_a_reply_must_be_known_as_well_as_before():
    before = crowd() + [
        judged("", "praise", labels=(), needs_reply=True, would_reply=True)
        for _ in range(8)
    ]
    after = [replace(each, would_reply=each.needs_reply is None) for each in before]
    assert codes(before, after) == {Code.REPLIES_MISSED}


@pytest.mark.parametrize(
    ("had", "has", "refused"),
    [(10, 0, True), (10, 5, True), (10, 6, False), (4, 0, False), (10, 10, False)],
)
def test_an_entity_may_not_be_found_in_half_as_many_messages(had, has, refused):
    """Four of four may be lost by chance, six of ten may have been wrong."""

    def found(count):
        return [
            judged("greet", kinds=frozenset({"product"} if at < count else ()))
            for at in range(50)
        ]

    assert codes(found(had), found(has)) == ({Code.NAMES_LOST} if refused else set())
    unseen = Source.CROSS_VALIDATION  # of which no entities are told
    assert codes(found(had), found(has), unseen) == set()


def test_examples_change_sides_by_chance_so_more_of_them_have_to():
    before, after = swapped("packaging", 9, 0)
    assert codes(before, after, Source.CROSS_VALIDATION) == {Code.LESS_RIGHT}
    few = swapped("packaging", 6, 0)
    assert codes(*few, Source.CROSS_VALIDATION) == set()
    assert codes(*few) == {Code.LESS_RIGHT}


def test_a_few_of_thousands_of_examples_change_sides_in_any_training():
    many = crowd(5000)
    before = many + [judged("packaging") for _ in range(9)]
    after = many + [judged("packaging", "praise") for _ in range(9)]
    assert codes(before, after, Source.CROSS_VALIDATION) == set()
    assert codes(before, after) == {Code.LESS_RIGHT}


def test_a_protected_intent_loses_examples_only_beyond_the_chance_of_all_of_them():
    before, after = swapped("legal_threat", 6, 0, of=20)  # one time in 64
    others = [judged(each) for each in POLICY.gate.protected if each != "legal_threat"]
    assert len(others) >= 4
    lost, before, after = Code.PROTECTED_LOSES, before + others, after + others
    alone = guarded("legal_threat")
    assert lost in codes(before, after, Source.CROSS_VALIDATION, alone)
    assert lost not in codes(before, after, Source.CROSS_VALIDATION, POLICY)


def test_a_protected_intent_may_lose_a_small_share_of_many_examples():
    before, after = swapped("legal_threat", 6, 0, of=400)
    alone = guarded("legal_threat")
    assert Code.PROTECTED_LOSES not in codes(
        before, after, Source.CROSS_VALIDATION, alone
    )


MARKS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


@given(MARKS)
def test_what_only_gets_better_is_never_called_less_right(marks):
    before = [judged("greet", "greet" if was else "deny") for was, _ in marks]
    after = [judged("greet", "greet" if was or now else "deny") for was, now in marks]
    assert not codes(before, after) & {Code.LESS_RIGHT, Code.PROTECTED_LOSES}


def test_of_a_reading_the_kinds_of_its_entities_are_judged():
    tent = Entity(kind="product", value="tent", start=0, end=4)
    (found,) = judge_frozen(
        [Frozen(id="m", text="tent?", label="greet")],
        [reading("greet", entities=(tent,))],
        POLICY,
    )
    assert found.kinds == {"product"}
