"""Whatever customers, agents and managers wrote: Slack takes it, and nothing pings."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from bot.desk.slack import blocks
from bot.desk.slack.blocks import limits, mrkdwn
from tests.unit.slack_cases import (
    agents,
    cases,
    content,
    incidents,
    records,
    scenes,
    views,
)
from tests.unit.slack_shapes import check_markup, check_message, units

# Shrinking texts this long takes minutes; what fails is readable as it is.
tried = settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)


@tried
@given(views, scenes)
def test_any_card_is_one_that_slack_takes(view, scene):
    check_message(blocks.render_card(view, scene).payload)


@tried
@given(records, cases, scenes)
def test_any_line_is_one_that_slack_takes(record, case, scene):
    check_message(blocks.render_line(record, case, scene).payload)


@tried
@given(incidents, scenes)
def test_any_incident_is_one_that_slack_takes(view, scene):
    check_message(blocks.render_incident(view, scene).payload)


@tried
@given(cases, scenes, agents)
def test_any_change_of_state_is_one_that_slack_takes(case, scene, agent):
    check_message(blocks.render_state(case, scene).payload)
    check_message(
        blocks.render_moved(case, scene, url="https://x.slack.com/a?b|c").payload
    )
    for ping in (
        blocks.render_unclaimed(case, scene),
        blocks.render_lapsed(case, scene),
        blocks.render_sla_near(case, scene),
        blocks.render_sla_missed(case, scene),
        blocks.render_follow_up(case, scene),
        blocks.render_reopened(case, scene, agent=agent),
        blocks.render_reopened(case, scene, agent=None),
    ):
        check_message(ping.payload, here=True)


@tried
@given(views, scenes)
def test_the_same_case_at_the_same_moment_is_rendered_the_same(view, scene):
    once, again = (blocks.render_card(view, scene) for _ in range(2))
    assert once == again
    assert once.fingerprint == again.fingerprint
    assert json.loads(json.dumps(once.payload)) == once.payload


@tried
@given(content)
def test_no_words_become_markup(text):
    dull = mrkdwn.plain(text)
    check_markup(dull)
    assert "\n" not in dull
    assert not {"*", "~", "`"} & set(dull)
    assert units(dull) <= 300


@tried
@given(content)
def test_a_cut_text_is_its_beginning_and_fits(text):
    for limit in (1, 2, 30, 75, 3000):
        shown = limits.cut(text, limit)
        assert units_of_any(shown) <= limit
        assert text.startswith(shown.removesuffix("…"))


@tried
@given(content)
def test_pieces_hold_everything(text):
    parts = limits.pieces(text, 100)
    assert all(units_of_any(part) <= 100 for part in parts)
    if len(limits.pieces(text, 10**6)) == 1 and not any("…" in part for part in parts):
        assert "".join(parts) == text


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("two words", 5, "two…"),
        ("e\u0301e\u0301e\u0301", 4, "e\u0301…"),
        ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 12, "👩‍👩‍👧‍👦…"),
        ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 11, "…"),
        ("🇬🇧🇬🇧🇬🇧", 10, "🇬🇧🇬🇧…"),
    ],
)
def test_no_character_is_cut_in_two(text, limit, shown):
    assert limits.cut(text, limit) == shown


@pytest.mark.parametrize(
    ("content", "dull"),
    [
        ("jules_k", "jules_k"),
        ("at 14:02, see: this", "at 14:02, see: this"),
        ("*now* _or_ ~never~ `rm`", "∗now∗ ˍorˍ ∼never∼ ˋrmˋ"),
        ("well :tada: done", "well ∶tada: done"),
        ("<!channel> & <@U012AB>", "&lt;!channel&gt; &amp; &lt;@U012AB&gt;"),
        ("two\nlines", "two lines"),
    ],
)
def test_words_stay_readable_and_mean_nothing(content, dull):
    assert mrkdwn.plain(content) == dull


def test_our_count_is_the_wire_s():
    assert limits.units("a👍é") == units("a👍é") == 4


def units_of_any(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
