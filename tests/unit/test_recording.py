"""Recorded messages are read as they were written, whatever stands in them."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from bot.errors import InputError
from bot.replay.reading import Recorded, Unreadable, read_recording

HEAD = "tweet_id,author_id,inbound,created_at,text,in_response_to_tweet_id\n"


def write(tmp_path, content: str, name: str = "r.csv"):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8", newline="")
    return path


def test_both_formats_of_dates_are_the_same_moment_in_utc(tmp_path):
    path = write(
        tmp_path,
        HEAD
        + "1,a,True,Tue Oct 31 23:36:20 +0000 2017,one,\n"
        + "2,a,True,2017-10-31 23:36:20,two,1\n",
    )
    moments = {row.at for row in read_recording(path)}
    assert moments == {datetime(2017, 10, 31, 23, 36, 20, tzinfo=timezone.utc)}


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\n"])
def test_odd_line_ends_inside_a_text_belong_to_the_text(tmp_path, odd):
    row = f'1,a,True,2017-10-31 23:36:20,"one{odd}two",\n'
    (found,) = read_recording(write(tmp_path, HEAD + row))
    assert isinstance(found, Recorded)
    assert found.text == f"one{odd}two"
    line = json.dumps(
        {
            "id": "1",
            "author": "a",
            "at": "2017-10-31T00:00:00Z",
            "text": f"one{odd}two",
        },
        ensure_ascii=False,
    )
    (found,) = read_recording(write(tmp_path, line, "r.jsonl"))
    assert found.text == f"one{odd}two"


def test_further_columns_and_numbers_made_by_spreadsheets_do_no_harm(tmp_path):
    path = write(
        tmp_path,
        ",index,"
        + HEAD
        + "0,5,850,b,True,2017-10-31 21:41:37,Premium &amp; me,848.0\n",
    )
    (found,) = read_recording(path)
    assert (found.in_reply_to, found.text) == ("848", "Premium & me")


def test_the_brands_own_tweets_are_told_apart(tmp_path):
    path = write(
        tmp_path,
        HEAD
        + "1,a,True,2017-10-31 21:41:37,help,\n"
        + "2,shop,False,2017-10-31 21:42:37,sure,1\n",
    )
    assert [row.by_brand for row in read_recording(path)] == [False, True]


def test_messages_come_in_the_order_of_time_and_once(tmp_path):
    path = write(
        tmp_path,
        HEAD
        + "2,a,True,2017-10-31 21:42:37,later,\n"
        + "1,a,True,2017-10-31 21:41:37,earlier,\n"
        + "2,a,True,2017-10-31 21:42:37,later,\n",
    )
    assert [row.id for row in read_recording(path)] == ["1", "2"]


def test_a_row_that_cannot_be_read_names_its_place_and_cause(tmp_path):
    path = write(tmp_path, HEAD + "1,a,True,some day,text,\n")
    (found,) = read_recording(path)
    assert isinstance(found, Unreadable)
    assert found.id == "r.csv:2"
    assert "date" in found.problem


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("x.csv", "a,b\n1,2\n", "tweet_id"),
        ("x.jsonl", '{"no": "message"}\n', "author"),
        ("x.jsonl", "", "empty"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_is_expected(
    tmp_path, name, content, cause
):
    with pytest.raises(InputError, match=cause):
        read_recording(write(tmp_path, content, name))


def test_rows_that_no_clock_or_parser_can_hold_stop_nothing(tmp_path):
    deep = "[" * 100_000
    good = json.dumps(
        {"id": "1", "author": "a", "at": "2017-10-31T00:00:00Z", "text": "fine"}
    )
    old = json.dumps(
        {"id": "2", "author": "a", "at": "0001-01-01T00:00:00+23:00", "text": "old"}
    )
    rows = read_recording(write(tmp_path, f"{deep}\n{old}\n{good}\n", "r.jsonl"))
    assert [isinstance(row, Unreadable) for row in rows] == [True, True, False]
    huge = f'1,a,True,2017-10-31 23:36:20,"{"x" * 200_000}\0",\n'
    (found,) = read_recording(write(tmp_path, HEAD + huge))
    assert isinstance(found, Recorded)
