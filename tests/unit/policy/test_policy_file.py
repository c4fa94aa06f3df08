"""The policy that managers edit: what is shipped, and what it says of desk and prices."""

import re
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from bot.model.agent import agent_of_slack
from bot.model.case import Priority
from bot.model.policy import GateRules, Handling, LearningRule
from bot.model.reason import Reason
from bot.policy_file import load_policy
from tests.builders import ROOT
from tests.unit.policy.shipped import SHIPPED


def intents_of_the_guide():
    """Return the names in the first column of the labelling guide's tables."""
    names = set()
    for line in (ROOT / "docs/labelling.md").read_text().splitlines():
        if line.startswith("| `"):
            first_cell = line.split("|")[1]
            names |= set(re.findall(r"`([a-z_]+(?:/[a-z_]+)?)`", first_cell))
    return {"faq" if name.startswith("faq/") else name for name in names}


# What is shipped


def test_every_intent_of_the_labelling_guide_has_a_rule_and_no_other(policy):
    assert set(policy.intents) == intents_of_the_guide()
    assert len(policy.intents) == 49


def test_what_is_said_of_learning_counts_and_what_is_not_is_as_usual(tmp_path, policy):
    assert policy.learning == LearningRule()
    text = SHIPPED.read_text()
    section = text[
        text.index("learning:") : text.index("\n\n", text.index("learning:"))
    ]
    path = tmp_path / "policy.yml"
    path.write_text(text.replace(section, ""))
    assert load_policy(path).learning == LearningRule()
    path.write_text(text.replace(section, "learning:\n  queue: 50\n  likeness: 1"))
    assert load_policy(path).learning == LearningRule(queue=50, likeness=1.0)


def test_what_is_said_of_the_gate_counts_and_what_is_not_is_as_usual(tmp_path, policy):
    assert policy.gate == GateRules()
    text = SHIPPED.read_text()
    section = text[text.index("gate:") : text.index("\n\n", text.index("gate:"))]
    path = tmp_path / "policy.yml"
    path.write_text(text.replace(section, ""))
    assert load_policy(path).gate == GateRules()
    path.write_text(text.replace(section, "gate:\n  protected: [greet]\n  chance: 0.1"))
    assert load_policy(path).gate == GateRules(protected=("greet",), chance=0.1)


def test_the_rules_say_who_gets_what(policy):
    rule = policy.rule("account_compromised")
    assert (rule.handling, rule.reason) == (Handling.HAND_OFF, Reason.PEOPLE_ONLY)
    assert (rule.team, rule.priority, rule.personal) == ("trust", Priority.HIGH, True)
    plain = policy.rule("stock_question")
    assert (plain.team, plain.priority, plain.personal) == (
        "care",
        Priority.NORMAL,
        False,
    )


def policy_with(tmp_path, *, agents="{}", **desk):
    """Return the shipped policy with other agents and another desk."""
    text = SHIPPED.read_text().replace("agents: {}", f"agents: {agents}")
    for key, value in desk.items():
        text = re.sub(rf"^  {key}: .*$", f"  {key}: {value}", text, flags=re.MULTILINE)
    path = tmp_path / "policy.yml"
    path.write_text(text)
    return load_policy(path)


def test_a_person_who_uses_several_desks_is_one_agent(tmp_path):
    anna = "{anna: {name: Anna Bell, slack: U012AB34CD, teams: [care, trust]}}"
    agents = policy_with(tmp_path, agents=anna).agents
    assert agents["anna"].initials == "AB"
    assert agents["anna"].teams == ("care", "trust")
    assert agent_of_slack(agents, "U012AB34CD") == "anna"
    assert agent_of_slack(agents, "U99") == "U99"


@pytest.mark.parametrize(
    ("style", "signature"), [("none", ""), ("first_name", "^Anna"), ("initials", "^AB")]
)
def test_an_agent_signs_as_the_policy_says(tmp_path, style, signature):
    policy = policy_with(tmp_path, agents="{a: {name: Anna Bell}}", signature=style)
    assert policy.agents["a"].signature(policy.desk.signature) == signature


def test_a_case_goes_to_the_channel_of_its_matter_then_of_its_team(tmp_path):
    desk = policy_with(
        tmp_path,
        channels="{care: '#care', trust: C0TRUST1}",
        intents="{legal_threat: '#legal', faq: '#faq', faq/returns: '#returns'}",
    ).desk
    assert desk.channel_of("trust", "legal_threat") == "#legal"
    assert desk.channel_of("trust", "faq/returns") == "#returns"
    assert desk.channel_of("trust", "faq/stores") == "#faq"
    assert desk.channel_of("trust", "order_status") == "C0TRUST1"
    assert desk.channel_of("press", "order_status") == "#care"


def test_without_slack_channels_a_case_goes_to_none(tmp_path):
    assert policy_with(tmp_path, channels="{}").desk.channel_of("care", "") is None


@pytest.mark.parametrize("off", ["off", "false"])
def test_the_digest_can_be_off(tmp_path, off):
    assert policy_with(tmp_path, digest_at=off).desk.digest_at is None


def test_the_desk_is_read(policy):
    assert policy.desk.undo == timedelta(seconds=5)
    assert policy.desk.digest_at == time(8, 30)


@pytest.mark.parametrize("intent", ["safety_issue", "legal_threat"])
def test_danger_and_law_are_urgent_and_never_left_to_the_bot(policy, intent):
    rule = policy.rule(intent)
    assert rule.handling is Handling.HAND_OFF
    assert (rule.priority, rule.team) == (Priority.URGENT, "trust")


def test_silence_needs_more_certainty_than_speech(policy):
    assert policy.thresholds.ignore > policy.thresholds.small_talk


def test_opening_hours_are_read_with_days_off_and_holidays(policy):
    assert policy.hours.days[0] == (time(8), time(20))
    assert policy.hours.days[5] == (time(9), time(17))
    assert 6 not in policy.hours.days
    assert date(2026, 12, 25) in policy.hours.holidays


def test_time_spans_are_read_in_their_units(policy):
    assert policy.burst == timedelta(seconds=2)
    assert policy.dialogue_timeout == timedelta(minutes=30)
    assert policy.backlog_limit == timedelta(hours=24)
    assert policy.reopen_within == timedelta(days=7)


# What X costs


def test_the_prices_of_x_are_read_in_millionths_of_a_dollar(policy):
    assert policy.x.price("mention_read") == 1_000
    assert policy.x.price("dm_read", 3) == 30_000
    assert policy.x.budget.daily == 20_000_000


@pytest.mark.parametrize(
    ("private", "reply", "link", "links_cost", "item"),
    [
        (True, False, False, True, "dm_sent"),
        (True, True, True, True, "dm_sent"),
        (False, True, False, True, "reply_sent"),
        (False, True, True, True, "link_sent"),
        (False, True, True, False, "reply_sent"),
        (False, False, False, False, "post_sent"),
        (False, False, True, False, "link_sent"),
    ],
)
def test_a_text_is_charged_by_where_it_goes_and_what_it_holds(
    policy, private, reply, link, links_cost, item
):
    x = replace(policy.x, links_cost=links_cost)
    cost = x.price_of_text(private=private, reply=reply, link=link)
    assert cost == x.price(item)


def test_budget_search_and_privacy_link_can_be_off(tmp_path):
    text = SHIPPED.read_text().replace("daily_budget: 20", "daily_budget: off")
    link = "privacy_link: https://fernhollow.example/privacy"
    path = tmp_path / "policy.yml"
    path.write_text(text.replace(link, "privacy_link: off"))
    x = load_policy(path).x
    assert (x.budget.daily, x.listen, x.privacy_link) == (None, "", "")
