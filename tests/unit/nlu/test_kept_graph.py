"""An encoder's graph is built once, and never used if it is not what was built."""

import resource
import signal

import pytest

from bot.errors import ConfigError
from bot.nlu.encoder import kept_graph as module
from bot.nlu.encoder.kept_graph import kept_graph

CONTENT = b"the graph"


@pytest.fixture
def build():
    """Return what builds a graph and counts how often."""

    def built():
        built.times += 1
        return CONTENT

    built.times = 0
    return built


def test_a_graph_is_built_once(tmp_path, build):
    for _ in range(3):
        path = kept_graph("minilm-1", build, folder=tmp_path / "new")
        assert path.read_bytes() == CONTENT
    assert build.times == 1
    assert len(list((tmp_path / "new").iterdir())) == 1


def test_another_encoder_has_another_graph(tmp_path, build):
    kept_graph("minilm-1", build, folder=tmp_path)
    kept_graph("minilm-2", build, folder=tmp_path)
    assert build.times == 2


@pytest.mark.parametrize("content", [b"", b"the graf", b"the graph, and more"])
def test_an_altered_graph_is_built_anew(tmp_path, build, content):
    kept_graph("minilm-1", build, folder=tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(content)
    assert kept_graph("minilm-1", build, folder=tmp_path) == path
    assert build.times == 2
    assert path.read_bytes() == CONTENT


def test_code_that_builds_otherwise_builds_anew(tmp_path, build, monkeypatch):
    kept_graph("minilm-1", build, folder=tmp_path)
    monkeypatch.setattr(module, "_BUILDERS", module._BUILDERS[:1])
    kept_graph("minilm-1", build, folder=tmp_path)
    assert build.times == 2


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path, build):
    (tmp_path / "file").write_text("no folder")
    for _ in range(2):
        assert kept_graph("minilm-1", build, folder=tmp_path / "file") == CONTENT
    assert build.times == 2


def test_a_full_disk_costs_only_time_and_is_not_made_fuller(tmp_path, build):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(CONTENT) - 1, hard))
    try:
        assert kept_graph("minilm-1", build, folder=tmp_path) == CONTENT
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert not list(tmp_path.iterdir())


def test_only_the_graphs_built_last_are_kept(tmp_path, build):
    for number in range(5):
        kept_graph(f"minilm-{number}", build, folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == module.KEPT


def test_what_is_wrong_with_the_weights_is_told(tmp_path):
    def missing():
        raise ConfigError("weights are missing")

    with pytest.raises(ConfigError, match="weights are missing"):
        kept_graph("minilm-1", missing, folder=tmp_path)
    assert not list(tmp_path.iterdir())
