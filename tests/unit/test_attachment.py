"""What a network says of a file is made harmless before anybody sees it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.attachment import (
    LONGEST_ALT,
    LONGEST_NAME,
    LONGEST_URL,
    AttachmentKind,
    attachment_of,
)

URL = "https://files.example/1.jpg"


def made(**facts: object):
    return attachment_of(**{"kind": "image", "name": "a.jpg", "url": URL, **facts})


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("lamp.jpg", "lamp.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\lamp.jpg", "lamp.jpg"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("two\nlines.txt", "twolines.txt"),
        ("..", "file"),
        ("", "file"),
        (None, "file"),
        ("x" * 500 + ".jpeg", "x" * 95 + ".jpeg"),
    ],
)
def test_a_name_is_one_that_people_can_trust(name, kept):
    assert made(name=name).name == kept


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "//files.example/1.jpg",
        "https:///1.jpg",
        "https://files.example/a b",
        "https://files.example/<script>",
        "https://files.example/|x>",
        "https://[files",
        "https://files.example/\u200b",
        "https://files.example/" + "x" * LONGEST_URL,
        "",
        None,
        7,
    ],
)
def test_without_a_safe_link_there_is_no_file(url):
    assert made(url=url) is None


@pytest.mark.parametrize("kind", ["hologram", None, 3, ["image"]])
def test_an_unknown_kind_is_a_file(kind):
    assert made(kind=kind).kind is AttachmentKind.FILE


@pytest.mark.parametrize(
    ("size", "kept"), [(7, 7), (0, 0), (-1, None), ("7", None), (True, None)]
)
def test_a_size_is_a_number_of_bytes_or_unknown(size, kept):
    assert made(size=size).size == kept


@given(st.text(), st.text())
def test_no_text_makes_it_longer_or_more_lines_than_it_may_be(name, alt):
    found = made(name=name, alt=alt)
    assert 0 < len(found.name) <= LONGEST_NAME
    assert len(found.alt) <= LONGEST_ALT
    assert "/" not in found.name
    assert len((found.name + found.alt).splitlines()) <= 1
