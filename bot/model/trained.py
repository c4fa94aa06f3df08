"""Trained models as things with names: what they were made from, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NewType

ModelName = NewType("ModelName", str)  # "model-395e8e6931c6"

SHOWN = 2  # modules that are named where more differ
BEFORE_LIVE = 2  # models that were live before and are kept, to go back to


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a model was made from; equal origins make models that read alike.

    `files` are the project's (path -> SHA-256), `code` the modules of ours that shape a
    reading, `libraries` the versions of others', `encoder` names the encoder or is "".
    """

    files: Mapping[str, str]
    code: Mapping[str, str]
    libraries: Mapping[str, str]
    encoder: str

    def foreign_to(self, here: Origin) -> tuple[str, ...]:
        """Say what of code and libraries is another version `here`; () if nothing.

        Such a model is not to be loaded: what it holds may mean something else.
        """
        libraries = sorted(_differing(self.libraries, here.libraries))
        told = [
            f"{name} {self.libraries.get(name, 'none')}, here {here.libraries.get(name, 'none')}"
            for name in libraries
        ]
        code = sorted(_differing(self.code, here.code))
        if len(code) > SHOWN:
            code = [*code[:SHOWN], f"{len(code) - SHOWN} more modules"]
        return (*told, *code)

    def edited_since(self, here: Origin) -> tuple[str, ...]:
        """Return the project's files that are different `here`."""
        return tuple(sorted(_differing(self.files, here.files)))


def _differing(one: Mapping[str, str], other: Mapping[str, str]) -> set[str]:
    return {
        name for name in one.keys() | other.keys() if one.get(name) != other.get(name)
    }


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file as it was when it was made."""

    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the gate said of a model.

    `reasons` are sentences, empty if it passed; `report` is the page beside the model
    file, by its name, or "".
    """

    passed: bool
    at: datetime
    summary: str
    reasons: tuple[str, ...] = ()
    report: str = ""


class Hindrance(str, Enum):
    """What stands in the way of a model that is to go live."""

    NO_REPORT = "no_report"  # nobody has compared it with the live one
    REFUSED = "refused"  # by the gate


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedModel:
    """A trained model's manifest.

    The name is a digest of all that shaped the model: files, code, libraries. `snapshot`
    is the archive of the project's files that it was made from, `by` and `why` are who
    had it trained and what for.
    """

    name: ModelName
    made_at: datetime
    by: str
    why: str
    origin: Origin
    archive: Sealed
    snapshot: Sealed
    examples: int
    labels: int
    judgement: Judgement | None = None

    @property
    def hindrance(self) -> Hindrance | None:
        """What the gate says against it; None if it has let it pass."""
        if self.judgement is None:
            return Hindrance.NO_REPORT
        return None if self.judgement.passed else Hindrance.REFUSED


class Part(str, Enum):
    """The files of a model that travel between machines."""

    ARCHIVE = "archive"  # what is loaded
    SNAPSHOT = "snapshot"  # what it was made from


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A time in which a model was live; `until` None: it is now.

    `despite` is what stood in its way when somebody let it go live all the same.
    """

    model: ModelName
    since: datetime
    by: str
    why: str
    until: datetime | None = None
    despite: Hindrance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Which model reads, on all machines. `epoch` rises with each that goes live.

    `earlier` are the terms before, the latest first; a model may have had several.
    """

    epoch: int = 0
    live: Term | None = None
    earlier: tuple[Term, ...] = ()
    shadow: ModelName | None = None  # reads beside the live one and decides nothing

    @property
    def previous(self) -> ModelName | None:
        """The model to which a roll-back leads: the last other one that was live."""
        others = (t.model for t in self.earlier if not self.is_live(t.model))
        return next(others, None)

    @property
    def kept(self) -> tuple[ModelName, ...]:
        """The models that no machine may drop, each once."""
        live = (self.live.model,) if self.live else ()
        before = dict.fromkeys(t.model for t in self.earlier if t.model not in live)
        shadow = (self.shadow,) if self.shadow else ()
        return tuple(dict.fromkeys((*live, *list(before)[:BEFORE_LIVE], *shadow)))

    def is_live(self, name: ModelName) -> bool:
        """Tell whether messages are to be read with it now."""
        return self.live is not None and self.live.model == name

    def was_live(self, name: ModelName) -> bool:
        """Tell whether it had a term that is over."""
        return any(term.model == name for term in self.earlier)


class ModelState(str, Enum):
    """Where a model stands; the first that fits counts."""

    LIVE = "live"
    SHADOW = "shadow"
    REFUSED = "refused"  # by the gate
    EARLIER = "earlier live"
    NO_REPORT = "no report"
    CANDIDATE = "candidate"


def state_of(model: TrainedModel, standing: Standing) -> ModelState:
    """Return where `model` stands."""
    if standing.is_live(model.name):
        return ModelState.LIVE
    if standing.shadow == model.name:
        return ModelState.SHADOW
    if model.hindrance is Hindrance.REFUSED:
        return ModelState.REFUSED
    if standing.was_live(model.name):
        return ModelState.EARLIER
    return ModelState.NO_REPORT if model.hindrance else ModelState.CANDIDATE


def hindrance_to(model: TrainedModel, standing: Standing) -> Hindrance | None:
    """Return what stands in the way of promoting `model`; None if nothing does.

    What was live before needs no report: it was let in once.
    """
    if standing.is_live(model.name):
        return None
    if model.judgement is None and standing.was_live(model.name):
        return None
    return model.hindrance
