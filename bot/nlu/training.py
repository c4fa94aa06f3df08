"""Training: checked first, named by what went into it, and never half there."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from bot.clock import SystemClock
from bot.errors import ConfigError
from bot.nlu.bootstrap import prepare
from bot.nlu.data import load_examples, load_yaml
from bot.nlu.model_file import seal
from bot.nlu.profile import encoder_identity
from bot.nlu.progress import told_to
from bot.nlu.turn import turn

LIBRARIES = (
    "rasa",
    "scikit-learn",
    "scipy",
    "numpy",
    "onnxruntime",
    "tokenizers",
    "py3langid",
    "phonenumbers",
)
_SOURCES = (  # what decides a prediction; engine and reports do not
    "amounts",
    "cascade",
    "classifier",
    "confidence",
    "dates",
    "encoder/bert",
    "encoder/bert_graph",
    "encoder/given",
    "encoder/minilm",
    "encoder/multilingual",
    "encoder/onnx_file",
    "encoder/port",
    "encoder/weights",
    "entities",
    "features",
    "finder",
    "gazetteer",
    "grams",
    "head",
    "hold_out",
    "identifiers",
    "kernel",
    "label_names",
    "language",
    "leaning",
    "learning",
    "lexical",
    "margins",
    "normalise",
    "patterns",
    "phrases",
    "pieces",
    "pool",
    "question",
    "ranking",
    "runs",
    "signals",
    "signs",
    "unseen_readings",
    "wordbook",
)


POLICY = "data/policy.yml"
TURN = ".training"  # the lock in the folder of models
_UNFINISHED = ".training-"
KEPT = 8  # models, the ones used last; those that are live or were are spared


def train(project: Path, models: Path, progress: Callable[[str], None]) -> Path:
    """Return the current model of `project`, training it first if there is none.

    Of several processes that need it at once, one trains and the others wait. A model
    has what its name says: files that change meanwhile end the training.

    Args:
        project: the folder of config.yml, domain.yml and data/.
        models: where models are kept; made if absent.
        progress: called with a line for people before each long step.

    Raises:
        ConfigError: a file is missing or broken, with file, line and remedy; or was
            changed while it trained.
    """
    path = model_path(project, models)
    if path.is_file():  # the same files were checked before it was trained
        os.utime(path)  # the models used last are kept
        return path
    examples = check_project(project)
    models.mkdir(parents=True, exist_ok=True)
    with turn(models / TURN, by="somebody", clock=SystemClock(), tell=progress):
        if not path.is_file():
            progress(f"training the model on {examples} examples")
            _train(project, path, progress)
    return path


def _train(project: Path, path: Path, progress: Callable[[str], None]) -> None:
    prepare(project / "config.yml")
    _clear(path.parent)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=_UNFINISHED) as folder:
        from bot.nlu import runtime  # noqa: PLC0415 - Rasa must come after `prepare`

        with told_to(progress):
            trained = runtime.train(project, folder=Path(folder), name=path.name)
        if model_path(project, path.parent) != path:
            raise ConfigError(
                f"{project}: files were changed while the model was trained on them; "
                "nothing is kept of it. Train again."
            )
        seal(trained)
        _move_in(trained, path)
    _drop_old(path.parent, kept=KEPT)
    progress(f"the model is ready: {path.name}")


def _clear(models: Path) -> None:
    """Remove what killed trainings have left. The caller is the only one who trains."""
    for path in models.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(path, ignore_errors=True)


def current_model(project: Path, models: Path) -> Path | None:
    """Return the model that fits the project's files as they are now, if trained.

    Raises:
        ConfigError: a file of the project cannot be read.
    """
    path = model_path(project, models)
    return path if path.is_file() else None


def is_current(path: Path, project: Path) -> bool:
    """Tell whether the model at `path` was made from the project's present files."""
    return path.is_file() and path == model_path(project, path.parent)


def model_path(project: Path, models: Path) -> Path:
    """Return where the model of the project's present files is or would be."""
    return models / f"model-{fingerprint(project)[:12]}.tar.gz"


def fingerprint(project: Path) -> str:
    """Return a digest of all that shapes the model: files, code and libraries.

    Raises:
        ConfigError: a file cannot be read.
    """
    digest = hashlib.sha256()
    for name in LIBRARIES:
        digest.update(f"{name}=={version(name)}\n".encode())
    digest.update(encoder_identity(project / "config.yml").encode())
    for name, file in ingredients(project):
        try:
            content = file.read_bytes()
        except OSError as error:
            raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def check_project(project: Path) -> int:
    """Make sure that config.yml, domain.yml and all data are well-formed.

    Returns:
        How many examples there are.

    Raises:
        ConfigError: naming the file, the line and what is expected there.
    """
    nlu = project / "data" / "nlu"
    for _, file in _project_files(project):
        if file.parent != nlu:
            load_yaml(file)
    return len(load_examples(nlu))


def ingredients(project: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files that shape a model, the project's and ours, by name."""
    for name, file in _project_files(project):
        if name != POLICY:  # thresholds and hours do not change what was learned
            yield name, file
    for name in _SOURCES:
        yield f"bot/nlu/{name}.py", Path(__file__).parent / f"{name}.py"


def _project_files(project: Path) -> Iterator[tuple[str, Path]]:
    data = sorted(
        file
        for file in (project / "data").rglob("*")
        if file.suffix in {".yml", ".yaml"}
    )
    for file in (project / "config.yml", project / "domain.yml", *data):
        yield file.relative_to(project).as_posix(), file


def _move_in(trained: Path, path: Path) -> None:
    """Give the model its name in one step, its checksum before it."""
    checksum = trained.with_name(trained.name + ".sha256")
    checksum.replace(path.with_name(checksum.name))
    trained.replace(path)


def _drop_old(models: Path, *, kept: int) -> None:
    """Remove all but the models that were used last."""
    found = sorted(models.glob("model-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    for path in found[:-kept]:
        path.unlink(missing_ok=True)
        path.with_name(path.name + ".sha256").unlink(missing_ok=True)
