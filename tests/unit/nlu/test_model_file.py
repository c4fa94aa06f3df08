"""A model that is missing, damaged, altered or foreign is refused with a remedy."""

import io
import json
import shutil
import tarfile

import pytest

from bot.errors import ModelError
from bot.nlu.engine import load_model
from bot.nlu.model_file import check_model


def repacked(source, target, change):
    """Write a copy of a model whose metadata went through `change`."""
    with tarfile.open(source, "r:gz") as old, tarfile.open(target, "w:gz") as new:
        for member in old.getmembers():
            content = old.extractfile(member).read() if member.isfile() else b""
            if member.name == "metadata.json":
                metadata = json.loads(content)
                change(metadata)
                content = json.dumps(metadata).encode()
                member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return target


def test_a_good_model_passes(model_path):
    check_model(model_path)


def test_a_missing_model_is_named_and_no_other_one_is_loaded(project, model_path):
    absent = model_path.with_name("model-000000000000.tar.gz")
    with pytest.raises(ModelError, match=r"no model at .*000000000000.*train"):
        load_model(absent, config=project / "config.yml")


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"\x1f\x8b broken"])
def test_a_file_that_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "model-a.tar.gz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="damaged"):
        check_model(path)


def test_a_truncated_model_is_refused(tmp_path, model_path):
    path = tmp_path / "model-a.tar.gz"
    path.write_bytes(model_path.read_bytes()[:5_000])
    with pytest.raises(ModelError, match="damaged"):
        check_model(path)


def test_a_model_changed_after_training_is_refused(tmp_path, model_path):
    path = tmp_path / model_path.name
    shutil.copy(model_path.with_name(model_path.name + ".sha256"), tmp_path)
    path.write_bytes(model_path.read_bytes() + b"\0")
    with pytest.raises(ModelError, match="altered"):
        check_model(path)


def test_a_model_of_another_version_is_refused(tmp_path, model_path):
    def change(metadata):
        metadata["rasa_open_source_version"] = "3.1.0"

    path = repacked(model_path, tmp_path / "model-a.tar.gz", change)
    with pytest.raises(ModelError, match=r"3\.1\.0"):
        check_model(path)


def test_a_model_that_names_foreign_code_is_refused(tmp_path, model_path):
    def change(metadata):
        nodes = metadata["predict_schema"]["nodes"]
        next(iter(nodes.values()))["uses"] = "os.system"

    path = repacked(model_path, tmp_path / "model-a.tar.gz", change)
    with pytest.raises(ModelError, match=r"foreign code \(os\.system\)"):
        check_model(path)


def test_a_model_without_our_components_is_refused(tmp_path, model_path):
    def change(metadata):
        for schema in ("train_schema", "predict_schema"):
            for node in metadata[schema]["nodes"].values():
                if node["uses"].startswith("bot.nlu.classifier"):
                    node["uses"] = "rasa.nlu.classifiers.x.KeywordClassifier"

    path = repacked(model_path, tmp_path / "model-a.tar.gz", change)
    with pytest.raises(ModelError, match="IntentModel"):
        check_model(path)
