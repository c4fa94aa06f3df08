"""Trained models as things with names: what they were made from, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import NewType

ModelName = NewType("ModelName", str)  # "model-395e8e6931c6"

SHOWN = 2  # modules that are named where more differ
REPORT_MOST = 4 * 1024 * 1024  # bytes of a report's file; a larger one stays
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
    file, by its name, or "". `page` and `figures` seal the report's files, which travel
    with the model; None: they stay where they were made. `against` is the model that it
    was compared with, "" if there was none, or if an earlier version judged, which did
    not write it down.
    """

    passed: bool
    at: datetime
    summary: str
    reasons: tuple[str, ...] = ()
    report: str = ""
    page: Sealed | None = None
    figures: Sealed | None = None
    against: str = ""


class Hindrance(str, Enum):
    """What stands in the way of a model that is to go live."""

    NO_REPORT = "no_report"  # nobody has compared it with the live one
    REFUSED = "refused"  # by the gate
    OUTDATED = "outdated"  # it passed, beside a model that is not the live one


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
    def report(self) -> Mapping[Part, Sealed]:
        """The files of the gate's report that travel; empty if none do."""
        if self.judgement is None:
            return {}
        sealed = {Part.PAGE: self.judgement.page, Part.FIGURES: self.judgement.figures}
        return {part: seal for part, seal in sealed.items() if seal is not None}

    def judged_like(self, other: TrainedModel | None) -> TrainedModel:
        """Return it with the later judgement of both, which are one model by name.

        What was made from the same files by the same code reads alike.
        """
        if other is None or not other.is_judged_after(self):
            return self
        return replace(self, judgement=other.judgement)

    def is_judged_after(self, other: TrainedModel) -> bool:
        """Tell whether the gate has judged it, and the other earlier or not at all."""
        if self.judgement is None:
            return False
        return other.judgement is None or other.judgement.at < self.judgement.at

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
    PAGE = "page"  # the gate's report, for people
    FIGURES = "figures"  # the same for machines


MODEL_PARTS = (Part.ARCHIVE, Part.SNAPSHOT)  # without them there is no model


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
    `shadow` reads beside the live model and decides nothing; `silent` was to, and the
    lease that its process renews ran out: nothing reads with it any more.
    """

    epoch: int = 0
    live: Term | None = None
    earlier: tuple[Term, ...] = ()
    shadow: ModelName | None = None
    shadow_until: datetime | None = field(default=None, compare=False)  # its lease
    silent: ModelName | None = None

    def at(self, now: datetime) -> Standing:
        """Return it as it is `now`: a shadow whose lease ran out is none."""
        if self.shadow is None or (self.shadow_until and now < self.shadow_until):
            return self
        return replace(self, shadow=None, shadow_until=None, silent=self.shadow)

    @property
    def asked_to_shadow(self) -> ModelName | None:
        """The model that is to read beside the live one, whether or not it does."""
        return self.shadow or self.silent

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
        shadow = (self.asked_to_shadow,) if self.asked_to_shadow else ()
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
    OUTDATED = "outdated"  # compared with a model that is not the live one
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
    if model.hindrance:
        return ModelState.NO_REPORT
    outdated = is_outdated(model, standing)
    return ModelState.OUTDATED if outdated else ModelState.CANDIDATE


def hindrance_to(model: TrainedModel, standing: Standing) -> Hindrance | None:
    """Return what stands in the way of promoting `model`; None if nothing does.

    What was live before needs no report: it was let in once.
    """
    if standing.is_live(model.name):
        return None
    if standing.was_live(model.name):
        return None if model.judgement is None else model.hindrance
    return model.hindrance or (
        Hindrance.OUTDATED if is_outdated(model, standing) else None
    )


def is_outdated(model: TrainedModel, standing: Standing) -> bool:
    """Tell whether the gate compared `model` with another one than is live now.

    What it said may be right no more: the live one may know what `model` does not.
    """
    against = model.judgement.against if model.judgement else ""
    live = standing.live.model if standing.live else ""
    return bool(against and live) and live not in (against, model.name)
