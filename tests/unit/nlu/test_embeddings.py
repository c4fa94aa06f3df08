"""Vectors of examples are kept, and losing them costs time only."""

import os
import sqlite3
import threading

import numpy as np

from bot.nlu import embeddings
from bot.nlu.embeddings import embed
from bot.nlu.progress import told_to
from tests.waiting import PATIENCE_S

TEXTS = [f"text number {number}" for number in range(7)]


class Letters:
    """An encoder that counts letters, and what it was asked."""

    def __init__(self, identity="letters-1"):
        self.identity, self.width, self.asked = identity, 26, []

    def encode(self, texts):
        self.asked += texts
        rows = [[text.count(chr(97 + at)) for at in range(26)] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), 26)


def test_after_an_edit_only_what_is_new_is_encoded(tmp_path):
    file = tmp_path / "deep" / "vectors.sqlite"
    first = embed(Letters(), TEXTS, file=file)
    again = Letters()
    texts = [TEXTS[3], "new", *TEXTS, "new"]
    found = embed(again, texts, file=file)
    assert again.asked == ["new"]
    assert np.array_equal(found, Letters().encode(texts))
    assert np.array_equal(found[2:-1], first)


def test_many_texts_are_encoded_piece_by_piece_in_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr(embeddings, "PIECE", 2)
    said = []
    with told_to(said.append):
        found = embed(Letters(), TEXTS, file=tmp_path / "v")
    assert np.array_equal(found, Letters().encode(TEXTS))
    assert said == [f"encoding examples: {done} of 7" for done in (2, 4, 6, 7)]


def test_two_pieces_are_encoded_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(embeddings, "PIECE", 4)
    together = threading.Barrier(2, timeout=PATIENCE_S)

    class Waiting(Letters):
        def encode(self, texts):
            together.wait()  # until another piece is begun as well
            return super().encode(texts)

    found = embed(Waiting(), TEXTS, file=tmp_path / "v")
    assert np.array_equal(found, Letters().encode(TEXTS))


def test_another_encoder_has_vectors_of_its_own(tmp_path):
    embed(Letters(), TEXTS, file=tmp_path / "v")
    other = Letters("letters-2")
    embed(other, TEXTS, file=tmp_path / "v")
    assert other.asked == TEXTS


def test_the_file_holds_no_texts(tmp_path):
    embed(Letters(), ["my secret words"], file=tmp_path / "v")
    assert b"secret" not in (tmp_path / "v").read_bytes()


def test_a_damaged_file_is_begun_anew(tmp_path):
    file = tmp_path / "v"
    file.write_bytes(b"no database at all" * 100)
    assert len(embed(Letters(), TEXTS, file=file)) == len(TEXTS)
    embed(Letters(), TEXTS, file=file)
    last = Letters()
    embed(last, TEXTS, file=file)
    assert last.asked == []


def test_a_vector_that_is_not_whole_is_made_anew(tmp_path):
    file = tmp_path / "v"
    embed(Letters(), TEXTS, file=file)
    with sqlite3.connect(file) as database:
        database.execute("UPDATE vectors SET vector = x'00' WHERE rowid = 3")
    again = Letters()
    assert np.array_equal(embed(again, TEXTS, file=file), Letters().encode(TEXTS))
    assert again.asked == [TEXTS[2]]


def test_a_file_that_cannot_be_written_costs_time_only(tmp_path):
    (tmp_path / "file").write_text("in the way")
    found = embed(Letters(), TEXTS, file=tmp_path / "file" / "v")
    assert np.array_equal(found, Letters().encode(TEXTS))


def test_the_vectors_used_last_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(embeddings, "KEPT", 5)
    file = tmp_path / "v"
    embed(Letters(), TEXTS[:5], file=file)
    embed(Letters(), TEXTS[:2], file=file)
    embed(Letters(), TEXTS[5:], file=file)
    again = Letters()
    embed(again, TEXTS[:2] + TEXTS[5:], file=file)
    assert again.asked == []
    with sqlite3.connect(file) as database:
        assert database.execute("SELECT COUNT(*) FROM vectors").fetchone() == (5,)


def test_several_trainings_may_use_it_at_once(tmp_path):
    file, found = tmp_path / "v", {}

    def work(number):
        found[number] = embed(Letters(), [*TEXTS, f"own {number}"], file=file)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, rows in found.items():
        assert np.array_equal(rows, Letters().encode([*TEXTS, f"own {number}"]))


def test_progress_is_told(tmp_path):
    said = []
    with told_to(said.append):
        embed(Letters(), TEXTS, file=tmp_path / "v")
    assert said == ["encoding examples: 7 of 7"]


def test_they_lie_in_the_folder_that_the_program_writes(monkeypatch):
    monkeypatch.setenv("FIRSTLINE_VAR", os.sep + "data")
    assert str(embeddings.vectors_file()) == "/data/embeddings.sqlite"
    monkeypatch.delenv("FIRSTLINE_VAR")
    assert str(embeddings.vectors_file()) == "var/embeddings.sqlite"
