"""How mistakes in the policy are told: where they stand, and what is expected there."""

import re

import pytest

from bot.errors import ConfigError
from bot.policy_file import load_policy
from tests.unit.policy.shipped import SHIPPED


def line_of(piece):
    """Return ":N" for the first line of the shipped policy that holds `piece`."""
    before = SHIPPED.read_text().split(piece)[0]
    return f":{before.count(chr(10)) + 1}"


# Mistakes

# fmt: off
MISTAKES = [
    # in the file                with this instead             is told as
    ("quiet: false",             "quite: false",               "quite is not a known key"),
    ("answer: 0.9",              "answer: 1.6",                "thresholds.answer is 1.6; expected a number from 0 to 1"),
    ("answer: 0.9",              "answer: true",               "thresholds.answer is True; expected a number from 0 to 1"),
    ("answer: 0.9",              "answer: high",               "thresholds.answer is “high”; expected a number"),
    ("quiet: false",             "quiet: maybe",               "quiet is “maybe”; expected true or false"),
    ("team: press}",             "team: pres}",                "team is “pres”; expected one of care, marketing, press, trust (did you mean press?)"),
    ("{handling: answer,",       "{handling: anser,",          "intents.faq.handling is “anser”; expected one of answer"),
    ("reason: press,",           "reason: pres,",              "reason is “pres”"),
    ("priority: urgent}",        "priority: 1}",               "priority is 1; expected one of urgent, high, normal, low"),
    ("Europe/London",            "Europe/Bristol",             "hours.timezone is “Europe/Bristol”; expected a time zone like Europe/London"),
    ("sat: 09:00-17:00",         "sat: 17:00-09:00",           "hours.days.sat ends before it starts"),
    ("sat: 09:00-17:00",         "sat: 9 to 5",                "hours.days.sat is “9 to 5”; expected hours like 08:00-20:00, or closed"),
    ("sat: 09:00-17:00",         "sat: 09:00-25:00",           "hours.days.sat is “09:00-25:00”"),
    ("sat: 09:00-17:00",         "sab: 09:00-17:00",           "hours.days.sab is not a known key"),
    ("- 2026-12-25",             "- Christmas",                "hours.holidays[0] is “Christmas”; expected a date like 2026-12-25"),
    ("burst: 2s",                "burst: 2",                   "burst is 2; expected a time span like 2s, 30m, 24h or 7d"),
    ("burst: 2s",                "burst: 2 weeks",             "burst is “2 weeks”"),
    ("burst_at_most: 8s",        "burst_at_most: 1s",          "burst_at_most is shorter than burst"),
    ("handle: fernhollow",       "handle: '@fernhollow'",      "handle is “@fernhollow”; expected a name without @"),
    ("languages: [en]",          "languages: [english]",       "languages[0] is “english”; expected a two-letter code like en"),
    ("languages: [en]",          "languages: []",              "languages is empty; expected at least one entry"),
    ("brand: Fernhollow",        "brand: ''",                  "brand is empty; expected a text"),
    ("- fernhollow.example",     "- https://fernhollow.example", "public.allowed_domains[0] is “https://fernhollow.example”"),
    ("max_emoji: 1",             "max_emoji: 1.5",             "voice.max_emoji is 1.5; expected a whole number"),
    ("  - viral",                "  - vip",                    "repeats “vip”; expected each entry once"),
    ("(?<!if )",                 "(?<!if ",                    "is broken: "),
    ("postcode: '",              "postcode: '|",               "public.postcode matches every text"),
    ("agents: {}",               "agents: {anna: {name: ''}}", "agents.anna.name is empty; expected a text"),
    ("agents: {}",               "agents: {anna b: {name: A}}", "is “anna b”; expected a short word without spaces"),
    ("agents: {}",               "agents: {anna: {name: A, slack: anna}}", "agents.anna.slack is “anna”; expected a member id like U012AB34CD"),
    ("agents: {}",               "agents: {anna: {name: A, teams: [car]}}", "agents.anna.teams[0] is “car”; expected one of care"),
    ("agents: {}",               "agents: {a: {name: A, slack: U012AB34CD}, b: {name: B, slack: U012AB34CD}}", "agents.b.slack repeats “U012AB34CD”; expected each person once"),
    ('{care: "#firstline-care"}', "{press: '#press'}",         "desk.channels lacks the key care"),
    ('{care: "#firstline-care"}', "{care: firstline}",         "desk.channels.care is “firstline”; expected a channel like"),
    ('{care: "#firstline-care"}', "{car: '#firstline'}",       "desk.channels.car is not a known key"),
    ("  intents: {}",            "  intents: {legal: '#x'}",   "desk.intents.legal: its intent is “legal”"),
    ("undo: 5s",                 "undo: 10m",                  "desk.undo is too long; expected five minutes at the most"),
    ("signature: none",          "signature: name",            "desk.signature is “name”; expected one of none, first_name, initials"),
    ('digest_at: "08:30"',       'digest_at: "8h"',            'desk.digest_at is “8h”; expected a time like "08:30", or off'),
    ("queue: 2000",              "queue: 2.5",                 "learning.queue is 2.5; expected a whole number"),
    ("asked_again: 2h",          "asked_again: soon",          "learning.asked_again is “soon”; expected a time span"),
    ("chance: 0.05",             "chance: 5",                  "gate.chance is 5; expected a number from 0 to 1"),
    ("at_least: 3\n",            "at_least: 2.5\n",            "gate.at_least is 2.5; expected a whole number"),
    ("    - press_inquiry",      "    - pres_inquiry",         "is “pres_inquiry”; expected"),
    ("keep: 90d",                "kept: 90d",                  "learning.kept is not a known key"),
    ("- '\\b(?:no|any)",         "- '|\\b(?:no|any)",          "matches every text"),
]
# fmt: on


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES)
def test_a_mistake_is_told_with_its_line_and_what_is_expected(broken, old, new, told):
    problems = broken(old, new)
    assert [p for p in problems if p.startswith(line_of(old)) and told in p], problems


def test_the_team_that_gets_the_rest_cannot_be_removed(broken):
    told = broken("  care: Customer care\n", "")
    assert told[0].startswith(f"{line_of('teams:')}: teams lacks the key care")


@pytest.mark.parametrize("key", ["brand", "quiet", "reopen_within"])
def test_a_missing_key_is_told(broken, key):
    old = re.search(rf"^{key}: .*$", SHIPPED.read_text(), re.MULTILINE)[0]
    assert broken(old, "")[0].endswith(
        f"the file lacks the key {key}; expected {key}: and its value"
    )


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "policy.yml"
    text = SHIPPED.read_text().replace("brand: Fernhollow", "brand: 7")
    path.write_text(text.replace("answer: 0.9", "answer: 6").replace("2s", "2x"))
    with pytest.raises(ConfigError) as caught:
        load_policy(path)
    told = [
        line.split(": ")[1].split(" is ")[0] for line in str(caught.value).split("\n")
    ]
    assert told == ["brand", "thresholds.answer", "burst"]


def test_a_section_that_is_no_mapping_is_one_problem_and_not_a_crash(tmp_path):
    path = tmp_path / "policy.yml"
    path.write_text("- a list\n- of things\n")
    with pytest.raises(
        ConfigError, match=r":1: the file is a list; expected a mapping"
    ):
        load_policy(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"brand: a\nbrand: b\n", ":2: found duplicate key"),
        (b"brand: [a\nhandle: b\n", ":2: expected ',' or ']'"),
        (b"a: 1\n\tb: 2\n", ":2: "),
        (b"brand: caf\xe9\n", ":1: is not text; expected UTF-8"),
        (b"brand: a\x01\n", "expected printable text"),
        (b"", ":1: the file is empty; expected a mapping"),
    ],
)
def test_a_file_that_is_no_yaml_is_told_with_its_line(tmp_path, content, told):
    path = tmp_path / "policy.yml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=re.escape(told)):
        load_policy(path)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"gone\.yml: No such file"):
        load_policy(tmp_path / "gone.yml")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("mention_read: 0.001", "mention_read: -1", "is -1; expected a number from 0"),
        ("dm_read: 0.010", "dm_raed: 0.010", "did you mean dm_read"),
        ("daily_budget: 20", "daily_budget: much", "expected a number from 0"),
        ("poll_every: 10s", "poll_every: often", "expected a time span"),
        ("privacy_link: https://f", "privacy_link: f", "expected a link with https"),
        ('listen: "off"', f"listen: {'x' * 513}", "512 characters at the most"),
    ],
)
def test_mistakes_about_x_are_told(broken, old, new, told):
    assert told in " ".join(broken(old, new))
