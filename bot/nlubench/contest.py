"""One contender learns one data set and is measured on its test messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from bot.nlubench.dataset import DataSet
from bot.nlubench.figures import Judged, Quality, judge, quality
from bot.nlubench.job import Trained, run_job
from bot.nlubench.project import Codes, edit, write_ours, write_sparse, write_stock
from bot.nlubench.readers import Found
from bot.nlubench.serving import Answer, Served

STOCK_EPOCHS = 100  # what `rasa init` sets


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A pipeline. `write` makes a project of it, `job` trains that."""

    name: str
    title: str
    write: Callable[[DataSet, Path], Codes]
    ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All that was measured of one contender on one data set."""

    contender: str
    quality: Quality
    served: Served
    trained: Trained
    trained_again: Trained | None  # after one example was added
    judged: tuple[Judged, ...]

    def figures(self) -> dict[str, float | None]:
        """Return everything that is a number, by name."""
        again = self.trained_again
        return {
            **asdict(self.quality),
            "train_s": self.trained.wall_s,
            "train_cpu_s": self.trained.cpu_s,
            "train_peak_mb": self.trained.peak_mb,
            "train_after_edit_s": again.wall_s if again else None,
            "train_after_edit_cpu_s": again.cpu_s if again else None,
            **asdict(self.served),
        }


def ours(own: Path, profile: str) -> Contender:
    """Return our pipeline as `own`/config.yml has it, but with `profile`."""

    def write(data: DataSet, folder: Path) -> Codes:
        return write_ours(own, data, folder, profile=profile)

    return Contender(
        name="firstline", title=f"Firstline, {profile}", write=write, ours=True
    )


def stock(epochs: int) -> Contender:
    """Return the pipeline of `rasa init`, trained for so many epochs."""
    title = f"stock Rasa, DIET, {epochs} epochs"
    write = partial(write_stock, epochs=epochs)
    return Contender(name="stock", title=title, write=write)


def sparse() -> Contender:
    """Return what Rasa offers without a neural network."""
    title = "CountVectors, LogisticRegressionClassifier"
    return Contender(name="sparse", title=title, write=write_sparse)


async def contest(
    contender: Contender, data: DataSet, folder: Path, tell: Callable[[str], None]
) -> Result:
    """Train in `folder`, serve, judge; nothing is taken from earlier runs.

    Raises:
        PermanentFailure: training or serving failed.
    """
    project = folder / "project"
    project.mkdir(parents=True)
    codes = contender.write(data, project)
    who = f"{data.name.value}: {contender.title}"
    tell(f"{who}: training on {len(data.train):,} examples")
    trained = await _train(contender, folder, "first")
    tell(f"{who}: trained in {trained.wall_s:.1f} s; reading {len(data.test):,}")
    answer = await _serve(contender, folder, trained.model, data)
    found = [_named(each, codes) for each in answer.found]
    figures = quality(data, found)
    tell(f"{who}: {figures.accuracy:.1%} right")
    again = None
    if contender.ours:
        tell(f"{who}: training again with one more example")
        edit(project, codes.code(data.labels[0]))
        again = await _train(contender, folder, "again")
    return Result(
        contender=contender.name,
        quality=figures,
        served=answer.served,
        trained=trained,
        trained_again=again,
        judged=tuple(judge(data, found)),
    )


async def _train(contender: Contender, folder: Path, name: str) -> Trained:
    asked = {
        "job": "train" if contender.ours else "train_foreign",
        "project": str(folder / "project"),
        "models": str(folder / "models"),
    }
    return await run_job(folder, f"train-{name}", asked, Trained)


async def _serve(
    contender: Contender, folder: Path, model: str, data: DataSet
) -> Answer:
    texts = folder / "texts.json"
    texts.write_text(json.dumps([sample.text for sample in data.test]), "utf-8")
    asked = {
        "job": "serve",
        "ours": contender.ours,
        "model": model,
        "config": str(folder / "project" / "config.yml"),
        "texts": str(texts),
    }
    return await run_job(folder, "serve", asked, Answer, one_core=True)


def _named(found: Found, codes: Codes) -> Found:
    ranking = tuple((codes.label(intent), c) for intent, c in found.ranking)
    return Found(ranking, found.needs_reply)
