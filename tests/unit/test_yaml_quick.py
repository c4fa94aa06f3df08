"""The quick reader of YAML gives what the slow one gives, or leaves it to that one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from bot.yaml_quick import read_quickly
from tests.builders import ROOT

FILES = [
    path
    for folder in (ROOT, ROOT / "data", ROOT / "data" / "nlu")
    for path in sorted(folder.glob("*.yml"))
]
SCALARS = [
    "yes",
    "no",
    "on",
    "010",
    "1_000",
    "12:30:45",
    "0o14",
    "0x1F",
    "0b11",
    "1e3",
    ".5",
    "1.",
    "~",
    "null",
    "Null",
    "true",
    "TRUE",
    "2026-11-18",
    "2026-11-18T12:00:00Z",
    "2026-11-18T12:00:00+02:00",
    "1.0",
    "-3",
    "+4",
    ".inf",
    "'x'",
    '"x\\ny"',
    '"é👍"',
    "!!str",
    "0.10",
    "007",
    "0.90",
    "1.2.3",
    "@x",
]
LEFT = [  # to the slow reader
    *("a: &x [1]\nb: *x\n", "a: &x {b: 1}\nc:\n  <<: *x\n", "a: !x 5\n", "a: !x [5]\n"),
    *("a: 1\na: 2\n", "? [1, 2]\n: 3\n", "%YAML 1.1\n---\na: yes\n", "a: *nobody\n"),
    *("a: [1\n", "a: 1\n b: 2\n", "a: 1\n---\nb: 2\n", "a: \x07\n", "a: =\n"),
]
KEYS = st.text("abcé 1", min_size=1, max_size=5).map(str.strip).filter(bool)
VALUES = st.recursive(
    st.one_of(
        *(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False)),
        st.text(max_size=12),
        st.dates(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=15,
)


def slowly(text: str) -> object:
    return YAML(typ="rt").load(text)


def places(value: object) -> object:
    """Return where each value of a file stands, and what kind it is to a reader."""
    if isinstance(value, CommentedMap):
        inner = [(key, places(each)) for key, each in value.items()]
        return value.lc.data or {}, inner
    if isinstance(value, CommentedSeq):
        return value.lc.data or {}, [places(each) for each in value]
    kinds = (bool, int, float, str, type(None))
    return next((kind for kind in kinds if isinstance(value, kind)), "a day or time")


def same(text: str) -> None:
    quick, slow = read_quickly(text), slowly(text)
    assert quick == slow
    assert places(quick) == places(slow)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_projects_files_are_read_alike_line_by_line(path):
    same(path.read_text("utf-8"))


@pytest.mark.parametrize("scalar", SCALARS)
def test_a_plain_value_is_of_the_same_kind(scalar):
    if scalar.startswith("@"):  # no value may begin so
        with pytest.raises(YAMLError):
            read_quickly(f"a: {scalar}\n")
    else:
        same(f"# a comment\na: {scalar}\nb:\n- {scalar}  # why\n")


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "5\n", "- a\n- b\n", "{}\n"])
def test_files_of_another_form_are_read_alike(text):
    same(text)


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.booleans())
def test_whatever_is_written_is_read_alike(content, flow):
    import yaml

    same(yaml.safe_dump(content, allow_unicode=True, default_flow_style=flow))


@pytest.mark.parametrize("text", LEFT)
def test_what_is_wrong_or_unusual_is_left_to_the_slow_reader(text):
    with pytest.raises(YAMLError):
        read_quickly(text)
