"""The policy that managers edit: what is shipped, and how mistakes are told."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.flow.decide import decide
from bot.model.agent import agent_of_slack
from bot.model.case import Priority
from bot.model.customer import Customer
from bot.model.effect import Turn
from bot.model.message import (
    ChannelName,
    CustomerId,
    Message,
    MessageId,
    ThreadId,
    Visibility,
)
from bot.model.policy import Handling
from bot.model.reading import Reading, Request
from bot.model.reason import Reason
from bot.policy_file import load_policy

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "data/policy.yml"


@pytest.fixture(scope="module")
def policy():
    return load_policy(SHIPPED)


@pytest.fixture
def broken(tmp_path):
    """Return what is said of the shipped policy after replacing one piece of it."""

    def problems_after(old, new, *, count=1):
        text = SHIPPED.read_text()
        assert text.count(old) >= 1, f"{old!r} is not in the policy"
        path = tmp_path / "policy.yml"
        path.write_text(text.replace(old, new, count))
        with pytest.raises(ConfigError) as caught:
            load_policy(path)
        return [line.removeprefix(str(path)) for line in str(caught.value).split("\n")]

    return problems_after


def line_of(piece):
    """Return ":N" for the first line of the shipped policy that holds `piece`."""
    before = SHIPPED.read_text().split(piece)[0]
    return f":{before.count(chr(10)) + 1}"


def intents_of_the_guide():
    """Return the names in the first column of the labelling guide's tables."""
    names = set()
    for line in (ROOT / "docs/labelling.md").read_text().splitlines():
        if line.startswith("| `"):
            first_cell = line.split("|")[1]
            names |= set(re.findall(r"`([a-z_]+(?:/[a-z_]+)?)`", first_cell))
    return {"faq" if name.startswith("faq/") else name for name in names}


def reason_for(text, policy):
    """Return why a message that the model does not understand is decided as it is."""
    now = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
    sim, ann = ChannelName("simulator"), CustomerId("simulator:ann")
    message = Message(
        channel=sim,
        id=MessageId("1"),
        customer=ann,
        thread=ThreadId("1"),
        text=text,
        visibility=Visibility.PUBLIC,
        sent_at=now,
        handle="ann",
    )
    reading = Reading((Request("chatter", 0.0),))
    turn = Turn(messages=(message,), reading=reading, number=1)
    customer = Customer(id=ann, channel=sim, handle="ann")
    return decide(turn, customer, policy, now).reason


# What is shipped


def test_every_intent_of_the_labelling_guide_has_a_rule_and_no_other(policy):
    assert set(policy.intents) == intents_of_the_guide()
    assert len(policy.intents) == 49


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


@pytest.mark.parametrize(
    "message",
    ["STOP", "@fernhollow stop!!", "Don't message me.", "dont message me", "Opt-out"],
)
def test_a_message_that_only_says_stop_opts_out_whatever_the_model_thinks(
    policy, message
):
    assert reason_for(message, policy) is Reason.OPT_OUT


def test_a_message_that_says_more_than_stop_does_not(policy):
    assert reason_for("stop sending broken lamps", policy) is not Reason.OPT_OUT


def test_no_word_both_stops_and_starts(policy):
    assert not policy.opt_out_words & policy.opt_in_words


CONFIRMING = [
    "We've had a look at your order.",
    "Your latest parcel left on Monday",
    "ur refund is coming",
    "You’ve already ordered two of these",
    "You are not a customer of ours.",
    "you're a Hollow Club member, so it's free",
    "You don't have an account with us.",
    "Thanks for shopping with us!",
    "Thank you for being a loyal customer",
    "We have no record of you.",
    "There's no account under that name.",
    "We can't find you.",
    "We couldn’t find any order.",
    "I can see you on our list",
    "According to our records it went out.",
    "Our system shows two parcels",
    "We've just refunded the lamp.",
    "It was delivered yesterday",
    "It's out for delivery now",
    "We refunded you yesterday.",
    "We'll refund you today.",
    "Your sofa ships tomorrow",
    "Your card was charged twice",
    "Dispatched yesterday!",
    "It arrived Monday, signed for.",
    "It's with Evri now",
    "DPD has your box",
    "You never bought anything from us.",
    "You don't shop with us",
    "We've got you down as a guest",
    "the tent you got from us",
    "Thanks for your custom",
]
GENERAL = [
    "Orders over £50 are delivered free.",
    "An order can be cancelled for about 2 hours.",
    "Could you send us a direct message?",
    "Thanks for your message. We've sent you a DM.",
    "If you bought it in the last 30 days, it can come back.",
    "We don't have any in stock, but more are coming in May.",
    "No account needed: guest checkout works.",
    "We can see why that's annoying.",
    "Sorry to hear about your weekend, and your tent!",
    "We have your message and a colleague is reading it.",
    "No, you don't need to be a member.",
    "Your message arrived safely, thank you.",
    "We'll refund you within 5 working days of getting it back.",
    "Orders in by Friday are delivered on Saturday.",
    "If you didn't order it, let us know.",
]


def matches(policy, text):
    for pattern in policy.public.general:
        text = re.sub(pattern, "…", text, flags=re.IGNORECASE)
    return [p for p in policy.public.confirming if re.search(p, text, re.IGNORECASE)]


@pytest.mark.parametrize("text", CONFIRMING)
def test_words_that_confirm_or_deny_a_customer_are_caught(policy, text):
    assert matches(policy, text)


@pytest.mark.parametrize("text", GENERAL)
def test_general_words_are_let_through(policy, text):
    assert matches(policy, text) == []


def test_each_confirming_expression_is_needed(policy):
    """An expression that no example above needs is untested, so it may be wrong."""
    caught = {pattern for text in CONFIRMING for pattern in matches(policy, text)}
    assert caught == set(policy.public.confirming)


@pytest.mark.parametrize(
    "text", ["FH-482913", "fh482913", "it's #482 913", "order no. 482913"]
)
def test_an_order_number_is_known_however_it_is_written(policy, text):
    assert re.search(policy.public.order_number, text, re.IGNORECASE)


@pytest.mark.parametrize("text", ["£482,913", "in 2027", "#garden", "order 2 lamps"])
def test_other_numbers_are_not_order_numbers(policy, text):
    assert not re.search(policy.public.order_number, text, re.IGNORECASE)


@pytest.mark.parametrize("text", ["LS6 2AB", "it's sw1a1aa", "BS1-4DJ"])
def test_a_postcode_is_known_however_it_is_written(policy, text):
    assert re.search(policy.public.postcode, text, re.IGNORECASE)


@pytest.mark.parametrize("text", ["by 4pm", "2-4 working days", "A4 3cm", "E10 9am"])
def test_other_words_with_digits_are_no_postcodes(policy, text):
    assert not re.search(policy.public.postcode, text, re.IGNORECASE)


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
