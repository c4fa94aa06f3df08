"""The models on this machine: each with a manifest and a snapshot of its data.

Beside `model-….tar.gz` and its checksum stand `model-….json`, the manifest, and
`model-….data.tgz`, the files of the project that it was made from; `model-….report.html`
and `.report.json` are what the gate found, for people and for machines.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.errors import ModelError
from bot.model.manifest import pack, unpack
from bot.model.trained import (
    MODEL_PARTS,
    REPORT_MOST,
    Judgement,
    ModelName,
    Origin,
    Part,
    Sealed,
    TrainedModel,
)
from bot.nlu.data import load_examples
from bot.nlu.model_file import digest_of, seal
from bot.nlu.origin import origin_of, snapshot_of
from bot.nlu.training import model_path

SUFFIXES: Final = {
    Part.ARCHIVE: ".tar.gz",
    Part.SNAPSHOT: ".data.tgz",
    Part.PAGE: ".report.html",
    Part.FIGURES: ".report.json",
}
MANIFEST: Final = ".json"
LEFT_S: Final = 3600.0  # what stands about unfinished for so long, nobody finishes
_RECEIVING: Final = ".receiving-"
_WRITING: Final = ".writing-"


class ModelShelf:
    """The port `Shelf` on a folder.

    Several processes may use one folder: files appear whole, by one rename, and the
    model's own file last.
    """

    def __init__(self, project: Path, folder: Path) -> None:
        """Take `folder`, which need not be there yet, for models of `project`."""
        self._project, self._folder = project, folder

    def path(self, name: ModelName, part: Part = Part.ARCHIVE) -> Path:
        """Return where a model's file is, or would be."""
        return self._folder / f"{name}{SUFFIXES[part]}"

    def models(self) -> Sequence[TrainedModel]:
        """Return the manifests of all models here, the newest first."""
        names = [path.name.removesuffix(MANIFEST) for path in self._manifests()]
        found = [self.model(ModelName(name)) for name in names]
        known = [model for model in found if model is not None]
        return sorted(known, key=lambda model: model.made_at, reverse=True)

    def model(self, name: ModelName) -> TrainedModel | None:
        """Return a model's manifest; None if it, or the model, is not here."""
        if not self.path(name).is_file():
            return None
        try:
            return unpack(self._manifest(name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def present(self) -> ModelName:
        """Return the name that a model of the project's present files has."""
        return name_of(model_path(self._project, self._folder))

    def note(self, name: ModelName, *, by: str, why: str, at: datetime) -> TrainedModel:
        """Give a model that was made from the present files its manifest.

        One that has it keeps it.

        Raises:
            ModelError: it is not here, or not made from the files as they are now.
            ConfigError: a file of the project cannot be read.
        """
        known = self.model(name)
        if known is not None:
            return known
        snapshot, origin = snapshot_of(self._project), self.here()
        examples = load_examples(self._project / "data" / "nlu")
        if not self.path(name).is_file() or self.present() != name:
            raise ModelError(f"{name} is not a model of the files as they are now")
        model = TrainedModel(
            name=name,
            made_at=at,
            by=by,
            why=why,
            origin=origin,
            archive=_sealed(self.path(name)),
            snapshot=Sealed(len(snapshot), hashlib.sha256(snapshot).hexdigest()),
            examples=len(examples),
            labels=len({example.label for example in examples}),
        )
        self._sweep()
        self._put(self.path(name, Part.SNAPSHOT), snapshot)
        self._put(self._manifest(name), pack(model).encode())
        return model

    def judge(self, name: ModelName, judgement: Judgement) -> TrainedModel:
        """Write what the gate said into the manifest, and return it.

        Raises:
            ModelError: there is no such model.
        """
        known = self.model(name)
        if known is None:
            raise ModelError(f"there is no model {name} here")
        sealed = replace(
            judgement,
            page=self._sealed_report(name, Part.PAGE),
            figures=self._sealed_report(name, Part.FIGURES),
        )
        judged = replace(known, judgement=sealed)
        self._put(self._manifest(name), pack(judged).encode())
        return judged

    def report(self, model: TrainedModel) -> dict[Part, bytes]:
        """Return the files of the gate's report; see the port."""
        try:
            found = {part: self._read(model, part) for part in model.report}
        except OSError:
            return {}
        return found if _seals(found) == model.report else {}

    def put_report(self, model: TrainedModel, files: Mapping[Part, bytes]) -> None:
        """Keep the gate's report, and what it said if that is news; see the port."""
        if _seals(files) != model.report:
            raise ModelError(f"the report on {model.name} was damaged on its way here")
        self._folder.mkdir(parents=True, exist_ok=True)
        for part, content in files.items():
            self._put(self.path(model.name, part), content)
        known = self.model(model.name)
        if known is not None and model.is_judged_after(known):
            self._put(
                self._manifest(model.name), pack(known.judged_like(model)).encode()
            )

    def _read(self, model: TrainedModel, part: Part) -> bytes:
        return self.path(model.name, part).read_bytes()

    def _sealed_report(self, name: ModelName, part: Part) -> Sealed | None:
        """Seal a file of the report; None if there is none, or it is too large."""
        path = self.path(name, part)
        if not path.is_file() or path.stat().st_size > REPORT_MOST:
            return None
        return _sealed(path)

    def here(self) -> Origin:
        """Return what a model would be made from now; see the port."""
        return origin_of(self._project)

    def holds(self, model: TrainedModel) -> bool:
        """Tell whether its files are here and as they were sealed."""
        sealed = _parts_of(model)
        try:
            return all(_sealed(self.path(model.name, p)) == sealed[p] for p in sealed)
        except OSError:
            return False

    def pieces(self, model: TrainedModel, part: Part, size: int) -> Iterator[bytes]:
        """Yield a file of the model in pieces of `size` bytes, the last one shorter."""
        with self.path(model.name, part).open("rb") as stream:
            while piece := stream.read(size):
                yield piece

    @contextmanager
    def receive(self, model: TrainedModel) -> Iterator[Receiver]:
        """Take a model that comes in pieces; see the port."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=_RECEIVING) as made:
            yield Receiver(Path(made), lambda parts: self._move_in(model, parts))

    def spare(self, names: Sequence[ModelName]) -> None:
        """Keep these when old models are dropped next: the ones used last stay."""
        for name in names:
            with suppress(OSError):  # one that is not here is not dropped either
                os.utime(self.path(name))

    def _move_in(self, model: TrainedModel, parts: Mapping[Part, Path]) -> None:
        sealed = _parts_of(model)
        if any(_sealed(parts[part]) != sealed[part] for part in sealed):
            raise ModelError(f"{model.name} was damaged on its way here")
        checksum = seal(parts[Part.ARCHIVE])
        self._put(self._manifest(model.name), pack(model).encode())
        parts[Part.SNAPSHOT].replace(self.path(model.name, Part.SNAPSHOT))
        target = self.path(model.name)
        checksum.replace(target.with_name(target.name + checksum.suffix))
        parts[Part.ARCHIVE].replace(target)

    def _sweep(self) -> None:
        """Remove what belongs to models that are gone, and what a kill has left."""
        before = time.time() - LEFT_S
        for path in self._folder.glob("model-*"):
            name = ModelName(path.name.partition(".")[0])
            if not self.path(name).is_file() and _older(path, before):
                path.unlink(missing_ok=True)
        for path in self._folder.glob(f"{_RECEIVING}*"):
            if _older(path, before):
                shutil.rmtree(path, ignore_errors=True)
        for path in self._folder.glob(f"{_WRITING}*"):
            if _older(path, before):
                path.unlink(missing_ok=True)

    def _manifests(self) -> Iterator[Path]:
        found = self._folder.glob(f"model-*{MANIFEST}")
        return (path for path in found if path.name.count(".") == 1)  # no report's

    def _manifest(self, name: ModelName) -> Path:
        return self._folder / f"{name}{MANIFEST}"

    def _put(self, path: Path, content: bytes) -> None:
        """Write a file so that others see all of it or nothing."""
        with tempfile.NamedTemporaryFile(
            dir=self._folder, prefix=_WRITING, delete=False
        ) as stream:
            stream.write(content)
        Path(stream.name).replace(path)


class Receiver:
    """The port `Receiving`: pieces are appended to files in a folder of their own."""

    def __init__(
        self, folder: Path, move_in: Callable[[Mapping[Part, Path]], None]
    ) -> None:
        self._parts = {part: folder / part.value for part in MODEL_PARTS}
        self._move_in = move_in
        for path in self._parts.values():
            path.touch()

    def take(self, part: Part, piece: bytes) -> None:
        """Append a piece to a file of the model."""
        with self._parts[part].open("ab") as stream:
            stream.write(piece)

    def finish(self) -> None:
        """Put the model on the shelf; see the port."""
        self._move_in(self._parts)


def name_of(path: Path) -> ModelName:
    """Return the name of the model in the file `path`."""
    return ModelName(path.name.removesuffix(SUFFIXES[Part.ARCHIVE]))


def _parts_of(model: TrainedModel) -> dict[Part, Sealed]:
    return {Part.ARCHIVE: model.archive, Part.SNAPSHOT: model.snapshot}


def _seals(files: Mapping[Part, bytes]) -> dict[Part, Sealed]:
    return {
        part: Sealed(len(content), hashlib.sha256(content).hexdigest())
        for part, content in files.items()
    }


def _sealed(path: Path) -> Sealed:
    return Sealed(path.stat().st_size, digest_of(path))


def _older(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except OSError:
        return False
