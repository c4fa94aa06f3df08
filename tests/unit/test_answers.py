"""Every sentence that the bot may say: the shipped ones, and how mistakes are told."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.errors import ConfigError
from bot.flow.public_check import problems_of
from bot.knowledge.answers import DomainAnswers
from bot.knowledge.domain_file import read_responses
from bot.knowledge.voice import SLOT_ROOM, check_voice, weighted_length
from bot.model.message import Visibility
from bot.model.policy import Handling
from bot.policy_file import load_policy

ROOT = Path(__file__).parents[2]
DOMAIN = ROOT / "domain.yml"
PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE
WAIT = {"wait": "within about 2 hours"}


@pytest.fixture(scope="module")
def policy():
    return load_policy(ROOT / "data/policy.yml")


@pytest.fixture(scope="module")
def answers(policy):
    return DomainAnswers(DOMAIN, policy)


@pytest.fixture
def domain_with(tmp_path, policy):
    """Return answers over the shipped domain with one more response, or one changed."""

    def load(response="", *, replacing=""):
        text = DOMAIN.read_text()
        old = replacing or "responses:\n"
        assert text.count(old) == 1
        path = tmp_path / "domain.yml"
        path.write_text(text.replace(old, response if replacing else old + response))
        return DomainAnswers(path, policy)

    return load


@pytest.fixture
def responses_of(tmp_path):
    """Return what is read from a domain that holds nothing but these lines."""

    def read(lines):
        path = tmp_path / "domain.yml"
        path.write_text("responses:\n" + lines)
        return read_responses(path)

    return read


def problems(load, response, **kwargs):
    with pytest.raises(ConfigError) as caught:
        load(response, **kwargs)
    return str(caught.value)


def names_of_the_guide():
    """Return the names in the first column of the labelling guide's tables."""
    lines = (ROOT / "docs/labelling.md").read_text().splitlines()
    cells = [line.split("|")[1] for line in lines if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([a-z_/]+)`", cell)}


# The shipped texts


def test_every_sentence_keeps_to_the_voice_and_the_public_rules(answers, policy):
    assert [str(problem) for problem in check_voice(answers.responses, policy)] == []


def test_every_public_sentence_passes_the_last_check_before_sending(answers, policy):
    for name in answers.responses.wordings:
        for wording in answers.responses.of(name, PUBLIC):
            found = problems_of(
                wording.text.replace("{wait}", SLOT_ROOM),
                PUBLIC,
                facts=(),
                rules=policy.public,
                length=weighted_length,
                limit=280,
            )
            assert found == (), wording.text


def test_the_domain_has_the_intents_of_the_guide_and_no_other():
    intents = set(YAML(typ="safe").load(DOMAIN)["intents"])
    guide = {name.split("/")[0] for name in names_of_the_guide()}
    assert intents == guide


def test_every_standard_question_of_the_guide_has_an_answer_and_no_other(answers):
    asked = {name for name in names_of_the_guide() if name.startswith("faq/")}
    answered = {n for n in answers.responses.wordings if n.startswith("faq/")}
    assert len(asked) == 25
    assert answered == asked


def test_standard_answers_are_short_in_public_and_fuller_in_private(answers):
    for name in answers.responses.wordings:
        if name.startswith("faq/"):
            short = answers.responses.of(name, PUBLIC)
            full = answers.responses.of(name, PRIVATE)
            assert max(len(w.text) for w in short) < min(len(w.text) for w in full)


def longest(answers, *names):
    """Return the length of the longest public wording of these responses."""
    return max(
        weighted_length(wording.text.replace("{wait}", SLOT_ROOM))
        for name in names
        for wording in answers.responses.of(name, PUBLIC)
    )


def test_a_public_answer_leaves_room_for_a_name_before_it(answers):
    assert longest(answers, *answers.responses.wordings) <= 240


def test_an_acknowledgement_and_an_invitation_fit_into_one_post(answers):
    both = (
        longest(answers, "acknowledge", "acknowledge_upset"),
        longest(answers, "invite_to_direct"),
    )
    assert sum(both) + 1 <= 280


@pytest.mark.parametrize(
    ("name", "fewest"),
    [
        ("acknowledge", 6),
        ("acknowledge_upset", 6),
        ("acknowledge_safety", 6),
        ("acknowledge_legal", 6),
        ("acknowledge_press", 6),
        ("acknowledge_business", 6),
        ("acknowledge_language", 6),
        ("safe_fallback", 6),
        ("invite_to_direct", 8),
    ],
)
def test_what_is_said_often_is_said_in_many_ways(answers, name, fewest):
    texts = {w.text for w in answers.responses.of(name, PUBLIC)}
    assert len(texts) >= fewest


def test_no_two_responses_share_a_public_wording(answers):
    texts = Counter(
        wording.text
        for name in answers.responses.wordings
        for wording in answers.responses.of(name, PUBLIC)
    )
    assert [text for text, count in texts.items() if count > 1] == []


def test_every_acknowledgement_says_how_long_it_takes(answers):
    for name, wordings in answers.responses.wordings.items():
        if name.startswith("acknowledge"):
            assert all(wording.slots == {"wait"} for wording in wordings), name


def test_the_first_private_line_names_the_machine_and_the_privacy_policy(answers):
    for wording in answers.responses.of("introduction", PRIVATE):
        assert "automated assistant" in wording.text
        assert "https://fernhollow.example/privacy" in wording.text


# Choosing


def test_the_same_seed_always_gives_the_same_wording(policy, answers):
    again = DomainAnswers(DOMAIN, policy)
    for seed in ("simulator:1", "simulator:2", "", "\ud800"):
        first = answers.text("acknowledge", PUBLIC, seed=seed, **WAIT)
        assert again.text("acknowledge", PUBLIC, seed=seed, **WAIT) == first


def test_the_choice_does_not_change_from_release_to_release(answers):
    """A send that is repeated after an update must find its own earlier words."""
    text = answers.text("faq/stores", PUBLIC, seed="simulator:1")
    assert text.startswith("Come and see us in Bristol or Leeds")


def test_seeds_spread_evenly_over_the_wordings(answers):
    texts = Counter(
        answers.text("acknowledge", PUBLIC, seed=f"m{number}", **WAIT)
        for number in range(800)
    )
    assert len(texts) == 8
    assert all(70 <= count <= 130 for count in texts.values())  # 100 each, ± 3 σ


def test_slots_are_filled_and_others_ignored(answers):
    text = answers.text("acknowledge", PUBLIC, seed="1", **WAIT, colour="red")
    assert "within about 2 hours" in text
    assert "{" not in text


def test_a_slot_without_a_value_is_an_error(answers):
    with pytest.raises(KeyError, match="wait"):
        answers.text("acknowledge", PUBLIC, seed="1")


def test_an_unknown_name_is_an_error_and_known_to_be_absent(answers):
    assert not answers.has("faq/moon_delivery", PUBLIC)
    with pytest.raises(KeyError, match="utter_faq/moon_delivery"):
        answers.text("faq/moon_delivery", PUBLIC, seed="1")


def test_a_private_thread_gets_the_private_wording(answers):
    assert "https://" in answers.text("faq/stores", PRIVATE, seed="1")
    assert "https://" not in answers.text("faq/stores", PUBLIC, seed="1")


def test_a_private_thread_gets_the_public_wording_where_there_is_no_other(answers):
    public = {w.text for w in answers.responses.of("praise", PUBLIC)}
    assert answers.responses.of("praise", PRIVATE) == ()
    assert answers.has("praise", PRIVATE)
    assert answers.text("praise", PRIVATE, seed="1") in public


def test_a_public_thread_never_gets_a_private_wording(answers):
    assert answers.has("introduction", PRIVATE)
    assert not answers.has("introduction", PUBLIC)
    with pytest.raises(KeyError):
        answers.text("introduction", PUBLIC, seed="1")


def test_a_wording_without_a_channel_is_private(domain_with):
    answers = domain_with("  utter_ask_order:\n    - text: Which order is it?\n")
    assert answers.has("ask_order", PRIVATE)
    assert not answers.has("ask_order", PUBLIC)


def test_a_dialogue_may_have_slots_of_its_own(domain_with):
    answers = domain_with('  utter_order_state:\n    - text: "It is {state}."\n')
    assert answers.text("order_state", PRIVATE, seed="1", state="packed") == (
        "It is packed."
    )


# Mistakes in the file

ONE = "  utter_hello:\n    - text: {}\n      channel: public\n"


@pytest.mark.parametrize(
    ("response", "told"),
    [
        (ONE.format('"Back {soon}."'), "unknown slot {soon}; expected one of {wait}"),
        (ONE.format('"Back {}."'), "unknown slot {}; expected one of {wait}"),
        (ONE.format('"Back {wait"'), "a brace without its partner"),
        (ONE.format('"Back {wait:>9}"'), "formats a slot; expected its bare {name}"),
        (ONE.format('""'), "[0].text is empty; expected a text"),
        (ONE.format("7"), "[0].text is 7; expected a text"),
        ("  utter_hello: hi\n", "utter_hello is “hi”; expected a list"),
        ("  utter_hello: []\n", "utter_hello is empty; expected at least one text"),
        ("  utter_hello:\n    - channel: public\n", "[0] lacks the key text"),
        (ONE.format("hi").replace("public", "pubic"), "channel is “pubic”; expected"),
        ("  hello:\n    - text: hi\n", "expected utter_hello"),
    ],
)
def test_a_broken_response_is_told_with_its_line(responses_of, response, told):
    said = "\n".join(map(str, responses_of(response).problems.found))
    assert told in said
    assert 2 <= int(re.search(r"domain\.yml:(\d+): ", said)[1]) <= 4


def test_a_missing_response_is_told(domain_with):
    said = problems(domain_with, "  utter_greeting:\n", replacing="  utter_greet:\n")
    assert "the response utter_greet is missing" in said


def test_a_standard_answer_without_a_public_text_is_told(domain_with):
    said = problems(domain_with, "  utter_faq/moon:\n    - text: No.\n")
    assert "utter_faq/moon has no public text" in said


def test_what_the_policy_says_with_small_talk_must_have_a_text(policy):
    rule = replace(policy.rule("chatter"), handling=Handling.SMALL_TALK)
    talkative = replace(policy, intents={**policy.intents, "chatter": rule})
    with pytest.raises(ConfigError, match="the response utter_chatter is missing"):
        DomainAnswers(DOMAIN, talkative)


def test_broken_yaml_is_told_with_its_line(tmp_path):
    path = tmp_path / "domain.yml"
    path.write_text("version: '3.1'\nresponses:\n  utter_greet: [\n")
    with pytest.raises(ConfigError, match=r"domain\.yml:4: "):
        read_responses(path)


def test_a_domain_without_responses_is_told(tmp_path, policy):
    path = tmp_path / "domain.yml"
    path.write_text("version: '3.1'\n")
    with pytest.raises(ConfigError, match="the file lacks the key responses"):
        DomainAnswers(path, policy)


# Mistakes in the sentences


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Unfortunately, no.", "says “unfortunately”"),
        ("Please don’t hesitate to ask.", "says “don't hesitate”"),
        ("Yes! Really!", "has 2 exclamation marks; expected at most 1"),
        ("Lovely 🌿🌿", "has 2 emoji; expected at most 1"),
        ("a" * 281, "is 281 weighted characters long; expected at most 280"),
        ("家" * 141, "is 282 weighted characters long"),
        ("a" * 260 + " {wait}", "weighted characters long"),
        ("See fernhollow.example/help.", "holds a link in public"),
        ("Write to care@fernhollow.example.", "holds an email address in public"),
        ("Call 0117 496 0140.", "holds a phone number in public"),
        ("It is about FH-482913.", "holds an order number in public"),
        ("See https://elsewhere.com", "links to elsewhere.com"),
        ("We looked at your order.", "says “your order” in public"),
        ("Only one of these.", "utter_hello has only one public wording"),
    ],
)
def test_a_sentence_against_the_rules_is_told(responses_of, policy, text, told):
    responses = responses_of(ONE.format(f'"{text}"'))
    assert told in "\n".join(map(str, check_voice(responses, policy)))


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("We looked at your order FH-482913.", True),
        ("Call 0117 496 0140 or see https://fernhollow.example/help.", True),
        ("See https://www.fernhollow.example/help.", True),
        ("See https://notfernhollow.example/help.", False),
        ("Unfortunately, no.", False),
    ],
)
def test_a_private_sentence_may_say_more_but_keeps_the_tone(
    responses_of, policy, text, fine
):
    responses = responses_of(ONE.format(f'"{text}"').replace("public", "private"))
    assert (check_voice(responses, policy) == ()) is fine


def test_a_problem_in_a_sentence_names_its_line(responses_of, policy):
    responses = responses_of(
        "  utter_hello:\n"
        "    - channel: public\n"
        "      text: Fine.\n"
        "    - channel: public\n"
        "      text: Yes! Yes!\n"
    )
    assert [p.line for p in check_voice(responses, policy)] == [6]
